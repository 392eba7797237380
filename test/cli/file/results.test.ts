import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import {
  type Batch,
  type Destination,
  printed,
  putInPlace,
  waitingIn,
  writtenTo,
} from "../../../cli/file/results.ts";
import type { Format } from "../../../sops/format.ts";
import { failing, nodeFs, withOtherFs } from "../../other-fs.ts";

const sandbox = mkdtempSync(join(tmpdir(), "flux-sops-results-"));
test.after.always(() => {
  rmSync(sandbox, { recursive: true, force: true });
});

const folder = () => mkdtempSync(join(sandbox, "folder-"));

function result(
  content: string,
  { path = "", before = "", format = "yaml" as Format | null } = {},
) {
  return { content: Buffer.from(content), bytes: Buffer.from(before), path, format };
}

/** What is written to a stream of this process while something runs. */
async function writtenWhile(
  stream: "stdout" | "stderr",
  run: () => void | Promise<void>,
): Promise<string> {
  const { write } = process[stream];
  const said: string[] = [];
  process[stream].write = (text: string | Uint8Array) =>
    said.push(Buffer.from(text).toString()) > 0;
  try {
    await run();
  } finally {
    process[stream].write = write;
  }
  return said.join("");
}

test.serial(
  "YAML files that are printed one behind the other are documents of one stream",
  async (t) => {
    const all = (...results: readonly (readonly [content: string, format: Format | null])[]) =>
      writtenWhile("stdout", async () => {
        const print = printed();
        for (const [content, format] of results) await print(result(content, { format }));
      });
    t.is(await all(["a: 1\n", "yaml"]), "a: 1\n");
    t.is(await all(["a: 1\n", "yaml"], ["b: 2\n", "yaml"]), "a: 1\n---\nb: 2\n");
    t.is(await all(["a: 1", "yaml"], ["b: 2\n", "yaml"]), "a: 1\n---\nb: 2\n");
    t.is(await all(["", "yaml"], ["b: 2\n", "yaml"]), "---\nb: 2\n");
    // It begins a document by itself; what only looks so is a text.
    t.is(await all(["a: 1\n", "yaml"], ["---\nb: 2\n", "yaml"]), "a: 1\n---\nb: 2\n");
    t.is(await all(["a: 1\n", "yaml"], ["---b\n", "yaml"]), "a: 1\n---\n---b\n");
    t.is(await all(["a: 1\n", "yaml"], ["- --- b\n", "yaml"]), "a: 1\n---\n- --- b\n");
    t.is(await all(["1\n", null], ["2\n", null]), "1\n2\n");
    t.is(await all(["A=1\n", "dotenv"], ["b: 2\n", "yaml"]), "A=1\nb: 2\n");
    t.is(await all(["a: 1\n", "yaml"], ["{}\n", "json"], ["b: 2\n", "yaml"]), "a: 1\n{}\nb: 2\n");
  },
);

const to = async (
  output: string,
  content: string,
  holds: "plaintext" | "ciphertext" = "plaintext",
): Promise<void> => {
  await writtenTo(output, holds)(result(content));
};

test.serial(
  "--output: a new file with plaintext is for its owner alone, one that is there keeps its mode, or its target",
  async (t) => {
    const dir = folder();
    const umask = process.umask(0);
    try {
      await to(join(dir, "new"), "a\n");
      t.is(statSync(join(dir, "new")).mode & 0o777, 0o600);
      const mac = "sops:\n    mac: ENC[AES256_GCM,data:x,type:str]\n";
      await to(join(dir, "encrypted"), `a: ENC[AES256_GCM,data:x,type:str]\n${mac}`, "ciphertext");
      t.is(statSync(join(dir, "encrypted")).mode & 0o777, 0o666);
      await to(join(dir, "readable"), `a: b\n${mac}`, "ciphertext");
      t.is(statSync(join(dir, "readable")).mode & 0o777, 0o600, "nothing in it is encrypted");
      chmodSync(join(dir, "new"), 0o640);
      const number = statSync(join(dir, "new")).ino;
      await to(join(dir, "new"), "b\n");
      t.is(readFileSync(join(dir, "new"), "utf8"), "b\n");
      t.is(statSync(join(dir, "new")).mode & 0o777, 0o640);
      t.not(statSync(join(dir, "new")).ino, number, "replaced in one step");
      symlinkSync("new", join(dir, "link"));
      await to(join(dir, "link"), "c\n");
      t.true(lstatSync(join(dir, "link")).isSymbolicLink());
      t.is(readFileSync(join(dir, "new"), "utf8"), "c\n");
    } finally {
      process.umask(umask);
    }
    t.deepEqual(readdirSync(dir).sort(), ["encrypted", "link", "new", "readable"]);
  },
);

