// `npm run bench`: measurements side by side, medians of one run. Absolute times mean little on a
// shared machine; the ratios do.
import { setUp } from "./set-up.mjs";

setUp();
const { run } = await import("./run.mjs");
await run(process.execPath, ["scripts/build.mjs"]);
for (const part of ["batch", "decrypt", "large", "commit", "scaffold", "history"]) {
  await run(process.execPath, ["--import=./scripts/typescript.mjs", `bench/${part}.ts`]);
}
