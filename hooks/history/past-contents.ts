import { kindOfFile } from "../../findings/candidate/file-kind.ts";
import type { Finding, RuleId } from "../../findings/finding.ts";
import { Likenesses, type Likeness } from "../../findings/likeness/likenesses.ts";
import { isKustomizationFile } from "../../flux/repository-files.ts";
import type { HistoryLog } from "../../git/history/log.ts";
import type { BringingCommit } from "../../git/history/commits.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import { mayGenerateSecrets } from "../kustomize/kustomizations.ts";
import { keysInMessage } from "../message-keys.ts";
import type { RulesInForce } from "../rules/rules-in-force.ts";
import type { FoundSource } from "../kustomize/secret-sources.ts";
import { inspectPast, isTellingName } from "./inspect-past.ts";

/** A leak somewhere in the history. */
export interface PastFinding extends Finding {
  /** The first path that was judged; empty for a tagged content and for a message. */
  readonly path: GitPath;
  /** The content it is in; null for the message of a commit or a tag. */
  readonly blob: string | null;
  /** Every path that the content ever had. */
  readonly paths: readonly GitPath[];
  /** The commits that brought it, oldest first. Of a tag's message: none. */
  readonly commits: readonly BringingCommit[];
}

/** A content that the log has named. */
export interface PastContent {
  readonly oid: string;
  /** Null until it was read. */
  likeness: Likeness | null;
  /** Paths under which it is still to be judged. */
  paths: readonly PastPath[];
  /** The kinds of path under which it was judged by itself. */
  kinds: Set<string> | null;
}

/** A path that the log has named. */
interface PastPath {
  readonly path: GitPath;
  /** As text. */
  readonly name: string;
  readonly kind: string;
  readonly isTelling: boolean;
}

const NONE: readonly PastPath[] = [];

/** The contents that the log of a history names, and what was found in them and in its messages. */
export class PastContents {
  readonly #without: ReadonlySet<RuleId>;
  readonly #likenesses: Likenesses;
  /** In the order of the log. */
  readonly #contents = new Map<string, PastContent>();
  #new: PastContent[] = [];
  readonly #paths = new Map<GitPath, PastPath>();
  /** By content, then by rule and line. */
  readonly #found = new Map<string, Map<string, { finding: Finding; path: GitPath }>>();
  readonly #messages: PastFinding[] = [];
  /** The paths of kustomizations that may generate Secrets. */
  readonly generating = new Set<GitPath>();

  constructor(without: ReadonlySet<RuleId>) {
    this.#without = without;
    this.#likenesses = new Likenesses(without);
  }

  /** Contents that the log has named. */
  get files(): number {
    return this.#contents.size;
  }

  /** Takes note of a path of a content. */
  meet(oid: string, gitPath: GitPath): void {
    const path = this.#pathOf(gitPath);
    const known = this.#contents.get(oid);
    if (known === undefined) {
      const content = { oid, likeness: null, paths: [path], kinds: null };
      this.#contents.set(oid, content);
      this.#new.push(content);
    } else if (isOpen(known, path)) known.paths = [...known.paths, path];
  }

  /** Contents that were met since this was asked last, and have to be read. */
  newlyMet(): readonly PastContent[] {
    const met = this.#new;
    this.#new = [];
    return met;
  }

