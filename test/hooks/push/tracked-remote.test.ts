import test from "ava";
import { trackedRemote } from "../../../hooks/push/tracked-remote.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

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
  must("symbolic-ref", "refs/remotes/other/alias", "refs/remotes/other/main");
  must("update-ref", "refs/remotes/origin/topic", "HEAD");
  must("update-ref", "refs/remotes/third/main", "HEAD");
  must("update-ref", "refs/remotes/third/undefined", "HEAD");
  for (const name of ["origin", "other", "third", "origin/fork"])
    must("config", `remote.${name}.url`, name);

  const asked = async (remote: string, ...branches: (readonly [string, string | null])[]) => {
    const refs = branches.map(([branch, remoteOid]) => {
      const remoteRef = branch.startsWith("refs/") ? branch : `refs/heads/${branch}`;
      return { localRef: "HEAD", localOid: one, remoteRef, remoteOid };
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
  t.deepEqual(await asked("origin", ["topic", null]), origin("origin/topic"));
  t.is(await asked("third", ["main", null]), false);
  // No branch, whatever it ends with.
  t.deepEqual(await asked("third", ["refs/x/refs/heads/main", null]), {
    name: "third",
    without: [],
  });
  t.deepEqual(await asked("other", ["main", null]), other("other/alias", "other/main"));
  t.deepEqual(await asked("other", ["trunk", one]), other("other/HEAD", "other/trunk"));
  t.is(await asked("other", ["trunk", null]), false);
  // By URL: a remote's, or one of which nothing is known.
  t.is(await asked("url", ["master", two], ["new", null]), false);
  must("config", "remote.origin.pushurl", "url");
  t.is(await asked("url", ["new", null]), false);
  must("config", "remote.other.url", "url");
  t.deepEqual(await asked("url", ["new", null]), other());
  t.is(await asked("url", ["trunk", null]), false);
  t.deepEqual(await asked("", ["new", null]), other());
});

test("an address is a remote's, whatever stands around it", async (t) => {
  const { dir, env, must } = temporaryRepository(t);
  must("commit", "-q", "--allow-empty", "-m", "One");
  const refs = [
    {
      localRef: "HEAD",
      localOid: must("rev-parse", "HEAD"),
      remoteRef: "refs/heads/new",
      remoteOid: null,
    },
  ];
  must("config", "remote.origin.url", "https://git.example/me/a.git");
  for (const [url, isRemotes] of [
    ["https://git.example/me/a.git", true],
    ["https://git.example/me/a", true],
    ["https://git.example/me/a/", true],
    ["https://user:token@git.example/me/a.git", true],
    ["git@git.example:me/a.git", true],
    ["ssh://git@git.example/me/a", true],
    ["https://git.example/me/b.git", false],
    ["https://git.example:8443/me/a.git", false],
    ["https://other.example/git.example/me/a.git", false],
    ["https://other.example/@git.example/me/a.git", false],
    ["https://git.example/me/a.git.git", false],
    ["https://git.example/x@me/a.git", false],
    ["https://git.example/me.git/a", false],
  ] as const) {
    const remote = await trackedRemote({ cwd: dir, env }, [url, url], refs);
    t.deepEqual(remote, isRemotes && { name: "origin", without: [] }, url);
  }
  t.is(await trackedRemote({ cwd: dir, env }, [".", "."], refs), null);
  // Rewritten by url.….insteadOf: git hands both over.
  const rewritten = ["me:a", "git@git.example:me/a.git"];
  t.deepEqual(await trackedRemote({ cwd: dir, env }, rewritten, refs), {
    name: "origin",
    without: [],
  });
  // Each a place of its own.
  for (const [address, url, isRemotes] of [
    ["gcrypt::git@git.example:me/a", "git@git.example:me/a", false],
    ["me@nas.example:a", "you@nas.example:a", false],
    ["me@nas.example:a", "ssh://me@nas.example/a", false],
    ["me@nas.example:a", "me@nas.example:a.git", true],
    ["ssh://git@git.example:22/a", "git@git.example:22/a", false],
    ["https://git.example/me/a", "git.example/me/a", false],
    ["codecommit://me@a", "codecommit://you@a", false],
    ["/srv/a.git", "file:///srv/a", true],
    // What a helper is given is its own to read.
    ["x:://git.example/me/a", "x::https://git.example/me/a", false],
    ["x:://git.example/me/a", "x::ssh://git@git.example/me/a", false],
    ["x:://git.example/me/a", "x::git@git.example:me/a", false],
    ["x::/srv/a", "x::file:///srv/a", false],
  ] as const) {
    must("config", "remote.origin.url", address);
    const remote = await trackedRemote({ cwd: dir, env }, [url, url], refs);
    t.deepEqual(remote, isRemotes && { name: "origin", without: [] }, `${address} ${url}`);
  }
});
