import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runGit } from "../git/run.ts";
import { printable } from "../git/escape.ts";
import { isRecord } from "../sops/metadata/metadata-fields.ts";
import type { Scaffolded } from "./carry-out.ts";
import { environmentInFolder, gitLine } from "./git-in-folder.ts";
import { TOOL_PATH } from "../git/tool-command.ts";

/** A readable secret in a file of an existing repository, or what Flux makes of an encrypted one. */
export interface CommittedSecret {
  readonly path: string;
  readonly rule: string;
  /** 1-based; null where the finding is about the file as a whole. */
  readonly line: number | null;
  readonly message: string;
  readonly fix: readonly string[];
}

const MOST_SHOWN = 20;

/**
 * The readable secrets that an existing repository holds, by its new tool's `check`. Nothing is
 * changed. Empty for a repository that was made just now, and where the tool cannot tell.
 */
export async function committedSecrets({ destination }: Scaffolded): Promise<CommittedSecret[]> {
  if (!destination.isRepository || typeof destination.remembered.cluster === "string") return [];
  const output = await withRulesStaged(destination.directory, (env) => checked(destination, env));
  let report: unknown;
  try {
    report = JSON.parse(output);
  } catch {
    return [];
  }
  const findings = isRecord(report) && Array.isArray(report["findings"]) ? report["findings"] : [];
  return findings.filter(isRecord).flatMap((finding): CommittedSecret[] => {
    if (finding["severity"] !== "error") return [];
    const { line, fix } = finding;
    return [
      {
        path: String(finding["path"]),
        rule: String(finding["rule"]),
        line: typeof line === "number" ? line : null,
        message: String(finding["message"]),
        fix: Array.isArray(fix) ? fix.map(String) : [],
      },
    ];
  });
}

/** What `check` prints as JSON; empty where it cannot run. */
async function checked(
  { directory }: Scaffolded["destination"],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(directory, TOOL_PATH), "check", "--format", "json"],
      { cwd: directory, env, maxBuffer: 2 ** 28 },
      (_error, stdout) => done(stdout),
    );
  });
}

/**
 * Has a copy of the index in which the rules are staged, as they will be when somebody follows what is printed:
 * by those of before, a Secret that has only to be renamed would be one to take out of the repository.
 */
async function withRulesStaged<T>(
  directory: string,
  run: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  let folder: string | null = null;
  const env = environmentInFolder();
  try {
    folder = mkdtempSync(join(tmpdir(), "flux-sops-index-"));
    const copy = { ...env, GIT_INDEX_FILE: join(folder, "index") };
    const index = resolve(
      directory,
      await gitLine(directory, ["rev-parse", "--git-path", "index"]),
    );
    if (existsSync(index)) copyFileSync(index, copy.GIT_INDEX_FILE);
    await runGit({ cwd: directory, env: copy }, ["add", "--force", "--", ".sops.yaml"]);
    return await run(copy);
  } catch {
    // All is written by now: without a place for the copy, the rules of before have to do.
    return await run(env);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/** What to do about them; empty where there are none. */
export function committedSecretsMessage(secrets: readonly CommittedSecret[]): string {
  const isOfFlux = ({ rule }: CommittedSecret) => rule === "flux-ciphertext";
  const readable = secrets.filter((secret) => !isOfFlux(secret));
  const ofFlux = secrets.filter(isOfFlux);
  return [
    ...(readable.length === 0
      ? []
      : [
          "",
          "These files of the repository are readable secrets, or broken; they were left as they are:",
          ...listed(readable),
          "Encrypting hides what comes from now on. What was committed stays in the history, so make new",
          "passwords and keys, wherever they are used, once the files are encrypted.",
          "",
        ]),
    ...(ofFlux.length === 0
      ? []
      : ["", "What is encrypted is not all decrypted by Flux:", ...listed(ofFlux), ""]),
  ].join("\n");
}

function listed(secrets: readonly CommittedSecret[]): string[] {
  const shown = secrets.slice(0, MOST_SHOWN);
  return [
    ...shown.flatMap(({ path, line, message, fix }) => [
      `  ${printable(path)}${line === null ? "" : `:${line}`}: ${printable(message)}`,
      ...fix.map((command) => `      ${command}`),
    ]),
    ...(secrets.length > shown.length
      ? [`  and ${secrets.length - shown.length} more: node ${TOOL_PATH} check`]
      : []),
  ];
}
