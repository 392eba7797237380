// Installs the dependencies of a fresh clone. Imports nothing but Node's own modules: it runs before
// anything is installed.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of this project. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const OLDEST_NODE = [20, 19];

/**
 * Makes sure that Node is new enough and that `node_modules` is what the lock file says; runs
 * `npm ci` only when it is missing or older. Ends the process when that fails.
 */
export function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    console.error(
      `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE.join(".")} or later.`,
    );
    process.exit(2);
  }
  // npm writes this file last.
  const installed = modifiedAt("node_modules/.package-lock.json");
  if (installed !== null && installed >= (modifiedAt("package-lock.json") ?? 0)) return;
  console.log("Installing dependencies (npm ci) ...");
  const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined || status !== 0) {
    console.error(
      error === undefined
        ? "npm ci failed: see above, then run this again."
        : `npm could not be started (${error.message}): install it beside Node and run this again.`,
    );
    process.exit(2);
  }
}

/** @returns {number | null} when a file of this project was last written, or null without it. */
function modifiedAt(path) {
  return (
    statSync(new URL(path, new URL("..", import.meta.url)), { throwIfNoEntry: false })?.mtimeMs ??
    null
  );
}
