// `npm run mutation -- 500 sops/mac.ts`: whether the tests notice when one thing in a source file is another.
// Without a file, all that decides what is a secret, and what becomes of it.
import { tmpdir } from "node:os";
import { memoryFolder } from "./memory-folder.mjs";
import { root, setUp } from "./set-up.mjs";

setUp();
process.chdir(root);
const seed = (process.env["FLUX_SOPS_SEED"] ??= String(Math.floor(Math.random() * 2 ** 28)));
console.log(`FLUX_SOPS_SEED=${seed} chooses the mutants.`);
// As in `npm test`: reading these at each start takes node longer than all else.
delete process.env["NODE_EXTRA_CA_CERTS"];
const folder = memoryFolder() ?? tmpdir();
process.env["TMPDIR"] = folder;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));
const [files, counts] = [[], []];
for (const arg of process.argv.slice(2)) (/^\d+$/.test(arg) ? counts : files).push(arg);
await import("./typescript.mjs");
const { tryMutants } = await import("../test/mutation/try-mutants.ts");
const killed = await tryMutants(Number(counts[0] ?? 100), files, seed, folder);
process.exit(killed ? 0 : 1);
