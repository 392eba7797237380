import { searchable, utf8Bytes } from "../findings/text.ts";
import { pathText, type GitPath } from "../git/path.ts";

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
 * Cheap, and never false where a secretGenerator names the file: whether a kustomization above it may
 * do so, or the file is a kustomization that lists such as are named in other files. Only those of the file's own
 * folder and of the folders above are asked.
 */
export function mayFeedSecret(path: GitPath, kustomizations: readonly Kustomization[]): boolean {
  const name = pathText(path.slice(path.lastIndexOf("/") + 1) as GitPath);
  // A quote may be doubled, and white space a line break: YAML folds lines.
  const hasOtherSpellings = /['\s]/.test(name);
  return kustomizations.some((one) => {
    const folder = one.path.slice(0, one.path.lastIndexOf("/") + 1);
    if (!path.startsWith(folder) || !mayGenerateSecrets(one)) return false;
    // Which files its objects name stands in other files.
    if (searchable(one.bytes).includes(OBJECTS)) return true;
    if (path === one.path) return false;
    // Behind a backslash any name may stand in another spelling.
    const text = utf8Bytes(one.bytes);
    return hasOtherSpellings || text.includes("\\") || text.includes(name);
  });
}
