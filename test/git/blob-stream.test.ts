import test from "ava";
import { streamBlobs } from "../../git/blob-stream.ts";
import { temporaryRepository, type TemporaryRepository } from "../temporary-repository.ts";

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
    await streamBlobs(
      contextOf(repository),
      [wanted, [], blobs.map((one) => ({ ...one, at: -1 }))],
      ({ oid, at }, bytes) => {
        if (bytes.toString("latin1") !== contents[blobs.findIndex((one) => one.oid === oid)]) {
          t.fail(`another content, at ${String(at)}`);
        }
        come.push(at);
      },
    );
    t.deepEqual(come, [...wanted.map(({ at }) => at), -1, -1, -1, -1]);
  });
}

test("what is no blob, or is missing, is an error", async (t) => {
  const repository = temporaryRepository(t);
  const blob = store(repository, "1");
  const tree = { oid: repository.must("write-tree") };
  const missing = { oid: "1".repeat(40) };
  const read = (...wanted: { oid: string }[]) =>
    streamBlobs(contextOf(repository), [wanted], () => undefined);
  await t.notThrowsAsync(read(blob));
  await t.throwsAsync(read(blob, tree), { code: "unexpected-output" });
  await t.throwsAsync(read(missing, blob), { code: "missing-object" });
});

test("an error on either side ends both", async (t) => {
  const repository = temporaryRepository(t);
  const blob = store(repository, "1");
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const forEver = async function* () {
    try {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        yield Array.from({ length: 1000 }, () => blob);
      }
    } finally {
      end();
    }
  };
  const read = streamBlobs(contextOf(repository), forEver(), () => {
    throw new Error("found");
  });
  await t.throwsAsync(read, { message: "found" });
  await ended;

  const broken = async function* () {
    yield [blob];
    await Promise.reject(new Error("wanted"));
  };
  await t.throwsAsync(
    streamBlobs(contextOf(repository), broken(), () => undefined),
    { message: "wanted" },
  );
});
