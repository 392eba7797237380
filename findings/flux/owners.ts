import type { Placement } from "../../flux/build.ts";
import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { EncryptedDocument } from "./decryption.ts";
import { fluxWarning, type FluxFinding } from "./finding.ts";
import { shownFile, shownFiles } from "../wording.ts";

/**
 * Encrypted objects that two Flux Kustomizations of a cluster both build and decrypt: each takes them for
 * its own, and prunes them once it no longer builds them. A warning: as long as both build them, it works.
 */
export function ownedTwice(
  running: readonly FluxKustomization[],
  documentsIn: (path: string) => readonly EncryptedDocument[],
): FluxFinding[] {
  const owners = new Map<string, FluxKustomization>();
  const shared = new Map<string, Shared>();
  for (const owner of running) {
    // Without decryption it applies none of them, which is found elsewhere.
    if (owner.decryption === null || owner.isForOtherCluster) continue;
    for (const placement of owner.placements) {
      for (const object of objectsAt(placement, documentsIn)) {
        const key = `${placeOf(top(owner))}\0${object}`;
        const first = owners.get(key) ?? owner;
        owners.set(key, first);
        if (nameOf(first) === nameOf(owner)) continue;
        const pair = `${nameOf(first)}\0${nameOf(owner)}`;
        const { paths } = shared.get(pair) ?? { paths: [] };
        shared.set(pair, { first, second: owner, paths: [...paths, placement.path] });
      }
    }
  }
  return [...shared.values()].map(findingOf);
}

interface Shared {
  readonly first: FluxKustomization;
  readonly second: FluxKustomization;
  readonly paths: readonly string[];
}

/** The objects in a file, as far as their names in the cluster are seen. */
function objectsAt(
  { path, namespace, isRenamed }: Placement,
  documentsIn: (path: string) => readonly EncryptedDocument[],
): string[] {
  return documentsIn(path).flatMap(({ what, kind, name, namespace: own }) => {
    const identity = [path, kind, namespace ?? own ?? "", name].join("\0");
    const isKnown = ["secret", "text", "object"].includes(what) && !isRenamed;
    return isKnown && !identity.includes("${") ? [identity] : [];
  });
}

function top(kustomization: FluxKustomization): FluxKustomization {
  let above = kustomization;
  while (above.parent !== null) above = above.parent;
  return above;
}

function placeOf({ file, line }: FluxKustomization): string {
  return `${String(line)} ${file}`;
}

function nameOf({ name, namespace, file }: FluxKustomization): string {
  return [name, namespace ?? "", namespace === null ? file : ""].join("/");
}

function findingOf({ first, second, paths }: Shared): FluxFinding {
  const [one, other] = [shownFile(first.name), shownFile(second.name)];
  return fluxWarning(
    { path: second.file, line: second.line, about: [...new Set(paths)] },
    `${other} and ${one} both build ${shownFiles(paths)}: each takes the objects for its own, and deletes them when it no longer builds them`,
    "let one of the two build them: put a kustomization.yaml that lists only what belongs there into the folder of the one that takes in more",
  );
}
