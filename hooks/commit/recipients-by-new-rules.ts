import { recipientsFinding } from "../../findings/sops/sops-recipients.ts";
import { sopsVerdict } from "../../findings/sops/sops-verdict.ts";
import { readBlobs } from "../../git/objects/blobs.ts";
import { indexEntries, isFile } from "../../git/index/entries.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import type { FileFinding } from "./file-finding.ts";
import { rulesOfIndex } from "../rules/rules-in-force.ts";

/**
 * Where the creation rules change, the recipients of every encrypted file in the index that stays as it
 * is: whoever was added could not read it, whoever was removed still could.
 *
 * @param judged paths that are judged anyway
 * @throws GitError, BrokenRulesError
 */
export async function recipientsByNewRules(
  context: GitContext,
  judged: ReadonlySet<GitPath>,
): Promise<FileFinding[]> {
  const all = await indexEntries({ ...context, blocks: true });
  const { OWN_OBJECTS } = await import("../own-objects.ts");
  const entries = all.filter(
    ({ path, mode, stage, oid }) =>
      stage === 0 && isFile(mode) && !judged.has(path) && !OWN_OBJECTS.has(oid),
  );
  // As in a first commit.
  if (entries.length === 0) return [];
  const rules = await rulesOfIndex(context, all);
  const byOid = new Map<string, GitPath[]>();
  for (const { path, oid } of entries) byOid.set(oid, [...(byOid.get(oid) ?? []), path]);
  const findings: FileFinding[] = [];
  for await (const { oid, bytes } of readBlobs(context, byOid.keys())) {
    if (bytes?.includes(TOKEN_START) !== true) continue;
    for (const path of byOid.get(oid) ?? []) {
      const name = pathText(path);
      const inForce = rules.for(name);
      const verdict = sopsVerdict({
        path: name,
        bytes,
        ...inForce,
        leaks: false,
        before: "plaintext",
      });
      if (verdict.kind !== "encrypted") continue;
      const drift = recipientsFinding(verdict.metadata, inForce.rule);
      if (drift !== null) findings.push({ ...drift, path, blob: oid, place: "staged" });
    }
  }
  return findings;
}
