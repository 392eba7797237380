import { catFileBatch, type BatchObject, type BatchOptions } from "../../git/objects/batch.ts";
import { readBlobMap } from "../../git/objects/blobs.ts";
import type { HistoryLog } from "../../git/history/log.ts";
import type { LoggedCommit } from "../../git/history/logged-commit.ts";
import type { GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { readAsAsked } from "../kustomize/read-as-asked.ts";
import { secretSources, type FoundSource } from "../kustomize/secret-sources.ts";

/** A kustomization as it stood at a commit. */
interface State {
  readonly commit: string;
  readonly kustomization: GitPath;
}

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
  log: Pick<HistoryLog, "again">,
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
    // What a kustomization names is known once it was read: commits that change that are seen in the next round.
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
function linksIn(log: Pick<HistoryLog, "again">): Set<string> {
  const links = new Set<string>();
  const files = new Set<string>();
  for (const commit of log.again()) {
    for (const file of commit.files) (file.isLink ? links : files).add(placeOf(file));
  }
  return new Set([...links].filter((place) => !files.has(place)));
}

/** Those of some kustomizations of which any content ever named a path that ever had a secret in plaintext. */
async function suspectedKustomizations(
  context: GitContext,
  log: Pick<HistoryLog, "again">,
  kustomizations: ReadonlySet<GitPath>,
  isPlaintext: (source: FoundSource) => boolean,
): Promise<Set<GitPath>> {
  if (kustomizations.size === 0) return new Set();
  const versions = new Versions(context, log);
  const sources = await readAsAsked(
    (read: (path: GitPath) => readonly Buffer[]) =>
      [...kustomizations].flatMap((path) =>
        read(path).flatMap((bytes) =>
          secretSources({ path, bytes }, read).map((source) => ({ source, kustomization: path })),
        ),
      ),
    async (paths) => {
      const found = await versions.at(new Set(paths));
      return new Map([...found].map(([path, files]) => [path, files.map(({ bytes }) => bytes)]));
    },
  );
  const files = await versions.at(new Set(sources.map(({ source }) => source.path)));
  const suspects = new Set<GitPath>();
  for (const { source, kustomization } of sources) {
    if (suspects.has(kustomization)) continue;
    const isSuspect = (file: Version) => isPlaintext({ ...source, ...file });
    if (files.get(source.path)?.some(isSuspect) === true) suspects.add(kustomization);
  }
  return suspects;
}

type Version = Pick<FoundSource, "oid" | "bytes">;

/** All contents that paths ever had in a log, and at its ends. */
class Versions {
  readonly #context: GitContext;
  readonly #log: Pick<HistoryLog, "again">;

  constructor(context: GitContext, log: Pick<HistoryLog, "again">) {
    this.#context = context;
    this.#log = log;
  }

  async at(paths: ReadonlySet<GitPath>): Promise<Map<GitPath, Version[]>> {
    if (paths.size === 0) return new Map();
    const oids = new Map<GitPath, Set<string>>([...paths].map((path) => [path, new Set()]));
    const commits = new Set<string>();
    const parents = new Set<string>();
    for (const logged of this.#log.again()) {
      commits.add(logged.commit);
      for (const parent of logged.parents) parents.add(parent);
      for (const { path, oid } of logged.files) oids.get(path)?.add(oid);
    }
    const ends = [...commits].filter((commit) => !parents.has(commit));
    const before = [...parents].filter((commit) => !commits.has(commit));
    const places = [...ends, ...before].flatMap((commit) =>
      [...paths].map((path) => ({ path, name: nameAt(commit, path) })),
    );
    const named = await oidsOf(
      this.#context,
      places.map(({ name }) => name),
    );
    for (const { path, name } of places) {
      const oid = named.get(name);
      if (oid !== undefined) oids.get(path)?.add(oid);
    }
    const wanted = new Set([...oids.values()].flatMap((some) => [...some]));
    const blobs = await readBlobMap(this.#context, wanted);
    const versionOf = (oid: string): Version[] => {
      const bytes = blobs.get(oid);
      return bytes === undefined ? [] : [{ oid, bytes }];
    };
    return new Map([...oids].map(([path, some]) => [path, [...some].flatMap(versionOf)]));
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

async function sourcesAt(
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

/** How git names what a commit has at a path (gitrevisions(7)). */
function nameAt(commit: string, path: GitPath): string {
  return `${commit}:${path}`;
}

/** What git has under some names, as far as it is a file. */
async function* blobsNamed(
  context: GitContext,
  names: readonly string[],
  options: BatchOptions,
): AsyncGenerator<BatchObject & { readonly name: string }> {
  // `git cat-file --batch` takes a name a line, without the carriage return at its end, and up to a NUL.
  const asked = [...new Set(names)].filter((name) => !/[\n\0]|\r$/.test(name));
  let next = 0;
  for await (const answer of catFileBatch(context, asked, options)) {
    const name = asked[next++] ?? "";
    if (answer.type === "blob") yield { ...answer, name };
  }
}

async function readNamed(
  context: GitContext,
  names: readonly string[],
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for await (const { name, content } of blobsNamed(context, names, {})) {
    if (content !== null) contents.set(name, content);
  }
  return contents;
}

async function oidsOf(context: GitContext, names: readonly string[]): Promise<Map<string, string>> {
  const oids = new Map<string, string>();
  for await (const { name, oid } of blobsNamed(context, names, { check: true })) {
    if (oid !== null) oids.set(name, oid);
  }
  return oids;
}
