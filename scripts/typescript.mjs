// `node --import=./scripts/typescript.mjs FILE.ts` runs this project's TypeScript as it stands. Tests
// start hundreds of such processes: each loads what the first of them has translated.
import { register } from "node:module";

process.setSourceMapsEnabled(true);
register("./typescript-loader.mjs", import.meta.url);
