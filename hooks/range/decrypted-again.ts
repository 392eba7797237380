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
import { orUnderARule } from "../under-a-rule.ts";

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
 * whatever is in them, and refuses the others, and those that no rule takes, so they came past it. Those that are
 * leaks by themselves are left out.
 *
 * @param log of the range
 * @param blobs the contents of the range
 * @param withSops those of them with ciphertext
 * @param rulesFor those that a content is judged by
 * @throws GitError, BrokenRulesError
 */
export async function decryptedAgain(
  context: GitContext,
  log: Pick<HistoryLog, "again">,
  {
    blobs,
    withSops,
    rulesFor,
  }: {
    readonly blobs: { has(oid: string): boolean };
    readonly withSops: ReadonlySet<string>;
    readonly rulesFor: (oid: string) => readonly RulesInForce[];
  },
): Promise<DecryptedAgain[]> {
  const isReadable = (oid: string) => blobs.has(oid) && !withSops.has(oid);
  const replacements: Replacement[] = [];
  for (const { files } of log.again()) {
    for (const { oid, path, replaced, isLink } of files) {
      if (isLink || !blobs.has(oid)) continue;
      const unread = replaced.filter((old) => !isReadable(old));
      if (unread.length > 0) replacements.push({ oid, path, replaced: unread });
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
  const before = await selectionsOf(
    context,
    replacements.flatMap(({ replaced }) => replaced),
  );
  const ofEncrypted = replacements.flatMap(({ replaced, ...placed }) => {
    const encrypted = replaced.filter((old) => (before.get(old) ?? null) !== null);
    return encrypted.length === 0 ? [] : [{ ...placed, replaced: encrypted }];
  });
  const own = await selectionsOf(
    context,
    ofEncrypted.map(({ oid }) => oid),
  );
  return ofEncrypted.filter(
    ({ oid, replaced }) => !replaced.some((old) => before.get(old) === (own.get(oid) ?? null)),
  );
}

/** What some contents say of their selection: one call to git. */
async function selectionsOf(
  context: GitContext,
  oids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const selections = new Map<string, string | null>();
  for await (const { oid, bytes } of readBlobs(context, oids)) {
    if (bytes !== null) selections.set(oid, selectionIn(bytes));
  }
  return selections;
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
  const { verdict, leaks, inForce } = judge({ path, bytes, before }, rules);
  if (leaks.some(({ severity }) => severity === "error")) return null;
  if (verdict.kind === "encrypt") return { finding: inPlaintext(), commitMends: true };
  if (verdict.kind !== "blocked") return null;
  if (verdict.finding.rule === "sops-broken" && selectionIn(bytes) === null) {
    const message = "it was encrypted before, and is in plaintext";
    const finding: Finding = { ...inPlaintext(), message, mend: { kind: "leave-out" } };
    return { finding, commitMends: false };
  }
  if (verdict.finding.rule !== "sops-rule") return null;
  // One without a sops block is no secret where its rule encrypts nothing in it.
  const isNarrowed = bytes.toString("latin1").search(SELECTION) !== -1;
  if (inForce.rule !== null && !isNarrowed) return null;
  const [finding = verdict.finding] = orUnderARule([verdict.finding], path, bytes, rules);
  return { finding, commitMends: false };
}
