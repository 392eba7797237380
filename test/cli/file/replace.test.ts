import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
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
import { SOPS_EXIT } from "../../../cli/exit/codes.ts";
import { ENDING_SIGNALS } from "../../../cli/exit/ended.ts";
import { spawnSync } from "../../bounded-programs.ts";
import { failing, modesWhileWritten, nodeFs, systemError, withOtherFs } from "../../other-fs.ts";
import { WITH_TYPESCRIPT } from "../../with-typescript.ts";

// Taken when the module is loaded: it fails where this is set.
let syncFails: string | null = null;
const { replaceFile, stageFile, writeNewFile } = await withOtherFs(
  {
    fsync: ((handle: number, done: (error: Error | null) => void) => {
      if (syncFails === null) nodeFs.fsync(handle, done);
      else done(systemError(syncFails));
    }) as typeof nodeFs.fsync,
  },
  () => import("../../../cli/file/replace.ts"),
);

const OLD = Buffer.from("old\n");
const sandbox = mkdtempSync(join(tmpdir(), "flux-sops-replace-"));
test.after.always(() => {
  rmSync(sandbox, { recursive: true, force: true });
});

/** A file in a folder of its own. */
function oldFile(mode = 0o640) {
  const folder = mkdtempSync(join(sandbox, "folder-"));
  const path = join(folder, "db.sops.yaml");
  writeFileSync(path, OLD);
  chmodSync(path, mode);
  const read = () => readFileSync(path, "utf8");
  return { folder, path, read, names: () => readdirSync(folder) };
}

/** Listeners that this process has for its end. */
const listeners = () =>
  ["exit", ...ENDING_SIGNALS].map((event) => process.listenerCount(event)).join(" ");

/** Does something, and says how many files it has left open. */
async function leftOpen(run: () => unknown): Promise<number> {
  let open = 0;
  await withOtherFs(
    {
      openSync: (...args) => {
        const handle = nodeFs.openSync(...args);
        open += 1;
        return handle;
      },
      closeSync: (handle) => {
        nodeFs.closeSync(handle);
        open -= 1;
      },
    },
    run,
  );
  return open;
}

test.serial("a file is replaced in one step, and nothing of that stays", async (t) => {
  const { folder, path, read, names } = oldFile();
  const before = listeners();
  const number = statSync(path).ino;
  const open = await leftOpen(async () => {
    const staged = stageFile(path, "new\n", OLD);
    t.is(read(), "old\n");
    t.is(names().length, 2);
    // What git ignores in a scaffolded repository.
    t.regex(
      names().find((name) => name !== "db.sops.yaml") ?? "",
      /^\.flux-sops-[0-9a-f]{16}\.tmp$/,
    );
    await staged.sync();
    staged.commit();
  });
  t.is(open, 0);
  t.is(read(), "new\n");
  t.not(statSync(path).ino, number);
  t.is(statSync(path).mode & 0o7777, 0o640);
  t.deepEqual(readdirSync(folder), ["db.sops.yaml"]);
  t.is(listeners(), before);
});

test.serial("a link to a file stays one", async (t) => {
  const { path, read, folder } = oldFile();
  const link = join(mkdtempSync(join(sandbox, "links-")), "link.yaml");
  symlinkSync(path, link);
  await replaceFile(link, "new\n", null);
  t.true(lstatSync(link).isSymbolicLink());
  t.is(read(), "new\n");
  t.deepEqual(readdirSync(folder), ["db.sops.yaml"]);
});

test.serial("what somebody else has written meanwhile stays", async (t) => {
  const { path, read, names } = oldFile();
  const before = listeners();
  const staged = stageFile(path, "new\n", OLD);
  writeFileSync(path, "theirs\n");
  await staged.sync();
  t.throws(() => staged.commit(), {
    name: "ExitError",
    message: `${path}: was changed meanwhile: run this again`,
  });
  t.is(read(), "theirs\n");
  t.deepEqual(names(), ["db.sops.yaml"]);
  t.is(listeners(), before);
  await replaceFile(path, "new\n", null);
  t.is(read(), "new\n", "where that does not matter");
});

test.serial("what is no regular file stays what it is", (t) => {
  const { folder, path } = oldFile();
  mkdirSync(join(folder, "more"));
  for (const other of ["/dev/null", join(folder, "more")]) {
    const error = t.throws(() => stageFile(other, "new\n", null), {
      name: "ExitError",
      message: `${other}: is no regular file`,
    });
    t.like(error, { status: SOPS_EXIT.couldNotWriteOutputFile });
  }
  t.deepEqual(readdirSync(folder), ["db.sops.yaml", "more"]);
  t.is(readFileSync(path, "utf8"), "old\n");
});

