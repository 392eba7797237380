import { readBlobMap, readBlobs } from "../../git/objects/blobs.ts";
import type { GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { mayGenerateSecrets } from "../kustomize/kustomizations.ts";
import type { TipKustomization } from "./pushed-tips.ts";
import { readAsAsked } from "../kustomize/read-as-asked.ts";
import {
  firstNaming,
  secretSources,
  type FoundSource,
  type Naming,
} from "../kustomize/secret-sources.ts";

/** A kustomization at a tip that may generate Secrets. */
export interface GeneratingKustomization {
  readonly tip: TipKustomization;
  readonly bytes: Buffer;
}

/**
 * Those of some kustomizations that may generate Secrets: each content is read once.
 *
 * @throws GitError
 */
export async function generatingAtTips(
  context: GitContext,
  kustomizations: readonly TipKustomization[],
): Promise<GeneratingKustomization[]> {
  const generating = new Map<string, Buffer>();
  const oids = new Set(kustomizations.map(({ oid }) => oid));
  for await (const { oid, bytes } of readBlobs(context, oids)) {
    if (bytes !== null && mayGenerateSecrets({ bytes })) generating.set(oid, bytes);
  }
  return kustomizations.flatMap((tip) => {
    const bytes = generating.get(tip.oid);
    return bytes === undefined ? [] : [{ tip, bytes }];
  });
}

/** A file of which a kustomization at a tip has a Secret made. */
export interface TipSource extends FoundSource {
  readonly tip: TipKustomization;
  /** Where the file itself is not new: what names it, and is. */
  readonly naming: Naming | null;
}

/**
 * The files that secretGenerators at some tips name, where they or what names them is new.
 *
 * @param kustomizations with their contents, those that may generate Secrets
 * @param isNew whether the remote does not have a blob yet
 * @throws GitError
 */
export async function tipSources(
  context: GitContext,
  kustomizations: readonly GeneratingKustomization[],
  isNew: (oid: string) => boolean,
): Promise<TipSource[]> {
  const sources = await readAsAsked(
    (read: (oid: string) => readonly Buffer[]) =>
      kustomizations.flatMap(({ tip, bytes }) => {
        const readAt = (path: GitPath) => {
          const oid = tip.oidAt(path);
          return oid === null ? [] : read(oid);
        };
        return secretSources({ ...tip, bytes }, readAt).map((source) => ({ ...source, tip }));
      }),
    (missing) => readBlobMap(context, missing),
  );
  const concerned = sources.flatMap((source) => {
    const { oidAt } = source.tip;
    const oid = oidAt(source.path);
    if (oid === null) return [];
    const naming = isNew(oid) ? null : firstNaming(source, (path) => isNew(oidAt(path) ?? ""));
    return isNew(oid) || naming !== null ? [{ ...source, oid, naming }] : [];
  });
  const blobs = await readBlobMap(
    context,
    concerned.map(({ oid }) => oid),
  );
  return concerned.flatMap((source) => {
    const bytes = blobs.get(source.oid);
    return bytes === undefined ? [] : [{ ...source, bytes }];
  });
}