  /** Judges a content under the paths that it was met under so far. */
  judge(content: PastContent, bytes: Buffer, rules: RulesInForce): void {
    const { oid, paths } = content;
    const likeness = (content.likeness ??= this.#likenesses.of(bytes, paths[0]?.path ?? ""));
    content.paths = NONE;
    const kustomizations = paths.filter(({ path }) => isKustomizationFile(path));
    if (kustomizations.length > 0 && mayGenerateSecrets({ bytes })) {
      for (const { path } of kustomizations) this.generating.add(path);
    }
    for (const at of paths) {
      if (!isOpen(content, at)) continue;
      const { name, kind, path } = at;
      (content.kinds ??= new Set()).add(kind);
      const found = inspectPast(name, bytes, rules, this.#without);
      if (!likeness.isClean) likeness.harmless.set(path, found.length === 0);
      for (const { finding } of found) this.#find(oid, finding, path);
    }
  }

  has(oid: string): boolean {
    return this.#contents.has(oid);
  }

  /** The contents with ciphertext. */
  get withSops(): ReadonlySet<string> {
    const encrypted = [...this.#contents.values()].filter(({ likeness }) => likeness?.isEncrypted);
    return new Set(encrypted.map(({ oid }) => oid));
  }

  /**
   * Adds what is wrong with a content because of what stood beside or before it, unless it is known for
   * something else.
   */
  add({ oid, path }: Pick<FoundSource, "oid" | "path">, finding: Finding): void {
    const found = [...(this.#found.get(oid)?.values() ?? [])];
    if (!found.some((one) => one.finding.rule === finding.rule)) this.#find(oid, finding, path);
  }

  /** Contents that were met under paths of another kind after they had been read. */
  toReadAgain(): PastContent[] {
    return [...this.#contents.values()].filter(({ paths }) => paths.length > 0);
  }

  /** Looks for keys alone: in prose nothing else can be told from words. */
  readMessage(bytes: Buffer, what: string, commits: readonly BringingCommit[]): void {
    for (const finding of keysInMessage(bytes, what, this.#without)) {
      this.#messages.push({ ...finding, path: "" as GitPath, blob: null, paths: [], commits });
    }
  }

  findings(log: HistoryLog): PastFinding[] {
    const appearances = appearancesOf(this.#found, log);
    const inContents: PastFinding[] = [];
    // Not in the order in which they were found: that depends on which of two programs is faster.
    for (const blob of this.#found.size === 0 ? [] : this.#contents.keys()) {
      const { paths, commits } = appearances.get(blob) ?? { paths: new Set(), commits: [] };
      for (const { finding, path } of this.#found.get(blob)?.values() ?? []) {
        inContents.push({
          ...finding,
          path,
          blob,
          paths: [...new Set([path, ...paths])],
          commits: commits.toReversed(),
        });
      }
    }
    return [...inContents, ...this.#messages];
  }

  #find(oid: string, finding: Finding, path: GitPath): void {
    const found = this.#found.get(oid) ?? new Map<string, { finding: Finding; path: GitPath }>();
    this.#found.set(oid, found);
    const key = `${finding.rule} ${String(finding.line)}`;
    if (!found.has(key)) found.set(key, { finding, path });
  }

  #pathOf(path: GitPath): PastPath {
    let known = this.#paths.get(path);
    if (known === undefined) {
      const name = pathText(path);
      known = { path, name, kind: kindOfFile(name), isTelling: isTellingName(path) };
      this.#paths.set(path, known);
    }
    return known;
  }
}

/** Whether a content is still to be judged under a path, as far as is known: once for each kind. */
function isOpen({ likeness, kinds }: PastContent, { path, kind, isTelling }: PastPath): boolean {
  if (likeness === null) return true;
  if (likeness.isClean ? !isTelling : likeness.harmless.get(path) === true) return false;
  return kinds?.has(kind) !== true;
}

/** The paths that some contents ever had, and the commits that brought them, newest first. */
function appearancesOf(
  oids: ReadonlyMap<string, unknown>,
  log: HistoryLog,
): Map<string, { paths: Set<GitPath>; commits: BringingCommit[] }> {
  const appearances = new Map<string, { paths: Set<GitPath>; commits: BringingCommit[] }>();
  if (oids.size === 0) return appearances;
  for (const logged of log.again()) {
    for (const { oid, path } of logged.files) {
      if (!oids.has(oid)) continue;
      let known = appearances.get(oid);
      if (known === undefined) {
        known = { paths: new Set(), commits: [] };
        appearances.set(oid, known);
      }
      known.paths.add(path);
      const { commit, parents, subject } = logged;
      if (known.commits.at(-1)?.commit !== commit) known.commits.push({ commit, parents, subject });
    }
  }
  return appearances;
}
