import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
import { gitLine, hooksFolder } from "../git-in-folder.ts";

/** What runs git hooks in a repository. */
export type HookManager =
  /** husky: ours, or the repository's own. `folder` holds the hook files, relative, with `/`. */
  | { readonly kind: "husky"; readonly folder: string }
  /** lefthook or pre-commit: `file` is its configuration, relative. */
  | { readonly kind: "lefthook" | "pre-commit"; readonly file: string }
  /**
   * A folder of hooks that git runs: `.git/hooks`, or what `core.hooksPath` names. One that is not the
   * repository's own (`isShared`) holds the hooks of others as well.
   */
  | {
      readonly kind: "folder";
      readonly folder: string;
      readonly path: string;
      readonly isShared: boolean;
    }
  /** One that the scaffold cannot add to; `where` names its configuration. */
  | { readonly kind: "other"; readonly name: string; readonly where: string };

/** Its hooks are in package.json, and git's arguments and input in variables of its own. */
export const HUSKY_4 = "husky 4";

/** What a repository without hooks gets. */
export const OWN_HUSKY: HookManager = { kind: "husky", folder: ".husky" };

/** Where the hooks' shell files lie in a repository whose hooks another program runs. */
export const JOINED_HOOKS = ".flux-sops/hooks";

/** @see https://lefthook.dev/configuration/ */
const LEFTHOOK_FILES = ["yml", "yaml", "toml", "json", "jsonc"].flatMap((ending) =>
  ["lefthook", ".lefthook", ".config/lefthook"].map((name) => `${name}.${ending}`),
);

/**
 * Finds out which hook manager is at work in an existing repository, or would be once it is
 * installed.
 *
 * @param directory the top of a worktree.
 * @throws GitError
 */
export async function findHookManager(directory: string): Promise<HookManager> {
  const configured = await gitLine(directory, ["config", "--get", "core.hooksPath"]);
  const husky = /^(?:\.\/)?(?!\/)(?:(.+)\/)?_\/?$/.exec(configured);
  if (
    husky !== null &&
    ["h", "husky.sh"].some((name) => existsSync(join(directory, configured, name)))
  ) {
    return { kind: "husky", folder: husky[1] ?? "." };
  }
  if (configured === ".husky/_" || hasHuskyFiles(directory)) return OWN_HUSKY;
  const lefthook = LEFTHOOK_FILES.find((name) => existsSync(join(directory, name)));
  if (lefthook !== undefined) return { kind: "lefthook", file: lefthook };
  if (existsSync(join(directory, ".pre-commit-config.yaml"))) {
    return { kind: "pre-commit", file: ".pre-commit-config.yaml" };
  }
  const other = otherManager(directory);
  if (other !== null) return other;
  const folder = await hooksFolder(directory);
  const path = resolve(directory, folder);
  // In a clone the hooks that it joined are not there: git copies none.
  const hasJoined = existsSync(join(directory, JOINED_HOOKS, "pre-commit"));
  // As /dev/null, by which no hook runs.
  const isFolder = !existsSync(path) || statSync(path).isDirectory();
  if (!isFolder && !hasJoined) return OWN_HUSKY;
  const common = await gitLine(directory, ["rev-parse", "--git-common-dir"]);
  // .git/hooks may be a link to one as well.
  const isShared =
    !isFolder || ![directory, resolve(directory, common)].some((own) => isWithin(path, own));
  return configured === "" && !hasJoined && hookNamesIn(path).length === 0
    ? OWN_HUSKY
    : { kind: "folder", folder: configured === "" ? folder : configured, path, isShared };
}

function isWithin(path: string, folder: string): boolean {
  return realPath(path).startsWith(realPath(folder) + sep);
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function hasHuskyFiles(directory: string): boolean {
  const folder = join(directory, ".husky");
  return existsSync(folder) && hookNamesIn(folder).length > 0;
}

/** The hooks that a folder holds: git runs files of these names only. */
export function hookNamesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /^[a-z]+(-[a-z]+)+$/.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

function otherManager(directory: string): HookManager | null {
  if (existsSync(join(directory, ".overcommit.yml"))) {
    return { kind: "other", name: "overcommit", where: ".overcommit.yml" };
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  } catch {
    return null;
  }
  if (!isRecord(manifest)) return null;
  if (isRecord(manifest["husky"]) && isRecord(manifest["husky"]["hooks"])) {
    return { kind: "other", name: HUSKY_4, where: '"husky" in package.json' };
  }
  for (const name of ["simple-git-hooks", "pre-commit", "yorkie", "gitHooks"]) {
    if (manifest[name] !== undefined) {
      return { kind: "other", name, where: `"${name}" in package.json` };
    }
  }
  return null;
}