test.serial("a file that may not be written stays, be its folder writable or not", async (t) => {
  const { path, read, names } = oldFile();
  // As for an ordinary user and a file of mode 0444.
  await withOtherFs({ accessSync: failing("EACCES") }, () =>
    t.throwsAsync(replaceFile(path, "new\n", null), { code: "EACCES" }),
  );
  t.is(read(), "old\n");
  t.deepEqual(names(), ["db.sops.yaml"]);
});

test.serial("nobody else can read what waits, not even while it is written", async (t) => {
  const { path } = oldFile(0o644);
  const modes = await modesWhileWritten(() => replaceFile(path, "new\n", null));
  t.deepEqual(modes, [0o600]);
  t.is(statSync(path).mode & 0o777, 0o644);
});

test.serial(
  "where it cannot be written, synced or put in place, the file is as it was",
  async (t) => {
    for (const [step, others] of [
      [
        "write",
        {
          writeFileSync: ((file) => {
            nodeFs.writeFileSync(file, "ne");
            throw systemError("ENOSPC");
          }) as typeof nodeFs.writeFileSync,
        },
      ],
      ["own", { fchmodSync: failing("EIO") }],
      ["rename", { renameSync: failing("EIO") }],
    ] as const) {
      const { path, read, names } = oldFile();
      const before = listeners();
      const open = await leftOpen(() =>
        withOtherFs(others, () =>
          t.throwsAsync(replaceFile(path, "new\n", OLD), { message: /made to fail/ }, step),
        ),
      );
      t.is(open, 0, step);
      t.is(read(), "old\n", step);
      t.deepEqual(names(), ["db.sops.yaml"], step);
      t.is(listeners(), before, step);
    }
    const { path, read, names } = oldFile();
    const before = listeners();
    syncFails = "EIO";
    try {
      const open = await leftOpen(() =>
        t.throwsAsync(replaceFile(path, "new\n", OLD), { code: "EIO" }),
      );
      t.is(open, 0);
    } finally {
      syncFails = null;
    }
    t.is(read(), "old\n");
    t.deepEqual(names(), ["db.sops.yaml"]);
    t.is(listeners(), before);
  },
);

test.serial(
  "of a file that is mounted by itself what is in it is replaced, or nothing",
  async (t) => {
    const { path, read, names } = oldFile();
    const number = statSync(path).ino;
    const renameSync = failing("EBUSY");
    await withOtherFs({ renameSync }, () => replaceFile(path, "new and longer\n", OLD));
    t.is(read(), "new and longer\n");
    t.is(statSync(path).ino, number);
    t.deepEqual(names(), ["db.sops.yaml"]);

    const flushed: unknown[] = [];
    let isFirst = true;
    await withOtherFs(
      {
        renameSync,
        writeFileSync: ((file, content, options) => {
          nodeFs.writeFileSync(file, content);
          if (file !== path) return;
          flushed.push(options);
          if (!isFirst) return;
          isFirst = false;
          throw systemError("ENOSPC");
        }) as typeof nodeFs.writeFileSync,
      },
      () => t.throwsAsync(replaceFile(path, "new\n", null), { code: "ENOSPC" }),
    );
    t.is(read(), "new and longer\n");
    t.deepEqual(flushed[0], { flush: true });
    t.deepEqual(names(), ["db.sops.yaml"]);
  },
);

/** The mode of a file of another owner or group after it was replaced, and whom it was given to. */
async function givenTo(
  mode: number,
  owner: { readonly uid?: number; readonly gid?: number },
  refuses: (uid: number, gid: number) => string | null,
) {
  const { path } = oldFile(mode);
  const { uid, gid } = statSync(path);
  const given: string[] = [];
  await withOtherFs(
    {
      statSync: ((...args: Parameters<typeof statSync>) =>
        Object.assign(nodeFs.statSync(...args) ?? {}, owner)) as typeof nodeFs.statSync,
      fchownSync: (_handle, toUid, toGid) => {
        const to = `${toUid - uid}:${toGid - gid}`;
        const code = refuses(toUid - uid, toGid - gid);
        if (code !== null) throw systemError(code);
        given.push(to);
      },
    },
    () => replaceFile(path, "new\n", null),
  );
  return { given, mode: statSync(path).mode & 0o7777 };
}

