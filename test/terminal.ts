import { spawnSync } from "./bounded-programs.ts";
import { escapeRegExp } from "./e2e/escape-reg-exp.ts";

/** What is waited for, and what is typed then. */
export type Step = readonly [waitFor: string, type: string];

export const ENTER = "\r";
export const CTRL_C = "\u0003";

/** Runs a program on a pseudo-terminal; python3 has one in its standard library. */
const DRIVER = `
import json, os, pty, re, select, sys, time
job = json.load(sys.stdin)
pid, fd = pty.fork()
if pid == 0:
    os.chdir(job["cwd"])
    os.execvpe(job["words"][0], job["words"], job["env"])
seen, start, steps, end = "", 0, job["steps"], time.time() + 30
while time.time() < end:
    ready, _, _ = select.select([fd], [], [], 0.2)
    if ready:
        try:
            chunk = os.read(fd, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk.decode("utf8", "replace")
    plain = re.sub(r"\\x1b\\[[0-9;?]*[A-Za-z]", "", seen[start:])
    if steps and re.search(steps[0][0], plain):
        start = len(seen)
        time.sleep(0.05)
        os.write(fd, steps.pop(0)[1].encode())
else:
    os.kill(pid, 9)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
json.dump({"status": status, "left": len(steps), "seen": seen}, sys.stdout)
`;

export const hasTerminal = spawnSync("python3", ["-c", "import pty"]).status === 0;

/** @returns the exit status, how many steps were not reached, and all that was shown. */
export function onTerminal(
  words: readonly string[],
  steps: readonly Step[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): { status: number; left: number; seen: string } {
  const job = {
    ...{ words, cwd: options.cwd, env: { TERM: "xterm", ...options.env } },
    steps: steps.map(([text, typed]) => [escapeRegExp(text), typed]),
  };
  const { stdout, stderr } = spawnSync("python3", ["-c", DRIVER], {
    input: JSON.stringify(job),
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as { status: number; left: number; seen: string };
}
