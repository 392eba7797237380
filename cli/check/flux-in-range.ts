import { MOST_ENCRYPTED } from "../../flux/repository-files.ts";
import { fluxCiphertext } from "../../findings/flux/ciphertext.ts";
import type { FluxFinding } from "../../findings/flux/finding.ts";
import { blobsHere } from "../../git/objects/blobs.ts";
import { type GitPath, pathText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { runGit } from "../../git/run.ts";
import { fileAt, filesOf, readTrees, type Trees } from "../../git/objects/trees.ts";
import { SETTINGS_FILE } from "../../hooks/rules/gate-files.ts";
import { settingsIn, settleSilently } from "../../hooks/rules/settings-in-force.ts";
import type { CheckedFinding } from "./check-formats.ts";

/**
 * What Flux would apply as ciphertext, or refuse, at the end of a range and not before it. Whole trees
 * are compared: a change of one file may break what is in another.
 *
 * @param from a commit; what is looked at as "before" is what `to` has of it
 * @throws GitError, SettingsError
 */
export async function fluxInRange(
  repository: OpenedRepository,
  from: string,
  to: string,
): Promise<CheckedFinding[]> {
  const base = await mergeBase(repository, from, to);
  const trees = await readTrees(repository, base === null ? [to] : [base, to]);
  const before = base === null ? undefined : trees.roots.get(base);
  const after = trees.roots.get(to);
  if (after === undefined || before === after) return [];
  const now = await fluxIn(repository, trees, after);
  if (now.length === 0) return [];
  const then = before === undefined ? [] : await fluxIn(repository, trees, before);
  const known = new Set(then.map(({ finding }) => keyOf(finding)));
  const brought = now
    .filter(({ finding }) => !known.has(keyOf(finding)))
    .map(({ finding: { about: _about, ...finding }, path, oid }) => {
      return { ...finding, path, where: "worktree" as const, blob: oid };
    });
  const settings = await settingsIn(repository, fileAt(trees, after, SETTINGS_FILE));
  return settleSilently(settings, brought);
}

/** Without the line: it moves with what is written above. */
function keyOf({ path, message }: FluxFinding): string {
  return `${path}\0${message}`;
}

interface FoundInTree {
  readonly finding: FluxFinding;
  readonly path: GitPath;
  readonly oid: string;
}

async function fluxIn(
  repository: OpenedRepository,
  trees: Trees,
  tree: string,
): Promise<FoundInTree[]> {
  const files = new Map([...filesOf(trees, tree)].map((file) => [pathText(file.path), file]));
  const oids = [...files.values()].map(({ oid }) => oid);
  const blobs = await blobsHere(repository, oids, { maxBytes: MOST_ENCRYPTED });
  return fluxCiphertext({
    paths: [...files.keys()],
    read: (path) => blobs.get(files.get(path)?.oid ?? "") ?? null,
  }).flatMap((finding) => {
    const file = files.get(finding.path);
    return file === undefined ? [] : [{ finding, ...file }];
  });
}

/** Null where they have nothing in common, in a shallow clone for instance. */
async function mergeBase(
  repository: OpenedRepository,
  from: string,
  to: string,
): Promise<string | null> {
  const { status, stdout } = await runGit(repository, ["merge-base", from, to], {
    allowed: [0, 1],
  });
  return status === 0 ? stdout.toString("latin1").trim() : null;
}
