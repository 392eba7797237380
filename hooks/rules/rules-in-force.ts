import { readBlobMap } from "../../git/objects/blobs.ts";
import type { IndexEntry } from "../../git/index/entries.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import {
  indentFor,
  parseRuleFile,
  ruleFor,
  type CreationRule,
  type RuleFile,
} from "../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../sops/errors.ts";
import { formatOf } from "../../sops/format.ts";
import { foldersAbove } from "./folders-above.ts";
import { folderOfRules, isRuleEntry, RULE_FILE } from "./gate-files.ts";

/** What the creation rules say of a path. */
export interface RuleInForce {
  readonly rule: CreationRule | null;
  /** The path below the folder of the rule's file. */
  readonly below: string;
  /** That of a new `sops` block in it; null for sops's own. */
  readonly indent: number | null;
}

/** A `.sops.yaml` that cannot be used; `message` names file, line and column, and what to do. */
export class BrokenRulesError extends Error {
  override readonly name = "BrokenRulesError";
  /** Repository-relative, of the rule file. */
  readonly path: string;
  /** 1-based, where one can be named. */
  readonly line: number | null;
  /** What is wrong with it. */
  readonly reason: string;

  constructor(path: string, reason: string, mend: string, cause: unknown) {
    const place = cause instanceof SopsError ? `${cause.placeIn(path)}:` : path;
    super(`${place} ${reason}; ${mend} and stage it again`, { cause });
    this.path = path;
    this.line = cause instanceof SopsError ? cause.line : null;
    this.reason = reason;
  }
}

/** The creation rules of a repository, each file by its folder (with a `/` at its end, or empty). */
export class RulesInForce {
  private readonly parsed = new Map<string, RuleFile>();
  /** RE2 in JavaScript is slow, and every file is asked about more than once. */
  private readonly known = new Map<string, RuleInForce>();
  private readonly files: ReadonlyMap<string, Uint8Array>;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.files = files;
  }

  /**
   * The rule for a path: of the nearest `.sops.yaml` above it.
   *
   * @param path repository-relative text.
   * @throws BrokenRulesError
   */
  for(path: string): RuleInForce {
    let found = this.known.get(path);
    if (found === undefined) {
      found = this.find(path);
      this.known.set(path, found);
    }
    return found;
  }

  private find(path: string): RuleInForce {
    const nearest = this.nearest(path);
    if (nearest === null) return { rule: null, below: path, indent: null };
    const { folder, file } = nearest;
    const below = path.slice(folder.length);
    return { rule: ruleFor(file, below), below, indent: indentFor(file, formatOf(path)) };
  }

  /**
   * The `.sops.yaml` whose rules are for a path: the nearest above it that has rules.
   *
   * @returns its folder with a `/` at its end, or empty
   * @throws BrokenRulesError
   */
  nearest(path: string): { readonly folder: string; readonly file: RuleFile } | null {
    for (const folder of foldersAbove(path)) {
      const bytes = this.files.get(folder);
      if (bytes === undefined) continue;
      const file = this.parse(folder, bytes);
      if (file.rules !== null) return { folder, file };
    }
    return null;
  }

  /**
   * The same rules without the files in folders that cannot be used: what lies below those is then
   * under no rule. The file at the top is for everything else, and stays.
   *
   * @returns also what is wrong with each
   */
  withoutBroken(): { readonly rules: RulesInForce; readonly broken: readonly BrokenRulesError[] } {
    const files = new Map(this.files);
    const broken: BrokenRulesError[] = [];
    for (const [folder, bytes] of this.files) {
      if (folder === "") continue;
      try {
        this.parse(folder, bytes);
      } catch (error) {
        if (!(error instanceof BrokenRulesError)) throw error;
        broken.push(error);
        files.set(folder, NO_RULES);
      }
    }
    return { rules: new RulesInForce(files), broken };
  }

  private parse(folder: string, bytes: Uint8Array): RuleFile {
    let file = this.parsed.get(folder);
    if (file === undefined) {
      try {
        file = parseRuleFile(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      } catch (error) {
        const path = `${folder}${RULE_FILE}`;
        if (isLink(bytes)) {
          const reason = "is a symbolic link, or holds no rules";
          throw new BrokenRulesError(path, reason, "put the file itself in its place", null);
        }
        throw new BrokenRulesError(path, reasonOf(error), "correct it", error);
      }
      this.parsed.set(folder, file);
    }
    return file;
  }
}

const NO_RULES = Buffer.from("creation_rules: []\n");

/**
 * The rules that the index holds: one call to git, none where there is no such file.
 *
 * @param entries all of the index
 */
export async function rulesOfIndex(
  context: GitContext,
  entries: readonly IndexEntry[],
): Promise<RulesInForce> {
  return rulesAt(context, entries.filter(isRuleEntry));
}

/**
 * The rules that a commit holds: one call to git, none where there is no such file.
 *
 * @param ruleFiles its files named `.sops.yaml`
 */
export async function rulesAt(
  context: GitContext,
  ruleFiles: readonly { readonly path: GitPath; readonly oid: string }[],
): Promise<RulesInForce> {
  const blobs = await readBlobMap(
    context,
    ruleFiles.map(({ oid }) => oid),
  );
  const files = new Map<string, Uint8Array>();
  for (const { path, oid } of ruleFiles) {
    const bytes = blobs.get(oid);
    if (bytes !== undefined) files.set(folderOfRules(pathText(path)), bytes);
  }
  return new RulesInForce(files);
}

/** What git stores of a symbolic link is the path it leads to. */
function isLink(bytes: Uint8Array): boolean {
  return bytes.length > 0 && !/[\n:]/.test(Buffer.from(bytes).toString("latin1"));
}

function reasonOf(error: unknown): string {
  return error instanceof SopsError ? error.message : "is no valid UTF-8";
}
