import type { SopsError, SopsErrorCode } from "../../sops/errors.ts";

/** The exit statuses of the commands that sops does not have; 130 is what shells report for Ctrl-C. */
export const OWN_EXIT = { fine: 0, wrongUse: 2, brokenEnvironment: 2, interrupted: 130 } as const;

/**
 * The exit statuses of the commands that stand in for sops: its own, so that scripts go on working.
 *
 * @see cmd/sops/codes/codes.go of the original
 */
export const SOPS_EXIT = {
  generic: 1,
  couldNotReadInputFile: 2,
  couldNotWriteOutputFile: 3,
  errorDumpingTree: 4,
  invalidSetFormat: 7,
  errorConflictingParameters: 8,
  errorDecryptingTree: 25,
  cannotChangeKeysFromNonExistentFile: 49,
  macMismatch: 51,
  invalidTreePathFormat: 91,
  needAtLeastOneDocument: 92,
  noFileSpecified: 100,
  duplicateDecryptionKeyType: 112,
  couldNotRetrieveKey: 128,
  fileHasNotBeenModified: 200,
  noEditorFound: 201,
  fileAlreadyEncrypted: 203,
  /** Of a command that a signal has ended. */
  endedBySignal: 255,
} as const;

const BY_CODE: Readonly<Partial<Record<SopsErrorCode, number>>> = {
  "already-encrypted": SOPS_EXIT.fileAlreadyEncrypted,
  tampered: SOPS_EXIT.errorDecryptingTree,
  "mac-mismatch": SOPS_EXIT.macMismatch,
  // Tried with 3.13.3: it tells this apart in words only.
  "mac-missing": SOPS_EXIT.macMismatch,
  "bad-value": SOPS_EXIT.invalidSetFormat,
  "bad-path": SOPS_EXIT.invalidTreePathFormat,
  "cannot-hold": SOPS_EXIT.errorDumpingTree,
  "no-identity": SOPS_EXIT.couldNotRetrieveKey,
};

/** sops's exit status for an error of the engine. */
export function exitOf(error: SopsError): number {
  return BY_CODE[error.code] ?? SOPS_EXIT.generic;
}
