import test from "ava";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BlobStream, streamBlobs } from "../../../git/objects/blob-stream.ts";
import { temporaryRepository, type TemporaryRepository } from "../../temporary-repository.ts";

function contextOf({ dir, env }: TemporaryRepository) {
  return { cwd: dir, env };
}

function store(repository: TemporaryRepository, content: Uint8Array | string) {
  const oid = repository.feed(content, "hash-object", "-w", "--stdin").toString().trim();
  return { oid };
}

for (const objectFormat of ["sha1", "sha256"] as const) {
  test(`blobs as they are wanted, empty ones and long ones, more than pipes hold (${objectFormat})`, async (t) => {
    const repository = temporaryRepository(t, { objectFormat });
    const contents = ["", "\n", "x".repeat(300_000), "a blob 1\nb\0"];
    const blobs = contents.map((content) => store(repository, content));
    const wanted = Array.from({ length: 3000 }, (_, at) => ({
      ...(blobs[at % 40 === 2 ? 2 : (at % 2) * 3] ?? { oid: "" }),
      at,
    }));
    const come: number[] = [];
    const stream = new BlobStream<(typeof wanted)[number]>(
      contextOf(repository),
      ({ oid, at }, bytes) => {
        if (bytes.toString("latin1") !== contents[blobs.findIndex((one) => one.oid === oid)]) {
          t.fail(`another content, at ${String(at)}`);
        }
        come.push(at);
      },
    );
    for (const some of [wanted, [], blobs.map((one) => ({ ...one, at: -1 }))]) stream.want(some);
    stream.end();
    await stream.ended;
    t.deepEqual(come, [...wanted.map(({ at }) => at), -1, -1, -1, -1]);
  });
}

test("what is no blob, or is missing, is an error", async (t) => {
  const repository = temporaryRepository(t);
  const blob = store(repository, "1");
  const tree = { oid: repository.must("write-tree") };
  const missing = { oid: "1".repeat(40) };
  const read = (...wanted: { oid: string }[]) =>
    streamBlobs(contextOf(repository), wanted, () => undefined);
  await t.notThrowsAsync(read(blob));
  await t.throwsAsync(read(blob, tree), { code: "unexpected-output" });
  await t.throwsAsync(read(missing, blob), { code: "missing-object" });
});

test("a blob of more bytes than node can hold is told from a missing one", async (t) => {
  const repository = temporaryRepository(t);
  const oid = "1".repeat(40);
  repository.write("bin/git", `#!/bin/sh\nread -r oid\necho "$oid blob ${5 * 2 ** 30}"\n`);
  chmodSync(join(repository.dir, "bin/git"), 0o755);
  const env = { ...repository.env, PATH: `${join(repository.dir, "bin")}:/usr/bin:/bin` };
  const error = await t.throwsAsync(
    streamBlobs({ cwd: repository.dir, env }, [{ oid }], () => undefined),
    { code: "too-large" },
  );
  t.regex(error.message, /^a file of 5\.0 GiB is too large .* 1{40}, .* git rm --cached$/);
});

test("an error of who takes them, and a git that was ended", async (t) => {
  const repository = temporaryRepository(t);
  const blob = store(repository, "1");
  const failing = new BlobStream(contextOf(repository), () => {
    throw new Error("found");
  });
  failing.want(Array.from({ length: 1000 }, () => blob));
  await t.throwsAsync(failing.ended, { message: "found" });
  // It may still be asked for more.
  failing.want(Array.from({ length: 1000 }, () => blob));
  failing.end();

  const stopped = new BlobStream(contextOf(repository), () => undefined);
  stopped.stop();
  await t.throwsAsync(stopped.ended, { code: "command-failed" });
});

test("contents of any length, wherever a chunk ends", async (t) => {
  const repository = temporaryRepository(t);
  const contents = Array.from({ length: 400 }, (_, at) => `${String(at)}\n`.repeat(at * 3));
  const stream = contents.map(
    (content, at) => `blob\nmark :${String(at + 1)}\ndata ${String(content.length)}\n${content}\n`,
  );
  repository.feed(stream.join(""), "fast-import", "--quiet", "--export-marks=marks");
  const marks = readFileSync(join(repository.dir, "marks"), "utf8").trim().split("\n");
  const blobs = marks.map((line) => {
    const [mark = "", oid = ""] = line.split(" ");
    return { oid, at: Number(mark.slice(1)) - 1 };
  });
  let come = 0;
  await streamBlobs(contextOf(repository), blobs, ({ at }, bytes) => {
    if (bytes.toString("latin1") !== contents[at]) t.fail(`another content, at ${String(at)}`);
    come += 1;
  });
  t.is(come, contents.length);
});
