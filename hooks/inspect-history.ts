import { kindOfFile } from "../findings/file-kind.ts";
import type { Finding, RuleId } from "../findings/finding.ts";
import { CREDENTIAL_FILE_PATHS } from "../findings/keywords.ts";
import { KnownContent, withoutVersions } from "../findings/likeness.ts";
import { suspectedRules } from "../findings/prefilter.ts";
import { isNamedSops } from "../findings/sops-verdict.ts";
import { readBlobs } from "../git/blobs.ts";
import { GitError } from "../git/errors.ts";
import { historyLog, loggedCommits, namedObjects } from "../git/history-log.ts";
import { blobsIn, type BringingCommit } from "../git/history.ts";
import { indexEntries } from "../git/index-entries.ts";
import { mergedTags } from "../git/tag-objects.ts";
import { pathText, type GitPath } from "../git/path.ts";
import type { OpenedRepository } from "../git/repository.ts";
import { eachStoredBlob } from "../git/stored-blobs.ts";
import type { CommittedFinding } from "./inspect-tip.ts";
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
 * content is read once, as it lies in its pack; which commits and paths it had, the log tells; and it is
 * judged once for each kind of path that it ever had. Creation rules are those of the index.
 *
 * @param without rules that are not asked
 * @throws GitError, BrokenRulesError
 */
export async function inspectHistory(
  repository: OpenedRepository,
  without: ReadonlySet<RuleId>,
): Promise<PastInspection> {
  const contents = new Contents(without);
  // Beside each other: git needs a core for itself, and the log takes it longest.
  const [log, { tags, others }, rules] = await Promise.all([
    historyLog(repository),
    namedObjects(repository),
    indexEntries(repository).then((entries) => rulesOfIndex(repository, entries)),
    eachStoredBlob(repository, (oid, bytes) => {
      contents.see(oid, bytes);
    }),
  ]);
  const past = new Past(contents, rules, without);
  const merges = new Map<string, BringingCommit>();
  for (const { files, message, ...commit } of loggedCommits(log)) {
    if (commit.parents.length > 1) merges.set(commit.commit, commit);
    for (const { oid, path } of files) past.judge(oid, path);
    if (KEY_WORD.test(message)) {
      const what = `the message of commit ${commit.commit.slice(0, 12)}`;
      past.readMessage(Buffer.from(message, "latin1"), what, [commit]);
    }
  }
  if (others.length > 0) {
    const range = { include: others, exclude: [], remote: false } as const;
    for (const [oid, path] of await blobsIn(repository, range)) past.judge(oid, path);
  }
  for await (const { oid, bytes } of readBlobs(repository, past.unread())) {
    if (bytes === null) {
      throw new GitError(
        "missing-object",
        `blob ${oid} is missing from the repository: git fsck tells more`,
      );
    }
    past.read(oid, bytes);
  }
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

/** What was seen of all contents. */
class Contents {
  readonly #without: ReadonlySet<RuleId>;
  readonly #clean: Likeness = { isClean: true, sample: null, harmless: new Map() };
  readonly #seen = new Map<string, Likeness>();
  readonly #byHead = new Map<string, Likeness>();
  #kept = 0;

  constructor(without: ReadonlySet<RuleId>) {
    this.#without = without;
  }

  see(oid: string, bytes: Buffer): void {
    this.#seen.set(oid, this.#judge(bytes));
  }

  /** Null for a content that was not here when all were read. */
  likenessOf(oid: string): Likeness | null {
    return this.#seen.get(oid) ?? null;
  }

  #judge(bytes: Buffer): Likeness {
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

class Past {
  readonly #contents: Contents;
  readonly #rules: RulesInForce;
  readonly #without: ReadonlySet<RuleId>;
  readonly #found = new Map<string, { finding: Finding; path: GitPath; blob: string }>();
  readonly #messages: PastFinding[] = [];
  readonly #reached = new Set<string>();
  /** The kinds of path under which a content was judged. */
  readonly #kinds = new Map<string, Set<string>>();
  readonly #paths = new Map<GitPath, { isTelling: boolean; name: string; kind: string }>();
  /** What has to be read, and the paths under which it is to be judged. */
  readonly #unread = new Map<string, GitPath[]>();

  constructor(contents: Contents, rules: RulesInForce, without: ReadonlySet<RuleId>) {
    this.#contents = contents;
    this.#rules = rules;
    this.#without = without;
  }

  /** Contents that were reached. */
  get files(): number {
    return this.#reached.size;
  }

  /** Judges a content by what is known of it, or puts it among those to be read. */
  judge(oid: string, path: GitPath): void {
    this.#reached.add(oid);
    const likeness = this.#contents.likenessOf(oid);
    const { isTelling, kind } = this.#pathOf(path);
    if (likeness?.isClean === true && !isTelling) return;
    if (likeness?.isClean === false && likeness.harmless.get(path) === true) return;
    const kinds = this.#kinds.get(oid);
    if (kinds?.has(kind) === true) return;
    if (kinds === undefined) this.#kinds.set(oid, new Set([kind]));
    else kinds.add(kind);

    if (likeness !== null && likeness.sample !== null && !likeness.harmless.has(path)) {
      const isHarmless = this.#inspect(path, likeness.sample.bytes).length === 0;
      likeness.harmless.set(path, isHarmless);
      if (isHarmless) return;
    }
    const paths = this.#unread.get(oid);
    if (paths === undefined) this.#unread.set(oid, [path]);
    else paths.push(path);
  }

  /** Names of the contents that have to be read. */
  unread(): Iterable<string> {
    return this.#unread.keys();
  }

  /** Judges one of them. */
  read(oid: string, bytes: Buffer): void {
    const likeness = this.#contents.likenessOf(oid);
    for (const path of this.#unread.get(oid) ?? []) {
      if (likeness?.isClean === false && likeness.harmless.get(path) === true) continue;
      const found = this.#inspect(path, bytes);
      likeness?.harmless.set(path, found.length === 0);
      for (const { finding } of found) {
        const key = `${oid} ${finding.rule} ${String(finding.line)}`;
        if (!this.#found.has(key)) this.#found.set(key, { finding, path, blob: oid });
      }
    }
  }

  /** In prose only keys are told from words. */
  readMessage(bytes: Buffer, what: string, commits: readonly BringingCommit[]): void {
    for (const finding of keysInMessage(bytes, what, this.#without)) {
      this.#messages.push({ ...finding, path: "" as GitPath, blob: null, paths: [], commits });
    }
  }

  findings(log: Buffer): PastFinding[] {
    const found = [...this.#found.values()];
    const appearances = appearancesOf(new Set(found.map(({ blob }) => blob)), log);
    return [
      ...found.map(({ finding, path, blob }): PastFinding => {
        const { paths, commits } = appearances.get(blob) ?? { paths: new Set(), commits: [] };
        return {
          ...finding,
          path,
          blob,
          paths: [...new Set([path, ...paths])],
          commits: commits.toReversed(),
        };
      }),
      ...this.#messages,
    ];
  }

  #inspect(path: GitPath, bytes: Buffer): readonly CommittedFinding[] {
    return inspectPast(this.#pathOf(path).name, bytes, this.#rules, this.#without);
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
  oids: ReadonlySet<string>,
  log: Buffer,
): Map<string, { paths: Set<GitPath>; commits: BringingCommit[] }> {
  const appearances = new Map<string, { paths: Set<GitPath>; commits: BringingCommit[] }>();
  if (oids.size === 0) return appearances;
  for (const { files, commit, parents, subject } of loggedCommits(log)) {
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
