import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  promises,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createServer } from "node:net";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { spawnSync } from "../../bounded-programs.ts";
import { writeBlobs } from "../../../git/objects/blobs.ts";
import { GitError } from "../../../git/errors.ts";
import { indexEntries } from "../../../git/index/entries.ts";
import type { GitPath } from "../../../git/path.ts";
import { refreshIndex, replaceEntries } from "../../../git/index/replace-entries.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { WorktreeError } from "../../../git/worktree/error.ts";
import { compareWithStaged, type WorktreeFile } from "../../../git/worktree/file.ts";
import { prepareReplacement, type PreparedReplacement } from "../../../git/worktree/replacement.ts";
import { temporaryRepository } from "../../temporary-repository.ts";
import { failing, modesWhileWritten, nodeFs, systemError, withOtherFs } from "../../other-fs.ts";
import { hostileNames } from "../hostile-names.ts";
import { openedRepository, type Opened } from "../opened-repository.ts";

async function states({ open }: Opened): Promise<Record<string, string>> {
  const files = await compareWithStaged(open, await indexEntries(open));
  return Object.fromEntries([...files].map(([name, file]) => [name, file.state]));
}

async function asStaged(
  { open }: Opened,
  name: string,
): Promise<WorktreeFile & { state: "as-staged" }> {
  const file = (await compareWithStaged(open, await indexEntries(open))).get(name as GitPath);
  if (file?.state !== "as-staged") throw new Error(`${name} is ${String(file?.state)}`);
  return file;
}

async function prepare(
  fixture: Opened,
  name: string,
  content: string,
): Promise<PreparedReplacement> {
  const bytes = Buffer.from(content);
  await writeBlobs(fixture.open, [bytes]);
  return prepareReplacement(fixture.open, await asStaged(fixture, name), bytes);
}

const names = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => name !== ".git")
    .sort();

test("files are told apart by what they hold now", async (t) => {
  const fixture = await openedRepository(t);
  const { dir, must, write } = fixture;
  const all = [
    "behind/f",
    "edited",
    "folder",
    "huge",
    "linked",
    "missing",
    "pipe",
    "same",
    "socket",
  ];
  all.push("under/f");
  for (const name of all) write(name, name);
  must("add", ".");
  write("edited", "edited since");
  truncateSync(path.join(dir, "huge"), 2 ** 31);
  for (const name of ["folder", "linked", "missing", "pipe", "socket"])
    unlinkSync(path.join(dir, name));
  mkdirSync(path.join(dir, "folder"));
  write("../target", "linked");
  symlinkSync("../target", path.join(dir, "linked"));
  spawnSync("mkfifo", [path.join(dir, "pipe")]);
  const server = createServer().listen(path.join(dir, "socket"));
  await once(server, "listening");
  t.teardown(() => {
    server.close();
  });
  // The parent swapped for a link to an equal folder elsewhere.
  renameSync(path.join(dir, "behind"), path.join(dir, "../behind"));
  symlinkSync("../behind", path.join(dir, "behind"));
  rmSync(path.join(dir, "under"), { recursive: true });
  write("under", "a file now");
  t.deepEqual(await states(fixture), {
    "behind/f": "not-a-file",
    edited: "edited",
    folder: "not-a-file",
    huge: "unreadable",
    linked: "not-a-file",
    missing: "missing",
    pipe: "not-a-file",
    same: "as-staged",
    socket: "not-a-file",
    "under/f": "not-a-file",
  });
});

test.serial("what becomes of a file while it is opened, or hinders that", async (t) => {
  const fixture = await openedRepository(t);
  fixture.write("f", "f");
  fixture.must("add", ".");
  const { openSync } = nodeFs;
  for (const [open, state] of [
    [failing("ENOENT"), "missing"],
    [failing("ENOTDIR"), "not-a-file"],
    [failing("ELOOP"), "not-a-file"],
    [failing("EACCES"), "unreadable"],
    [failing("EPERM"), "unreadable"],
    [(_path: unknown, flags: number) => openSync(fixture.dir, flags), "not-a-file"],
  ] as const) {
    await withOtherFs({ openSync: open as typeof openSync }, async () => {
      t.deepEqual(await states(fixture), { f: state });
    });
  }
  await withOtherFs({ openSync: failing("EIO") }, () =>
    t.throwsAsync(states(fixture), { code: "EIO" }),
  );
});

