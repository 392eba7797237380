import { catFileBatch } from "../git/batch.ts";
import { readBlobMap } from "../git/blobs.ts";
import type { HistoryLog } from "../git/history-log.ts";
import type { GitPath } from "../git/path.ts";
import type { GitContext } from "../git/run.ts";
import { readAsAsked } from "./read-as-asked.ts";
import { secretSources, type FoundSource } from "./secret-sources.ts";

/** A kustomization as it stood at a commit. */
interface State {
  readonly commit: string;
  readonly kustomization: GitPath;
}

/**
 * The files that secretGenerators named at any time, each content once for each path. What matters is looked at
 * where it changed: as a commit left it, as its parents had it, and at the ends of the history.
 *
 * @param log read to its end
 * @param kustomizations the paths of those that ever generated Secrets
 * @throws GitError
 */
export async function pastSources(
  context: GitContext,
  log: Pick<HistoryLog, "again">,
  kustomizations: Iterable<GitPath>,
): Promise<FoundSource[]> {
  const named = new NamedBy(kustomizations);
  if (named.isEmpty) return [];
  const found = new Map<string, FoundSource>();
  const seen = new Set<string>();
  for (;;) {
    const states = statesIn(log, named).filter((state) => {
      const key = nameAt(state.commit, state.kustomization);
      return !seen.has(key) && seen.add(key);
    });
    // What a kustomization names is known once it was read: commits that change that are seen in the next round.
    if (states.length === 0) return [...found.values()];
    for (const source of await sourcesAt(context, states, named)) {
      found.set(`${source.oid} ${source.path}`, source);
    }
  }
}

/** Which kustomizations a path matters to: their own, and those of all that they ever named. */
class NamedBy {
  readonly #byPath = new Map<GitPath, Set<GitPath>>();

  constructor(kustomizations: Iterable<GitPath>) {
    for (const path of kustomizations) this.note(path, path);
  }

  note(path: GitPath, kustomization: GitPath): void {
    const known = this.#byPath.get(path) ?? new Set();
    this.#byPath.set(path, known.add(kustomization));
  }

  kustomizations(path: GitPath): Iterable<GitPath> {
    return this.#byPath.get(path) ?? [];
  }

  get isEmpty(): boolean {
    return this.#byPath.size === 0;
  }

  get all(): Iterable<GitPath> {
    return new Set([...this.#byPath.values()].flatMap((some) => [...some]));
  }
}

function statesIn(log: Pick<HistoryLog, "again">, named: NamedBy): State[] {
  const states: State[] = [];
  const parents = new Set<string>();
  const all = [...named.all];
  for (const logged of log.again()) {
    // Newest first: an end is what no other commit has named as its parent.
    const concerned = parents.has(logged.commit)
      ? new Set(logged.files.flatMap(({ path }) => [...named.kustomizations(path)]))
      : all;
    for (const parent of logged.parents) parents.add(parent);
    for (const kustomization of concerned) {
      for (const commit of [logged.commit, ...logged.parents])
        states.push({ commit, kustomization });
    }
  }
  return states;
}

async function sourcesAt(
  context: GitContext,
  states: readonly State[],
  named: NamedBy,
): Promise<FoundSource[]> {
  const sources = await readAsAsked(
    (read: (name: string) => Buffer | null) =>
      states.flatMap(({ commit, kustomization }) => {
        const bytes = read(nameAt(commit, kustomization));
        if (bytes === null) return [];
        const readAt = (path: GitPath) => {
          named.note(path, kustomization);
          return read(nameAt(commit, path));
        };
        return secretSources({ path: kustomization, bytes }, readAt).map((source) => {
          named.note(source.path, kustomization);
          return { ...source, name: nameAt(commit, source.path) };
        });
      }),
    (names) => readNamed(context, names),
  );
  const oids = await oidsOf(
    context,
    sources.map(({ name }) => name),
  );
  const blobs = await readBlobMap(context, new Set(oids.values()));
  return sources.flatMap(({ name, ...source }) => {
    const oid = oids.get(name);
    const bytes = oid === undefined ? undefined : blobs.get(oid);
    return oid === undefined || bytes === undefined ? [] : [{ ...source, oid, bytes }];
  });
}

/** How git names what a commit has at a path (gitrevisions(7)). */
function nameAt(commit: string, path: GitPath): string {
  return `${commit}:${path}`;
}

/** `git cat-file --batch` takes a name a line. */
function askable(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => !name.includes("\n"));
}

async function readNamed(
  context: GitContext,
  names: readonly string[],
): Promise<Map<string, Buffer>> {
  const asked = askable(names);
  const contents = new Map<string, Buffer>();
  let next = 0;
  for await (const { type, content } of catFileBatch(context, asked)) {
    const name = asked[next++] ?? "";
    if (type === "blob" && content !== null) contents.set(name, content);
  }
  return contents;
}

async function oidsOf(context: GitContext, names: readonly string[]): Promise<Map<string, string>> {
  const asked = askable(names);
  const oids = new Map<string, string>();
  let next = 0;
  for await (const { oid, type } of catFileBatch(context, asked, { check: true })) {
    const name = asked[next++] ?? "";
    if (oid !== null && type === "blob") oids.set(name, oid);
  }
  return oids;
}
