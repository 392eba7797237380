// `npm start -- [DIR] [flags]`: installs, builds and scaffolds, on a fresh clone too.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./set-up.mjs";

// Ctrl-C is for what runs by then, which may have more to say.
process.on("SIGINT", () => undefined);
setUp();
run("scripts/build.mjs");
run(
  "dist/flux-sops.mjs",
  "init",
  "--default-dir",
  join(root, "flux-homelab"),
  ...process.argv.slice(2),
);

/** Runs a file of this project with node, and ends with its exit status unless that is 0. */
function run(file, ...args) {
  const { status, signal } = spawnSync(process.execPath, [join(root, file), ...args], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
}
