import type { Finding } from "../../findings/finding.ts";
import { readBlobMap, readBlobs } from "../../git/blobs.ts";
import type { HistoryLog } from "../../git/history-log.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { SELECTION_OPTIONS } from "../../sops/selection-option.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { inPlaintext } from "../inspect-tip.ts";
import { judge } from "../judge.ts";
import type { RulesInForce } from "../rules-in-force.ts";

/** A content where it stands, of which something can be read that was encrypted there before. */
export interface DecryptedAgain {
  readonly oid: string;
  readonly path: GitPath;
  readonly finding: Finding;
  readonly commitMends: boolean;
}

/** A content that a commit has put in the place of others. */
interface Replacement extends Pick<DecryptedAgain, "oid" | "path"> {
  readonly replaced: readonly string[];
}

/**
 * Contents that a commit in a range has put in the place of their encrypted form, and that are readable, as `sops
 * decrypt --in-place` leaves them, or in part, by a selection that takes less: the gate encrypts the ones again,
 * whatever is in them, and refuses the others, so they came past it. Those that are leaks by themselves are left out.
 *
 * @param logOfRange read to its end, where it is asked for
 * @param blobs the contents of the range, each with a path
 * @param otherNames other paths of them
 * @param withSops those of them with ciphertext
 * @param rulesFor those that a content is judged by
 * @throws GitError, BrokenRulesError
 */
export async function decryptedAgain(
  context: GitContext,
  logOfRange: () => Promise<Pick<HistoryLog, "again">>,
  {
    blobs,
    otherNames,
    withSops,
    rulesFor,
  }: {
    readonly blobs: ReadonlyMap<string, GitPath>;
    readonly otherNames: ReadonlyMap<string, Iterable<GitPath>>;
    readonly withSops: ReadonlySet<string>;
    readonly rulesFor: (oid: string) => readonly RulesInForce[];
  },
): Promise<DecryptedAgain[]> {
  const isTaken = (oid: string, path: GitPath) =>
    rulesFor(oid).some((rules) => rules.for(pathText(path)).rule !== null);
  const others = (oid: string) => [...(otherNames.get(oid) ?? [])];
  const isReadable = (oid: string) => blobs.has(oid) && !withSops.has(oid);
  const mayMatter = ([oid, path]: readonly [string, GitPath]) =>
    withSops.has(oid) || isTaken(oid, path) || others(oid).some((other) => isTaken(oid, other));
  if (![...blobs].some(mayMatter)) return [];
  const replacements: Replacement[] = [];
  for (const { files } of (await logOfRange()).again()) {
    const contents = files.filter(({ oid, isLink }) => blobs.has(oid) && !isLink);
    for (const { oid, path, replaced } of contents) {
      const unread = replaced.filter((old) => !isReadable(old));
      if (unread.length > 0 && (withSops.has(oid) || isTaken(oid, path))) {
        replacements.push({ oid, path, replaced: unread });
      }
    }
  }
  const suspects = await suspected(context, replacements);
  const contents = await readBlobMap(
    context,
    suspects.flatMap(({ oid, replaced }) => [oid, ...replaced]),
  );
  return suspects.flatMap(({ oid, path, replaced }) => {
    const bytes = contents.get(oid);
    const findings = rulesFor(oid).flatMap((rules) => {
      // A merge may keep what one of its sides leaves readable.
      const found = replaced.map((old) => {
        const before = contents.get(old);
        return bytes === undefined || before === undefined
          ? null
          : readableAgain(pathText(path), bytes, before, rules);
      });
      return found.includes(null) ? [] : (found[0] ?? []);
    });
    return findings.slice(0, 1).map((finding) => ({ oid, path, ...finding }));
  });
}

/**
 * Those of which something may be readable that was not: cheap, since nothing is parsed. Of what they replace, they
 * come with what is encrypted.
 */
async function suspected(
  context: GitContext,
  replacements: readonly Replacement[],
): Promise<Replacement[]> {
  const selections = new Map<string, string | null>();
  const asked = replacements.flatMap(({ oid, replaced }) => [oid, ...replaced]);
  for await (const { oid, bytes } of readBlobs(context, asked)) {
    if (bytes !== null) selections.set(oid, selectionIn(bytes));
  }
  return replacements.flatMap(({ replaced, ...placed }) => {
    const own = selections.get(placed.oid) ?? null;
    const encrypted = replaced.filter((old) => (selections.get(old) ?? null) !== null);
    const isLike = encrypted.some((old) => selections.get(old) === own);
    return encrypted.length === 0 || isLike ? [] : [{ ...placed, replaced: encrypted }];
  });
}

/** In any format: `sops_encrypted_regex=` in dotenv. */
const SELECTION = new RegExp(`(?:${SELECTION_OPTIONS.join("|")})[^\\n]*`, "g");

/** What a file with ciphertext says of its selection; null for one without. */
function selectionIn(bytes: Buffer): string | null {
  if (!bytes.includes(TOKEN_START)) return null;
  return (bytes.toString("latin1").match(SELECTION) ?? []).join("\n");
}

/** What is wrong with a content in the place of an encrypted one, as the gate would have it. */
function readableAgain(
  path: string,
  bytes: Buffer,
  before: Buffer,
  rules: RulesInForce,
): Pick<DecryptedAgain, "finding" | "commitMends"> | null {
  const { verdict, leaks } = judge({ path, bytes, before }, rules);
  if (leaks.some(({ severity }) => severity === "error")) return null;
  if (verdict.kind === "encrypt") return { finding: inPlaintext(), commitMends: true };
  // One without a sops block is no secret where its rule encrypts nothing in it.
  const isNarrowed =
    verdict.kind === "blocked" &&
    verdict.finding.rule === "sops-rule" &&
    bytes.toString("latin1").search(SELECTION) !== -1;
  return isNarrowed ? { finding: verdict.finding, commitMends: false } : null;
}
