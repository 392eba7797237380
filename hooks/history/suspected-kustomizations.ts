import { nameAt, oidsOf } from "../../git/objects/named-blobs.ts";
import { readBlobMap } from "../../git/objects/blobs.ts";
import type { ReadLog } from "../../git/history/log.ts";
import type { GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { readAsAsked } from "../kustomize/read-as-asked.ts";
import { secretSources, type FoundSource } from "../kustomize/secret-sources.ts";

/** Those of some kustomizations of which any content ever named a path that ever had a secret in plaintext. */
export async function suspectedKustomizations(
  context: GitContext,
  log: ReadLog,
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
  readonly #log: ReadLog;

  constructor(context: GitContext, log: ReadLog) {
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
