import test from "ava";
import { trackedRemote } from "../../hooks/tracked-remote.ts";
import { temporaryRepository } from "../temporary-repository.ts";

test("which tracking branches tell what the other side has", async (t) => {
  const { dir, env, must } = temporaryRepository(t);
  must("commit", "-q", "--allow-empty", "-m", "One");
  const one = must("rev-parse", "HEAD");
  must("commit", "-q", "--allow-empty", "-m", "Two");
  const unknown = "1".repeat(one.length);
  must("update-ref", "refs/remotes/origin/master", "HEAD");
  must("update-ref", "refs/remotes/other/trunk", "HEAD");
  must("update-ref", "refs/remotes/other/main", "HEAD");
  must("symbolic-ref", "refs/remotes/other/HEAD", "refs/remotes/other/trunk");
  for (const name of ["origin", "other", "origin/fork"]) must("config", `remote.${name}.url`, name);

  const asked = async (remote: string, ...branches: (readonly [string, string | null])[]) => {
    const refs = branches.map(([branch, remoteOid]) => {
      return { localRef: "HEAD", localOid: one, remoteRef: `refs/heads/${branch}`, remoteOid };
    });
    return trackedRemote({ cwd: dir, env }, [remote, "url"], refs);
  };
  const origin = (...without: string[]) => ({
    name: "origin",
    without: ["origin/fork/*", ...without],
  });
  const other = (...without: string[]) => ({ name: "other", without });
  const two = must("rev-parse", "HEAD");
  t.deepEqual(await asked("origin", ["master", two], ["new", null]), origin());
  t.deepEqual(await asked("origin", ["master", one]), origin("origin/master"));
  t.deepEqual(await asked("origin", ["master", unknown]), origin());
  t.is(await asked("origin", ["new", null], ["master", null]), false);
  // What another remote checks out, or a usual name where another is known, says nothing.
  t.deepEqual(await asked("origin", ["trunk", null]), origin());
  t.deepEqual(await asked("other", ["main", null]), other("other/main"));
  t.deepEqual(await asked("other", ["trunk", one]), other("other/HEAD", "other/trunk"));
  t.is(await asked("other", ["trunk", null]), false);
  // By URL, where any may be meant.
  t.is(await asked("url", ["master", one], ["new", null]), null);
  t.is(await asked("url", ["master", null]), false);
  t.is(await asked("url", ["trunk", null]), false);
});
