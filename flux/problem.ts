/** Why a part of a build cannot be followed. */
export type ProblemKind =
  /** It is no YAML, or nested more deeply or longer than is read. */
  | "unreadable"
  /** `spec.path` names no folder here. */
  | "missing-path"
  /** What a kustomization lists is not here. */
  | "missing-resource"
  /** What a kustomization lists lies on another server. */
  | "remote-resource"
  /** A folder has more than one kustomization: its build fails. */
  | "several-kustomizations"
  /** A Flux Kustomization stands in a file that kustomize takes for its own configuration. */
  | "flux-object-as-kustomization"
  /** Kustomizations that list each other. */
  | "cycle"
  /** More levels than are followed. */
  | "too-deep"
  /** More Flux Kustomizations than are followed. */
  | "too-many"
  /** A `${VARIABLE}` whose value is not in the files. */
  | "unknown-variable";

/** A part of a build that cannot be followed. Nothing in this room throws for what files hold. */
export interface Problem {
  readonly kind: ProblemKind;
  /** The file in which it stands. */
  readonly file: string;
  /** 1-based, or null for the whole file. */
  readonly line: number | null;
  /** What it is about, as written in the file: a path, a name. */
  readonly about: string;
}
