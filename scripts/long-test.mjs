// A test that runs as long as one likes: `npm run fuzz -- 1000`, `npm run kill -- 500`.
import { setUp } from "./set-up.mjs";

const [file, variable, count, own] = process.argv.slice(2);
process.env[variable] = own ?? count;
setUp();
const { run } = await import("./run.mjs");
await run(process.execPath, ["scripts/build.mjs"]);
await run("npx", ["--no-install", "ava", "--timeout=24h", file]);
