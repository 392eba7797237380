import type { Finding } from "../findings/finding.ts";
import { holdsSecret } from "../findings/secret-source.ts";
import { readBlobMap, readBlobs } from "../git/objects/blobs.ts";
import type { ReadLog } from "../git/history/log.ts";
import { pathText, type GitPath } from "../git/path.ts";
import type { GitContext } from "../git/run.ts";
import { SELECTION_OPTIONS } from "../sops/selection/selection-option.ts";
import { TOKEN_START } from "../sops/token-start.ts";
import { inPlaintext } from "./inspect-committed.ts";
import { judge } from "./judge.ts";
import type { RulesInForce } from "./rules/rules-in-force.ts";
import { orUnderARule } from "./rules/under-a-rule.ts";

/** A content that was put in the place of others: at a path, those that were there. */
export interface Replacement {
  readonly oid: string;
  readonly path: GitPath;
  readonly replaced: readonly string[];
}

/** A content where it stands, of which something can be read that was encrypted there before. */
export interface ReadableAgain {
  readonly oid: string;
  readonly path: GitPath;
  readonly finding: Finding;
  readonly commitMends: boolean;
}

/** What is known of the contents that a log names. */
interface Known {
  /** Whether a content is one of those that are looked into. */
  readonly isNew: (oid: string) => boolean;
  /** Those of them with ciphertext. */
  readonly withSops: ReadonlySet<string>;
}

/**
 * Contents that commits have put in the place of what may be encrypted.
 *
 * @param log read to its end
 */
export function replacementsIn(log: ReadLog, { isNew, withSops }: Known): Replacement[] {
  const isReadable = (oid: string) => isNew(oid) && !withSops.has(oid);
  const replacements: Replacement[] = [];
  for (const { files } of log.again()) {
    for (const { oid, path, replaced, isLink } of files) {
      if (isLink || !isNew(oid)) continue;
      const unread = replaced.filter((old) => !isReadable(old));
      if (unread.length > 0) replacements.push({ oid, path, replaced: unread });
    }
  }
  return replacements;
}

/**
 * Of contents in the place of others, those that are readable, and had an encrypted form there, as `sops decrypt
 * --in-place` leaves them, or in part, by a selection that takes less. Those that are leaks by themselves are left out.
 *
 * @param rulesFor those that a content is judged by
 * @throws GitError, BrokenRulesError
 */
export async function readableAgain(
  context: GitContext,
  replacements: readonly Replacement[],
  rulesFor: (oid: string) => readonly RulesInForce[],
): Promise<ReadableAgain[]> {
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
          : judgedAfter(pathText(path), bytes, before, rules);
      });
      return found.includes(null) ? [] : (found[0] ?? []);
    });
    // A rule that takes it says more than one that does not.
    const finding = findings.find(({ commitMends }) => commitMends) ?? findings[0];
    return finding === undefined ? [] : [{ oid, path, ...finding }];
  });
}

/**
 * Those in which something may be readable that was not, each with the encrypted contents that it
 * replaced. Cheap: nothing is parsed.
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
function judgedAfter(
  path: string,
  bytes: Buffer,
  before: Buffer,
  rules: RulesInForce,
): Pick<ReadableAgain, "finding" | "commitMends"> | null {
  const { verdict, leaks, inForce } = judge({ path, bytes, before }, rules);
  if (leaks.some(({ severity }) => severity === "error")) return null;
  if (verdict.kind === "encrypt") return { finding: inPlaintext(), commitMends: true };
  if (verdict.kind !== "blocked" || !holdsSecret(bytes, { key: "", value: path })) return null;
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