test("a file is replaced in one step, same mode and owner", async (t) => {
  const fixture = await openedRepository(t);
  const { dir, must, write } = fixture;
  const file = write("sub/f", "old", 0o750);
  if (process.getuid?.() === 0) chownSync(file, 12345, 23456);
  must("add", ".");
  const before = lstatSync(file);
  const prepared = await prepare(fixture, "sub/f", "new");
  t.is(readFileSync(file, "utf8"), "old");
  const beside = names(path.join(dir, "sub")).filter((name) => name !== "f");
  t.is(beside.length, 1);
  // What git ignores in a scaffolded repository.
  t.regex(beside[0] ?? "", /^\.flux-sops-[0-9a-f]{16}\.tmp$/);
  t.is(prepared.commit(), "replaced");
  t.is(readFileSync(file, "utf8"), "new");
  const { mode, uid, gid } = lstatSync(file);
  t.deepEqual({ mode, uid, gid }, { mode: before.mode, uid: before.uid, gid: before.gid });
  t.deepEqual(names(path.join(dir, "sub")), ["f"]);
  prepared.discard();
  t.is(readFileSync(file, "utf8"), "new");
  t.like(
    t.throws(() => prepared.commit(), { instanceOf: WorktreeError }),
    { problem: "failed" },
  );
});

test("discarding leaves no trace", async (t) => {
  const fixture = await openedRepository(t);
  fixture.write("f", "old");
  fixture.must("add", ".");
  const prepared = await prepare(fixture, "f", "new");
  prepared.discard();
  prepared.discard();
  t.throws(() => prepared.commit(), { instanceOf: WorktreeError });
  t.deepEqual(names(fixture.dir), ["f"]);
  t.is(readFileSync(path.join(fixture.dir, "f"), "utf8"), "old");
});

const swaps: Readonly<Record<string, (dir: string) => void>> = {
  "an edit": (dir) => {
    spawnSync("sh", ["-c", "echo more >>sub/f"], { cwd: dir });
  },
  "a mode change": (dir) => {
    chmodSync(path.join(dir, "sub/f"), 0o600);
  },
  "a deletion": (dir) => {
    unlinkSync(path.join(dir, "sub/f"));
  },
  "a symlink to an equal file": (dir) => {
    renameSync(path.join(dir, "sub/f"), path.join(dir, "moved"));
    symlinkSync("../moved", path.join(dir, "sub/f"));
  },
  "a symlinked parent with an equal file": (dir) => {
    renameSync(path.join(dir, "sub"), path.join(dir, "moved"));
    symlinkSync("moved", path.join(dir, "sub"));
  },
  "another parent with an equal file": (dir) => {
    renameSync(path.join(dir, "sub"), path.join(dir, "moved"));
    spawnSync("cp", ["-a", "moved", "sub"], { cwd: dir });
  },
};
for (const [what, swap] of Object.entries(swaps)) {
  test(`${what} between preparing and committing is left alone`, async (t) => {
    const fixture = await openedRepository(t);
    const { dir, must, write } = fixture;
    write("sub/f", "old");
    must("add", ".");
    const prepared = await prepare(fixture, "sub/f", "new");
    swap(dir);
    t.is(prepared.commit(), "changed");
    const found = spawnSync("grep", ["-rl", "new", "."], { cwd: dir }).stdout.toString();
    t.notRegex(found, /(^|\n)\.\/(sub|moved)\/f\n/);
    // What is moved away with its folder, and copied with it, is somebody else's by now.
    if (!what.includes("parent"))
      t.deepEqual(
        names(path.join(dir, "sub")).filter((one) => one !== "f"),
        [],
      );
  });
}

async function problem(t: ExecutionContext, promise: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(promise, { instanceOf: WorktreeError });
  t.notRegex(error.message, /\n/);
  return error.problem;
}

test("read-only files and folders are refused, by root too", async (t) => {
  const fixture = await openedRepository(t);
  const { dir, must, write } = fixture;
  write("read-only", "x", 0o444);
  write("executable", "x", 0o555);
  write("locked/f", "x");
  must("add", ".");
  chmodSync(path.join(dir, "locked"), 0o555);
  t.teardown(() => {
    chmodSync(path.join(dir, "locked"), 0o755);
  });
  t.is(await problem(t, prepare(fixture, "read-only", "new")), "read-only-file");
  t.is(await problem(t, prepare(fixture, "executable", "new")), "read-only-file");
  t.is(await problem(t, prepare(fixture, "locked/f", "new")), "read-only-folder");
  t.deepEqual(names(dir), ["executable", "locked", "read-only"]);
  t.deepEqual(names(path.join(dir, "locked")), ["f"]);
});

