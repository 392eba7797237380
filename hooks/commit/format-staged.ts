import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { displayPath, isTextPath, pathText } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import { hasOwnBin } from "../../git/tool-command.ts";
import { compareWithStaged, type WorktreeFile } from "../../git/worktree/file.ts";
import { isFormattable, LINT_STAGED } from "./formattable.ts";
import type { Staged } from "./staged.ts";

/** What came of formatting. `skipped`: nothing was touched; `formatted`: read the index again. */
export type Formatting =
  | { readonly kind: "formatted" }
  /** `why` is null where there was nothing to format, or nothing to format with. */
  | { readonly kind: "skipped"; readonly why: string | null }
  /** `output` is what lint-staged and its tasks said. */
  | { readonly kind: "failed"; readonly output: string };

/**
 * Runs lint-staged in a scaffolded repository, where it is installed and configured, and a staged file
 * is one to format. Only if every staged file is on disk as it was staged: then nothing has to be
 * hidden or stashed meanwhile, so a killed commit loses nothing, and no plaintext gets into a stash.
 *
 * @param staged what is about to be committed
 * @param encrypts whether something in it is to be encrypted
 */
export async function formatStaged(
  repository: Repository,
  staged: Staged,
  encrypts: boolean,
): Promise<Formatting> {
  const script = path.join(repository.cwd, LINT_STAGED);
  const isWanted = staged.files.some(
    ({ entry, place }) => place === "staged" && isFormattable(pathText(entry.path)),
  );
  // Somebody else's package.json has it for their own hooks to run.
  const isOurs = isWanted && hasOwnBin(repository.cwd);
  if (!isOurs || !existsSync(script) || !isConfigured(repository.cwd)) {
    return { kind: "skipped", why: null };
  }
  const why = encrypts
    ? "something in this commit was encrypted"
    : await whatIsInTheWay(repository, staged);
  if (why !== null) return { kind: "skipped", why };
  const { status, output } = await run(repository, script);
  return status === 0 ? { kind: "formatted" } : { kind: "failed", output };
}

async function whatIsInTheWay(
  repository: Repository,
  { files, hasIntentToAdd }: Staged,
): Promise<string | null> {
  if (repository.isPartialCommit) return "only some paths are committed";
  if (hasIntentToAdd) return "a file was added with git add -N";
  const entries = files.filter(({ place }) => place === "staged").map(({ entry }) => entry);
  // lint-staged passes over a failure to stage a file whose name is no UTF-8.
  const odd = entries.find((entry) => !isTextPath(entry.path));
  if (odd !== undefined) return `the name ${displayPath(odd.path)} is no UTF-8`;
  const onDisk = await compareWithStaged(repository, entries);
  for (const { path: name, state } of onDisk.values()) {
    if (state !== "as-staged") return `${displayPath(name)} ${NOT_AS_STAGED[state]}`;
  }
  return null;
}

const NOT_AS_STAGED: Readonly<Record<Exclude<WorktreeFile["state"], "as-staged">, string>> = {
  edited: "has edits that are not staged",
  missing: "is not on the disk any more",
  "not-a-file": "is no file on the disk any more",
  unreadable: "cannot be read on the disk",
};

/** lint-staged fails where it finds no configuration: see its `configFiles.js`. */
function isConfigured(top: string): boolean {
  if (readdirSync(top).some((name) => /^(?:\.lintstagedrc|lint-staged\.config\.)/.test(name))) {
    return true;
  }
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(top, "package.json"), "utf8"));
    return typeof manifest === "object" && manifest !== null && "lint-staged" in manifest;
  } catch {
    return false;
  }
}

async function run(
  { cwd, env }: Repository,
  script: string,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const args = [script, "--no-stash", "--no-hide-partially-staged", "--quiet"];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  }
  return new Promise((resolve) => {
    child.on("error", (error) => {
      resolve({ status: null, output: error.message });
    });
    child.on("close", (status) => {
      resolve({ status, output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}
