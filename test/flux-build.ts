import { runTool } from "./real-tools.ts";

/** An object as Flux would apply it. */
export interface AppliedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** A Flux Kustomization and what came of it; see `Kustomization` in test/flux-build/cluster.go. */
export interface BuiltKustomization {
  /** `namespace/name`. */
  readonly name: string;
  readonly parent: string;
  readonly path: string;
  readonly decryption: boolean;
  readonly dependsOn: readonly string[];
  readonly status: "built" | "failed" | "waiting" | "suspended" | "elsewhere";
  readonly error?: string;
  /** What kustomize read, relative to the repository. */
  readonly files: readonly string[];
  readonly objects: readonly AppliedObject[];
  /** What Flux would apply encrypted: `Secret/demo/db: data.password`. */
  readonly ciphertext: readonly string[];
  /** What Kubernetes or Flux would not take, with `strict`. */
  readonly invalid: readonly string[];
}

export interface FluxBuildOptions {
  /** A file of age identities: the `sops-age` Secret; without it there is none. */
  readonly keyFile?: string;
  readonly strict?: boolean;
  /** Decrypts nothing: for a repository whose key one does not have. */
  readonly leaveEncrypted?: boolean;
}

/**
 * Builds a folder as Flux does, from the Flux Kustomization that `flux bootstrap --path=root` makes.
 * Needs the real tool `flux-build`, our own in test/flux-build.
 */
export function fluxBuild(
  directory: string,
  root: string,
  { keyFile, strict = false, leaveEncrypted = false }: FluxBuildOptions = {},
): BuiltKustomization[] {
  const flags = [
    ...(keyFile === undefined ? [] : [`--age-key-file=${keyFile}`]),
    ...(strict ? ["--strict"] : []),
    ...(leaveEncrypted ? ["--leave-encrypted"] : []),
  ];
  const output = runTool("flux-build", [...flags, directory, root]);
  return (JSON.parse(output) as { kustomizations: BuiltKustomization[] }).kustomizations;
}
