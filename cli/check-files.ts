import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { suspectedRules } from "../findings/prefilter.ts";
import { readBlobMap } from "../git/blobs.ts";
import { changedEntries, indexEntries, isFile } from "../git/index-entries.ts";
import { blobOid } from "../git/object-id.ts";
import { pathFromText, pathText, type GitPath } from "../git/path.ts";
import type { OpenedRepository } from "../git/repository.ts";
import { concernsSops, inspectCommitted } from "../hooks/inspect-tip.ts";
import { localIdentities } from "../hooks/local-identities.ts";
import { stagedRules } from "../hooks/rules-in-force.ts";
import type { Checked, CheckedFinding } from "./check-formats.ts";

/** A file that is looked at, wherever its content came from. */
interface FileToCheck {
  readonly path: GitPath;
  readonly bytes: Buffer;
  readonly where: "index" | "worktree";
  readonly blob: string;
}

/**
 * Looks at files on disk, or at all that is staged or committed.
 *
 * @param paths files on disk; where there are none, the index
 * @param onlyStaged of the index only what differs from the last commit
 * @throws GitError, BrokenRulesError, and what reading a file throws
 */
export async function checkFiles(
  repository: OpenedRepository,
  paths: readonly string[],
  onlyStaged: boolean,
): Promise<Checked> {
  return inspect(repository, await filesToCheck(repository, paths, onlyStaged));
}

async function filesToCheck(
  repository: OpenedRepository,
  paths: readonly string[],
  onlyStaged: boolean,
): Promise<FileToCheck[]> {
  if (paths.length > 0) {
    return paths.map((path) => {
      const bytes = readFileSync(path);
      return {
        path: pathFromText(relative(repository.cwd, resolve(path)).split(sep).join("/")),
        bytes,
        where: "worktree",
        blob: blobOid(repository.objectFormat, bytes),
      };
    });
  }
  const entries = onlyStaged
    ? (await changedEntries(repository)).changed.filter(({ intentToAdd }) => !intentToAdd)
    : await indexEntries(repository);
  const found = entries.filter(({ mode }) => isFile(mode));
  const blobs = await readBlobMap(
    repository,
    found.map(({ oid }) => oid),
  );
  return found.flatMap(({ path, oid }) => {
    const bytes = blobs.get(oid);
    return bytes === undefined ? [] : [{ path, bytes, where: "index" as const, blob: oid }];
  });
}

async function inspect(
  repository: OpenedRepository,
  files: readonly FileToCheck[],
): Promise<Checked> {
  const rules = await stagedRules(
    repository,
    files.map(({ path }) => path),
  );
  const { pairs } = await localIdentities(repository);
  const findings: CheckedFinding[] = [];
  let unverified = 0;
  for (const { path, bytes, where, blob } of files) {
    const name = pathText(path);
    const hasSops = bytes.includes("ENC[AES256_GCM,");
    if (!concernsSops({ path, rules }, hasSops) && suspectedRules(name, bytes).size === 0) continue;
    const found = await inspectCommitted({ path: name, rules }, bytes, () =>
      Promise.resolve(pairs),
    );
    findings.push(...found.findings.map(({ finding }) => ({ ...finding, path, where, blob })));
    if (hasSops && found.isUnverified) unverified += 1;
  }
  return { findings, files: files.length, unverified };
}
