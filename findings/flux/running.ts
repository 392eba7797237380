import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { FluxMap } from "../../flux/flux-map.ts";
import { folderOf } from "../../flux/repository-files.ts";

/**
 * The Flux Kustomizations that Flux has, as far as the files show it: others are leftovers, switched off,
 * or wait for a parent that patches what they lack.
 */
export function runningKustomizations({ kustomizations }: FluxMap): FluxKustomization[] {
  const isKnown = kustomizations.some(({ reason }) => reason === "synced" || reason === "parent");
  const decrypted = new Set(
    kustomizations.filter(({ decryption }) => decryption !== null).map(placeOf),
  );
  return kustomizations.filter((kustomization) => {
    const { reason, decryption, parent } = kustomization;
    if (isSuspended(kustomization)) return false;
    if (parent !== null && mayBePatchedUnseen(parent)) return false;
    if (reason === "synced") return true;
    // If two parents build it, and nothing shows who builds these, one may be a leftover.
    if (reason === "parent") return decryption !== null || !decrypted.has(placeOf(kustomization));
    return !isKnown && reason === "alone";
  });
}

function placeOf({ file, line }: FluxKustomization): string {
  return `${line} ${file}`;
}

function isSuspended(kustomization: FluxKustomization): boolean {
  return (
    kustomization.isSuspended ||
    (kustomization.parent !== null && isSuspended(kustomization.parent))
  );
}

/** Whether a part of a build could not be read: a patch of its children may stand there. */
function mayBePatchedUnseen({ parent, problems }: FluxKustomization): boolean {
  return (
    problems.some(({ kind }) => ["unreadable", "cycle", "too-deep"].includes(kind)) ||
    (parent !== null && mayBePatchedUnseen(parent))
  );
}

/** The folder of a path, and all above it. */
export function foldersFrom(path: string): string[] {
  const folders: string[] = [];
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    folders.push(folder);
    if (folder === "") return folders;
  }
}
