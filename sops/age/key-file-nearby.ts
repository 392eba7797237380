import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readKeyFile } from "./identity.ts";

/** As guides name it: `age-keygen -o age.agekey`, `age.key`, `key.txt`. */
const NAMED_KEY = /\bage\b|key/i;

/** A key file holds some lines for each key. */
const MOST_BYTES = 2 ** 16;

/**
 * A file right in a folder that holds a private key for one of some recipients, and is no place where keys are
 * looked for. Guides have it made at the top of the repository.
 *
 * @param recipients public keys, `age1…`
 * @returns its name; null where there is none
 */
export async function keyFileNearby(
  folder: string,
  recipients: readonly string[],
): Promise<string | null> {
  for (const name of namesIn(folder).filter((one) => NAMED_KEY.test(one))) {
    try {
      const file = join(folder, name);
      const status = statSync(file);
      if (!status.isFile() || status.size > MOST_BYTES) continue;
      const { pairs } = await readKeyFile(readFileSync(file, "utf8"));
      if (pairs.some(({ recipient }) => recipients.includes(recipient))) return name;
    } catch {
      // No key file, or none that can be read here.
    }
  }
  return null;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
