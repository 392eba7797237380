import { encryptedFile } from "../../findings/sops/encrypted-file.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";
import type { SopsFile } from "../../sops/sops-file.ts";
import type { StoreFile } from "../../sops/store.ts";

/**
 * The metadata of a file that has to be encrypted.
 *
 * @param instead what to do with one that is not.
 * @throws SopsError `no-metadata`
 */
export function encryptedOnly({ file, metadata }: SopsFile, instead = ""): Metadata {
  if (metadata !== null) return metadata;
  throw notEncrypted(file, `sops metadata not found${instead}`);
}

/**
 * The error for a file that is not encrypted, or not as what its name says: `db.yaml.enc`, `.env.prod`. Those are
 * binary to sops, and so to us.
 */
export function notEncrypted(file: StoreFile, why: string): SopsError {
  // Where a name says a format, what is in another one does not parse.
  const text = file.singleValue === true ? file.splice(new Map(), "keep") : "";
  const format = encryptedFile("", Buffer.from(text, "latin1"))?.format ?? null;
  const message =
    format === null
      ? `is not encrypted: ${why}`
      : `is encrypted as ${format}, which its name does not say: add --input-type ${format}, or rename it`;
  return new SopsError("no-metadata", message);
}
