import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
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
  const absolute = join(realpathSync(dirname(resolve(path))), basename(path));
  for (let folder = dirname(absolute); ; folder = dirname(folder)) {
    const config = join(folder, ".sops.yaml");
    if (existsSync(config)) {
      const file = readRules(config);
      if (file.rules !== null) {
        const rule = ruleFor(file, relative(folder, absolute).split(sep).join("/"));
        if (rule === null) {
          throw new SopsError("no-rule", `no creation rule in ${config} takes this file`);
        }
        return { rule, yamlIndent: file.yamlIndent };
      }
    }
    if (folder === dirname(folder)) return null;
  }
}

/** Each rule file is read once: a command may take a thousand files. */
const ruleFiles = new Map<string, RuleFile>();

function readRules(config: string): RuleFile {
  const known = ruleFiles.get(config);
  if (known !== undefined) return known;
  try {
    const file = parseRuleFile(readFileSync(config, "utf8"));
    ruleFiles.set(config, file);
    return file;
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new SopsError("bad-config", `${error.placeIn(config)}: ${error.message}`);
  }
}

/** A file's new content, written beside it and waiting. */
export interface StagedFile {
  /** Makes sure that it is on the disk. */
  sync(): void;
  /** Puts it in the old one's place, in one step. */
  commit(): void;
  /** Removes it; harmless after commit(). */
  discard(): void;
}

/**
 * Writes what shall replace a file's content beside it, with the same mode. A symlink is followed:
 * the user named the file.
 *
 * @throws NodeJS.ErrnoException: nothing was left behind.
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
  let state: "open" | "closed" | "gone" = "open";
  const close = () => {
    if (state === "open") closeSync(handle);
    state = "closed";
  };
  const discard = () => {
    if (state === "gone") return;
    close();
    state = "gone";
    unlinkSync(beside);
  };
  const orDiscard = (step: () => void) => {
    try {
      step();
    } catch (error) {
      discard();
      throw error;
    }
  };
  orDiscard(() => {
    writeFileSync(handle, content);
    fchmodSync(handle, mode);
  });
  return {
    sync: () => {
      orDiscard(() => {
        fsyncSync(handle);
        close();
      });
    },
    commit: () => {
      orDiscard(() => {
        renameSync(beside, target);
        state = "gone";
      });
    },
    discard,
  };
}

/**
 * Replaces a file's content in one step.
 *
 * @throws NodeJS.ErrnoException: the file is as it was.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const staged = stageFile(path, content);
  staged.sync();
  staged.commit();
}
