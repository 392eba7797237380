import { printable } from "../../git/escape.ts";
import type { Format } from "../../sops/format.ts";
import { SOPS_EXIT } from "../exit/codes.ts";
import { ExitError } from "../exit/error.ts";

/** Whether a plaintext is YAML without a single document. Other formats make a file of nothing, or refuse it. */
export function isNothing(plaintext: Buffer, format: Format): boolean {
  return format === "yaml" && plaintext.toString("utf8").trim() === "";
}

/**
 * Refuses YAML without a document: what came of it would be no encrypted file.
 *
 * @throws ExitError with sops's status
 */
export function refuseNothing(plaintext: Buffer, format: Format, path: string): void {
  if (!isNothing(plaintext, format)) return;
  const { needAtLeastOneDocument, couldNotReadInputFile } = SOPS_EXIT;
  throw new ExitError(
    plaintext.length === 0 ? needAtLeastOneDocument : couldNotReadInputFile,
    `${printable(path)}: is empty: there has to be something to encrypt`,
  );
}
