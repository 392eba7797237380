import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import {
  blobSizes,
  blobsHere,
  readBlobMap,
  readBlobs,
  writeBlobs,
} from "../../../git/objects/blobs.ts";
import { GitError } from "../../../git/errors.ts";
import { blobOid } from "../../../git/objects/object-id.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

for (const objectFormat of ["sha1", "sha256"] as const) {
  test(`what is written is read, one or many (${objectFormat})`, async (t) => {
    const { dir: cwd, env, feed } = temporaryRepository(t, { objectFormat });
    const open = await openRepository({ cwd, env });
    const contents = [
      Buffer.from("text\n"),
      Buffer.alloc(0),
      Buffer.from("missing\n0 blob 5\n"),
      Buffer.from([0, 10, 13, 255, 10]),
      randomBytes(300_000),
      Buffer.from("text\n"),
    ];
    for (const some of [contents, ...contents.map((content) => [content])]) {
      const oids = await writeBlobs(open, some);
      t.deepEqual(
        oids,
        some.map((content) => blobOid(objectFormat, content)),
      );
      const read = await readBlobMap(open, oids);
      some.forEach((content, i) => {
        t.deepEqual(read.get(oids[i] ?? ""), content);
        t.deepEqual(feed("", "cat-file", "blob", oids[i] ?? ""), content);
      });
    }
    t.deepEqual(await writeBlobs(open, []), []);
    feed("", "fsck", "--strict");
  });
}

test("writing applies no filter and makes nothing but objects", async (t) => {
  const { dir: cwd, env, write, must } = temporaryRepository(t);
  write(".gitattributes", "* text eol=crlf\n");
  must("config", "core.autocrlf", "true");
  const open = await openRepository({ cwd, env });
  const crlf = [Buffer.from("a\r\nb\r\n"), Buffer.from("c\r\n")];
  const before = readdirSync(path.join(cwd, ".git")).sort();
  t.deepEqual(
    await writeBlobs(open, crlf),
    crlf.map((content) => blobOid("sha1", content)),
  );
  await writeBlobs(open, crlf.slice(0, 1));
  t.deepEqual(readdirSync(path.join(cwd, ".git")).sort(), before);
  t.deepEqual(readdirSync(cwd).sort(), [".git", ".gitattributes"]);
});

test("thousands of blobs in one call, read slower than they come", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const open = await openRepository({ cwd, env });
  const contents = Array.from({ length: 3000 }, (_, i) =>
    Buffer.from(`blob ${String(i)}\n`.repeat(40)),
  );
  const oids = await writeBlobs(open, contents);
  let i = 0;
  for await (const { oid, bytes, size } of readBlobs(open, [...oids, ...oids])) {
    if (i % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    t.is(oid, oids[i] ?? "");
    t.deepEqual(bytes, contents[i] ?? null);
    t.is(size, contents[i]?.length ?? null);
    i++;
  }
  t.is(i, 3000);
  t.is((await blobSizes(open, oids)).size, 3000);
});

test("large blobs come whole, or without their bytes when too large", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const open = await openRepository({ cwd, env });
  const large = randomBytes(20_000_000);
  const small = Buffer.from("small");
  const oids = await writeBlobs(open, [large, small]);
  const read = await readBlobMap(open, oids);
  t.true(read.get(oids[0] ?? "")?.equals(large));
  const limited = [];
  for await (const blob of readBlobs(open, oids, { maxBytes: 1000 })) limited.push(blob);
  t.deepEqual(limited, [
    { oid: oids[0] ?? "", size: large.length, bytes: null },
    { oid: oids[1] ?? "", size: 5, bytes: small },
  ]);
});

test("missing objects and objects of another kind are no blobs", async (t) => {
  const { dir: cwd, env, must } = temporaryRepository(t);
  must("commit", "-q", "--allow-empty", "-m", "x");
  const open = await openRepository({ cwd, env });
  const [present] = await writeBlobs(open, [Buffer.from("x")]);
  const missing = "1".repeat(40);
  const commit = must("rev-parse", "HEAD");
  const read = [];
  for await (const blob of readBlobs(open, [missing, present ?? "", commit])) read.push(blob);
  t.deepEqual(read, [
    { oid: missing, size: null, bytes: null },
    { oid: present ?? "", size: 1, bytes: Buffer.from("x") },
    { oid: commit, size: null, bytes: null },
  ]);
  t.deepEqual([...(await blobSizes(open, [missing, present ?? ""])).keys()], [present]);
  const here = await blobsHere(open, [missing, present ?? "", commit]);
  t.deepEqual([...here], [[present, Buffer.from("x")]]);
  t.is((await blobsHere(open, [present ?? ""], { maxBytes: 0 })).size, 0);
  const error = await t.throwsAsync(readBlobMap(open, [missing]), { instanceOf: GitError });
  t.is(error.code, "missing-object");
  await t.throwsAsync(readBlobMap(open, ["HEAD"]), {
    instanceOf: GitError,
    message: /no object name/,
  });
});