test.serial("of a file that is another user's it is not said to make it writable", async (t) => {
  const fixture = await openedRepository(t);
  const { must, write, open } = fixture;
  const { uid } = lstatSync(write("f", "old"));
  write("read-only", "old", 0o444);
  must("add", ".");
  const file = await asStaged(fixture, "f");
  const readOnly = await asStaged(fixture, "read-only");
  const blob = Buffer.from("new");
  const { getuid } = process;
  t.teardown(() => {
    Object.assign(process, { getuid });
  });
  for (const [user, expected] of [
    [uid + 1, "of-another-user"],
    [uid, "read-only-file"],
    // The superuser may change the mode of any.
    [0, "read-only-file"],
  ] as const) {
    Object.assign(process, { getuid: () => user });
    t.is(await problem(t, prepareReplacement(open, readOnly, blob)), expected);
    await withOtherFs({ accessSync: failing("EACCES") }, async () => {
      t.is(await problem(t, prepareReplacement(open, file, blob)), expected);
    });
  }
  // What another user's file lets one write, one may replace.
  Object.assign(process, { getuid: () => uid + 1 });
  t.is((await prepareReplacement(open, file, blob)).commit(), "replaced");
});

test.serial("what the system refuses is said, and the file is as it was", async (t) => {
  const fixture = await openedRepository(t);
  const { dir, must, write, open } = fixture;
  write("f", "old");
  must("add", ".");
  const file = await asStaged(fixture, "f");
  const blob = Buffer.from("new");
  for (const [others, expected] of [
    // As on a disk that is mounted to be read only.
    [{ accessSync: failing("EROFS") }, "read-only-file"],
    [{ openSync: failing("EROFS") }, "read-only-folder"],
    [{ writeFileSync: failing("EDQUOT") }, "disk-full"],
    [{ fchownSync: failing("EIO") }, "failed"],
  ] as const) {
    await withOtherFs(others, async () => {
      t.is(await problem(t, prepareReplacement(open, file, blob)), expected);
    });
    t.deepEqual(names(dir), ["f"]);
  }
  // No part of it is left, and where it cannot be removed that is said.
  await withOtherFs({ unlinkSync: failing("EIO") }, async () => {
    const { discard } = await prepareReplacement(open, file, blob);
    t.throws(discard, { code: "EIO" });
  });
  for (const name of names(dir)) if (name !== "f") unlinkSync(path.join(dir, name));
  // Who may not give files away keeps his own.
  await withOtherFs({ fchownSync: failing("EPERM") }, async () => {
    (await prepareReplacement(open, file, blob)).discard();
  });
  const prepared = await prepareReplacement(open, file, blob);
  await withOtherFs({ renameSync: failing("EIO") }, () => {
    const error = t.throws(() => prepared.commit(), { instanceOf: WorktreeError });
    t.like(error, { problem: "failed", message: "f cannot be replaced in the worktree (EIO)" });
  });
  t.deepEqual(names(dir), ["f"]);
  t.is(readFileSync(path.join(dir, "f"), "utf8"), "old");
});

test.serial("nobody else can read a new content while it is written", async (t) => {
  const fixture = await openedRepository(t);
  fixture.write("f", "old", 0o644);
  fixture.must("add", ".");
  const modes = await modesWhileWritten(async () => (await prepare(fixture, "f", "new")).commit());
  t.deepEqual(modes, [0o600]);
});

test("a content that git does not have is not put in the place of a file", async (t) => {
  for (const name of ["plain", "latin1-\xe4"]) {
    const fixture = await openedRepository(t);
    fixture.write(".git/info/attributes", "* text eol=crlf\n");
    fixture.write(Buffer.from(name, "latin1"), "old\r\n");
    fixture.must("add", ".");
    const file = await asStaged(fixture, name);
    await t.throwsAsync(prepareReplacement(fixture.open, file, Buffer.from("new\n")), {
      instanceOf: GitError,
    });
    t.is(names(fixture.dir).length, 1);
  }
});

