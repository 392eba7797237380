import { chmodSync, rmSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { blobsIn, heldByRemotes } from "../../../git/history/blobs.ts";
import {
  commitsBringing,
  commitsIn,
  commitsSaying,
  independentOf,
} from "../../../git/history/commits.ts";
import { peel } from "../../../git/objects/tags.ts";
import { readHeadAndBlobs } from "../../../git/objects/commit.ts";
import { blobOid } from "../../../git/objects/object-id.ts";
import { pathFromText } from "../../../git/path.ts";
import { fileAt, filesOf, readTrees } from "../../../git/objects/trees.ts";
import { temporaryRepository, type TemporaryRepository } from "../../temporary-repository.ts";

function contextOf({ dir, env }: TemporaryRepository) {
  return { cwd: dir, env };
}

function commit(repository: TemporaryRepository, name: string, content: string): string {
  repository.write(name, content);
  repository.must("add", "-f", name);
  repository.must("commit", "-q", "-m", `Change ${name}`);
  return repository.must("rev-parse", "HEAD");
}

const oid = (repository: TemporaryRepository, name: string) => repository.must("rev-parse", name);
const named = (name: string, ...without: string[]) => ({ name, without });
const everywhere = { exclude: [], remote: named("none") };

for (const objectFormat of ["sha1", "sha256"] as const) {
  test(`the blobs of a range, each once, with a path (${objectFormat})`, async (t) => {
    const repository = temporaryRepository(t, { objectFormat });
    const first = commit(repository, "a b", "1\n");
    const second = commit(repository, "sub/ü", "2\n");
    commit(repository, "copy", "1\n");
    const head = oid(repository, "HEAD");
    const context = contextOf(repository);
    const all = await blobsIn(context, { include: [head], ...everywhere });
    t.is(all.size, 2);
    t.is(String(all.get(oid(repository, "HEAD:a b"))), "a b");
    t.is(all.get(oid(repository, "HEAD:sub/ü")), pathFromText("sub/ü"));
    const missing = "1".repeat(head.length);
    const some = await blobsIn(context, {
      include: [head],
      exclude: [first, missing],
      remote: null,
    });
    t.deepEqual([...some.keys()], [oid(repository, "HEAD:sub/ü")]);
    t.deepEqual(
      (await commitsIn(context, { include: [head], exclude: [first], remote: null })).map(
        ({ commit: name, parents }) => [name, ...parents],
      ),
      [
        [head, second],
        [second, first],
      ],
    );
    t.deepEqual(await independentOf(context, [first, head, second]), [head]);
    const apart = oid(repository, "HEAD^{tree}");
    const other = repository.must("commit-tree", apart, "-p", first, "-m", "Other");
    t.deepEqual(
      (await independentOf(context, [second, other, first])).sort(),
      [second, other].sort(),
    );
  });
}

test("what a remote-tracking branch reaches is left out, and found when asked for", async (t) => {
  const repository = temporaryRepository(t);
  const old = commit(repository, "a", "old\n");
  const oldBlob = oid(repository, "HEAD:a");
  const sent = commit(repository, "a", "sent\n");
  repository.must("update-ref", "refs/remotes/origin/main", sent);
  commit(repository, "b", "new\n");
  const head = commit(repository, "a", "old\n");
  const missing = "1".repeat(head.length);
  const context = contextOf(repository);
  const range = { include: [head], exclude: [], remote: named("origin") };
  // Also content from before the remote's tip: rev-list looks at the tip's trees only.
  const found = [...(await blobsIn(context, range)).keys()];
  t.deepEqual(found.sort(), [oid(repository, "HEAD:b"), oldBlob].sort());
  t.deepEqual((await blobsIn(context, { ...range, remote: named("orig") })).size, 3);
  const asked = [oldBlob, oid(repository, "HEAD:b")];
  t.deepEqual([...(await heldByRemotes(context, asked))], [oldBlob]);
  t.deepEqual([...(await heldByRemotes(context, asked, named("other")))], []);
  t.deepEqual(
    [...(await heldByRemotes(context, asked, named("other"), [old, missing]))],
    [oldBlob],
  );
  t.deepEqual(await heldByRemotes(context, []), new Set());
  repository.must("update-ref", "refs/remotes/origin/fork/main", head);
  const nested = named("origin", "origin/fork/*");
  t.is((await blobsIn(context, { ...range, remote: nested })).size, 2);
  t.deepEqual([...(await heldByRemotes(context, asked, nested))], [oldBlob]);
  const bringing = await commitsBringing(context, [oldBlob], { ...range, remote: named("none") });
  t.deepEqual(
    bringing.get(oldBlob)?.map(({ commit: name, subject }) => [name, subject]),
    [
      [old, "Change a"],
      [head, "Change a"],
    ],
  );
});

test("where a part of what a remote-tracking branch reaches is not here, nothing behind it counts as held", async (t) => {
  const repository = temporaryRepository(t);
  const behind = commit(repository, "a", "behind\n");
  const sent = commit(repository, "a", "sent\n");
  repository.must("update-ref", "refs/remotes/origin/main", sent);
  const context = contextOf(repository);
  const asked = ["HEAD~1:a", "HEAD:a"].map((name) => oid(repository, name));
  const unknown = "2".repeat(sent.length);
  t.deepEqual([...(await heldByRemotes(context, [...asked, unknown]))].sort(), asked.toSorted());
  rmSync(path.join(repository.dir, ".git/objects", behind.slice(0, 2), behind.slice(2)));
  const held = await heldByRemotes(context, [...asked, unknown]);
  // Before 2.43 git tells of none; since then of what it reaches, which the remote has.
  t.deepEqual(
    [...held].filter((name) => name !== asked[1]),
    [],
  );
});

test("in a partial clone, the blobs that a remote is known to have are not fetched from it", async (t) => {
  const repository = temporaryRepository(t);
  commit(repository, "a", "not here\n");
  commit(repository, "a", "here\n");
  repository.must("config", "uploadpack.allowFilter", "true");
  const cwd = path.join(repository.dir, "../clone");
  repository.must("clone", "-q", "--filter=blob:none", `file://${repository.dir}`, cwd);
  const clone = { cwd, env: repository.env };
  const asked = [oid(repository, "HEAD:a"), blobOid("sha1", Buffer.from("new\n"))];
  rmSync(repository.dir, { recursive: true });
  t.deepEqual([...(await heldByRemotes(clone, asked))], asked.slice(0, 1));
});

test("the merge that brings a blob is found, whatever git log is set to show of merges", async (t) => {
  const repository = temporaryRepository(t);
  const base = commit(repository, "a", "1\n");
  const side = commit(repository, "b", "2\n");
  repository.must("reset", "-q", "--hard", base);
  commit(repository, "c", "3\n");
  repository.must("merge", "-q", "--no-commit", side);
  const merge = commit(repository, "d", "only in the merge\n");
  const blob = oid(repository, "HEAD:d");
  const range = { include: [merge], exclude: [], remote: false } as const;
  for (const shown of ["off", "combined", "first-parent", "separate"]) {
    repository.must("config", "log.diffMerges", shown);
    const bringing = await commitsBringing(contextOf(repository), [blob], range);
    t.deepEqual(
      bringing.get(blob)?.map(({ commit: name }) => name),
      [merge],
      shown,
    );
  }
});

test("commits that say a word, in the message or before it, wherever git's output is cut", async (t) => {
  const repository = temporaryRepository(t);
  const count = 1500;
  const sayingAt = (at: number) => (at % 3 === 0 ? "A Private\n\nKEY" : "a PRIVATE Key");
  const stream = Array.from({ length: count }, (_, at) => {
    const message = `${String(at)}: ${sayingAt(at)} ${"m".repeat(at % 83)}\n\n more\n`;
    return (
      `commit refs/heads/main\ncommitter ${at === 0 ? "Private Key" : "A"} <a@example.com> ` +
      `1700000000 +0000\ndata ${String(message.length)}\n${message}\n`
    );
  });
  repository.feed(stream.join(""), "fast-import", "--quiet");
  const range = { include: [oid(repository, "main")], exclude: [], remote: false } as const;
  const words = ["x-y", "PRIVATE KEY"];
  const { saying: commits, all } = await commitsSaying(contextOf(repository), words, range);
  t.is(all, count);
  const expected = Array.from({ length: count }, (_, at) => at).filter(
    (at) => at === 0 || at % 3 !== 0,
  );
  t.deepEqual(
    commits.map(({ subject }) => Number(subject.split(":", 1)[0])),
    expected.reverse(),
  );
  t.is(commits[0]?.message, `1499: a PRIVATE Key ${"m".repeat(5)}\n\n more\n`);
  t.regex(commits.at(-1)?.header ?? "", /^committer Private Key /m);
});

test("more headers of commits than a string can hold", async (t) => {
  const repository = temporaryRepository(t);
  const head = commit(repository, "a", "1\n");
  const git = `${repository.dir}/../bin/git`;
  repository.write(
    "../bin/git",
    `#!/bin/sh\ncat >/dev/null\nyes ${"h".repeat(20_000)} | head -c 560000000 | tr '\\n' '\\0'\n` +
      `printf '\\0%s\\nparent %s\\n\\n    A Private Key\\n\\0' ${head} ${head}\n`,
  );
  chmodSync(git, 0o755);
  const { cwd, env } = contextOf(repository);
  const context = { cwd, env: { ...env, PATH: `${cwd}/../bin:${env["PATH"] ?? ""}` } };
  const range = { include: [head], exclude: [], remote: false } as const;
  const { saying: commits } = await commitsSaying(context, ["PRIVATE KEY"], range);
  t.deepEqual(
    commits.map(({ commit: name, parents, subject }) => [name, parents, subject]),
    [[head, [head], "A Private Key"]],
  );
});

test("tags are peeled; trees of many commits are read at once", async (t) => {
  const repository = temporaryRepository(t);
  const head = commit(repository, "deep/er/file", "1\n");
  repository.must("tag", "-m", "x", "inner");
  repository.must("tag", "-m", "x", "outer", "inner");
  repository.must("tag", "-m", "x", "blob", "HEAD:deep/er/file");
  const context = contextOf(repository);
  const [outer, blob] = [oid(repository, "outer"), oid(repository, "blob")];
  t.deepEqual(
    await peel(context, [outer, head, blob]),
    new Map([
      [outer, head],
      [head, head],
      [blob, oid(repository, "HEAD:deep/er/file")],
    ]),
  );
  const next = commit(repository, "top", "2\n");
  const trees = await readTrees(context, [outer, next, blob]);
  t.deepEqual([...trees.roots.keys()], [outer, next]);
  const paths = (commitOid: string) =>
    [...filesOf(trees, trees.roots.get(commitOid) ?? "")].map(({ path }) => String(path));
  t.deepEqual(paths(outer), ["deep/er/file"]);
  t.deepEqual(paths(next), ["deep/er/file", "top"]);
  t.deepEqual(
    [...filesOf(trees, trees.roots.get(next) ?? "", (_, folder) => folder !== "deep/er/")].map(
      ({ oid: name }) => name,
    ),
    [oid(repository, "HEAD:top")],
  );
  const root = trees.roots.get(next) ?? "";
  t.is(fileAt(trees, root, pathFromText("deep/er/file")), oid(repository, "HEAD:deep/er/file"));
  for (const other of ["deep", "gone", "top/file"]) {
    t.is(fileAt(trees, root, pathFromText(other)), null, other);
  }
});

test("HEAD with its author and parents, together with blobs", async (t) => {
  const repository = temporaryRepository(t);
  const context = contextOf(repository);
  t.deepEqual(await readHeadAndBlobs(context, []), {
    head: null,
    blobs: new Map(),
    indexed: [],
  });
  const first = commit(repository, "a", "1\n");
  repository.must(
    "commit",
    "-q",
    "--allow-empty",
    "-m",
    "x\n\nparent 123",
    "--author=Zoë <z@x>",
    "--date=@1700000000 +0130",
  );
  const blob = oid(repository, "HEAD:a");
  const { head, blobs } = await readHeadAndBlobs(context, [blob, blob]);
  t.deepEqual(head, {
    oid: oid(repository, "HEAD"),
    parents: [first],
    author: { name: "Zoë", email: "z@x", date: "@1700000000 +0130" },
  });
  t.deepEqual(blobs, new Map([[blob, Buffer.from("1\n")]]));
  await t.throwsAsync(readHeadAndBlobs(context, ["2".repeat(40)]), { code: "missing-object" });
});
