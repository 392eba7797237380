import { searchable, utf8Bytes } from "../../findings/candidate/text.ts";
import { pathText, type GitPath } from "../../git/path.ts";

/** A kustomization, wherever it was found. */
export interface Kustomization {
  readonly path: GitPath;
  readonly oid: string;
  readonly bytes: Buffer;
}

/** Cheap: whether a kustomization may make Secrets of files. */
export function mayGenerateSecrets({ bytes }: { readonly bytes: Uint8Array }): boolean {
  const text = searchable(bytes);
  return text.includes("secretGenerator") || text.includes(OBJECTS);
}

/** The field of generators that are objects of their own, in other files as a rule. */
const OBJECTS = "generators";

/**
 * Whether a kustomization in the file's folder or above may make a Secret of it, or the file is itself
 * a kustomization with generator objects. Cheap, and never false if a secretGenerator names the file.
 */
export function mayFeedSecret(path: GitPath, kustomizations: readonly Kustomization[]): boolean {
  return kustomizations.some((one) => {
    if (!isAbove(one, path) || !mayGenerateSecrets(one)) return false;
    return path === one.path ? listsObjects(one) : mayName(one, [path]);
  });
}

/**
 * Cheap, and never false where one of the files feeds a Secret: whether a kustomization that may generate
 * Secrets names one of them, or lists objects, which may.
 */
export function mayName(
  kustomization: Pick<Kustomization, "path" | "bytes">,
  paths: Iterable<GitPath>,
): boolean {
  const text = utf8Bytes(kustomization.bytes);
  // What its generator objects name stands in other files. And with a backslash, a name may be spelled
  // in any way.
  if (text.includes("\\") || listsObjects(kustomization)) return true;
  const folder = text.includes("..") ? "" : folderOf(kustomization);
  for (const path of paths) {
    if (!path.startsWith(folder)) continue;
    const name = pathText(path.slice(path.lastIndexOf("/") + 1) as GitPath);
    // A quote may be doubled, and white space a line break: YAML folds lines.
    if (/['\s]/.test(name) || text.includes(name)) return true;
  }
  return false;
}

/** Whether a path lies in a kustomization's folder, or below. */
export function isAbove(kustomization: Pick<Kustomization, "path">, path: GitPath): boolean {
  return path.startsWith(folderOf(kustomization));
}

function folderOf({ path }: { readonly path: GitPath }): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function listsObjects({ bytes }: { readonly bytes: Uint8Array }): boolean {
  return searchable(bytes).includes(OBJECTS);
}
