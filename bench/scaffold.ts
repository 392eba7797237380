// `npm run bench`, third part: scaffolding with --skip-install, beside the bare load of
// yeoman-environment; and `yo flux-sops` without yo's own start, beside a generator that does nothing,
// since Yeoman loads more than its environment before any generator runs.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inPlace, TOOL } from "./place.ts";
import { median, report, timed } from "./timing.ts";

const project = fileURLToPath(new URL("..", import.meta.url));
const GENERATOR = join(project, "dist/generators/app/index.js");
const RUNS = 7;

const script = (code: string) => ["--input-type=module", "-e", code];
const LOAD = 'const { createEnv } = await import("yeoman-environment");';

await inPlace(({ folder, env }) => {
  const times = {
    init: [] as number[],
    yo: [] as number[],
    bare: [] as number[],
    empty: [] as number[],
  };
  for (let run = 0; run < RUNS; run += 1) {
    times.bare.push(timed("node", script(LOAD), { cwd: project, env }));
    const init = [TOOL, "init", join(folder, `init-${run}`), "--yes", "--skip-install"];
    times.init.push(timed("node", init, { cwd: project, env }));
    const empty = `${LOAD}
      const { default: Generator } = await import("yeoman-generator");
      const env = createEnv({ cwd: ${JSON.stringify(folder)}, skipInstall: true });
      env.register(class extends Generator { writing() {} }, { namespace: "empty:app", resolved: ${JSON.stringify(GENERATOR)} });
      await env.run(["empty:app"], { skipInstall: true });`;
    times.empty.push(timed("node", script(empty), { cwd: project, env }));
    const yo = `${LOAD}
      const env = createEnv({ cwd: ${JSON.stringify(folder)}, skipInstall: true });
      env.register(${JSON.stringify(GENERATOR)}, { namespace: "flux-sops:app" });
      await env.run(["flux-sops:app", "yo-${run}"], { skipInstall: true, yes: true });`;
    times.yo.push(timed("node", script(yo), { cwd: project, env }));
  }
  const other = "yeoman-environment, loaded only";
  report("flux-sops init --skip-install", median(times.init), other, median(times.bare), null);
  report("yo flux-sops --skip-install", median(times.yo), other, median(times.bare), null);
  report(
    "yo flux-sops --skip-install",
    median(times.yo),
    "an empty generator",
    median(times.empty),
    null,
  );
});
