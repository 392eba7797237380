import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Console } from "node:console";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import test from "ava";
import { createEnv } from "yeoman-environment";
import AppGenerator from "../../generators/app/generator.ts";
import { git, home, newPlace } from "../scaffold/sandbox.ts";

// The generator takes the tool from dist/, as an installed package has it.
const tool = new URL("../../dist/flux-sops.mjs", import.meta.url);
const run = existsSync(tool) ? test.serial : test.serial.skip;

/** Runs the generator as `yo flux-sops ARGS` in a folder does, without a terminal. */
async function yo(
  cwd: string,
  args: string[],
  options: Record<string, unknown> = {},
): Promise<string> {
  let said = "";
  const listener = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk);
      done();
    },
  });
  const env = createEnv({ cwd, skipInstall: true, console: new Console(listener) });
  env.register(AppGenerator, { namespace: "flux-sops:app", resolved: import.meta.filename });
  await env.run(["flux-sops:app", ...args], { skipInstall: true, ...options } as object);
  return said;
}

run(
  "scaffolds what flux-sops init scaffolds, into the folder named [needs npm run build]",
  async (t) => {
    const directory = newPlace("flux");
    const said = await yo(dirname(directory), ["flux"], {
      cluster: "lab",
      "age-key-file": join(home, "key"),
    });
    t.regex(said, /BACK IT UP NOW/);
    t.notRegex(said, /npm install \.\.\./);
    t.true(existsSync(join(directory, "clusters/lab/secrets.yaml")));
    t.deepEqual(readFileSync(join(directory, ".flux-sops/flux-sops.mjs")), readFileSync(tool));
    t.is(git(directory, "config", "core.hooksPath"), ".husky/_");
    t.is(git(directory, "config", "flux-sops.ageKeyFile"), join(home, "key"));
    t.deepEqual(readdirSync(dirname(directory)), ["flux"], "nothing beside it");
  },
);

run(
  "the current folder by default, also below one with a .yo-rc.json [needs npm run build]",
  async (t) => {
    const directory = newPlace("above/flux");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(dirname(directory), ".yo-rc.json"), "{}\n");
    await yo(directory, []);
    t.true(existsSync(join(directory, "clusters/homelab/secrets.yaml")));
    t.deepEqual(readdirSync(dirname(directory)).sort(), [".yo-rc.json", "flux"]);
  },
);

run(
  "a wrong answer is an error with exit status 2, and nothing is written [needs npm run build]",
  async (t) => {
    const directory = newPlace("flux");
    const error = await t.throwsAsync(yo(dirname(directory), ["flux"], { cluster: "LAB" }));
    t.regex(error.message, /^--cluster must be a DNS label/);
    t.is((error as Error & { code?: unknown }).code, 2);
    t.false(existsSync(directory));
  },
);

run("--dry-run writes nothing [needs npm run build]", async (t) => {
  const directory = newPlace("flux");
  const said = await yo(dirname(directory), ["flux"], { "dry-run": true });
  t.regex(said, /Nothing is written .*\n {2}new {7}\.editorconfig\n/);
  t.false(existsSync(directory));
});
