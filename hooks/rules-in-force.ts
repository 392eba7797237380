import { readBlobMap } from "../git/blobs.ts";
import type { IndexEntry } from "../git/index-entries.ts";
import { pathText, type GitPath } from "../git/path.ts";
import type { GitContext } from "../git/run.ts";
import {
  indentFor,
  parseRuleFile,
  ruleFor,
  type CreationRule,
  type RuleFile,
} from "../sops/creation-rules.ts";
import { SopsError } from "../sops/errors.ts";
import { formatOf } from "../sops/format.ts";
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

/** A `.sops.yaml` that cannot be used; `message` names file, line and column. */
export class BrokenRulesError extends Error {
  override readonly name = "BrokenRulesError";
}

/** The creation rules of a repository, each file by its folder (with a `/` at its end, or empty). */
export class RulesInForce {
  private readonly parsed = new Map<string, RuleFile>();
  /** Patterns are matched in a JavaScript of RE2, and every file is asked about more than once. */
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

  private parse(folder: string, bytes: Uint8Array): RuleFile {
    let file = this.parsed.get(folder);
    if (file === undefined) {
      try {
        file = parseRuleFile(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      } catch (error) {
        const name = `${folder}${RULE_FILE}`;
        const message = isLink(bytes)
          ? `${name} is a symbolic link, or holds no rules: put the file itself in its place and stage it`
          : describe(name, error);
        throw new BrokenRulesError(message, { cause: error });
      }
      this.parsed.set(folder, file);
    }
    return file;
  }
}

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

function describe(path: string, error: unknown): string {
  if (!(error instanceof SopsError))
    return `${path} is no valid UTF-8; correct it and stage it again`;
  return `${error.placeIn(path)}: ${error.message}; correct it and stage it again`;
}
