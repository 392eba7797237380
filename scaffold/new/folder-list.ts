import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { printable } from "../../git/escape.ts";
import { KUSTOMIZATION_NAMES } from "../../flux/repository-files.ts";
import { ScaffoldError } from "../errors.ts";
import { listResource } from "../addition/list-resource.ts";
import type { WantedFile } from "../plan/plan.ts";

/**
 * The list of a folder with an entry more.
 *
 * @returns null where there is no list: Flux takes all that is in the folder, and would remove what a new
 *   list does not name.
 * @throws ScaffoldError `environment` where only its owner can add to it.
 */
export function listInFolder(directory: string, folder: string, entry: string): WantedFile | null {
  const path = listOf(directory, folder);
  if (path === null) return null;
  const bytes = readFileSync(join(directory, path));
  const listed = isUtf8(bytes) ? listResource(bytes.toString("utf8"), entry) : null;
  if (listed === null) {
    throw new ScaffoldError(
      "environment",
      `${printable(path)} cannot be added to: write "- ${entry}" under its resources, and run this again`,
    );
  }
  return { path, content: Buffer.from(listed), mode: 0o644, mayReplace: () => true };
}

/**
 * Whether a file would be the first list of a folder, of which Flux takes everything today: it would
 * remove from the cluster what the list does not name.
 */
export function wouldHide(directory: string, path: string): boolean {
  const [, folder] = /^(.+)\/kustomization\.yaml$/.exec(path) ?? [];
  if (folder === undefined || listOf(directory, folder) !== null) return false;
  const place = join(directory, folder);
  return (
    existsSync(place) &&
    readdirSync(place, { recursive: true }).some((name) => /\.ya?ml$/.test(String(name)))
  );
}

function listOf(directory: string, folder: string): string | null {
  const paths = KUSTOMIZATION_NAMES.map((name) => posix.join(folder, name));
  return paths.find((path) => existsSync(join(directory, path))) ?? null;
}
