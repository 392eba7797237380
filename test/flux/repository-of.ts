import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import { fluxMap, type FluxMap } from "../../flux/flux-map.ts";
import type { RepositoryFiles } from "../../flux/repository-files.ts";

/** A repository of texts. */
export function repositoryOf(texts: Readonly<Record<string, string>>): RepositoryFiles {
  return {
    paths: Object.keys(texts),
    read: (path) => {
      const text = texts[path];
      return text === undefined ? null : Buffer.from(text);
    },
  };
}

export function mapOf(texts: Readonly<Record<string, string>>): FluxMap {
  return fluxMap(repositoryOf(texts));
}

/** A Flux Kustomization, with further lines of its spec. */
export function flux(name: string, path: string, ...spec: readonly string[]): string {
  return [
    "apiVersion: kustomize.toolkit.fluxcd.io/v1",
    "kind: Kustomization",
    "metadata:",
    `  name: ${name}`,
    "  namespace: flux-system",
    "spec:",
    `  path: ${path}`,
    "  sourceRef: { kind: GitRepository, name: flux-system }",
    ...spec.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

export const DECRYPTS = "decryption: { provider: sops, secretRef: { name: sops-age } }";

export function named(map: FluxMap, name: string): FluxKustomization {
  const found = map.kustomizations.find((kustomization) => kustomization.name === name);
  if (found === undefined) throw new Error(`there is no Flux Kustomization ${name}`);
  return found;
}

/** The paths that one builds, each with what it is there. */
export function built(map: FluxMap, name: string): string[] {
  return named(map, name)
    .files.map(({ path, as }) => (as === "resource" ? path : `${path} (${as})`))
    .sort();
}

export function problems(map: FluxMap, name: string): string[] {
  return named(map, name).problems.map(({ kind, about }) => `${kind} ${about}`);
}
