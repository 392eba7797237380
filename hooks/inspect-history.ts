import { kindOfFile } from "../findings/file-kind.ts";
import type { Finding, RuleId } from "../findings/finding.ts";
import { CREDENTIAL_FILE_PATHS } from "../findings/keywords.ts";
import { KnownContent, withoutVersions } from "../findings/likeness.ts";
import { suspectedRules } from "../findings/prefilter.ts";
import { isNamedSops } from "../findings/sops-verdict.ts";
import { streamBlobs } from "../git/blob-stream.ts";
import { HistoryLog, namedObjects } from "../git/history-log.ts";
import { blobsIn, type BringingCommit } from "../git/history.ts";
import { indexEntries } from "../git/index-entries.ts";
import { mergedTags } from "../git/tag-objects.ts";
import { pathText, type GitPath } from "../git/path.ts";
import type { OpenedRepository } from "../git/repository.ts";
import { inspectPast } from "./inspect-past.ts";
import { KEY_WORDS, keysInMessage } from "./message-keys.ts";
import { rulesOfIndex, type RulesInForce } from "./rules-in-force.ts";
import { TOKEN_START } from "../sops/token-start.ts";

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

/** What the history of a repository holds. */
export interface PastInspection {
  readonly findings: readonly PastFinding[];
  /** Contents read. */
  readonly files: number;
}

/**
 * Looks for leaks in every content, commit message and tag message that a ref or HEAD reaches. Each
 * content is read as soon as the log has named it, and judged once for each kind of path that it ever
 * had. Creation rules are those of the index.
 *
 * @param without rules that are not asked
 * @throws GitError, BrokenRulesError
 */
export async function inspectHistory(
  repository: OpenedRepository,
  without: ReadonlySet<RuleId>,
): Promise<PastInspection> {
  const [rules, { tags, others }] = await Promise.all([
    indexEntries(repository).then((entries) => rulesOfIndex(repository, entries)),
    namedObjects(repository),
  ]);
  const log = new HistoryLog(repository);
  const past = new Past(rules, without);
  const merges = new Map<string, BringingCommit>();
  const contents = async function* (): AsyncGenerator<readonly PastContent[], void, undefined> {
    for await (const commits of log.commits()) {
      const met: PastContent[] = [];
      for (const { files, message, ...commit } of commits) {
        if (commit.parents.length > 1) merges.set(commit.commit, commit);
        for (const { oid, path } of files) {
          const content = past.meet(oid, path);
          if (content !== null) met.push(content);
        }
        if (KEY_WORD.test(message)) {
          const what = `the message of commit ${commit.commit.slice(0, 12)}`;
          past.readMessage(Buffer.from(message, "latin1"), what, [commit]);
        }
      }
      yield met;
    }
    if (others.length === 0) return;
    const range = { include: others, exclude: [], remote: false } as const;
    const named = await blobsIn(repository, range);
    yield [...named].flatMap(([oid, path]) => past.meet(oid, path) ?? []);
  };
  const judge = (content: PastContent, bytes: Buffer): void => {
    past.judge(content, bytes);
  };
  await streamBlobs(repository, contents(), judge);
  const again = past.toReadAgain();
  if (again.length > 0) await streamBlobs(repository, [again], judge);
  for (const [oid, header] of await mergedTags(repository, [...merges.keys()])) {
    const commit = merges.get(oid);
    const what = `the message of a tag that commit ${oid.slice(0, 12)} has merged`;
    past.readMessage(header, what, commit === undefined ? [] : [commit]);
  }
  for (const { ref, content } of tags) past.readMessage(content, `tag ${ref}`, []);
  return { findings: past.findings(log), files: past.files };
}

/** What a content is like, whatever its path. Contents that differ in versions only share one. */
interface Likeness {
  /** Nothing in it is a rule's keyword: only a telling name makes it worth a look. */
  readonly isClean: boolean;
  /** One such content, as long as there is room for it. */
  readonly sample: KnownContent | null;
  /** Paths under which it was judged, and whether it is harmless there. */
  readonly harmless: Map<GitPath, boolean>;
}

/** So much is kept in memory; the rest is read again where it is needed. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** By what stands first in a manifest, its kind and name, an earlier version of it is found. */
const HEAD_BYTES = 192;

/** Tells what contents are like. */
class Likenesses {
  readonly #without: ReadonlySet<RuleId>;
  readonly #clean: Likeness = { isClean: true, sample: null, harmless: new Map() };
  readonly #byHead = new Map<string, Likeness>();
  #kept = 0;

  constructor(without: ReadonlySet<RuleId>) {
    this.#without = without;
  }

