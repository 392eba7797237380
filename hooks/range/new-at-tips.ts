import { CREDENTIAL_FILE_PATHS } from "../../findings/candidate/credential-file-kind.ts";
import { readBlobs } from "../../git/objects/blobs.ts";
import { pathText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { concernsSops, inspectCommitted } from "../inspect-committed.ts";
import { localIdentities } from "../local-identities.ts";
import type { Findings } from "./findings.ts";
import type { Seen } from "./new-contents.ts";
import type { TipFile } from "./pushed-tips.ts";

/**
 * The new files at the tips that have anything to do with encryption, or may hold a secret, as they stand there.
 *
 * @returns how many encrypted ones no key here opens
 * @throws GitError, BrokenRulesError
 */
export async function lookIntoTips(
  repository: OpenedRepository,
  files: readonly TipFile[],
  { withSops, suspects }: Seen,
  findings: Findings,
): Promise<number> {
  let unverified = 0;
  const byOid = new Map<string, TipFile[]>();
  for (const file of files) {
    const isSuspect = suspects.has(file.oid) || CREDENTIAL_FILE_PATHS.test(pathText(file.path));
    if (!isSuspect && !concernsSops(file, withSops.has(file.oid))) continue;
    byOid.set(file.oid, [...(byOid.get(file.oid) ?? []), file]);
  }
  let identities: ReturnType<typeof localIdentities> | null = null;
  const pairs = async () => (await (identities ??= localIdentities(repository))).pairs;
  for await (const { oid, bytes } of readBlobs(repository, byOid.keys())) {
    if (bytes === null) continue;
    for (const { path, rules, ref } of byOid.get(oid) ?? []) {
      const inTip = await inspectCommitted({ path: pathText(path), rules }, bytes, pairs);
      if (inTip.isUnverified) unverified += 1;
      for (const { finding, commitMends } of inTip.findings) {
        findings.add({ ...finding, path, blob: oid, commitMends, tip: ref });
      }
    }
  }
  return unverified;
}
