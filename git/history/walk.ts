import { startGit, writeAll, type GitContext, type RunningGit } from "../run.ts";

/**
 * Starts a git that walks over the history and writes a line a commit or more.
 *
 * @param args arguments after `git`
 */
export function startWalk(context: GitContext, args: readonly string[]): RunningGit {
  // Without this git writes each commit by itself (git(1), GIT_FLUSH): a tenth of all its time.
  const env = { ...context.env, GIT_FLUSH: "0" };
  // No object is asked for twice: git's cache of 96 MB takes longer to fill than it saves.
  return startGit({ ...context, env }, ["-c", "core.deltaBaseCacheLimit=1m", ...args]);
}

/** The parts of git's output, those that come together at a time, one char per byte, without what ends each. */
export async function* walkOutput(
  context: GitContext,
  args: readonly string[],
  input: Buffer,
  end: "\n" | "\0" = "\n",
): AsyncGenerator<readonly string[], void, undefined> {
  const { child, ended } = startWalk(context, args);
  const written = writeAll(child.stdin, [input]);
  let finished = false;
  try {
    // Not put together before its end is here: a part may be long.
    let begun: string[] = [];
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const [first = "", ...more] = chunk.toString("latin1").split(end);
      begun.push(first);
      const last = more.pop();
      if (last === undefined) continue;
      yield [begun.join(""), ...more];
      begun = [last];
    }
    await Promise.all([ended, written]);
    finished = true;
    const rest = begun.join("");
    if (rest !== "") yield [rest];
  } finally {
    if (!finished) child.kill();
  }
}
