import { join, resolve } from "node:path";
import { printable } from "../../git/escape.ts";
import { type CreationRule, parseRuleFile } from "../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../sops/errors.ts";
import type { RawAnswers } from "../answers/questions.ts";
import { ScaffoldError } from "../errors.ts";
import {
  GENERATED_PATH,
  type GeneratedFiles,
  NOTHING_GENERATED,
  readGenerated,
} from "../plan/generated-files.ts";
import { type EncryptedTo, encryptedTo } from "../recipients/encrypted-to.ts";
import { type KeysInTheOpen, keysInTheOpen } from "../recipients/in-the-open.ts";
import {
  isTopOfRepository,
  realpathWhereItExists,
  refuseForNewRepository,
  repositoryAround,
  requireWritableFolder,
} from "./place.ts";
import { readIfThere } from "./read-if-there.ts";
import { inspectSurroundings, type Surroundings } from "./surroundings.ts";
import { rememberedAnswers } from "./yo-rc.ts";

/** The folder to scaffold into, as it is before anything is written. */
export interface Destination {
  /** Absolute; without symbolic links where it exists. */
  readonly directory: string;
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
  /**
   * Keys that everybody has, and that therefore are none for new rules; empty where there are rules.
   */
  readonly keysInTheOpen: KeysInTheOpen;
}

/**
 * Looks at the folder to scaffold into; changes nothing.
 *
 * @param folder relative to the working directory, or absolute. It need not exist.
 * @throws ScaffoldError `environment` when it cannot be scaffolded into, or a file in it that has to
 *   be understood cannot be; GitError.
 */
export async function inspectDestination(folder: string): Promise<Destination> {
  if (folder === "" || folder.includes("\0")) {
    throw new ScaffoldError("usage", "the folder has an empty name: name one, or leave it out");
  }
  const directory = realpathWhereItExists(resolve(folder));
  if (!requireWritableFolder(directory)) {
    return {
      directory,
      isRepository: false,
      outer: await repositoryAround(directory),
      remembered: {},
      yoRc: null,
      generated: NOTHING_GENERATED,
      surroundings: NO_SURROUNDINGS,
      creationRules: null,
      encryptedTo: new Map(),
      keysInTheOpen: new Map(),
    };
  }
  const yoRc = readIfThere(directory, ".yo-rc.json");
  const isRepository = await isTopOfRepository(directory);
  if (!isRepository) await refuseForNewRepository(directory);
  const remembered = yoRc === null ? {} : rememberedAnswers(yoRc, directory);
  const creationRules = creationRulesIn(directory);
  return {
    directory,
    isRepository,
    outer: isRepository ? null : await repositoryAround(directory),
    remembered,
    yoRc,
    generated: isRepository
      ? await readGenerated(directory, readIfThere(directory, GENERATED_PATH))
      : NOTHING_GENERATED,
    surroundings: isRepository ? await surroundingsOf(directory, remembered) : NO_SURROUNDINGS,
    creationRules,
    encryptedTo: isRepository ? await encryptedTo(directory) : new Map(),
    keysInTheOpen:
      isRepository && creationRules === null ? await keysInTheOpen(directory) : new Map(),
  };
}

const NO_SURROUNDINGS: Surroundings = { scope: "repository", fluxFiles: [], found: {} };

/** A repository that was scaffolded stays what it was scaffolded as. */
async function surroundingsOf(directory: string, remembered: RawAnswers): Promise<Surroundings> {
  const { scope, version } = remembered as Record<string, unknown>;
  if (typeof version !== "string") return inspectSurroundings(directory);
  if (scope === "gate") {
    // For a cluster that is named now it matters which folders are Flux's.
    const { fluxFiles } = await inspectSurroundings(directory);
    return { ...NO_SURROUNDINGS, scope, fluxFiles };
  }
  return { ...NO_SURROUNDINGS, scope: scope === "joined" ? scope : "repository" };
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