test.serial(
  "--output: devices, and what the shell has opened, take it and stay what they are",
  async (t) => {
    const dir = folder();
    await to("/dev/null", "a\n");
    t.true(statSync("/dev/null").isCharacterDevice());
    // As `> file` opens it: a file of another name would not be what is written there.
    const handle = openSync(join(dir, "opened"), "w");
    try {
      const number = statSync(join(dir, "opened")).ino;
      await to(`/dev/fd/${handle}`, "b\n");
      t.is(statSync(join(dir, "opened")).ino, number);
      const elsewhere = `/proc/self/fd/${handle}`;
      if (existsSync(elsewhere)) await to(elsewhere, "b\n");
      t.is(statSync(join(dir, "opened")).ino, number);
    } finally {
      closeSync(handle);
    }
    t.is(readFileSync(join(dir, "opened"), "utf8"), "b\n");
    mkdirSync(join(dir, "dev"));
    const alike = join(dir, "dev/stdout");
    writeFileSync(alike, "old\n");
    const before = statSync(alike).ino;
    await to(alike, "b\n");
    t.not(statSync(alike).ino, before, "an ordinary file is replaced in one step");
    for (const path of ["/dev/stdout", "/dev/stderr"]) {
      const written: unknown[] = [];
      await withOtherFs(
        {
          statSync: (() => nodeFs.statSync(join(dir, "opened"))) as unknown as typeof statSync,
          writeFileSync: (file) => written.push(file),
        },
        () => to(path, "c\n"),
      );
      t.deepEqual(written, [path]);
    }
  },
);

test.serial("--output: what is in the way is said", async (t) => {
  const dir = folder();
  const none = join(dir, "none");
  t.like(await t.throwsAsync(to(join(none, "file"), "a\n"), { name: "ExitError" }), {
    status: 3,
    message: `--output: there is no folder ${none}: mkdir -p ${none}`,
  });
  await t.throwsAsync(to(dir, "a\n"), {
    name: "ExitError",
    message: `--output: ${dir}: it is a folder`,
  });
  await withOtherFs({ statSync: failing("EACCES") }, () =>
    t.throwsAsync(to(join(dir, "file"), "a\n"), { message: /^--output: .*: permission denied$/ }),
  );
  const other = new TypeError("no system error");
  await withOtherFs(
    {
      statSync: () => {
        throw other;
      },
    },
    async () => t.is(await t.throwsAsync(to(join(dir, "file"), "a\n")), other),
  );
});

/** Files that are to hold other contents. */
function batch(contents: Readonly<Record<string, string>>) {
  const dir = folder();
  const all: Batch = new Map();
  const wait: Destination = waitingIn(all);
  const path = (name: string) => join(dir, name);
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(path(name), "old\n");
    void wait(result(content, { path: path(name), before: "old\n" }));
  }
  const held = () =>
    readdirSync(dir)
      .sort()
      .map((name) => `${name}: ${readFileSync(path(name), "utf8").trim()}`);
  return { all, path, held };
}

test.serial(
  "files in place: nothing is there before all can be, and what is as it was is not written",
  async (t) => {
    const { all, path, held } = batch({ a: "new\n", b: "old\n", c: "new\n" });
    t.deepEqual([...all.keys()], [path("a"), path("c")]);
    t.deepEqual(held().slice(-3), ["a: old", "b: old", "c: old"]);
    const number = statSync(path("b")).ino;
    t.is(await putInPlace(all), 0);
    t.deepEqual(held(), ["a: new", "b: old", "c: new"]);
    t.is(statSync(path("b")).ino, number);
    t.is(await putInPlace(new Map()), 0);
  },
);

test.serial(
  "files in place: one that somebody has changed meanwhile stays so, and fails the whole",
  async (t) => {
    for (const theirs of ["a", "b"]) {
      const { all, path, held } = batch({ a: "new\n", b: "new\n" });
      writeFileSync(path(theirs), "theirs\n");
      let status = 0;
      const said = await writtenWhile("stderr", async () => {
        status = await putInPlace(all);
      });
      t.is(status, 3);
      t.is(said, `flux-sops: ${path(theirs)}: was changed meanwhile: run this again\n`);
      t.deepEqual(
        held(),
        ["a", "b"].map((name) => `${name}: ${name === theirs ? "theirs" : "new"}`),
      );
    }
  },
);
