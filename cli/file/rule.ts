import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { printable } from "../../git/escape.ts";
import {
  indentFor,
  parseRuleFile,
  ruleFor,
  type CreationRule,
  type RuleFile,
} from "../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { RULE_FILE } from "../../hooks/rules/gate-files.ts";
import { complain } from "../terminal/complain.ts";
import { fileProblem } from "../exit/file-problem.ts";

/** The creation rules that a file on disk stands under. */
interface RulesOfFile {
  readonly file: RuleFile;
  /** The rule file. */
  readonly config: string;
  /** The path that its rules look at. */
  readonly path: string;
}

/**
 * The creation rule for a file: of the rule file that was chosen, or of the nearest `.sops.yaml`
 * above it that has rules; where there is none, of the nearest one above the working directory.
 *
 * @returns null where there are no rules at all.
 * @throws SopsError `bad-config`, `no-rule`
 */
export function ruleOnDisk(path: string, chosen: string | null): CreationRule | null {
  const found = rulesOf(path, chosen);
  if (found === null || found.file.rules === null) return null;
  const rule = ruleFor(found.file, found.path);
  if (rule === null) {
    throw new SopsError(
      "no-rule",
      `no creation rule in ${printable(found.config)} takes this file${path === "/dev/stdin" ? ": give it a name with --filename-override NAME" : ""}`,
    );
  }
  return rule;
}

/**
 * The indentation that the rule file asks for, for what is written anew in a format; null for sops's
 * own. A `.sops.yaml` that is found but cannot be used is for the command to complain about.
 *
 * @throws SopsError `bad-config` for one that was chosen.
 */
export function indentOnDisk(path: string, chosen: string | null, format: Format): number | null {
  try {
    const found = rulesOf(path, chosen);
    return found === null ? null : indentFor(found.file, format);
  } catch (error) {
    if (chosen === null) return null;
    throw error;
  }
}

function rulesOf(path: string, chosen: string | null): RulesOfFile | null {
  const absolute = resolve(path);
  if (chosen === null) {
    const found = rulesAbove(dirname(absolute));
    if (found !== null) {
      const { file, config, below } = found;
      return { file, config, path: [...below, basename(path)].join("/") };
    }
    // As in sops, a file in no repository, such as /dev/stdin, is under the rules of the folder where
    // the command is run.
    const here = rulesAbove(process.cwd());
    if (here === null) return null;
    return { file: here.file, config: here.config, path: absolute.split(sep).join("/") };
  }
  const file = readRules(chosen);
  const folder = dirname(resolve(chosen));
  const below =
    pathBelow(folder, absolute) ??
    // One of the two may be named by way of a link, as in $PWD.
    pathBelow(realFolder(folder), join(realFolder(dirname(absolute)), basename(absolute)));
  return { file, config: chosen, path: (below ?? absolute).split(sep).join("/") };
}

/** Null where it is none. */
function pathBelow(folder: string, path: string): string | null {
  const start = folder.endsWith(sep) ? folder : folder + sep;
  return path.startsWith(start) ? path.slice(start.length) : null;
}

interface RulesAbove {
  readonly file: RuleFile;
  readonly config: string;
  /** The folders between that of the rule file and the one that was asked for. */
  readonly below: readonly string[];
}

/** Looked for once for each folder: a command may take a thousand files. */
const rulesByFolder = new Map<string, RulesAbove | null>();

function rulesAbove(folder: string): RulesAbove | null {
  let found = rulesByFolder.get(folder);
  if (found === undefined) {
    found = findRules(realFolder(folder));
    rulesByFolder.set(folder, found);
  }
  return found;
}

/** A folder's own name; of one that is not there yet, that of what is. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" || folder === dirname(folder)) throw error;
    return join(realFolder(dirname(folder)), basename(folder));
  }
}

function findRules(start: string): RulesAbove | null {
  let misnamed: string | null = null;
  for (let folder = start; ; folder = dirname(folder)) {
    const config = join(folder, RULE_FILE);
    if (existsSync(config)) {
      if (misnamed !== null) warnOf(misnamed, config);
      misnamed = null;
      const file = readRules(config);
      if (file.rules !== null) {
        const below = relative(folder, start).split(sep);
        return { file, config, below: below.filter((part) => part !== "") };
      }
    }
    const other = join(folder, ".sops.yml");
    if (misnamed === null && existsSync(other)) misnamed = other;
    if (folder === dirname(folder)) break;
  }
  if (misnamed !== null) warnOf(misnamed, null);
  return null;
}

let warned = false;

/** sops does not read it either, and says so. */
function warnOf(misnamed: string, instead: string | null): void {
  if (warned) return;
  warned = true;
  const used = instead === null ? "" : `; ${printable(instead)} is used`;
  complain(`${printable(misnamed)} is ignored: the file must be called .sops.yaml${used}`);
}

const filesByName = new Map<string, RuleFile>();

function readRules(config: string): RuleFile {
  const known = filesByName.get(config);
  if (known !== undefined) return known;
  let text: string;
  try {
    text = readFileSync(config, "utf8");
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new SopsError("bad-config", `the rules cannot be read: ${fileProblem(config, code)}`);
  }
  try {
    const file = parseRuleFile(text);
    filesByName.set(config, file);
    return file;
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new SopsError("bad-config", `${error.placeIn(printable(config))}: ${error.message}`);
  }
}
