import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { Command, Option } from "commander";
import { suspectedRules } from "../findings/prefilter.ts";
import { readBlobMap } from "../git/blobs.ts";
import { GitError } from "../git/errors.ts";
import { changedEntries, indexEntries, isFile } from "../git/index-entries.ts";
import { pathFromText, pathText, type GitPath } from "../git/path.ts";
import { openRepository, type OpenedRepository } from "../git/repository.ts";
import { concernsSops, inspectCommitted } from "../hooks/inspect-tip.ts";
import { localIdentities } from "../hooks/local-identities.ts";
import { BrokenRulesError, stagedRules } from "../hooks/rules-in-force.ts";
import { parseArguments } from "./arguments.ts";
import { complain, shown } from "./complain.ts";
import { FORMATS, type CheckedFinding, type CheckFormat, type Report } from "./check-formats.ts";

/** A file that is looked at, wherever its content came from. */
interface FileToCheck {
  readonly path: GitPath;
  readonly bytes: Buffer;
  readonly where: "index" | "worktree";
}

/** `flux-sops check [PATH…] [--staged | --all] [--format …] [--require-verify]` */
export async function check(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops check")
    .description("look for leaks and broken files: all that is staged or committed, by default")
    .argument("[path...]", "files on disk, instead")
    .option("--all", "every file that git tracks, as staged (the default)")
    .option("--staged", "only what differs from the last commit")
    .addOption(new Option("--format <format>").choices(Object.keys(FORMATS)).default("text"))
    .option("--require-verify", "end with 1 where an encrypted file could not be verified here");
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused === 0 ? 0 : 2;
  const { all, staged, format, requireVerify } = command.opts();
  if ([all === true, staged === true, command.args.length > 0].filter(Boolean).length > 1) {
    complain("--all, --staged and paths cannot be used together");
    return 2;
  }
  try {
    const began = performance.now();
    const repository = await openRepository({ cwd: process.cwd(), env: process.env });
    const files = await filesToCheck(repository, command.args, staged === true);
    const { findings, unverified } = await inspect(repository, files);
    const report: Report = {
      findings,
      prefix: repository.prefix,
      summary: {
        files: files.length,
        findings: findings.length,
        unverified,
        milliseconds: Math.round(performance.now() - began),
      },
    };
    process.stdout.write(FORMATS[format as CheckFormat](report));
    const failed = findings.some(({ severity }) => severity === "error");
    return failed || (requireVerify === true && unverified > 0) ? 1 : 0;
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (error instanceof GitError || error instanceof BrokenRulesError) complain(error.message);
    else if (code !== undefined && path !== undefined) complain(`${shown(path)}: ${code}`);
    else throw error;
    return 2;
  }
}

async function filesToCheck(
  repository: OpenedRepository,
  paths: readonly string[],
  onlyStaged: boolean,
): Promise<FileToCheck[]> {
  if (paths.length > 0) {
    return paths.map((path) => ({
      path: pathFromText(relative(repository.cwd, resolve(path)).split(sep).join("/")),
      bytes: readFileSync(path),
      where: "worktree",
    }));
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
    return bytes === undefined ? [] : [{ path, bytes, where: "index" as const }];
  });
}

async function inspect(
  repository: OpenedRepository,
  files: readonly FileToCheck[],
): Promise<{ findings: CheckedFinding[]; unverified: number }> {
  const rules = await stagedRules(
    repository,
    files.map(({ path }) => path),
  );
  const { pairs } = await localIdentities(repository);
  const findings: CheckedFinding[] = [];
  let unverified = 0;
  for (const { path, bytes, where } of files) {
    const name = pathText(path);
    const hasSops = bytes.includes("ENC[AES256_GCM,");
    if (!concernsSops({ path, rules }, hasSops) && suspectedRules(name, bytes).size === 0) continue;
    const found = await inspectCommitted({ path: name, rules }, bytes, () =>
      Promise.resolve(pairs),
    );
    findings.push(...found.findings.map(({ finding }) => ({ ...finding, path, where })));
    if (hasSops && found.isUnverified) unverified += 1;
  }
  return { findings, unverified };
}
