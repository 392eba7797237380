// `npm run cluster`: pushes scaffolded repositories to a real Kubernetes API server and Flux. Needs Go, and
// builds them the first time.
import { execFileSync } from "node:child_process";
import { setUp, root } from "./set-up.mjs";

setUp();
const { run } = await import("./run.mjs");
await run(process.execPath, ["scripts/build.mjs"]);
console.log("Building Kubernetes and Flux, the first time for up to an hour ...");
process.env["FLUX_SOPS_CLUSTER"] = execFileSync("bash", ["test/cluster/build.sh"], {
  cwd: root,
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
}).trim();
const files = process.argv.slice(2);
await run("npx", ["--no-install", "ava", ...(files.length > 0 ? files : ["test/cluster/"])]);
