import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decryptFile } from "../../sops/decrypt.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { SopsError } from "../../sops/errors.ts";
import { formatOf } from "../../sops/format.ts";
import { parseKeyFile, type KeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import type { Scaffolded } from "./scaffolded.ts";

/** A file as its reader sees it. */
export interface Reading {
  /** `broken`: encrypted, but it does not verify. */
  readonly state: "plain" | "encrypted" | "broken";
  /** The plaintext; of a broken file its bytes. */
  readonly text: string;
}

/** The private keys of a scaffolded repository. */
export async function keyPairsOf({ home }: Scaffolded): Promise<readonly KeyPair[]> {
  const keys = readFileSync(join(home, ".config/sops/age/keys.txt"), "utf8");
  return parseKeyFile(keys);
}

/** Reads a file, decrypting it where it is encrypted, its MAC verified. */
export async function plaintextOf(
  path: string,
  bytes: Buffer,
  pairs: readonly KeyPair[],
): Promise<Reading> {
  const text = bytes.toString("utf8");
  try {
    const format = formatOf(path);
    if (format === "binary") return { state: "plain", text };
    const { file, metadata } = readSopsFile(bytes, format);
    if (metadata === null) return { state: "plain", text };
    const dataKey = await unwrapDataKey(metadata, pairs);
    if (dataKey === null) return { state: "broken", text };
    return { state: "encrypted", text: decryptFile(file, metadata, dataKey) };
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return { state: text.includes("ENC[") ? "broken" : "plain", text };
  }
}
