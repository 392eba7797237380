import type { BuiltFile, BuiltObject, Placement } from "./build.ts";
import { textAt, valueAt } from "./data.ts";
import type { ObjectBuild } from "./object-build.ts";
import type { Problem } from "./problem.ts";
import type { Source } from "./sources.ts";

/** How a Flux Kustomization decrypts. */
export interface Decryption {
  /** `sops` is the only one that there is. */
  readonly provider: string;
  /**
   * The Secret with the keys; null where the controller itself has them (`--sops-age-secret`), which
   * is no error.
   */
  readonly secret: string | null;
  /** The file with the patch that sets it, in a parent; null where the object says so itself. */
  readonly from: string | null;
}

/**
 * What in the repository shows that Flux has a Flux Kustomization:
 *
 * - `synced`: it, or what it is built by in the end, is what `flux bootstrap` made, or lies in the folder
 *   that a FluxInstance or `flux bootstrap` syncs.
 * - `parent`: it or one above it builds others, and nothing in the repository shows who builds that one:
 *   `kubectl apply`, most likely.
 * - `alone`: nothing shows it. It may have been applied by hand, or be a leftover.
 * - `unlisted`: a kustomization lies beside or above it, and none takes it up: it is switched off.
 */
export type Reason = "synced" | "parent" | "alone" | "unlisted";

/** A Flux Kustomization with all that its parents do to it. Two parents make two of it. */
export interface FluxKustomization {
  readonly name: string;
  /** Null where neither it nor a parent says. */
  readonly namespace: string | null;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly source: Source;
  /** Null: encrypted files are built as they are. */
  readonly decryption: Decryption | null;
  readonly isSuspended: boolean;
  /** Why Flux has it; see {@link Reason}. */
  readonly reason: Reason;
  /** The Flux Kustomization that builds this one; null where none in this repository does. */
  readonly parent: FluxKustomization | null;
  /** What it builds of this repository. */
  readonly files: readonly BuiltFile[];
  /** Its resources, with where their objects come to. */
  readonly placements: readonly Placement[];
  /** Whether it applies what it builds to another cluster than the one that it is in. */
  readonly isForOtherCluster: boolean;
  readonly problems: readonly Problem[];
}

/**
 * A Flux Kustomization, as its object and its build say.
 *
 * @param object as its parent leaves it
 */
export function fluxKustomization(
  { data, file, line, decryptionFrom }: BuiltObject,
  { source, files, placements, problems }: ObjectBuild,
  parent: FluxKustomization | null,
  reason: Reason,
): FluxKustomization {
  const provider = textAt(data, "spec", "decryption", "provider");
  const secret = textAt(data, "spec", "decryption", "secretRef", "name");
  return {
    name: textAt(data, "metadata", "name") ?? "",
    namespace: textAt(data, "metadata", "namespace"),
    file,
    line,
    source,
    decryption: provider === null ? null : { provider, secret, from: decryptionFrom },
    isSuspended: valueAt(data, "spec", "suspend") === true,
    reason,
    parent,
    files,
    placements,
    isForOtherCluster: valueAt(data, "spec", "kubeConfig") !== undefined,
    problems,
  };
}
