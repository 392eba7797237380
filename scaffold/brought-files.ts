import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { wouldHide } from "./new/folder-list.ts";
import type { HookManager } from "./hook-manager/find.ts";
import type { WantedFile } from "./plan/plan.ts";
import type { Destination } from "./destination/destination.ts";

/**
 * Whether a file that the scaffold has is for this folder, too.
 *
 * @param force brings back what was removed.
 */
export function isBrought(
  file: WantedFile,
  destination: Destination,
  manager: HookManager,
  force: boolean,
): boolean {
  return hasPlace(file, destination, manager) && !isTakenAway(file, destination, force);
}

/** A list that was removed so that Flux takes all of its folder, or a file that nothing else needs. */
function isTakenAway({ path }: WantedFile, destination: Destination, force: boolean): boolean {
  const { directory, generated } = destination;
  if (!generated.ids.has(path)) return false;
  const isRemoved = OPTIONAL.test(path) && !existsSync(join(directory, path));
  return wouldHide(directory, path) || (isRemoved && !force);
}

/** For people and for CI: the gate and Flux do without. */
const OPTIONAL =
  /^(?:(?:talos\/)?README\.md|\.editorconfig|\.gitlab-ci\.yml|\.(?:github|forgejo)\/workflows\/flux-sops\.yml)$/;

/** In somebody's repository, files that say how they work there are theirs alone. */
function hasPlace(file: WantedFile, destination: Destination, manager: HookManager): boolean {
  const { directory, isRepository, generated } = destination;
  const scope = destination.surroundings.scope;
  if (!isRepository || scope === "repository") return true;
  const isThere = existsSync(join(directory, file.path));
  switch (file.path) {
    case "README.md":
    case ".editorconfig":
      return !isThere || generated.ids.has(file.path);
    case "package.json":
      return manager.kind === "husky";
    case ".prettierignore":
      return isThere || usesPrettier(directory);
    default:
      return true;
  }
}

/** prettier would write the tool's files anew, as lint-staged has it do with all that is staged. */
function usesPrettier(directory: string): boolean {
  const named = (pattern: RegExp) =>
    readdirSync(directory).filter((name) => pattern.test(name) && isFile(join(directory, name)));
  if (named(/^\.?prettier(rc|\.config)/).length > 0) return true;
  const runners = named(/^(package\.json$|\.?lint-?staged)/);
  return runners.some((name) => readFileSync(join(directory, name), "utf8").includes("prettier"));
}

/** A link may lead to a folder, nowhere, or to itself. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
