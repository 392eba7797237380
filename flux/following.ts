import type { BuiltObject } from "./build.ts";
import { isData, textAt, valueAt, type Data } from "./data.ts";
import { fluxKustomization, type FluxKustomization, type Reason } from "./flux-kustomization.ts";
import type { FolderBuilds } from "./folder-build.ts";
import type { ObjectBuilds } from "./object-build.ts";
import type { Problem } from "./problem.ts";
import { folderOf, type FileTree } from "./repository-files.ts";

/** Far more than any repository has; parents that multiply their children would go on for ever. */
const MOST = 5000;

/** Follows Flux Kustomizations from those that nobody builds down to those that these build. */
export class Following {
  readonly problems: Problem[] = [];
  readonly #tree: FileTree;
  readonly #builds: FolderBuilds;
  readonly #objects: ObjectBuilds;
  readonly #found: FluxKustomization[] = [];
  readonly #seen = new Set<string>();
  readonly #synced: readonly string[];

  /** @param synced the folders of which Flux makes a Flux Kustomization itself */
  constructor(
    tree: FileTree,
    builds: FolderBuilds,
    objects: ObjectBuilds,
    synced: readonly string[],
  ) {
    this.#tree = tree;
    this.#builds = builds;
    this.#objects = objects;
    this.#synced = synced;
  }

  /** @param objects as they stand in their files, before anybody patches them */
  followAll(objects: readonly BuiltObject[]): readonly FluxKustomization[] {
    const children = new Set<string>();
    for (const object of objects) {
      for (const child of this.#objects.build(object).objects) {
        if (placeOf(child) !== placeOf(object)) children.add(placeOf(child));
      }
    }
    const synced = new Map(
      this.#synced.flatMap((folder) =>
        this.#builds.build(folder).objects.map((object) => [placeOf(object), object] as const),
      ),
    );
    for (const object of objects) {
      const place = placeOf(object);
      if (children.has(place)) continue;
      const built = synced.get(place);
      if (built !== undefined) this.#follow(built, "synced");
      else this.#follow(...this.#asListed(object));
    }
    // Those left build each other in a circle.
    for (const object of objects) {
      if (!this.#seen.has(placeOf(object))) this.#follow(object, "alone");
    }
    return this.#found;
  }

  /**
   * One that no other builds, as the topmost kustomization that takes it up leaves it: whoever applies
   * it, applies that.
   */
  #asListed(object: BuiltObject): [BuiltObject, Reason] {
    const place = placeOf(object);
    let listed: BuiltObject | null = null;
    let reason: Reason = "alone";
    for (let folder = folderOf(object.file); ; folder = folderOf(folder)) {
      const [kustomization] = this.#tree.kustomizationsIn(folder);
      if (kustomization !== undefined && kustomization !== object.file) {
        const built = this.#builds.build(folder).objects;
        listed = built.find((one) => placeOf(one) === place) ?? listed;
        reason = listed === null ? "unlisted" : "alone";
      }
      if (folder === "") return [listed ?? object, reason];
    }
  }

  /** One that no other builds, and all that it builds. */
  #follow(root: BuiltObject, known: Reason): void {
    const open: Open[] = [{ object: root, parent: null, above: [] }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { parent, above } = next;
      const place = placeOf(next.object);
      if (this.#found.length >= MOST) {
        const { file, line } = next.object;
        this.problems.push({ kind: "too-many", file, line, about: String(MOST) });
        return;
      }
      // The one that flux bootstrap makes builds itself, and may patch itself.
      const first = this.#objects.build(next.object);
      const itself = first.objects.find((child) => placeOf(child) === place);
      const object = itself ?? next.object;
      const build = itself === undefined ? first : this.#objects.build(itself);
      const others = build.objects.some((child) => placeOf(child) !== place);
      const shown = itself !== undefined ? "synced" : others ? "parent" : known;
      const reason = parent?.reason ?? (known === "synced" ? known : shown);
      const kustomization = fluxKustomization(object, build, parent, reason);
      this.#found.push(kustomization);
      this.#seen.add(place);
      for (const child of build.objects.toReversed()) {
        const at = placeOf(child);
        if (at === place || above.includes(at)) continue;
        open.push({
          object: { ...child, data: substituted(child.data, object.data) },
          parent: kustomization,
          above: [...above, place],
        });
      }
    }
  }
}

interface Open {
  readonly object: BuiltObject;
  readonly parent: FluxKustomization | null;
  /** The places of those that build it. */
  readonly above: readonly string[];
}

/** Identifies an object by where it stands. */
function placeOf({ file, index }: BuiltObject): string {
  return `${index} ${file}`;
}

/**
 * A child with the variables of its parent's `postBuild.substitute` put in where it matters here. Those
 * of `substituteFrom` are in the cluster only.
 */
function substituted(child: Data, parent: Data): Data {
  const path = textAt(child, "spec", "path");
  const spec = child["spec"];
  if (path === null || !path.includes("${") || !isData(spec)) return child;
  const substitute = valueAt(parent, "spec", "postBuild", "substitute");
  const filled = path.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::[=-]([^}]*))?\}/g,
    (whole, name: string, otherwise?: string) => textAt(substitute, name) ?? otherwise ?? whole,
  );
  return { ...child, spec: { ...spec, path: filled } };
}