test("a file that vanished before it could be prepared", async (t) => {
  const fixture = await openedRepository(t);
  fixture.write("sub/f", "x");
  fixture.must("add", ".");
  const file = await asStaged(fixture, "sub/f");
  rmSync(path.join(fixture.dir, "sub"), { recursive: true });
  t.is(await problem(t, prepareReplacement(fixture.open, file, Buffer.from("y"))), "not-a-file");
});

/** Only who may mount can have a small disk. */
const mountsDisks = ((): boolean => {
  const { dir, remove } = temporaryRepository();
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", dir]);
  if (status === 0) spawnSync("umount", [dir]);
  remove();
  return status === 0;
})();

(mountsDisks ? test : test.skip)(
  "a full disk leaves the file, and nothing beside it [needs root, to mount a small disk]",
  async (t) => {
    const fixture = await openedRepository(t);
    const { dir, must, write, open } = fixture;
    const small = path.join(dir, "small");
    mkdirSync(small);
    t.is(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", small]).status, 0);
    try {
      write("small/f", "old");
      must("add", ".");
      const file = await asStaged(fixture, "small/f");
      const large = Buffer.alloc(1_000_000, "x");
      t.is(await problem(t, prepareReplacement(open, file, large)), "disk-full");
      t.deepEqual(names(small), ["f"]);
      t.is(readFileSync(path.join(small, "f"), "utf8"), "old");
    } finally {
      spawnSync("umount", [small]);
    }
  },
);

test("what is synced is on the disk before it is put in place; if it cannot be, the file stays", async (t) => {
  const fixture = await openedRepository(t);
  const { dir, must, write } = fixture;
  write("f", "old");
  must("add", ".");
  const prepared = await prepare(fixture, "f", "new");
  const syncs: string[] = [];
  const { open } = promises;
  const watched =
    (code: string | null): typeof promises.open =>
    async (...args) => {
      const handle = await open(...args);
      const { sync } = handle;
      handle.sync = async () => {
        syncs.push(readFileSync(args[0] as Buffer, "utf8"));
        if (code !== null) throw systemError(code);
        await sync.call(handle);
      };
      return handle;
    };
  try {
    promises.open = watched("ENOSPC");
    syncBuiltinESMExports();
    t.is(await problem(t, prepared.sync()), "disk-full");
    t.is(readFileSync(path.join(dir, "f"), "utf8"), "old");
    promises.open = watched(null);
    syncBuiltinESMExports();
    await prepared.sync();
  } finally {
    promises.open = open;
    syncBuiltinESMExports();
  }
  t.deepEqual(syncs, ["new", "new"]);
  t.is(prepared.commit(), "replaced");
  t.is(readFileSync(path.join(dir, "f"), "utf8"), "new");
});

test("hostile names", async (t) => {
  const fixture = await openedRepository(t);
  const { must, write, open } = fixture;
  for (const name of hostileNames) write(Buffer.from(name, "latin1"), "old\r\n");
  must("add", "-A");
  const content = Buffer.from("new");
  await writeBlobs(open, [content]);
  const files = await compareWithStaged(open, await indexEntries(open));
  for (const name of hostileNames) {
    const file = files.get(name as GitPath);
    if (file?.state !== "as-staged")
      return t.fail(`${JSON.stringify(name)}: ${String(file?.state)}`);
    t.is((await prepareReplacement(open, file, content)).commit(), "replaced");
  }
  must("add", "-A");
  for (const entry of await indexEntries(open))
    t.is(entry.oid, must("hash-object", "-t", "blob", "--", "plain.yaml"));
  t.is((await indexEntries(open)).length, hostileNames.length);
});

/** Replaces an entry and its worktree file as the gate does; git must then see no difference. */
async function replaceBoth(fixture: Opened, name: string, content: string): Promise<void> {
  const { open } = fixture;
  const file = await asStaged(fixture, name);
  const [entry] = await indexEntries(open, new Set([name as GitPath]));
  const [to] = await writeBlobs(open, [Buffer.from(content)]);
  if (entry === undefined || to === undefined) throw new Error("nothing is staged");
  const prepared = await prepareReplacement(open, file, Buffer.from(content));
  await replaceEntries(open, [{ path: entry.path, mode: entry.mode, from: entry.oid, to }]);
  prepared.commit();
  await refreshIndex(open);
}

const conversions: Readonly<
  Record<string, { attributes: string; config?: [string, string][]; old: Buffer; expected: Buffer }>
> = {
  "line ends by attribute": {
    attributes: "* text eol=crlf",
    old: Buffer.from("a\r\nold\r\n"),
    expected: Buffer.from("a\r\nnew\r\n"),
  },
  "line ends by core.autocrlf": {
    attributes: "",
    config: [["core.autocrlf", "true"]],
    old: Buffer.from("a\r\nold\r\n"),
    expected: Buffer.from("a\r\nnew\r\n"),
  },
  "an encoding": {
    attributes: "* working-tree-encoding=UTF-16LE",
    old: Buffer.from("a\nöld\n", "utf16le"),
    expected: Buffer.from("a\nnew\n", "utf16le"),
  },
  "a filter": {
    attributes: "* filter=shift",
    config: [
      ["filter.shift.clean", "tr b-z a-y"],
      ["filter.shift.smudge", "tr a-y b-z"],
      ["filter.shift.required", "true"],
    ],
    old: Buffer.from("b\nold\n"),
    expected: Buffer.from("b\nofx\n"),
  },
  "LF kept by the author where a checkout would write CRLF": {
    attributes: "* text eol=crlf",
    old: Buffer.from("a\nold\n"),
    expected: Buffer.from("a\nnew\n"),
  },
};
for (const [what, { attributes, config = [], old, expected }] of Object.entries(conversions)) {
  for (const name of ["plain", "new\nline", "latin1-\xe4", " leading"]) {
    test(`the form the worktree wants: ${what}, ${JSON.stringify(name)}`, async (t) => {
      const fixture = await openedRepository(t);
      const { dir, must, write, git } = fixture;
      write(".git/info/attributes", `${attributes}\n`);
      for (const [key, value] of config) must("config", key, value);
      const file = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(name, "latin1")]);
      write(Buffer.from(name, "latin1"), old);
      must("add", ".");
      t.deepEqual(await states(fixture), { [name]: "as-staged" });
      await replaceBoth(fixture, name, "a\nnew\n");
      t.deepEqual(readFileSync(file), expected);
      t.is(git("diff-files", "--quiet").status, 0);
      write(Buffer.from(name, "latin1"), Buffer.concat([expected, Buffer.from("edit", "utf16le")]));
      t.deepEqual(await states(fixture), { [name]: "edited" });
    });
  }
}

