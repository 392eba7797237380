import { nameAt } from "../../git/objects/named-blobs.ts";
import type { ReadLog } from "../../git/history/log.ts";
import type { GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import type { FoundSource } from "../kustomize/secret-sources.ts";
import { NamedBy, sourcesAt, statesIn } from "./kustomization-states.ts";
import { suspectedKustomizations } from "./suspected-kustomizations.ts";

/** A file that is a secret in plaintext, and what was said of it. */
export interface PastSource<Wrong> {
  readonly source: FoundSource;
  readonly wrong: Wrong;
}

/**
 * The files that secretGenerators named at any time, of those that are secrets in plaintext: each content once for
 * each path. Most histories have none under any of these names, and then nobody asks what stood beside what. Where one
 * has, it is looked at where something changed: as a commit left it, as its parents had it, and at the ends.
 *
 * @param log read to its end
 * @param kustomizations the paths of those that ever generated Secrets
 * @param judge what is wrong with a file; null where it is no such secret
 * @throws GitError
 */
export async function pastSources<Wrong>(
  context: GitContext,
  log: ReadLog,
  kustomizations: Iterable<GitPath>,
  judge: (source: FoundSource) => Wrong | null,
): Promise<PastSource<Wrong>[]> {
  const isPlaintext = (source: FoundSource) => judge(source) !== null;
  const paths = new Set(kustomizations);
  const suspects = await suspectedKustomizations(context, log, paths, isPlaintext);
  if (suspects.size === 0) return [];
  const named = new NamedBy(suspects);
  const found = new Map<string, PastSource<Wrong>>();
  const seen = new Set<string>();
  for (;;) {
    const states = statesIn(log, named).filter((state) => {
      const key = nameAt(state.commit, state.kustomization);
      return !seen.has(key) && seen.add(key);
    });
    // What a kustomization names is known only after reading it: commits that change such a file are
    // seen in the next round.
    if (states.length === 0) break;
    for (const source of await sourcesAt(context, states, named)) {
      const place = placeOf(source);
      if (found.has(place)) continue;
      const wrong = judge(source);
      if (wrong !== null) found.set(place, { source, wrong });
    }
  }
  if (found.size > 0) for (const place of linksIn(log)) found.delete(place);
  return [...found.values()];
}

function placeOf({ oid, path }: Pick<FoundSource, "oid" | "path">): string {
  return `${oid} ${path}`;
}

/** Where there was a symbolic link, and never a file of the same content. */
function linksIn(log: ReadLog): Set<string> {
  const links = new Set<string>();
  const files = new Set<string>();
  for (const commit of log.again()) {
    for (const file of commit.files) (file.isLink ? links : files).add(placeOf(file));
  }
  return new Set([...links].filter((place) => !files.has(place)));
}
