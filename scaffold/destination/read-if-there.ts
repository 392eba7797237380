import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../git/escape.ts";
import { ScaffoldError, systemReason } from "../errors.ts";

/**
 * The text of a file in the folder to scaffold into; null where there is none.
 *
 * @throws ScaffoldError `environment` where it cannot be read
 */
export function readIfThere(directory: string, name: string): string | null {
  const path = join(directory, name);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new ScaffoldError(
      "environment",
      `${printable(path)} cannot be read: ${systemReason(error)}; mend it or name another folder`,
    );
  }
}
