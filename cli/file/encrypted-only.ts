import { encryptedFile } from "../../findings/sops/encrypted-file.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";
import type { SopsFile } from "../../sops/sops-file.ts";
import type { StoreFile } from "../../sops/store.ts";

/** The options of most commands that say what a file is where its name does not. */
const TYPE_OPTIONS = ["--input-type", "--output-type"];

/**
 * The metadata of a file that has to be encrypted.
 *
 * @param instead what to do with one that is not.
 * @param typeOptions those that the command has: the one alone leaves the result to the name.
 * @throws SopsError `no-metadata`
 */
export function encryptedOnly(
  { file, metadata }: SopsFile,
  instead = "",
  typeOptions: readonly string[] = TYPE_OPTIONS,
): Metadata {
  if (metadata !== null) return metadata;
  throw notEncrypted(file, `sops metadata not found${instead}`, typeOptions);
}

/**
 * The error for a file that is not encrypted, or not as what its name says: `db.yaml.enc`, `.env.prod`. Those are
 * binary to sops, and so to us.
 *
 * @param typeOptions as in {@link encryptedOnly}
 */
export function notEncrypted(
  file: StoreFile,
  why: string,
  typeOptions: readonly string[] = TYPE_OPTIONS,
): SopsError {
  // Of files in another format than their name says, only binary ones by name have parsed.
  const text = file.singleValue === true ? (file.leaves[0]?.value?.text ?? "") : "";
  const format = encryptedFile("", Buffer.from(text, "latin1"))?.format ?? null;
  if (format === null) return new SopsError("no-metadata", `is not encrypted: ${why}`);
  const options = typeOptions.map((option) => `${option} ${format}`).join(" ");
  const mend = options === "" ? "rename it" : `add ${options}, or rename it`;
  return new SopsError(
    "no-metadata",
    `is encrypted as ${format}, which its name does not say: ${mend}`,
  );
}
