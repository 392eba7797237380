import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scaffolded } from "./scaffolded.ts";

/** Whose calls to git are written down: each with the index that it asks about. */
export interface RecordedGit {
  /** For the program that calls git. */
  readonly env: NodeJS.ProcessEnv & { readonly GIT_EXEC_PATH: string; readonly PATH: string };
  /** What was called since. */
  calls(): string[];
}

/**
 * Puts a script in place of git that writes down its arguments.
 *
 * @param first what the script does before it runs git
 */
export function recordedGit(repository: Scaffolded, first = ""): RecordedGit {
  const log = join(repository.dir, "../calls");
  const exec = join(repository.dir, "../exec");
  repository.write(
    "../exec/git",
    `#!/bin/sh\nPATH='${process.env["PATH"] ?? ""}'\nunset GIT_EXEC_PATH\necho "$* $GIT_INDEX_FILE" >>'${log}'\n${first}\nexec git "$@"\n`,
  );
  chmodSync(join(exec, "git"), 0o755);
  writeFileSync(log, "");
  return {
    // git puts the first on a hook's PATH; the second is for the hook alone.
    env: { GIT_EXEC_PATH: exec, PATH: `${exec}:${process.env["PATH"] ?? ""}` },
    calls: () => readFileSync(log, "utf8").split("\n").filter(Boolean),
  };
}
