import { isKustomizationFile } from "../flux/repository-files.ts";
import type { GitPath } from "../git/path.ts";
import type { GitContext } from "../git/run.ts";
import { filesOf, readTrees } from "../git/trees.ts";
import type { PushedRef } from "./push-lines.ts";
import { rulesAt, RulesInForce } from "./rules-in-force.ts";

/** A new file at the tip of pushed refs, and the rules that stand there. */
export interface TipFile {
  readonly path: GitPath;
  readonly oid: string;
  readonly rules: RulesInForce;
  /** One of the refs, where several hold it. */
  readonly ref: PushedRef;
}

/** A kustomization at a tip, new or not. */
export interface TipKustomization extends TipFile {
  /** The file that the same tip has at a path, or null. */
  readonly oidAt: (path: GitPath) => string | null;
}

/** What stands at the tips of pushed refs. */
export interface Tips {
  readonly files: readonly TipFile[];
  readonly kustomizations: readonly TipKustomization[];
  /** Those that the past is judged by: of the first tip that brings a file, else of the first. */
  readonly rules: RulesInForce;
}

/**
 * The new files at the tips of pushed refs, each content once a path and set of rules, and the
 * kustomizations. Folders that many tips have in common are looked through once, so thousands of tags
 * cost little.
 *
 * @param isNew whether the remote does not have a blob yet
 * @throws GitError
 */
export async function lookAtTips(
  context: GitContext,
  refs: readonly PushedRef[],
  isNew: (oid: string) => boolean,
): Promise<Tips> {
  const oids = [...new Set(refs.map(({ localOid }) => localOid))];
  const trees = await readTrees(context, oids);
  const rulesByKey = new Map<string, RulesInForce>();
  const withoutRules = new Set<string>();
  const seen = new Set<string>();
  const files: TipFile[] = [];
  const kustomizations: TipKustomization[] = [];
  for (const ref of refs) {
    const tree = trees.roots.get(ref.localOid);
    if (tree === undefined) continue;
    const ruleFiles = ruleFilesOf(trees, tree, withoutRules);
    const key = ruleFiles.map(({ path, oid }) => `${oid} ${path}`).join("\n");
    let rules = rulesByKey.get(key);
    if (rules === undefined) {
      rules = await rulesAt(context, ruleFiles);
      rulesByKey.set(key, rules);
    }
    const isFirstVisit = (oid: string, folder: string): boolean => {
      const visit = `${oid}\n${folder}\n${key}`;
      if (seen.has(visit)) return false;
      seen.add(visit);
      return true;
    };
    for (const { path, oid } of filesOf(trees, tree, isFirstVisit)) {
      if (isNew(oid)) files.push({ path, oid, rules, ref });
      if (isKustomizationFile(path)) {
        const oidAt = (other: GitPath) => fileAt(trees, tree, other);
        kustomizations.push({ path, oid, rules, ref, oidAt });
      }
    }
  }
  const [first = new RulesInForce(new Map())] = rulesByKey.values();
  return { files, kustomizations, rules: files[0]?.rules ?? first };
}

function fileAt(
  { nodes }: Awaited<ReturnType<typeof readTrees>>,
  tree: string,
  path: GitPath,
): string | null {
  let oid: string | undefined = tree;
  const parts = path.split("/");
  for (const [index, part] of parts.entries()) {
    const isTree = index < parts.length - 1;
    oid = nodes.get(oid)?.find((node) => node.name === part && node.isTree === isTree)?.oid;
    if (oid === undefined) return null;
  }
  return oid;
}

/** The files named `.sops.yaml`; folders known to hold none are not looked through again. */
function ruleFilesOf(
  trees: Awaited<ReturnType<typeof readTrees>>,
  tree: string,
  without: Set<string>,
): { path: GitPath; oid: string }[] {
  const found: { path: GitPath; oid: string }[] = [];
  const look = (oid: string, folder: string): boolean => {
    if (without.has(oid)) return false;
    let holds = false;
    for (const node of trees.nodes.get(oid) ?? []) {
      if (node.isTree) holds = look(node.oid, `${folder}${node.name}/`) || holds;
      else if (node.name === ".sops.yaml") {
        found.push({ path: `${folder}${node.name}` as GitPath, oid: node.oid });
        holds = true;
      }
    }
    if (!holds) without.add(oid);
    return holds;
  };
  look(tree, "");
  return found;
}
