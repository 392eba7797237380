// `npm run bench`, third part: scaffolding with --skip-install, beside the bare load of
// yeoman-environment; and `yo flux-sops` without yo's own start, beside a generator that does nothing,
// since Yeoman loads more than its environment before any generator runs.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inPlace, TOOL } from "./place.ts";
import { report, sideBySide, timed } from "./timing.ts";

const project = fileURLToPath(new URL("..", import.meta.url));
const GENERATOR = join(project, "dist/generators/app/index.js");
const RUNS = 7;

const script = (code: string) => ["--input-type=module", "-e", code];
const LOAD = 'const { createEnv } = await import("yeoman-environment");';

let number = 0;

/** A folder that is not there yet. */
const newFolder = () => `new-${(number += 1)}`;

await inPlace(({ folder, env }) => {
  const at = { cwd: project, env };
  const bringUp = `${LOAD}
    const env = createEnv({ cwd: ${JSON.stringify(folder)}, skipInstall: true });`;
  const empty = `${bringUp}
    const { default: Generator } = await import("yeoman-generator");
    env.register(class extends Generator { writing() {} }, { namespace: "empty:app", resolved: ${JSON.stringify(GENERATOR)} });
    await env.run(["empty:app"], { skipInstall: true });`;
  const yo = () => `${bringUp}
    env.register(${JSON.stringify(GENERATOR)}, { namespace: "flux-sops:app" });
    await env.run(["flux-sops:app", ${JSON.stringify(newFolder())}], { skipInstall: true, yes: true });`;
  const [init = NaN, ours = NaN, loaded = NaN, bare = NaN] = sideBySide(RUNS, [
    () => timed("node", [TOOL, "init", join(folder, newFolder()), "--yes", "--skip-install"], at),
    () => timed("node", script(yo()), at),
    () => timed("node", script(LOAD), at),
    () => timed("node", script(empty), at),
  ]);
  const other = "yeoman-environment, loaded only";
  report("flux-sops init --skip-install", init, other, loaded, null);
  report("yo flux-sops --skip-install", ours, other, loaded, null);
  report("yo flux-sops --skip-install", ours, "an empty generator", bare, null);
});
