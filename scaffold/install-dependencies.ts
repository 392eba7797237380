import { spawn } from "node:child_process";
import { environmentInFolder } from "./git-in-folder.ts";

const LONGEST_INSTALL = 3 * 60_000;

/** How `npm install` ended. */
export interface Installation {
  /** Null where all is installed; else why it is not, in a few words, or nothing where that is not known. */
  readonly failure: string | null;
}

/**
 * Runs `npm install`, for lint-staged and prettier; the hooks do without. Never throws: without a
 * network, without npm, or after Ctrl-C there is simply no `node_modules` yet.
 */
export async function installDependencies(directory: string): Promise<Installation> {
  return await new Promise((resolve) => {
    let killed: string | null = null;
    const kill = (signal: NodeJS.Signals, why: string) => {
      killed ??= why;
      npm.kill(signal);
    };
    // Ctrl-C is for npm alone: what was scaffolded, and where the new key is, is yet to be told.
    const interrupt = () => {
      kill("SIGINT", "it was interrupted");
    };
    process.on("SIGINT", interrupt);
    const npm = spawn(
      "npm",
      // Without a network, npm's own retries would take more than a minute.
      ["install", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0"],
      { cwd: directory, env: environmentInFolder(), stdio: ["ignore", "ignore", "pipe"] },
    );
    const tooLong = setTimeout(() => {
      kill("SIGTERM", "it took more than 3 minutes");
    }, LONGEST_INSTALL);
    let said = "";
    npm.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (said.length < MOST_SAID) said += text;
    });
    const ended = (failure: string | null) => {
      clearTimeout(tooLong);
      process.removeListener("SIGINT", interrupt);
      npm.stderr.destroy();
      resolve({ failure });
    };
    npm.on("error", (error: NodeJS.ErrnoException) => {
      ended(error.code === "ENOENT" ? "npm is not on PATH" : "npm cannot be run");
    });
    // What it started may still hold its streams open.
    npm.on("exit", () => {
      if (killed !== null) ended(killed);
    });
    npm.on("close", (status) => ended(status === 0 ? null : (killed ?? failureSaid(said))));
  });
}

const MOST_SAID = 256 * 1024;

/** Only npm's word for it: the rest of what it says may hold addresses, with a password in them. */
function failureSaid(text: string): string {
  const [, code] = /^npm (?:error|ERR!) code ([A-Z][A-Z0-9_]{1,30})\r?$/m.exec(text) ?? [];
  return code === undefined ? "" : `npm says ${code}`;
}
