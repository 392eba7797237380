import { isKustomizationFile } from "../../flux/repository-files.ts";
import { blobsIn } from "../../git/history/blobs.ts";
import type { Range } from "../../git/history/range.ts";
import type { GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { fileAt, filesOf, readTrees, type Trees } from "../../git/objects/trees.ts";
import { RULE_FILE, SETTINGS_FILE } from "../rules/gate-files.ts";
import type { PushedRef } from "../push/push-lines.ts";
import { rulesAt, type RulesInForce } from "../rules/rules-in-force.ts";

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

/** The tips at which one set of creation rules and settings stands: it judges their past. */
export interface TipGroup {
  readonly rules: RulesInForce;
  /** The blob of the settings, or null. */
  readonly settings: string | null;
  readonly refs: PushedRef[];
}

/** What stands at the tips of pushed refs. */
export interface Tips {
  readonly files: readonly TipFile[];
  readonly kustomizations: readonly TipKustomization[];
  /** One at least, where there are refs. */
  readonly groups: readonly TipGroup[];
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
  const groups = new Map<string, TipGroup>();
  const withoutRules = new Set<string>();
  const seen = new Set<string>();
  const files: TipFile[] = [];
  const kustomizations: TipKustomization[] = [];
  for (const ref of refs) {
    const tree = trees.roots.get(ref.localOid);
    const ruleFiles = tree === undefined ? [] : ruleFilesOf(trees, tree, withoutRules);
    const key = ruleFiles.map(({ path, oid }) => `${oid} ${path}`).join("\n");
    let rules = rulesByKey.get(key);
    if (rules === undefined) {
      rules = await rulesAt(context, ruleFiles);
      rulesByKey.set(key, rules);
    }
    const settings = tree === undefined ? null : fileAt(trees, tree, SETTINGS_FILE);
    const groupKey = `${String(settings)}\n${key}`;
    const group = groups.get(groupKey);
    if (group === undefined) groups.set(groupKey, { rules, settings, refs: [ref] });
    else group.refs.push(ref);
    // A tag of a blob.
    if (tree === undefined) continue;
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
  return { files, kustomizations, groups: [...groups.values()] };
}

/**
 * Finds the groups of tips whose past a content belongs to: those that reach it. One call to git for
 * each, none where all tips are of one group.
 *
 * @throws GitError
 */
export async function groupsReaching(
  context: GitContext,
  groups: readonly TipGroup[],
  range: Range,
): Promise<(oid: string) => readonly TipGroup[]> {
  if (groups.length === 1) return () => groups;
  const reached: { readonly group: TipGroup; readonly blobs: ReadonlyMap<string, GitPath> }[] = [];
  for (const group of groups) {
    const include = group.refs.map(({ localOid }) => localOid);
    reached.push({ group, blobs: await blobsIn(context, { ...range, include }) });
  }
  return (oid) => reached.filter(({ blobs }) => blobs.has(oid)).map(({ group }) => group);
}

/** The files named `.sops.yaml`, links too, which hold none; folders without one are not looked through again. */
function ruleFilesOf(
  trees: Trees,
  tree: string,
  without: Set<string>,
): { path: GitPath; oid: string }[] {
  const found: { path: GitPath; oid: string }[] = [];
  const look = (oid: string, folder: string): boolean => {
    if (without.has(oid)) return false;
    let holds = false;
    for (const node of trees.nodes.get(oid) ?? []) {
      if (node.kind === "tree") holds = look(node.oid, `${folder}${node.name}/`) || holds;
      else if (node.name === RULE_FILE) {
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
