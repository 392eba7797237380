import { spawn } from "node:child_process";
import { environmentInFolder } from "./git-in-folder.ts";

const LONGEST_INSTALL = 3 * 60_000;

/**
 * Runs `npm install`, for lint-staged and prettier; the hooks do without. Never throws: without a
 * network, without npm, or after Ctrl-C there is simply no `node_modules` yet.
 *
 * @returns whether it was installed.
 */
export async function installDependencies(directory: string): Promise<boolean> {
  return await new Promise((resolve) => {
    // Ctrl-C is for npm alone: what was scaffolded, and where the new key is, is yet to be told.
    const interrupt = () => npm.kill("SIGINT");
    process.on("SIGINT", interrupt);
    const npm = spawn(
      "npm",
      // Without a network, npm's own retries would take more than a minute.
      ["install", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0"],
      {
        cwd: directory,
        env: environmentInFolder(),
        stdio: "ignore",
        timeout: LONGEST_INSTALL,
      },
    );
    const ended = (installed: boolean) => {
      process.removeListener("SIGINT", interrupt);
      resolve(installed);
    };
    npm.on("error", () => ended(false));
    npm.on("close", (status) => ended(status === 0));
  });
}
