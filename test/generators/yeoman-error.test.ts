import test from "ava";
import { asYeomanError } from "../../generators/yeoman-error.ts";
import { ScaffoldError } from "../../scaffold/errors.ts";

test("Ctrl-C at a prompt ends yo with 130, a wrong answer with 2; else nothing is changed", async (t) => {
  const failing = (error: Error) =>
    t.throwsAsync<Error & { code?: unknown }>(asYeomanError(() => Promise.reject(error)));
  const closed = Object.assign(new Error("User force closed the prompt"), {
    name: "ExitPromptError",
  });
  const argv = process.argv;
  process.argv = ["node", "yo", "--from-literal=password=hunter2", "flux-sops:secret", "db"];
  t.teardown(() => (process.argv = argv));
  const stopped = await failing(closed);
  t.is(stopped, closed, "which Yeoman has got already");
  t.deepEqual(process.argv.slice(2), [], "yo prints them, and a flag may stand before the name");
  t.deepEqual([stopped.message, stopped.code], ["stopped; nothing was written", 130]);
  const wrong = await failing(new ScaffoldError("usage", "--cluster must be"));
  t.deepEqual([wrong.message, wrong.code], ["--cluster must be", 2]);
  const bug = new TypeError("x");
  t.is(await failing(bug), bug);
});
