import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { printable } from "../../git/escape.ts";
import { type GitPath, pathText } from "../../git/path.ts";
import { nulFields } from "../../git/run.ts";
import { listInFolder } from "./folder-list.ts";
import { gitInFolder } from "../git-in-folder.ts";
import type { WantedFile } from "../plan/plan.ts";
import { ScaffoldError } from "../errors.ts";
import { yamlWord } from "./secret/manifest.ts";

/** Namespaces that a cluster or `flux bootstrap` makes. */
const MADE_BY_OTHERS = new Set([
  "default",
  "flux-system",
  "kube-node-lease",
  "kube-public",
  "kube-system",
]);

export interface NamespaceNeed {
  /** The file that makes it, as it is where it is there already, and the list that names it; none where others make it. */
  readonly files: readonly WantedFile[];
  /** Said where a file makes it too late for a Secret. */
  readonly note: string | null;
}

/**
 * Who makes a namespace: a file of this repository (files of other clusters do not count), the
 * cluster itself, or else a new file.
 *
 * @throws ScaffoldError `usage` where a file of that name is there and makes something else.
 */
export async function namespaceNeed(
  directory: string,
  cluster: string,
  namespace: string,
): Promise<NamespaceNeed> {
  if (MADE_BY_OTHERS.has(namespace)) return { files: [], note: null };
  const folder = `clusters/${cluster}/infrastructure/namespaces/`;
  const makers = await filesMaking(directory, cluster, namespace);
  const there = makers.find((path) => path.startsWith(folder));
  if (there !== undefined) {
    const content = readFileSync(join(directory, there));
    return { files: [{ path: there, content, mode: 0o644 }], note: null };
  }
  const [maker] = makers;
  if (maker !== undefined) {
    return {
      files: [],
      note: `Namespace ${namespace} is made by ${printable(maker)}: Flux must apply that before the secrets, so move it to ${folder} if they fail.`,
    };
  }
  const path = `${folder}${namespace}.yaml`;
  if (existsSync(join(directory, path))) {
    throw new ScaffoldError(
      "usage",
      `${printable(path)} is there already, and git sees no Namespace ${namespace} in it: add that to it, or move it away, and run this again`,
    );
  }
  const content = [
    "apiVersion: v1",
    "kind: Namespace",
    "metadata:",
    `  name: ${yamlWord(namespace)}`,
    "  annotations:",
    "    # Losing this file must not delete all that is in the namespace.",
    "    kustomize.toolkit.fluxcd.io/prune: disabled",
    "",
  ].join("\n");
  const file: WantedFile = { path, content: Buffer.from(content), mode: 0o644 };
  const list = listInFolder(directory, folder, `${namespace}.yaml`);
  return { files: list === null ? [file] : [file, list], note: null };
}

async function filesMaking(
  directory: string,
  cluster: string,
  namespace: string,
): Promise<string[]> {
  const { stdout } = await gitInFolder(directory, [
    ...["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"],
    ...["*.yaml", "*.yml"],
  ]);
  return [...new Set(nulFields(stdout))]
    .map((path) => pathText(path as GitPath))
    .filter((path) => !path.startsWith("clusters/") || path.startsWith(`clusters/${cluster}/`))
    .filter((path) => makes(join(directory, path), namespace));
}

function makes(path: string, namespace: string): boolean {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return false;
  }
  if (!/\bNamespace\b/.test(text) || !text.includes(namespace)) return false;
  return parseAllDocuments(text).some(
    (document) =>
      "get" in document &&
      document.errors.length === 0 &&
      document.get("kind") === "Namespace" &&
      document.getIn(["metadata", "name"]) === namespace,
  );
}
