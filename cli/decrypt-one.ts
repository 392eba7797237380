import { readFileSync, statSync, writeSync } from "node:fs";
import { unwrapDataKey } from "../sops/data-key.ts";
import { decodeText } from "../sops/decode-text.ts";
import { findIdentities } from "../sops/identities.ts";
import { keySelector } from "../sops/key-selection.ts";
import { userKeyFile } from "../sops/key-locations.ts";
import { effectiveSelection, parseMetadata } from "../sops/metadata.ts";
import { decryptSelected } from "../sops/open.ts";
import { hasRecord } from "../sops/spelling-record.ts";
import { readBlockStyle } from "../sops/yaml/block-style.ts";
import { YamlFile } from "../sops/yaml/file.ts";

/**
 * `flux-sops decrypt FILE` for a YAML file as most are, with a key where sops looks for one: what
 * loops over files and `git diff` ask for. It loads a tenth of the code (bench/decrypt.ts).
 *
 * It never judges: wherever something is unusual or wrong, the whole command begins anew.
 *
 * @param path of a file that {@link formatOf} takes for YAML.
 * @returns whether the plaintext was printed; if not, nothing was.
 */
export async function decryptOne(path: string): Promise<boolean> {
  const plaintext = await plaintextOf(path, process.env);
  if (plaintext === null) return false;
  print(Buffer.from(plaintext, "utf8"));
  return true;
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
    // The whole command says what it is.
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
  const identities = pairs.map(({ identity }) => identity);
  const dataKey = await unwrapDataKey(metadata, identities);
  if (dataKey === null) return null;
  // Only recorded spellings are read again.
  const reread = () => {
    throw new TypeError("a file without recorded spellings");
  };
  return decryptSelected(new YamlFile(text, content, 0, reread), metadata, selects, dataKey);
}

/** Whether reading keys leaves no trace: a command may ask for a passphrase, a pipe is then empty. */
function keysCanBeReadAgain(environment: NodeJS.ProcessEnv): boolean {
  const files = [environment["SOPS_AGE_KEY_FILE"] ?? "", userKeyFile(environment)];
  return (
    (environment["SOPS_AGE_KEY_CMD"] ?? "") === "" &&
    files.every((file) => file === "" || isRegular(file) || !isThere(file))
  );
}

function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Writes without `process.stdout`, which takes longer to come up than a value to decrypt. */
function print(bytes: Buffer): void {
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(1, bytes, at);
  } catch {
    // A pipe that is full or closed: process.stdout knows how to wait, and what to say.
    process.stdout.write(bytes.subarray(at));
  }
}
