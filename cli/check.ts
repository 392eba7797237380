import { Command, Option } from "commander";
import { SettingsError } from "../findings/settings-error.ts";
import type { Settings } from "../findings/settings.ts";
import { blobSizes } from "../git/objects/blobs.ts";
import { GitError } from "../git/errors.ts";
import { HistoryLog } from "../git/history/log.ts";
import { openRepository } from "../git/repository/open.ts";
import type { GitContext } from "../git/run.ts";
import { BrokenRulesError } from "../hooks/rules/rules-in-force.ts";
import { SETTINGS_FILE } from "../hooks/rules/gate-files.ts";
import { settleSilently, stagedSettings } from "../hooks/rules/settings-in-force.ts";
import { unstagedRules } from "../hooks/rules/unstaged-rules.ts";
import { parseArguments } from "./arguments/parse.ts";
import { endWithOutput } from "./terminal/broken-output.ts";
import {
  FORMATS,
  type CheckedFinding,
  type CheckFormat,
  type Report,
} from "./check/check-formats.ts";
import { complainOfConflicts } from "./in-conflict.ts";
import { complain } from "./terminal/complain.ts";
import { examples } from "./arguments/examples.ts";
import { fileProblem } from "./exit/file-problem.ts";

/** `flux-sops check [PATH…] [--staged | --all | --range A..B | --history] [--format …] [--require-verify]` */
export async function check(argv: readonly string[]): Promise<number> {
  endWithOutput();
  const command = new Command("flux-sops check")
    .description("look for leaks and broken files: all that is staged or committed, by default")
    .argument("[path...]", "files and folders on disk, instead")
    .option("--all", "every file that git tracks, as staged (the default)")
    .option("--staged", "only what differs from the last commit")
    .option("--range <A..B>", "every content that the commits in A..B add")
    .option("--history", "every content that any branch or tag ever had")
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(Object.keys(FORMATS))
        .default("text"),
    )
    .option("--require-verify", "end with 1 where an encrypted file could not be verified here")
    .addHelpText(
      "after",
      examples(
        "npx flux-sops check",
        "npx flux-sops check --range main..HEAD --format github",
        "npx flux-sops check --history",
      ),
    );
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const { all, staged, range, history, format, requireVerify } = command.opts();
  const paths = command.args;
  const modes = [all === true, staged === true, range !== undefined, history === true];
  if ([...modes, paths.length > 0].filter(Boolean).length > 1) {
    complain("--all, --staged, --range, --history and paths cannot be used together");
    return 2;
  }
  const context = { cwd: process.cwd(), env: process.env };
  const began = performance.now();
  let log: HistoryLog | null = null;
  try {
    // All else waits for it.
    if (history === true) log = new HistoryLog(context);
    const repository = await openRepository(context);
    // A range has the settings of its end. These are asked for while the rest is read; whoever awaits
    // them gets the error.
    const settings = range === undefined ? stagedSettings(repository) : null;
    settings?.catch(() => undefined);
    const checked =
      log !== null
        ? await (await import("./check/check-history.ts")).checkHistory(repository, log)
        : typeof range === "string"
          ? await (await import("./check/check-history.ts")).checkRange(repository, range)
          : await (
              await import("./check/check-files.ts")
            ).checkFiles(repository, paths, staged === true);
    const { files, unverified, conflicts = [] } = checked;
    const isPart = [staged === true, range !== undefined, history === true, paths.length > 0];
    const isWhole = !isPart.includes(true) && conflicts.length === 0;
    const findings =
      settings === null
        ? checked.findings
        : await settled(repository, await settings, checked.findings, isWhole);
    const report: Report = {
      findings,
      repository,
      isHistory: history === true || range !== undefined,
      summary: {
        files,
        findings: findings.length,
        unverified,
        milliseconds: Math.round(performance.now() - began),
      },
    };
    process.stdout.write(FORMATS[format as CheckFormat](report));
    complainOfConflicts(conflicts);
    if (range === undefined) (await unstagedRules(repository)).forEach(complain);
    const failed = findings.some(({ severity }) => severity === "error");
    return failed || (requireVerify === true && unverified > 0) ? 1 : 0;
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (
      error instanceof GitError ||
      error instanceof BrokenRulesError ||
      error instanceof SettingsError
    )
      complain(error.message);
    else if (code !== undefined && path !== undefined) complain(fileProblem(path, code));
    else throw error;
    return 2;
  } finally {
    log?.stop();
  }
}

/**
 * Applies `.flux-sops.yaml`.
 *
 * @param isWhole everything was looked at, so an entry that allows nothing is reported; unless it names
 *   a content that git still has, which `--history` looks at
 */
async function settled(
  context: GitContext,
  settings: Settings | null,
  findings: readonly CheckedFinding[],
  isWhole: boolean,
): Promise<CheckedFinding[]> {
  const used = new Set<unknown>();
  const left = await settleSilently(settings, findings, (entry) => used.add(entry));
  const unused = (settings?.allow ?? []).filter((entry) => isWhole && !used.has(entry));
  const known = await blobSizes(
    context,
    unused.flatMap(({ blob }) => blob ?? []),
  );
  const idle = unused.filter(({ blob }) => blob === null || !known.has(blob));
  return [
    ...left,
    ...idle.map(({ rule, line }) => ({
      rule,
      line,
      severity: "warning" as const,
      message: "this entry allows nothing any more",
      mend: { kind: "run" as const, commands: [] },
      path: SETTINGS_FILE,
      where: "index" as const,
    })),
  ];
}
