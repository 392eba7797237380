import { readBlobMap } from "../../git/objects/blobs.ts";
import { indexEntries } from "../../git/index/entries.ts";
import type { GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import type { Kustomization } from "../kustomize/kustomizations.ts";
import { RulesInForce } from "./rules-in-force.ts";
import {
  surroundingEntries,
  surroundingFiles,
  type SurroundingFiles,
} from "./surrounding-files.ts";

/** What says how some files are to be judged. */
export interface Surroundings {
  readonly rules: RulesInForce;
  /** In the folders of the files and those above. */
  readonly kustomizations: readonly Kustomization[];
}

/**
 * What the index holds in the folders of some paths and above: two calls to git for all of it, the
 * same two that the creation rules alone would take.
 *
 * @throws GitError
 */
export async function stagedSurroundings(
  context: GitContext,
  paths: readonly GitPath[],
): Promise<Surroundings> {
  // Blocking, since there is nothing else to do meanwhile.
  const blocking = { ...context, blocks: true };
  const entries = paths.length === 0 ? [] : surroundingEntries(await indexEntries(blocking), paths);
  const blobs = await readBlobMap(
    blocking,
    entries.map(({ oid }) => oid),
  );
  return surroundingsOf(
    surroundingFiles(
      entries.flatMap(({ path, oid }) => {
        const bytes = blobs.get(oid);
        return bytes === undefined ? [] : [{ path, oid, bytes }];
      }),
    ),
  );
}

/** The same, of files that were read already. */
export function surroundingsOf({ ruleFiles, kustomizations }: SurroundingFiles): Surroundings {
  return { rules: new RulesInForce(ruleFiles), kustomizations };
}
