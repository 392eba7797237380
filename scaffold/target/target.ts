import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type CreationRule, parseRuleFile } from "../../sops/creation-rules/creation-rules.ts";
import { trusting } from "../../git/repository/open.ts";
import { SopsError } from "../../sops/errors.ts";
import { type EncryptedTo, encryptedTo } from "../recipients/encrypted-to.ts";
import { homeFolder } from "../../sops/age/key-locations.ts";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
import { printable, ScaffoldError, systemReason } from "../errors.ts";
import { gitComplaint, gitInFolder, gitLine, topOfRepository } from "../git-in-folder.ts";
import {
  GENERATED_PATH,
  type GeneratedFiles,
  NOTHING_GENERATED,
  readGenerated,
} from "../plan/generated-files.ts";
import type { RawAnswers } from "../answers/questions.ts";
import { inspectSurroundings, type Surroundings } from "./surroundings.ts";

/** The folder to scaffold into, as it is before anything is written. */
export interface Target {
  /** Absolute; without symbolic links where it exists. */
  readonly directory: string;
  readonly exists: boolean;
  /** Whether the folder is the top of a git repository already. */
  readonly isRepository: boolean;
  /** The repository whose folder it lies in, as a new one of its own; null where it ignores that, or there is none. */
  readonly outer: string | null;
  /** What an earlier run wrote into `.yo-rc.json`, unchecked. */
  readonly remembered: RawAnswers;
  /** Text of `.yo-rc.json`, or null. */
  readonly yoRc: string | null;
  /** What earlier runs generated here. */
  readonly generated: GeneratedFiles;
  /** What the scaffold brings here, and what the repository tells about itself. */
  readonly surroundings: Surroundings;
  /** Those of `.sops.yaml`; null where there is no such file or it has none. */
  readonly creationRules: readonly CreationRule[] | null;
  /** The files in it that are encrypted already. */
  readonly encryptedTo: EncryptedTo;
}

/** The key of this generator in `.yo-rc.json`, as Yeoman names it. */
export const YO_RC_KEY = "generator-flux-sops";

/**
 * Looks at the folder to scaffold into; changes nothing.
 *
 * @param folder relative to the working directory, or absolute. It need not exist.
 * @throws ScaffoldError `environment` when it cannot be scaffolded into, or a file in it that has to
 *   be understood cannot be; GitError.
 */
export async function inspectTarget(folder: string): Promise<Target> {
  if (folder === "" || folder.includes("\0")) {
    throw new ScaffoldError("usage", "the folder has an empty name: name one, or leave it out");
  }
  const directory = realpathWhereItExists(resolve(folder));
  const exists = requireWritableFolder(directory);
  if (!exists) {
    return {
      directory,
      exists,
      isRepository: false,
      outer: await repositoryAround(directory),
      remembered: {},
      yoRc: null,
      generated: NOTHING_GENERATED,
      surroundings: NO_SURROUNDINGS,
      creationRules: null,
      encryptedTo: new Map(),
    };
  }
  const yoRc = readIfThere(directory, ".yo-rc.json");
  const isRepository = await isTopOfRepository(directory);
  if (!isRepository) {
    refuseHome(directory);
    await refuseGitFolder(directory);
    await refusePartOfAnother(directory);
  }
  const remembered = yoRc === null ? {} : rememberedAnswers(yoRc, directory);
  return {
    directory,
    exists,
    isRepository,
    outer: isRepository ? null : await repositoryAround(directory),
    remembered,
    yoRc,
    generated: isRepository
      ? await readGenerated(directory, readIfThere(directory, GENERATED_PATH))
      : NOTHING_GENERATED,
    surroundings: isRepository ? await surroundingsOf(directory, remembered) : NO_SURROUNDINGS,
    creationRules: creationRulesIn(directory),
    encryptedTo: isRepository ? await encryptedTo(directory) : new Map(),
  };
}

/** Whether a repository was scaffolded with schema comments. */
export function remembersSchemas(directory: string): boolean {
  const yoRc = readIfThere(directory, ".yo-rc.json");
  return yoRc !== null && rememberedAnswers(yoRc, directory).schemas === true;
}

const NO_SURROUNDINGS: Surroundings = { scope: "repository", fluxFiles: [], found: {} };

/** In a repository that was scaffolded, what it was scaffolded as holds. */
async function surroundingsOf(directory: string, remembered: RawAnswers): Promise<Surroundings> {
  const { scope, version } = remembered as Record<string, unknown>;
  if (typeof version !== "string") return inspectSurroundings(directory);
  if (scope === "gate") {
    // Which folders are Flux's counts for a cluster that is named now.
    const { fluxFiles } = await inspectSurroundings(directory);
    return { ...NO_SURROUNDINGS, scope, fluxFiles };
  }
  return { ...NO_SURROUNDINGS, scope: scope === "joined" ? scope : "repository" };
}

