import { catFileBatch } from "./batch.ts";
import { GitError } from "../errors.ts";
import type { GitPath } from "../path.ts";
import type { GitContext } from "../run.ts";

/** An entry of one tree object: a file, a symlink, or another tree. Submodules are left out. */
export interface TreeNode {
  /** One char per byte. */
  readonly name: string;
  readonly oid: string;
  readonly kind: "file" | "link" | "tree";
}

/** The trees of many commits, each once. */
export interface Trees {
  /** The tree of each commit or tag that has one, by the name that was asked for. */
  readonly roots: ReadonlyMap<string, string>;
  readonly nodes: ReadonlyMap<string, readonly TreeNode[]>;
}

/**
 * Reads all trees of many commits: one call to git for each level of folders, however many commits
 * there are. Tags of a blob have no tree.
 *
 * @param oids full names of commits, tags or trees
 * @throws GitError `command-failed`, `missing-object`, `unexpected-output`
 */
export async function readTrees(context: GitContext, oids: readonly string[]): Promise<Trees> {
  const roots = new Map<string, string>();
  const nodes = new Map<string, readonly TreeNode[]>();
  const below = new Set<string>();
  const add = (oid: string, content: Buffer): void => {
    const entries = parseTree(content, oid.length / 2);
    nodes.set(oid, entries);
    for (const entry of entries) if (entry.kind === "tree") below.add(entry.oid);
  };
  let next = 0;
  const lines = oids.map((oid) => `${oid}^{tree}`);
  for await (const { oid, type, content } of catFileBatch(context, lines)) {
    const asked = oids[next++] ?? "";
    if (oid === null || type !== "tree" || content === null) continue;
    roots.set(asked, oid);
    if (!nodes.has(oid)) add(oid, content);
  }
  for (;;) {
    const level = [...below].filter((oid) => !nodes.has(oid));
    below.clear();
    if (level.length === 0) return { roots, nodes };
    let at = 0;
    for await (const { oid, content } of catFileBatch(context, level)) {
      const asked = level[at++] ?? "";
      if (oid === null || content === null) {
        throw new GitError("missing-object", `tree ${asked} is missing: git fsck tells more`);
      }
      add(oid, content);
    }
  }
}

/** By the digits of a mode before those of who may do what. */
const KINDS: Readonly<Record<string, TreeNode["kind"] | undefined>> = {
  "100": "file",
  "120": "link",
  "40": "tree",
};

/** `MODE SP NAME NUL` and the object's name in bytes, again and again (gitformat-tree). */
function parseTree(content: Buffer, oidBytes: number): TreeNode[] {
  const entries: TreeNode[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const nul = content.indexOf(0, space);
    if (space === -1 || nul === -1) {
      throw new GitError("unexpected-output", "a tree object is damaged: git fsck tells more");
    }
    const mode = content.toString("latin1", at, space);
    const end = nul + 1 + oidBytes;
    const kind = KINDS[mode.replace(/^0/, "").slice(0, -3)];
    if (kind !== undefined) {
      entries.push({
        name: content.toString("latin1", space + 1, nul),
        oid: content.toString("hex", nul + 1, end),
        kind,
      });
    }
    at = end;
  }
  return entries;
}

/** The file at a path of a tree; null where there is none, or a folder, a symlink or a submodule. */
export function fileAt({ nodes }: Trees, tree: string, path: GitPath): string | null {
  let oid: string | undefined = tree;
  const parts = path.split("/");
  for (const [index, part] of parts.entries()) {
    const kind = index < parts.length - 1 ? "tree" : "file";
    oid = nodes.get(oid)?.find((node) => node.name === part && node.kind === kind)?.oid;
    if (oid === undefined) return null;
  }
  return oid;
}

/**
 * The files of a tree, in git's order. Folders for which `enter` says no are passed over.
 *
 * @param enter asked once a folder, with its tree and its path, empty or ending in `/`
 */
export function* filesOf(
  { nodes }: Trees,
  tree: string,
  enter: (tree: string, folder: string) => boolean = () => true,
  folder = "",
): Generator<{ readonly path: GitPath; readonly oid: string }, void, undefined> {
  if (!enter(tree, folder)) return;
  for (const { name, oid, kind } of nodes.get(tree) ?? []) {
    if (kind === "tree")
      yield* filesOf({ nodes, roots: new Map() }, oid, enter, `${folder}${name}/`);
    else if (kind === "file") yield { path: `${folder}${name}` as GitPath, oid };
  }
}
