import { Likenesses } from "../../findings/likeness/likenesses.ts";
import { streamBlobs } from "../../git/objects/blob-stream.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { inspectPast, isTellingName } from "../history/inspect-past.ts";
import type { RulesInForce } from "../rules/rules-in-force.ts";
import type { Findings, Found } from "./findings.ts";
import { ofOtherKinds, type RangeLog } from "./range-log.ts";

/** The creation rules that the past is judged by. */
export interface Judges {
  /** How many sets of them there are. */
  readonly count: number;
  /** Those of the tips that reach a content. */
  readonly rulesFor: (oid: string) => readonly RulesInForce[];
}

/** What is new, and how it is judged. */
export interface Contents extends Pick<Judges, "rulesFor"> {
  /** Each with one of its names. */
  readonly blobs: ReadonlyMap<string, GitPath>;
}

/** What reading them has shown. */
export interface Seen {
  /** Contents in which there is anything of SOPS. */
  readonly withSops: ReadonlySet<string>;
  /** Those with a keyword. They were judged under one path; at the tip they may stand under others. */
  readonly suspects: ReadonlySet<string>;
}

/**
 * Every new content, read once: leaks, and files that by their name should be encrypted. The tool's own
 * files are passed over, as in a commit.
 *
 * @throws GitError, BrokenRulesError
 */
export async function lookIntoContents(
  context: GitContext,
  blobs: ReadonlyMap<string, GitPath>,
  { rulesFor, count }: Judges,
  findings: Findings,
): Promise<Seen> {
  const withSops = new Set<string>();
  const suspects = new Set<string>();
  const likenesses = new Likenesses();
  const { OWN_OBJECTS } = await import("../own-objects.ts");
  const wanted = [...blobs]
    .filter(([oid]) => !OWN_OBJECTS.has(oid))
    .map(([oid, path]) => ({ oid, path }));
  await streamBlobs(context, wanted, ({ oid, path }, bytes) => {
    const { isClean, isEncrypted, harmless } = likenesses.of(bytes, path);
    if (isEncrypted) withSops.add(oid);
    const name = pathText(path);
    if (isClean && !isTellingName(name)) return;
    suspects.add(oid);
    if (!isClean && harmless.get(path) === true) return;
    const sets = rulesFor(oid);
    const found = judged({ oid, path }, bytes, sets);
    // The next one that is like it may be judged by any of them.
    if (!isClean && sets.length === count) harmless.set(path, found.length === 0);
    for (const one of found) findings.add(one);
  });
  return { withSops, suspects };
}

/**
 * Contents that also had names of another kind than the one that they were judged by.
 *
 * @throws GitError, BrokenRulesError
 */
export async function lookIntoOtherNames(
  context: GitContext,
  { otherNames }: RangeLog,
  { suspects }: Seen,
  { blobs, rulesFor }: Contents,
  findings: Findings,
): Promise<void> {
  const wanted = ofOtherKinds(otherNames, blobs, suspects);
  if (wanted.length === 0) return;
  await streamBlobs(context, wanted, (one, bytes) => {
    for (const found of judged(one, bytes, rulesFor(one.oid))) findings.add(found);
  });
}

/** What a content is by a name that it had, and by each of the rules. */
function judged(
  { oid, path }: { readonly oid: string; readonly path: GitPath },
  bytes: Uint8Array,
  sets: readonly RulesInForce[],
): Found[] {
  return sets
    .flatMap((rules) => inspectPast(pathText(path), bytes, rules))
    .map(({ finding, commitMends }) => {
      return { ...finding, path, blob: oid, commitMends, tip: null };
    });
}
