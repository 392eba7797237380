/**
 * What went wrong with a SOPS document, a rule file or a key. `code` lets a caller choose an exit
 * status; `message` is one sentence for the user, never with a secret in it.
 */
export type SopsErrorCode =
  /** The file is no well-formed YAML, JSON, … */
  | "syntax"
  /** No `sops` metadata in a file that should have it. */
  | "no-metadata"
  /** `sops` metadata is there but wrong. */
  | "bad-metadata"
  /** The file is encrypted already. */
  | "already-encrypted"
  /** A value, its key path or the MAC does not verify. */
  | "tampered"
  | "mac-mismatch"
  | "mac-missing"
  /** No identity on this machine opens the file. */
  | "no-identity"
  /** `.sops.yaml` cannot be used. */
  | "bad-config"
  /** No creation rule matches. */
  | "no-rule"
  /** Something that real sops can do and this engine does not (PGP, cloud KMS, …). */
  | "unsupported"
  /** A recipient or an identity is malformed. */
  | "bad-key"
  /** A value that was given is malformed. */
  | "bad-value"
  /** A path that was given is malformed. */
  | "bad-path"
  /** A value that the file's format cannot hold at its place. */
  | "cannot-hold"
  /** There is nothing at the path that was given. */
  | "not-there";

/** See {@link SopsErrorCode}. */
export class SopsError extends Error {
  override readonly name = "SopsError";
  readonly code: SopsErrorCode;
  /** 1-based line in the file, where one place can be named. */
  readonly line: number | null;
  readonly column: number | null;

  constructor(
    code: SopsErrorCode,
    message: string,
    place: { line?: number | null; column?: number | null; cause?: unknown } = {},
  ) {
    // Names and patterns in it come from files that anybody may have written: a terminal would obey.
    super(
      message.replace(/[\x00-\x1f\x7f-\x9f]/g, "?"),
      place.cause === undefined ? {} : { cause: place.cause },
    );
    this.code = code;
    this.line = place.line ?? null;
    this.column = place.column ?? null;
  }

  /** `NAME:LINE:COLUMN`, as far as they are known; what editors and terminals jump to. */
  placeIn(name: string): string {
    return [name, this.line, this.column].filter((part) => part !== null).join(":");
  }
}
