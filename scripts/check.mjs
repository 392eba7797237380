// All static checks: types, lint (with the directions of imports), format, unused code, packaging.
import { run } from "./run.mjs";

await run("npx", ["--no-install", "tsc", "-p", "."]);
await run("npx", ["--no-install", "eslint", "--max-warnings=0", "."]);
await run("npx", ["--no-install", "prettier", "--check", "--log-level=warn", "."]);
await run("npx", ["--no-install", "knip", "--no-progress"]);
await run("npx", ["--no-install", "publint", "--strict"]);
