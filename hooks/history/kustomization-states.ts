import { nameAt, oidsOf, readNamed } from "../../git/objects/named-blobs.ts";
import { readBlobMap } from "../../git/objects/blobs.ts";
import type { ReadLog } from "../../git/history/log.ts";
import type { LoggedCommit } from "../../git/history/logged-commit.ts";
import type { GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { readAsAsked } from "../kustomize/read-as-asked.ts";
import { secretSources, type FoundSource } from "../kustomize/secret-sources.ts";

/** A kustomization as it stood at a commit. */
export interface State {
  readonly commit: string;
  readonly kustomization: GitPath;
}

/** Which kustomizations a path matters to: the path is their own, or one that they ever named. */
export class NamedBy {
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

  get all(): Iterable<GitPath> {
    return new Set([...this.#byPath.values()].flatMap((some) => [...some]));
  }
}

/** The states in which something that matters to a kustomization has changed, and those at the ends. */
export function statesIn(log: ReadLog, named: NamedBy): State[] {
  const states: State[] = [];
  const parents = new Set<string>();
  const all = [...named.all];
  for (const logged of log.again()) {
    // Newest first: an end is what no other commit has named as its parent.
    const concerned = parents.has(logged.commit)
      ? new Set(pathsIn(logged).flatMap((path) => [...named.kustomizations(path)]))
      : all;
    for (const parent of logged.parents) parents.add(parent);
    for (const kustomization of concerned) {
      for (const commit of [logged.commit, ...logged.parents])
        states.push({ commit, kustomization });
    }
  }
  return states;
}

function pathsIn({ files, removed }: LoggedCommit): GitPath[] {
  return [...files.map(({ path }) => path), ...removed];
}

/** What kustomizations name as they stood; takes note of each path that they were asked for. */
export async function sourcesAt(
  context: GitContext,
  states: readonly State[],
  named: NamedBy,
): Promise<FoundSource[]> {
  const sources = await readAsAsked(
    (read: (name: string) => readonly Buffer[]) =>
      states.flatMap(({ commit, kustomization }) => {
        const [bytes] = read(nameAt(commit, kustomization));
        if (bytes === undefined) return [];
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
