import { createHash } from "node:crypto";
import { kindOfFile } from "../findings/file-kind.ts";
import type { Finding, RuleId } from "../findings/finding.ts";
import { CREDENTIAL_FILE_PATHS } from "../findings/keywords.ts";
import { suspectedRules } from "../findings/prefilter.ts";
import { isNamedSops } from "../findings/sops-verdict.ts";
import { eachReachableBlob } from "../git/all-blobs.ts";
import { readBlobs } from "../git/blobs.ts";
import { annotatedTags, historyLog, loggedCommits } from "../git/history-log.ts";
import type { BringingCommit } from "../git/history.ts";
import { indexEntries } from "../git/index-entries.ts";
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
 * content is read once, and judged once for each kind of path that it ever had. Creation rules are
 * those of the index.
 *
 * @param without rules that are not asked
 * @throws GitError, BrokenRulesError
 */
export async function inspectHistory(
  repository: OpenedRepository,
  without: ReadonlySet<RuleId>,
): Promise<PastInspection> {
  const past = new Past(await rulesOfIndex(repository, await indexEntries(repository)), without);
  // Beside the reading: git needs a core for itself.
  const log = historyLog(repository);
  log.catch(() => undefined);
  let files = 0;
  await eachReachableBlob(repository, (oid, path, bytes) => {
    files += 1;
    past.judge(oid, path, bytes);
  });
  const others = past.trace(await log);
  for await (const { oid, bytes } of readBlobs(repository, others.keys())) {
    if (bytes === null) continue;
    for (const path of others.get(oid) ?? []) past.judge(oid, path, bytes);
  }
  for (const { ref, content } of await annotatedTags(repository)) {
    past.readMessage(content, { commits: [], what: `tag ${ref}` });
  }
  return { findings: past.findings(), files };
}

class Past {
  readonly #rules: RulesInForce;
  readonly #without: ReadonlySet<RuleId>;
  readonly #found = new Map<string, { finding: Finding; path: GitPath; blob: string }>();
  readonly #messages: PastFinding[] = [];
  /** The kinds of path under which a content was judged. */
  readonly #judged = new Map<string, Set<string>>();
  /** What was judged to be harmless, but for version numbers in it. */
  readonly #harmless = new Set<string>();
  readonly #appearances = new Map<string, { paths: Set<GitPath>; commits: BringingCommit[] }>();

  constructor(rules: RulesInForce, without: ReadonlySet<RuleId>) {
    this.#rules = rules;
    this.#without = without;
  }

  judge(oid: string, path: GitPath, bytes: Buffer): void {
    const name = pathText(path);
    const suspected = suspectedRules(name, bytes);
    const mentionsSops = bytes.includes(TOKEN_START);
    const isSuspect = [...suspected].some((rule) => !this.#without.has(rule));
    if (!isSuspect && !mentionsSops && !isNamedSops(name)) return;
    const kinds = this.#judged.get(oid);
    if (kinds === undefined) this.#judged.set(oid, new Set([kindOfFile(name)]));
    else kinds.add(kindOfFile(name));

    const likeness = mentionsSops ? null : likenessOf(name, bytes);
    if (likeness !== null && this.#harmless.has(likeness)) return;
    const found = inspectPast(name, bytes, this.#rules, this.#without);
    if (found.length === 0 && likeness !== null) this.#harmless.add(likeness);
    for (const { finding } of found) {
      const key = `${oid} ${finding.rule} ${String(finding.line)}`;
      if (!this.#found.has(key)) this.#found.set(key, { finding, path, blob: oid });
    }
  }

  /**
   * Where the suspicious contents appeared, by the log; and what the messages hold.
   *
   * @returns contents that are to be judged under other paths too
   */
  trace(log: Buffer): Map<string, GitPath[]> {
    const others = new Map<string, GitPath[]>();
    for (const { files, message, ...commit } of loggedCommits(log)) {
      for (const { oid, path } of files) {
        const kinds = this.#judged.get(oid);
        if (kinds === undefined && !isTellingName(path)) continue;
        const name = pathText(path);
        const kind = kindOfFile(name);
        if (kinds?.has(kind) !== true) {
          others.set(oid, [...(others.get(oid) ?? []), path]);
          if (kinds === undefined) this.#judged.set(oid, new Set([kind]));
          else kinds.add(kind);
        }
        let appearances = this.#appearances.get(oid);
        if (appearances === undefined) {
          appearances = { paths: new Set(), commits: [] };
          this.#appearances.set(oid, appearances);
        }
        appearances.paths.add(path);
        if (appearances.commits.at(-1)?.commit !== commit.commit) appearances.commits.push(commit);
      }
      if (KEY_WORD.test(message)) {
        const what = `the message of commit ${commit.commit.slice(0, 12)}`;
        this.readMessage(Buffer.from(message, "latin1"), { commits: [commit], what });
      }
    }
    return others;
  }

  readMessage(
    bytes: Buffer,
    { commits, what }: { commits: readonly BringingCommit[]; what: string },
  ): void {
    for (const finding of keysInMessage(bytes, what, this.#without)) {
      this.#messages.push({ ...finding, path: "" as GitPath, blob: null, paths: [], commits });
    }
  }

  findings(): PastFinding[] {
    const found = [...this.#found.values()].map(({ finding, path, blob }): PastFinding => {
      const { paths, commits } = this.#appearances.get(blob) ?? { paths: new Set(), commits: [] };
      return {
        ...finding,
        path,
        blob,
        paths: [...new Set([path, ...paths])],
        commits: commits.toReversed(),
      };
    });
    return [...found, ...this.#messages];
  }
}

/** Files that are looked at for their name, whatever is in them. */
function isTellingName(path: string): boolean {
  return CREDENTIAL_FILE_PATHS.test(path) || isNamedSops(path);
}

const KEY_WORD = new RegExp(KEY_WORDS.join("|"), "i");

/**
 * Most commits of such a repository are a bot's, and change a version number. No rule tells one number
 * of several parts from another, so what was harmless before them is harmless after them.
 */
function likenessOf(path: string, bytes: Buffer): string {
  const text = bytes.toString("latin1").replace(/\d+\.\d+(?:\.\d+)+|sha256:[0-9a-f]{64}/g, "0.0.0");
  return createHash("sha1").update(`${path}\0${text}`, "latin1").digest("base64");
}