  of(bytes: Buffer): Likeness {
    const head = bytes.toString("latin1", 0, HEAD_BYTES);
    const like = this.#likenessByHead(head, bytes);
    if (like !== null) return like;
    // An encrypted file is like no other.
    const isEncrypted = bytes.includes(TOKEN_START);
    if (!isEncrypted && suspectedRules("", bytes, this.#without).size === 0) return this.#clean;
    const isKept = this.#kept + bytes.length <= KEPT_BYTES;
    if (isKept) this.#kept += bytes.length;
    const likeness = {
      isClean: false,
      sample: isKept ? new KnownContent(Buffer.from(bytes)) : null,
      harmless: new Map<GitPath, boolean>(),
    };
    if (isKept && !isEncrypted) {
      this.#byHead.set(head, likeness);
      this.#byHead.set(withoutVersions(head), likeness);
    }
    return likeness;
  }

  /** Most often the head is the same to the byte: versions need not be searched for in it. */
  #likenessByHead(head: string, bytes: Buffer): Likeness | null {
    const same = this.#byHead.get(head);
    if (same !== undefined) return same.sample?.isLike(bytes) === true ? same : null;
    const known = this.#byHead.get(withoutVersions(head));
    if (known?.sample?.isLike(bytes) !== true) return null;
    this.#byHead.set(head, known);
    return known;
  }
}

/** A content that the log has named. */
interface PastContent {
  readonly oid: string;
  /** Null until it was read. */
  likeness: Likeness | null;
  /** Paths under which it is still to be judged. */
  paths: GitPath[];
  /** The kinds of path under which it was judged by itself. */
  kinds: Set<string> | null;
}

class Past {
  readonly #rules: RulesInForce;
  readonly #without: ReadonlySet<RuleId>;
  readonly #likenesses: Likenesses;
  /** In the order of the log. */
  readonly #contents = new Map<string, PastContent>();
  readonly #paths = new Map<GitPath, { isTelling: boolean; name: string; kind: string }>();
  /** By content, then by rule and line. */
  readonly #found = new Map<string, Map<string, { finding: Finding; path: GitPath }>>();
  readonly #messages: PastFinding[] = [];

  constructor(rules: RulesInForce, without: ReadonlySet<RuleId>) {
    this.#rules = rules;
    this.#without = without;
    this.#likenesses = new Likenesses(without);
  }

  /** Contents that the log has named. */
  get files(): number {
    return this.#contents.size;
  }

  /** Takes note of a path of a content; gives the content where it is new, and has to be read. */
  meet(oid: string, path: GitPath): PastContent | null {
    const known = this.#contents.get(oid);
    if (known === undefined) {
      const content = { oid, likeness: null, paths: [path], kinds: null };
      this.#contents.set(oid, content);
      return content;
    }
    if (this.#isOpen(known, path)) known.paths.push(path);
    return null;
  }

  /** Judges a content under the paths that it was met under so far. */
  judge(content: PastContent, bytes: Buffer): void {
    const { oid, paths } = content;
    const likeness = (content.likeness ??= this.#likenesses.of(bytes));
    content.paths = [];
    for (const path of paths) {
      if (!this.#isOpen(content, path)) continue;
      const { name, kind } = this.#pathOf(path);
      (content.kinds ??= new Set()).add(kind);
      const found = inspectPast(name, bytes, this.#rules, this.#without);
      if (!likeness.isClean) likeness.harmless.set(path, found.length === 0);
      for (const { finding } of found) this.#find(oid, finding, path);
    }
  }

  /** Contents that were met under paths of another kind after they had been read. */
  toReadAgain(): PastContent[] {
    return [...this.#contents.values()].filter(({ paths }) => paths.length > 0);
  }

  /** In prose only keys are told from words. */
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

  /** Whether a content is still to be judged under a path, as far as is known: once for each kind. */
  #isOpen({ likeness, kinds }: PastContent, path: GitPath): boolean {
    if (likeness === null) return true;
    const { isTelling, kind } = this.#pathOf(path);
    if (likeness.isClean ? !isTelling : likeness.harmless.get(path) === true) return false;
    return kinds?.has(kind) !== true;
  }

  #find(oid: string, finding: Finding, path: GitPath): void {
    const found = this.#found.get(oid) ?? new Map<string, { finding: Finding; path: GitPath }>();
    this.#found.set(oid, found);
    const key = `${finding.rule} ${String(finding.line)}`;
    if (!found.has(key)) found.set(key, { finding, path });
  }

  #pathOf(path: GitPath): { isTelling: boolean; name: string; kind: string } {
    let known = this.#paths.get(path);
    if (known === undefined) {
      const name = pathText(path);
      known = { isTelling: isTellingName(path), name, kind: kindOfFile(name) };
      this.#paths.set(path, known);
    }
    return known;
  }
}

/** The paths that some contents ever had, and the commits that brought them, newest first. */
function appearancesOf(
  oids: ReadonlyMap<string, unknown>,
  log: HistoryLog,
): Map<string, { paths: Set<GitPath>; commits: BringingCommit[] }> {
  const appearances = new Map<string, { paths: Set<GitPath>; commits: BringingCommit[] }>();
  if (oids.size === 0) return appearances;
  for (const { files, commit, parents, subject } of log.again()) {
    for (const { oid, path } of files) {
      if (!oids.has(oid)) continue;
      let known = appearances.get(oid);
      if (known === undefined) {
        known = { paths: new Set(), commits: [] };
        appearances.set(oid, known);
      }
      known.paths.add(path);
      if (known.commits.at(-1)?.commit !== commit) known.commits.push({ commit, parents, subject });
    }
  }
  return appearances;
}

/** Files that are looked at for their name, whatever is in them. */
function isTellingName(path: string): boolean {
  return CREDENTIAL_FILE_PATHS.test(path) || isNamedSops(path);
}

const KEY_WORD = new RegExp(KEY_WORDS.join("|"), "i");
