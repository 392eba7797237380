// All static checks: types, lint (with the directions of imports), format, unused code, circles of imports,
// packaging.
// Lint takes as long as all the others together.
import { run } from "./run.mjs";

async function others() {
  await run("npx", ["--no-install", "tsc", "-p", "."]);
  await run("npx", ["--no-install", "prettier", "--check", "--log-level=warn", "."]);
  await run("npx", ["--no-install", "knip", "--no-progress"]);
  await run("npx", ["--no-install", "publint", "--strict"]);
}

await Promise.all([run("npx", ["--no-install", "eslint", "--max-warnings=0", "."]), others()]);
