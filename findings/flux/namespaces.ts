import { textAt } from "../../flux/data.ts";
import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { FluxMap } from "../../flux/flux-map.ts";
import { readManifests } from "../../flux/manifest.ts";
import type { ProblemKind } from "../../flux/problem.ts";
import type { RepositoryFiles } from "../../flux/repository-files.ts";
import type { EncryptedDocument } from "./decryption.ts";
import { fluxWarning, type FluxFinding } from "./finding.ts";
import { shownName } from "../wording.ts";

/** What every cluster with Flux has. */
const ALWAYS_THERE = ["default", "kube-system", "kube-public", "kube-node-lease", "flux-system"];

const NAMESPACE = /\bkind["']?\s*:\s*["']?Namespace\b/;

/** A way to make a namespace, in a manifest, a chart's release, a template, a script, Terraform. */
const MAKES =
  /\bkind["']?\s*:\s*["']?Namespace\b|create-?namespace|create\s+(?:ns|namespaces?)\b|kubernetes_namespace|^releases:|\/metadata\/name\b/im;

/** Behind these may be a namespace that the files do not show. */
const UNSEEN: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  ...(["unreadable", "remote-resource", "cycle"] as const),
  ...(["too-deep", "too-many", "unknown-variable"] as const),
]);

/**
 * Secrets for a namespace that nothing in the repository makes: Flux refuses to apply them, and all that
 * is built with them. A guess, since somebody may have made it by hand; so not where any file, whatever
 * it is, names the namespace and a way to make one, nor where a part of what Flux builds lies elsewhere.
 */
export function inMissingNamespaces(
  files: RepositoryFiles,
  { kustomizations, problems }: FluxMap,
  running: readonly FluxKustomization[],
  documentsIn: (path: string) => readonly EncryptedDocument[],
): FluxFinding[] {
  const first = new Map<string, { readonly path: string; readonly line: number }>();
  const known = new Set<string | null>(ALWAYS_THERE);
  for (const { namespace } of kustomizations) known.add(namespace);
  for (const { placements, isForOtherCluster } of running) {
    for (const { path, namespace } of isForOtherCluster ? [] : placements) {
      for (const document of documentsIn(path)) {
        const target = namespace ?? document.namespace;
        if (document.kind !== "Secret" || target === null || known.has(target)) continue;
        if (!/^[a-z0-9-]+$/.test(target) || first.has(target)) continue;
        first.set(target, { path, line: document.line });
      }
    }
  }
  if (first.size === 0 || isUnseen(kustomizations, problems)) return [];
  for (const name of made(files, kustomizations)) first.delete(name);
  for (const name of first.keys()) if (mayBeMade(files, name)) first.delete(name);
  return [...first].map(([name, { path, line }]) =>
    fluxWarning(
      { path, line, about: [path] },
      `it is for the namespace ${shownName(name)}, and nothing in this repository makes that: Flux refuses to apply it, and all that is built with it`,
      "add a Namespace of that name, in a folder that Flux builds before this one",
    ),
  );
}

function isUnseen(
  kustomizations: readonly FluxKustomization[],
  problems: FluxMap["problems"],
): boolean {
  return (
    [...problems, ...kustomizations.flatMap((one) => one.problems)].some(({ kind }) =>
      UNSEEN.has(kind),
    ) || kustomizations.some(({ source }) => source.kind !== "this-repository")
  );
}

/** The Namespaces that are built, under the names that kustomize gives them: it renames them too. */
function* made(
  files: RepositoryFiles,
  kustomizations: readonly FluxKustomization[],
): Generator<string> {
  const names = new Map<string, readonly string[]>();
  for (const { placements } of kustomizations) {
    for (const { path, namespace } of placements) {
      const found = names.get(path) ?? namespacesIn(files.read(path));
      names.set(path, found);
      if (namespace === null) yield* found;
      else if (found.length > 0) yield namespace;
    }
  }
}

function namespacesIn(bytes: Uint8Array | null): string[] {
  if (bytes === null || !bufferOf(bytes).includes("Namespace")) return [];
  return readManifests(bytes, (text) => NAMESPACE.test(text)).manifests.flatMap(({ data }) =>
    textAt(data, "kind") === "Namespace" ? (textAt(data, "metadata", "name") ?? []) : [],
  );
}

function mayBeMade(files: RepositoryFiles, name: string): boolean {
  const word = new RegExp(`(?<![a-z0-9-])${name}(?![a-z0-9-])`);
  for (const path of files.paths) {
    const bytes = files.read(path);
    if (bytes === null || !bufferOf(bytes).includes(name)) continue;
    const text = bufferOf(bytes).toString("latin1");
    if (MAKES.test(text) && word.test(text)) return true;
  }
  return false;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
