import { readFileSync, statSync, writeSync } from "node:fs";
import { unwrapDataKey } from "../sops/data-key.ts";
import { decodeText } from "../sops/text/decode-text.ts";
import { findIdentities } from "../sops/age/identities.ts";
import { keySelector } from "../sops/selection/key-selection.ts";
import { keyFiles } from "../sops/age/key-locations.ts";
import { effectiveSelection, parseMetadata } from "../sops/metadata/metadata.ts";
import { decryptSelected } from "../sops/open.ts";
import { hasRecord } from "../sops/metadata/spelling-record.ts";
import { readBlockStyle } from "../sops/yaml/block-style/block-style.ts";
import { YamlFile } from "../sops/yaml/file.ts";

/**
 * `flux-sops decrypt FILE` for a YAML file as most are, with a key where sops looks for one: what
 * loops over files and `git diff` ask for. It loads a tenth of the code (bench/decrypt.ts).
 *
 * It never judges: wherever something is unusual or wrong, the whole command begins anew.
 *
 * @param path of a file that {@link formatOf} takes for YAML.
 * @returns what is left to be printed, mostly nothing; null where nothing was printed.
 */
export async function decryptOne(path: string): Promise<Buffer | null> {
  const plaintext = await plaintextOf(path, process.env);
  return plaintext === null ? null : print(Buffer.from(plaintext, "utf8"));
}

/**
 * The plaintext of an ordinary file; null where something is unusual or wrong.
 *
 * @param environment where sops looks for keys.
 */
export async function plaintextOf(
  path: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  try {
    return await decrypted(path, environment);
  } catch {
    // The whole command says what is wrong.
    return null;
  }
}

async function decrypted(path: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  if (!isRegular(path)) return null;
  const text = decodeText(readFileSync(path));
  const content = readBlockStyle(text);
  if (content === null || content.rawMetadata === null || hasRecord(content.rawMetadata)) {
    return null;
  }
  const metadata = parseMetadata(content.rawMetadata);
  const selects = keySelector(effectiveSelection(metadata));
  if (selects === null || !keysCanBeReadAgain(environment)) return null;
  const { pairs } = await findIdentities({ environment });
  const dataKey = await unwrapDataKey(metadata, pairs);
  if (dataKey === null) return null;
  // Only recorded spellings are read again.
  const reread = () => {
    throw new TypeError("a file without recorded spellings");
  };
  return decryptSelected(new YamlFile(text, content, 0, reread), metadata, selects, dataKey).text;
}

/**
 * Whether keys can be read a second time: a command might ask for a passphrase again, and a pipe is
 * empty by then.
 */
function keysCanBeReadAgain(environment: NodeJS.ProcessEnv): boolean {
  return (
    (environment["SOPS_AGE_KEY_CMD"] ?? "") === "" &&
    keyFiles("", environment).every((file) => isRegular(file) || !isThere(file))
  );
}

function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Writes without `process.stdout`, which takes longer to come up than a value to decrypt.
 *
 * @returns what is left if a pipe is full or closed, or a disk is full: `process.stdout` knows how to
 *   wait, and what to say.
 */
function print(bytes: Buffer): Buffer {
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(1, bytes, at);
  } catch {
    // Whoever writes the rest meets the same error again.
  }
  return bytes.subarray(at);
}
