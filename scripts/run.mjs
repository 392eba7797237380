// Runs a step of a script in the project's folder; the script ends with the step's failure.
import { spawn } from "node:child_process";
import { root } from "./set-up.mjs";

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<void>} when it has ended well.
 */
export async function run(program, args) {
  const status = await new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
  if (status === 0) return;
  console.error(`failed: ${[program, ...args].join(" ")}`);
  process.exit(status);
}
