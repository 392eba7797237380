import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { promisify } from "node:util";
import {
  parseRuleFile,
  ruleFor,
  type CreationRule,
  type RuleFile,
} from "../sops/creation-rules.ts";
import { SopsError } from "../sops/errors.ts";

/** The creation rule that takes a file on disk, and where it stands. */
export interface RuleOnDisk {
  readonly rule: CreationRule;
  readonly yamlIndent: number | null;
}

/**
 * The creation rule for a file: of the nearest `.sops.yaml` above it that has rules.
 *
 * @returns null where there is no `.sops.yaml` above it.
 * @throws SopsError `bad-config`, `no-rule`
 */
export function ruleOnDisk(path: string): RuleOnDisk | null {
  const found = rulesAbove(dirname(resolve(path)));
  if (found === null) return null;
  const { file, config, below } = found;
  const rule = ruleFor(file, [...below, basename(path)].join("/"));
  if (rule === null) {
    throw new SopsError("no-rule", `no creation rule in ${config} takes this file`);
  }
  return { rule, yamlIndent: file.yamlIndent };
}

interface RulesAbove {
  readonly file: RuleFile;
  readonly config: string;
  /** The folders between that of the rule file and the one that was asked for. */
  readonly below: readonly string[];
}

/** Found once a folder: a command may take a thousand files. */
const rulesByFolder = new Map<string, RulesAbove | null>();

function rulesAbove(folder: string): RulesAbove | null {
  let found = rulesByFolder.get(folder);
  if (found === undefined) {
    found = findRules(realpathSync(folder));
    rulesByFolder.set(folder, found);
  }
  return found;
}

function findRules(start: string): RulesAbove | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const config = join(folder, ".sops.yaml");
    if (existsSync(config)) {
      const file = readRules(config);
      if (file.rules !== null) {
        const below = relative(folder, start).split(sep);
        return { file, config, below: below.filter((part) => part !== "") };
      }
    }
    if (folder === dirname(folder)) return null;
  }
}

function readRules(config: string): RuleFile {
  try {
    return parseRuleFile(readFileSync(config, "utf8"));
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new SopsError("bad-config", `${error.placeIn(config)}: ${error.message}`);
  }
}

/** A file's new content, written beside it and waiting. */
export interface StagedFile {
  /** Makes sure that it is on the disk. Many at once take little longer than one. */
  sync(): Promise<void>;
  /** Puts it in the old one's place, in one step. */
  commit(): void;
}

/**
 * Writes what shall replace a file's content beside it, with the same mode. A symlink is followed:
 * the user named the file.
 *
 * @throws NodeJS.ErrnoException, as its methods do: nothing was left behind.
 */
export function stageFile(path: string, content: string | Uint8Array): StagedFile {
  const target = realpathSync(path);
  const mode = statSync(target).mode & 0o7777;
  const beside = join(
    dirname(target),
    `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  // It may hold plaintext: nobody else may read it, not even for a moment.
  const handle = openSync(beside, "wx", 0o600);
  try {
    writeFileSync(handle, content);
    fchmodSync(handle, mode);
  } catch (error) {
    closeSync(handle);
    unlinkSync(beside);
    throw error;
  }
  return {
    sync: async () => {
      try {
        await synced(handle);
      } catch (error) {
        unlinkSync(beside);
        throw error;
      } finally {
        closeSync(handle);
      }
    },
    commit: () => {
      try {
        renameSync(beside, target);
      } catch (error) {
        unlinkSync(beside);
        throw error;
      }
    },
  };
}

const synced = promisify(fsync);

/**
 * Replaces a file's content in one step.
 *
 * @throws NodeJS.ErrnoException: the file is as it was.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const staged = stageFile(path, content);
  await staged.sync();
  staged.commit();
}
