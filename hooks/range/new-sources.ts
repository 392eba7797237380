import type { GitContext } from "../../git/run.ts";
import { mayName } from "../kustomize/kustomizations.ts";
import { pastSources } from "../history/past-sources.ts";
import { plaintextSource, type FoundSource } from "../kustomize/secret-sources.ts";
import type { Findings } from "./findings.ts";
import type { Contents } from "./new-contents.ts";
import type { RangeLog } from "./range-log.ts";
import { tipSources, type GeneratingKustomization } from "./tip-sources.ts";

/**
 * The files that secretGenerators at the tips name, where they or what names them is new.
 *
 * @throws GitError, BrokenRulesError
 */
export async function lookIntoSources(
  context: GitContext,
  kustomizations: readonly GeneratingKustomization[],
  isNew: (oid: string) => boolean,
  findings: Findings,
): Promise<void> {
  for (const source of await tipSources(context, kustomizations, isNew)) {
    const { tip, naming } = source;
    const { path } = naming ?? source;
    const blob = naming === null ? source.oid : (tip.oidAt(path) ?? "");
    // Judging takes longer, and a file may be named many times.
    if (findings.isPlaintextSecret({ path, blob }, true)) continue;
    const found = plaintextSource(source, tip.rules, naming);
    if (found === null) continue;
    const { finding, commitMends } = found;
    findings.add({ ...finding, path, blob, commitMends, tip: tip.ref });
  }
}

/**
 * The files that secretGenerators named anywhere in the range, whatever they hold and are at its end. Of the
 * kustomizations, those that changed there are asked, and those that may name what was brought.
 *
 * @throws GitError, BrokenRulesError
 */
export async function lookIntoPastSources(
  context: GitContext,
  { log, brought, ...changed }: RangeLog,
  generating: readonly GeneratingKustomization[],
  { blobs, rulesFor }: Contents,
  findings: Findings,
): Promise<void> {
  const kustomizations = new Set(changed.kustomizations);
  for (const { tip, bytes } of generating) {
    const { path } = tip;
    if (!kustomizations.has(path) && mayName({ path, bytes }, brought)) kustomizations.add(path);
  }
  const judge = (source: FoundSource) => {
    const rulesOfIt = blobs.has(source.oid) ? rulesFor(source.oid) : [];
    return rulesOfIt.flatMap((rules) => plaintextSource(source, rules, null) ?? []).at(0) ?? null;
  };
  for (const { source, wrong } of await pastSources(context, log, kustomizations, judge)) {
    const { path, oid: blob } = source;
    if (findings.isPlaintextSecret({ path, blob })) continue;
    findings.add({ ...wrong.finding, path, blob, commitMends: wrong.commitMends, tip: null });
  }
}