test("a reader that stops early leaves no git behind", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const open = await openRepository({ cwd, env });
  const oids = await writeBlobs(open, [randomBytes(3_000_000), randomBytes(3_000_000)]);
  for await (const { oid } of readBlobs(open, oids)) {
    t.is(oid, oids[0] ?? "");
    break;
  }
  // The next call works, and the test process ends: ava would report it hanging.
  t.is((await readBlobMap(open, oids)).size, 2);
});

test("a damaged object is a failure, not a short list", async (t) => {
  const { dir: cwd, env, write } = temporaryRepository(t);
  const open = await openRepository({ cwd, env });
  const [oid = ""] = await writeBlobs(open, [Buffer.from("x".repeat(5000))]);
  const file = path.join(".git/objects", oid.slice(0, 2), oid.slice(2));
  chmodSync(path.join(cwd, file), 0o644);
  write(file, readFileSync(path.join(cwd, file)).subarray(0, 20));
  const error = await t.throwsAsync(readBlobMap(open, [oid]), { instanceOf: GitError });
  // What git 2.39 calls it; the point is that it is an error.
  t.true(error.code === "missing-object" || error.code === "command-failed");
});

test("a git that dies while it answers is a failure with its own words", async (t) => {
  const { dir: cwd, env, write } = temporaryRepository(t);
  const oid = "1".repeat(40);
  for (const [answer, ending, message] of [
    [
      `${oid} blob 100\\nabc`,
      "echo fatal: boom >&2; exit 128",
      /failed \(exit status 128\): fatal: boom$/,
    ],
    ["", "exit 1", /failed \(exit status 1\)$/],
    [`${oid} blob 100\\nabc`, "exit 0", /stopped early/],
    [`${oid} bl`, "exit 0", /stopped early/],
    [`${oid} blob 1\\nx\\nmore\\n`, "exit 0", /more than was asked for/],
    ["something else\\n", "exit 0", /something unexpected/],
  ] as const) {
    write("../bin/git", `#!/bin/sh\nprintf '${answer}'\n${ending}\n`, 0o755);
    const fake = { cwd, env: { ...env, PATH: `${cwd}/../bin:${env["PATH"] ?? ""}` } };
    await t.throwsAsync(readBlobMap(fake, [oid]), { instanceOf: GitError, message });
  }
  const noGit = { cwd, env: { ...env, PATH: "/nonexistent" } };
  const error = await t.throwsAsync(readBlobMap(noGit, [oid]), { instanceOf: GitError });
  t.is(error.code, "git-missing");
});

test("names that are not those of what git was given are refused", async (t) => {
  const { dir: cwd, env, write } = temporaryRepository(t);
  const open = await openRepository({ cwd, env });
  const contents = ["one\n", "two\n"].map((text) => Buffer.from(text));
  const [one = "", two = ""] = contents.map((content) => blobOid("sha1", content));
  write("bin/git", `#!/bin/sh\ncat >/dev/null\nprintf '%b' "$ANSWER"\n`, 0o755);
  const answering = (ANSWER: string) => ({
    ...open,
    env: { ...env, PATH: `${cwd}/bin:${env["PATH"] ?? ""}`, ANSWER },
  });
  t.deepEqual(await writeBlobs(answering(`${one}\\n${two}\\n`), contents), [one, two]);
  for (const [given, ...answer] of [
    [1, two],
    [1, one, two],
    [2, two, one],
    [2, one, one],
    [2, one],
    [2, one, two, two],
  ] as const) {
    const error = await t.throwsAsync(
      writeBlobs(answering(`${answer.join("\\n")}\\n`), contents.slice(0, given)),
      { instanceOf: GitError },
      answer.join(" "),
    );
    t.is(error.code, "unexpected-output");
  }
});

test("replace refs do not change what is read", async (t) => {
  const { dir: cwd, env, must } = temporaryRepository(t);
  const open = await openRepository({ cwd, env });
  const [real = "", shown = ""] = await writeBlobs(open, [
    Buffer.from("real"),
    Buffer.from("shown"),
  ]);
  must("replace", real, shown);
  t.is(must("cat-file", "blob", real), "shown");
  t.is((await readBlobMap(open, [real])).get(real)?.toString(), "real");
});
