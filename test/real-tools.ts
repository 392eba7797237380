import { execFileSync } from "node:child_process";
import test, { type ExecutionContext } from "ava";
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
  });
}
