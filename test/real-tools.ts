import { execFile } from "node:child_process";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { execFileSync, LIMIT } from "./bounded-programs.ts";
import { realTool, type RealTool } from "./installed-tools.ts";

export { realTool } from "./installed-tools.ts";

/**
 * `test` where all of some real tools are installed, else `test.skip`; the summary of `npm test`
 * counts the skipped ones by the tool that their titles name. CI sets `FLUX_SOPS_REQUIRE_TOOLS`:
 * there a missing tool is a failure.
 */
export function testWith(
  ...tools: RealTool[]
): (title: string, run: (t: ExecutionContext) => Promise<void> | void) => void {
  const missing = tools.filter((name) => realTool(name) === null);
  return (title, run) => {
    const full = `${title} [needs real ${tools.join(", ")}]`;
    if (missing.length === 0) test(full, run);
    else if (process.env["FLUX_SOPS_REQUIRE_TOOLS"] === undefined) test.skip(full, run);
    else test(full, (t) => t.fail(`not installed: ${missing.join(", ")}`));
  };
}

/** They live for some milliseconds: Go's collector and its threads cost a seventh of that. */
const GO = { GOGC: "off", GOMAXPROCS: "1" };

/** Runs a real tool and returns its standard output; throws with its standard error. */
export function runTool(
  name: RealTool,
  args: readonly string[],
  options: {
    readonly input?: string | Buffer;
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): string {
  const path = realTool(name);
  if (path === null) throw new Error(`${name} is not installed`);
  return execFileSync(path, [...args], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["pipe", "pipe", "pipe"],
    ...options,
    env: { ...(options.env ?? process.env), ...GO },
  });
}

const MOST_AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** {@link runTool} without waiting for the process: two of them run at once, others queue. */
export async function startTool(
  name: RealTool,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const path = realTool(name);
  if (path === null) throw new Error(`${name} is not installed`);
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    const { stdout } = await promisify(execFile)(path, [...args], {
      encoding: "utf8",
      ...LIMIT,
      env: { ...options.env, ...GO },
    });
    return stdout;
  } finally {
    // The place goes to the next in the queue.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