function realpathWhereItExists(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** @returns whether the folder exists; if not, its nearest ancestor can hold it. */
function requireWritableFolder(directory: string): boolean {
  const refuse = (path: string, reason: string) =>
    new ScaffoldError(
      "environment",
      `cannot scaffold into ${printable(directory)}: ${path === directory ? "it" : printable(path)} ${reason}; name another folder`,
    );
  for (let path = directory; ; path = dirname(path)) {
    let isFolder: boolean;
    try {
      isFolder = statSync(path).isDirectory();
    } catch (error) {
      if (
        (error as NodeJS.ErrnoException).code === "ENOENT" &&
        !isLink(path) &&
        path !== dirname(path)
      ) {
        continue;
      }
      if ((error as NodeJS.ErrnoException).code === "ENOTDIR") continue;
      throw refuse(path, `cannot be read (${systemReason(error)})`);
    }
    if (!isFolder) throw refuse(path, "is a file");
    try {
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw refuse(path, `is not writable (${systemReason(error)})`);
    }
    return path === directory;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

async function isTopOfRepository(directory: string): Promise<boolean> {
  if (!existsSync(join(directory, ".git"))) return false;
  let problem = "it takes the folder for a part of another repository";
  try {
    const top = await gitLine(directory, ["rev-parse", "--show-toplevel"]);
    if (top !== "" && realpathWhereItExists(top) === directory) return true;
  } catch (error) {
    problem = gitComplaint(error);
  }
  throw new ScaffoldError(
    "environment",
    `${printable(directory)} has a .git that git cannot use (${problem})${trusting(problem) || ": mend it, or name another folder"}`,
  );
}

async function repositoryAround(directory: string): Promise<string | null> {
  let parent = dirname(directory);
  while (!existsSync(parent)) parent = dirname(parent);
  // As a folder, which it may not be yet: `/flux/` ignores nothing else.
  const args = ["check-ignore", "--quiet", "--", `${directory}/`];
  const { status } = await gitInFolder(parent, args, { allowed: [0, 1, 128] });
  return status === 1 ? topOfRepository(parent) : null;
}

/** @throws ScaffoldError `usage` */
function refuseHome(directory: string): void {
  if (directory !== realpathWhereItExists(homeFolder())) return;
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} is your home folder: name a folder for the repository, such as flux-homelab`,
  );
}

/**
 * A bare repository has no worktree, and what lies in a `.git` is git's.
 *
 * @throws ScaffoldError `usage`
 */
async function refuseGitFolder(directory: string): Promise<void> {
  const args = ["rev-parse", "--is-inside-git-dir"];
  const { stdout } = await gitInFolder(directory, args, { allowed: [0, 128] });
  if (stdout.toString("latin1").trim() !== "true") return;
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} is where git keeps a repository: name a folder outside of it`,
  );
}

/**
 * A repository of its own would take the folder's files away from the one that has them.
 *
 * @throws ScaffoldError `usage`
 */
async function refusePartOfAnother(directory: string): Promise<void> {
  const args = ["ls-files", "-z", "--", "."];
  const { status, stdout } = await gitInFolder(directory, args, { allowed: [0, 128] });
  if (status !== 0 || stdout.length === 0) return;
  const top = await topOfRepository(directory);
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} is a part of the repository ${printable(top)}, and git looks for hooks at its top: run this there, or name a folder that it has no files of`,
  );
}

function readIfThere(directory: string, name: string): string | null {
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

function rememberedAnswers(text: string, directory: string): RawAnswers {
  const path = printable(join(directory, ".yo-rc.json"));
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    throw new ScaffoldError("environment", `${path} is no JSON: mend it or remove it`);
  }
  if (!isRecord(whole)) {
    throw new ScaffoldError("environment", `${path} is no JSON object: mend it or remove it`);
  }
  const ours = whole[YO_RC_KEY] ?? {};
  if (!isRecord(ours)) {
    throw new ScaffoldError(
      "environment",
      `${path} holds something else than answers under "${YO_RC_KEY}": mend it or remove it`,
    );
  }
  return ours as RawAnswers;
}

/** @throws ScaffoldError `environment` where `.sops.yaml` cannot be used. */
function creationRulesIn(directory: string): readonly CreationRule[] | null {
  const text = readIfThere(directory, ".sops.yaml");
  if (text === null) return null;
  try {
    return parseRuleFile(text).rules;
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new ScaffoldError(
      "environment",
      `${error.placeIn(printable(join(directory, ".sops.yaml")))}: ${error.message}; mend it and run this again`,
    );
  }
}
