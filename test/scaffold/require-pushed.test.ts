import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { requirePushed } from "../../scaffold/bootstrap.ts";
import { author, git, newPlace } from "./sandbox.ts";

Object.assign(process.env, author);

function commit(directory: string, name: string): void {
  writeFileSync(join(directory, name), "");
  git(directory, "add", name);
  git(directory, "commit", "-q", "-m", name);
}

/** A clone with a commit that is not pushed yet, and another one of the same bare repository. */
function clones(): { readonly ours: string; readonly theirs: string } {
  const remote = newPlace("remote.git");
  const place = dirname(remote);
  git(place, "init", "-q", "--bare", "-b", "main", remote);
  const [ours, theirs] = [join(place, "ours"), join(place, "theirs")];
  for (const clone of [ours, theirs]) git(place, "clone", "-q", remote, clone);
  git(ours, "switch", "-q", "-C", "main");
  commit(ours, "first");
  return { ours, theirs };
}

test("what Flux is to follow has to be on the remote: what is missing is said, with what mends it", async (t) => {
  const { ours, theirs } = clones();
  const refused = async (branch = "main") =>
    (await t.throwsAsync(requirePushed(ours, branch), { name: "ScaffoldError" })).message;
  t.regex(await refused("other"), /^there is no branch other here/);
  t.is(await refused(), "branch main is not on origin yet: run git push -u origin main");
  git(ours, "push", "-q", "origin", "main");
  await t.notThrowsAsync(requirePushed(ours, "main"));

  commit(ours, "second");
  const notPushed = "commits of main are not on origin yet: run git push -u origin main";
  t.is(await refused(), notPushed);

  git(theirs, "pull", "-q", "origin", "main");
  commit(theirs, "third");
  git(theirs, "push", "-q", "origin", "HEAD:main");
  t.is(
    await refused(),
    "origin has commits that are not here: run git pull --rebase, then git push -u origin main",
  );
  git(ours, "reset", "-q", "--hard", "HEAD~1");
  await t.notThrowsAsync(requirePushed(ours, "main"), "the remote has more");

  git(ours, "remote", "set-url", "origin", newPlace("nowhere"));
  t.regex(await refused(), /^git cannot ask origin \(.*\): make it reachable, then run git push/);
});
