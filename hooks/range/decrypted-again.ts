import { readBlobMap, readBlobs } from "../../git/blobs.ts";
import type { HistoryLog } from "../../git/history-log.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { judge } from "../judge.ts";
import type { RulesInForce } from "../rules-in-force.ts";

/** A content, where it stands. */
export interface PlacedContent {
  readonly oid: string;
  readonly path: GitPath;
}

/**
 * Readable contents that a commit in a range has put in the place of their encrypted form, as `sops decrypt
 * --in-place` leaves them: the gate encrypts them again, whatever is in them, so they came past it. Those
 * that are leaks by themselves are left out.
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
): Promise<PlacedContent[]> {
  const isTaken = (oid: string, path: GitPath) =>
    rulesFor(oid).some((rules) => rules.for(pathText(path)).rule !== null);
  const others = (oid: string) => [...(otherNames.get(oid) ?? [])];
  const isReadable = (oid: string) => blobs.has(oid) && !withSops.has(oid);
  const mayMatter = ([oid, path]: readonly [string, GitPath]) =>
    isReadable(oid) && (isTaken(oid, path) || others(oid).some((other) => isTaken(oid, other)));
  if (![...blobs].some(mayMatter)) return [];
  const replacements: (PlacedContent & { readonly replaced: readonly string[] })[] = [];
  for (const { files } of (await logOfRange()).again()) {
    for (const { oid, path, replaced } of files.filter(({ oid }) => isReadable(oid))) {
      const unread = replaced.filter((old) => !isReadable(old));
      if (unread.length > 0 && isTaken(oid, path)) {
        replacements.push({ oid, path, replaced: unread });
      }
    }
  }
  const encrypted = new Map<string, Buffer>();
  const asked = replacements.flatMap(({ replaced }) => replaced);
  for await (const { oid, bytes } of readBlobs(context, asked)) {
    if (bytes?.includes(TOKEN_START) === true) encrypted.set(oid, bytes);
  }
  const suspects = replacements.flatMap(({ oid, path, replaced }) => {
    const before = replaced.map((old) => encrypted.get(old)).find((old) => old !== undefined);
    return before === undefined ? [] : [{ oid, path, before }];
  });
  const contents = await readBlobMap(
    context,
    suspects.map(({ oid }) => oid),
  );
  return suspects.filter(({ oid, path, before }) => {
    const bytes = contents.get(oid);
    if (bytes === undefined) return false;
    return rulesFor(oid).some((rules) => {
      const { verdict, leaks } = judge({ path: pathText(path), bytes, before }, rules);
      return verdict.kind === "encrypt" && leaks.every(({ severity }) => severity !== "error");
    });
  });
}
