import { SopsError } from "../../sops/errors.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";
import type { SopsFile } from "../../sops/sops-file.ts";

/**
 * The metadata of a file that has to be encrypted.
 *
 * @param instead what to do with one that is not.
 * @throws SopsError `no-metadata`
 */
export function encryptedOnly({ metadata }: SopsFile, instead = ""): Metadata {
  if (metadata !== null) return metadata;
  throw new SopsError("no-metadata", `is not encrypted: sops metadata not found${instead}`);
}
