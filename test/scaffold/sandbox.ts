import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "../bounded-programs.ts";
import { collectAnswers } from "../../scaffold/answers/collect.ts";
import type { RawAnswers } from "../../scaffold/answers/questions.ts";
import { prepareScaffold, type ScaffoldRequest } from "../../scaffold/scaffold.ts";
import { scopeFor, settledAnswers } from "../../scaffold/destination/scope.ts";
import { inspectDestination } from "../../scaffold/destination/destination.ts";

/** A folder of its own, removed when the tests are over, with an empty home folder in it. */
export const sandbox = realpathSync(mkdtempSync(join(tmpdir(), "flux-sops-scaffold-")));
export const home = join(sandbox, "home");
mkdirSync(home);
process.on("exit", () => rmSync(sandbox, { recursive: true, force: true }));

// Each test file is a process of its own: nothing of the machine's may shine through.
for (const name of Object.keys(process.env)) {
  if (/^(GIT_|SOPS_|HUSKY|XDG_|EMAIL$)/.test(name)) Reflect.deleteProperty(process.env, name);
}
Object.assign(process.env, {
  HOME: home,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
});

/** The variables that make an author known. */
export const author = {
  GIT_AUTHOR_NAME: "A U Thor",
  GIT_AUTHOR_EMAIL: "author@example.org",
  GIT_COMMITTER_NAME: "A U Thor",
  GIT_COMMITTER_EMAIL: "author@example.org",
};

/** A folder that does not exist yet, in one that does. */
export function newPlace(name: string): string {
  return join(mkdtempSync(join(sandbox, "place-")), name);
}

/** Runs git and gives back its output, without the newline at the end. */
export function git(directory: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd: directory, encoding: "utf8", stdio: "pipe" }).trimEnd();
}

/** A stand-in for the bundled tool, with the line that names its version, and what hooks start beside it. */
export function toolOf(version: string): string {
  const folder = mkdtempSync(join(sandbox, "tool-"));
  for (const name of ["flux-sops.mjs", "flux-sops.cjs"]) {
    writeFileSync(
      join(folder, name),
      `#!/usr/bin/env node\n// flux-sops ${version}, MIT licensed.\n`,
    );
  }
  return join(folder, "flux-sops.mjs");
}

const tool = toolOf("1.2.3");

/** Prepares a scaffold as the command line does, asking nobody. */
export async function prepare(
  directory: string,
  given: RawAnswers = {},
  options: Partial<Pick<ScaffoldRequest, "force" | "tool" | "version">> = {},
): ReturnType<typeof prepareScaffold> {
  const destination = await inspectDestination(directory);
  const scope = scopeFor(destination, given);
  const answers = await collectAnswers(
    given,
    settledAnswers(destination, scope),
    destination.directory,
    null,
    destination.surroundings.found,
  );
  const fixed = { destination, scope, answers, force: false, tool, version: "1.2.3" };
  return prepareScaffold({ ...fixed, ...options });
}
