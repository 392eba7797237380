import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
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
import { parseRuleFile, ruleFor, type CreationRule } from "../sops/creation-rules.ts";
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

function readRules(config: string): ReturnType<typeof parseRuleFile> {
  try {
    return parseRuleFile(readFileSync(config, "utf8"));
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    const place = [config, error.line, error.column].filter((part) => part !== null).join(":");
    throw new SopsError("bad-config", `${place}: ${error.message}`);
  }
}

/**
 * Replaces a file's content in one step, keeping its mode. A symlink is followed: the user named
 * the file.
 *
 * @throws NodeJS.ErrnoException: the file is as it was.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
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
    if (fstatSync(handle).isFile()) fchmodSync(handle, mode);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(beside, target);
  } catch (error) {
    try {
      closeSync(handle);
    } catch {
      // Closed already.
    }
    unlinkSync(beside);
    throw error;
  }
}