for (const name of ["plain", "latin1-\xe4"]) {
  test(`a filter runs in its user's language: ${JSON.stringify(name)}`, async (t) => {
    const repository = temporaryRepository(t);
    const { dir, write } = repository;
    const env = { ...repository.env, LC_ALL: "sv_SE.UTF-8" };
    const git = (...args: string[]) => spawnSync("git", args, { cwd: dir, env }).status;
    const fixture = { ...repository, open: await openRepository({ cwd: dir, env }) };
    write(".git/info/attributes", "* filter=language\n");
    git("config", "filter.language.clean", 'grep -vFx "$LC_ALL"');
    git("config", "filter.language.smudge", 'cat && echo "$LC_ALL"');
    write(Buffer.from(name, "latin1"), "old\nsv_SE.UTF-8\n");
    t.is(git("add", "."), 0);
    t.deepEqual(await states(fixture), { [name]: "as-staged" });
    await replaceBoth(fixture, name, "new\n");
    const file = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(name, "latin1")]);
    t.is(readFileSync(file, "utf8"), "new\nsv_SE.UTF-8\n");
    t.is(git("diff-files", "--quiet"), 0);
  });
}

test("a name the filters cannot be given is refused before anything is written", async (t) => {
  const fixture = await openedRepository(t);
  fixture.write(".git/info/attributes", "* text eol=crlf\n");
  for (const name of ["\xff\n", " \xff"]) {
    fixture.write(Buffer.from(name, "latin1"), "old\r\n");
    fixture.must("add", ".");
    t.is(await problem(t, prepare(fixture, name, "new\n")), "unusual-name");
  }
});

test("CRLF that git itself left in a blob is no edit", async (t) => {
  const fixture = await openedRepository(t);
  fixture.write("f", "a\r\nold\r\n");
  fixture.must("add", ".");
  fixture.must("commit", "-qm", "x");
  // From now on new files would be converted, but not those whose blob has CRLF already.
  fixture.must("config", "core.autocrlf", "true");
  t.deepEqual(await states(fixture), { f: "as-staged" });
});