test.serial("a file keeps owner and group, or nobody else gets its group's rights", async (t) => {
  const { path } = oldFile();
  const { uid, gid } = statSync(path);
  const nobody = () => "EPERM";
  const other = { uid: uid + 1, gid: gid + 1 };
  // Where nothing has to be given to anybody, nothing is.
  t.deepEqual(await givenTo(0o640, {}, () => "ENOSYS"), { given: [], mode: 0o640 });
  t.deepEqual(await givenTo(0o640, other, () => null), { given: ["1:1"], mode: 0o640 });
  // One's own group among several: the group can be kept, the owner cannot.
  t.deepEqual(await givenTo(0o640, other, (to) => (to === 0 ? null : "EPERM")), {
    given: ["0:1"],
    mode: 0o640,
  });
  t.deepEqual(await givenTo(0o640, { gid: gid + 1 }, () => null), { given: ["0:1"], mode: 0o640 });
  t.deepEqual(await givenTo(0o640, { uid: uid + 1 }, nobody), { given: [], mode: 0o640 });
  t.deepEqual(await givenTo(0o660, other, nobody), { given: [], mode: 0o600 });
  t.deepEqual(await givenTo(0o674, other, nobody), { given: [], mode: 0o644 });
  t.deepEqual(await givenTo(0o4771, other, nobody), { given: [], mode: 0o4711 });
  await t.throwsAsync(
    givenTo(0o640, other, () => "EIO"),
    { code: "EIO" },
  );
});

/** Has a process of its own wait with two new contents for files, and end by `ending`. */
function endedWaiting(ending: string) {
  const [first, second, third] = [oldFile(), oldFile(), oldFile()];
  const paths = [first, second, third].map(({ path }) => path);
  const script = `
    import { readdirSync, rmSync } from "node:fs";
    import { dirname, join } from "node:path";
    import { stageFile } from ${JSON.stringify(new URL("../../../cli/file/replace.ts", import.meta.url).href)};
    const paths = ${JSON.stringify(paths)};
    const [first, ...others] = paths.map((path) => stageFile(path, "new\\n", null));
    await first.sync();
    first.commit();
    setTimeout(() => {}, 20_000);
    ${ending}`;
  const args = [WITH_TYPESCRIPT, "--input-type=module", "--eval", script];
  const { status, signal } = spawnSync(process.execPath, args);
  return { status, signal, files: [first, second, third] };
}

for (const [how, ending, expected] of [
  ["a signal", 'process.kill(process.pid, "SIGTERM");', { status: null, signal: "SIGTERM" }],
  ["Ctrl-C", 'process.kill(process.pid, "SIGINT");', { status: null, signal: "SIGINT" }],
  ["an error", 'throw new Error("x");', { status: 1, signal: null }],
  [
    "an error, after somebody has tidied up,",
    `const folder = dirname(paths[1]);
    for (const name of readdirSync(folder)) if (name.endsWith(".tmp")) rmSync(join(folder, name));
    throw new Error("x");`,
    { status: 1, signal: null },
  ],
] as const) {
  test.serial(`what waits is gone where ${how} ends the process`, (t) => {
    const { files, ...ended } = endedWaiting(ending);
    t.deepEqual(ended, expected);
    t.deepEqual(
      files.map(({ read }) => read()),
      ["new\n", "old\n", "old\n"],
    );
    for (const { names } of files) t.deepEqual(names(), ["db.sops.yaml"]);
  });
}

test.serial(
  "however many wait, the process listens once for its end, and no more after them",
  async (t) => {
    const before = listeners();
    const counts = () =>
      ["exit", ...ENDING_SIGNALS].map((event) => process.listenerCount(event) - 1).join(" ");
    const first = stageFile(oldFile().path, "new\n", null);
    t.is(counts(), before);
    const second = stageFile(oldFile().path, "new\n", null);
    t.is(counts(), before);
    await first.sync();
    first.commit();
    t.is(counts(), before);
    await second.sync();
    second.commit();
    t.is(listeners(), before);
  },
);

test.serial("a new file is written whole or not at all, and replaces nothing", async (t) => {
  const { folder, path, read } = oldFile();
  t.throws(() => writeNewFile(path, "new\n"), { code: "EEXIST" });
  t.is(read(), "old\n");
  const umask = process.umask(0o022);
  try {
    const open = await leftOpen(() => {
      writeNewFile(join(folder, "a"), "new\n");
      writeNewFile(join(folder, "b"), "new\n", 0o600);
    });
    t.is(open, 0);
  } finally {
    process.umask(umask);
  }
  t.is(readFileSync(join(folder, "a"), "utf8"), "new\n");
  t.is(statSync(join(folder, "a")).mode & 0o777, 0o644);
  t.is(statSync(join(folder, "b")).mode & 0o777, 0o600);
  const open = await leftOpen(() =>
    withOtherFs({ writeFileSync: failing("ENOSPC") }, () =>
      t.throws(() => writeNewFile(join(folder, "c"), "new\n"), { code: "ENOSPC" }),
    ),
  );
  t.is(open, 0);
  t.deepEqual(readdirSync(folder).sort(), ["a", "b", "db.sops.yaml"]);
});
