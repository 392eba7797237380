import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import test from "ava";
import { spawnSync } from "../../bounded-programs.ts";
import { appendLines } from "../../../scaffold/addition/append-lines.ts";
import { addHusky } from "../../../scaffold/addition/add-husky.ts";
import { filesToWrite, planFiles, type WantedFile } from "../../../scaffold/plan/plan.ts";
import { stageFiles } from "../../../scaffold/plan/write.ts";
import { failing, nodeFs, systemError, withOtherFs } from "../../other-fs.ts";
import { newPlace } from "../sandbox.ts";

function wanted(path: string, text = "wanted\n", mode: 0o644 | 0o755 = 0o644): WantedFile {
  return { path, content: Buffer.from(text), mode };
}

function placeWith(files: Record<string, string>): string {
  const directory = newPlace("repository");
  mkdirSync(directory);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

function write(directory: string, files: readonly WantedFile[], force = false): void {
  const staged = stageFiles(directory, filesToWrite(planFiles(directory, files), force));
  try {
    staged.moveIntoPlace();
  } finally {
    staged.discard();
  }
}

/** Every file below a folder with its text, symbolic links left out. */
function content(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, "utf8")]),
  );
}

test("the four states of a file", (t) => {
  const directory = placeWith({ same: "wanted\n", other: "mine\n", "dir/older": "old\n" });
  const plan = planFiles(directory, [
    wanted("same"),
    wanted("other"),
    { ...wanted("dir/older"), mayReplace: (present) => present.toString() === "old\n" },
    wanted("dir/deep/fresh"),
  ]);
  t.deepEqual(
    plan.map(({ state }) => state),
    ["unchanged", "differs", "upgraded", "new"],
  );
  t.deepEqual(
    filesToWrite(plan, false).map(({ path }) => path),
    ["dir/older", "dir/deep/fresh"],
  );
  t.deepEqual(
    filesToWrite(plan, true).map(({ path }) => path),
    ["other", "dir/older", "dir/deep/fresh"],
  );
});

test("what killed runs have left is removed, but for what may be a user's only copy", (t) => {
  const gone = spawnSync("true", []).pid;
  const mine = {
    [`.scaffold-${gone}-bbbbbb/0.before`]: "mine\n",
    [`.scaffold-${gone}-bbbbbb/1.new`]: "x",
    [`.scaffold-${process.pid}-cccccc/0.new`]: "x",
    [`.scaffold-${gone}-dddddd/notes1.new`]: "mine\n",
    [`.scaffold-${gone}-eeeeee/1.new.orig`]: "mine\n",
    ".scaffold-mine/0.new": "x",
    [`my.scaffold-${gone}-ffffff/0.new`]: "mine\n",
    [`.scaffold-${gone}-gggggg`]: "mine\n",
    "elsewhere/0.new": "mine\n",
  };
  const directory = placeWith({
    ...mine,
    [`.scaffold-${gone}-aaaaaa/0.new`]: "x",
    [`.scaffold-${gone}-aaaaaa/.gitignore`]: "*\n",
  });
  const link = join(directory, `.scaffold-${gone}-hhhhhh`);
  symlinkSync("elsewhere", link);
  write(directory, [wanted("new")]);
  t.deepEqual(content(directory), { ...mine, new: "wanted\n" });
  t.true(lstatSync(link).isSymbolicLink());
});

test("a file that differs keeps its bytes without force and loses them with it", (t) => {
  const directory = placeWith({ other: "mine\n" });
  const files = [wanted("other"), wanted("a/b/new", "x", 0o755)];
  write(directory, files);
  t.deepEqual(content(directory), { other: "mine\n", "a/b/new": "x" });
  write(directory, files, true);
  t.deepEqual(content(directory), { other: "wanted\n", "a/b/new": "x" });
  t.is(statSync(join(directory, "a/b/new")).mode & 0o777, 0o755 & ~process.umask());
  t.is(statSync(join(directory, "other")).mode & 0o777, 0o644 & ~process.umask());
});

test("a folder that is a symbolic link is refused before anything is written", (t) => {
  const outside = placeWith({});
  const directory = placeWith({});
  symlinkSync(outside, join(directory, "clusters"));
  t.throws(() => planFiles(directory, [wanted("new"), wanted("clusters/x")]), {
    name: "ScaffoldError",
    message: /clusters is a symbolic link .*not followed/,
  });
  t.deepEqual(readdirSync(outside), []);
});

test("a file that is a symbolic link is kept, and not replaced even with force", (t) => {
  const outside = placeWith({ target: "outside\n" });
  const directory = placeWith({});
  symlinkSync(join(outside, "target"), join(directory, "README.md"));
  write(directory, [wanted("README.md"), wanted("new")]);
  t.deepEqual(content(directory), { new: "wanted\n" });
  t.throws(() => write(directory, [wanted("README.md"), wanted("second")], true), {
    name: "ScaffoldError",
    message: /README\.md is a symbolic link/,
  });
  t.deepEqual(content(directory), { new: "wanted\n" });
  t.is(readFileSync(join(outside, "target"), "utf8"), "outside\n");
});

test("a link put in the way after planning is not followed", (t) => {
  const outside = placeWith({});
  const directory = placeWith({});
  const plan = planFiles(directory, [wanted("first"), wanted("second")]);
  const staged = stageFiles(directory, plan);
  symlinkSync(join(outside, "stolen"), join(directory, "second"));
  t.throws(staged.moveIntoPlace, { name: "ScaffoldError", message: /second is a symbolic link/ });
  staged.discard();
  t.deepEqual(readdirSync(outside), []);
  t.deepEqual(readdirSync(directory), ["second"]);
});

test("a folder swapped for a link after planning is not followed", (t) => {
  const outside = placeWith({});
  const directory = placeWith({});
  const plan = planFiles(directory, [wanted("clusters/file")]);
  const staged = stageFiles(directory, plan);
  symlinkSync(outside, join(directory, "clusters"));
  t.throws(staged.moveIntoPlace, { name: "ScaffoldError", message: /clusters is a symbolic link/ });
  staged.discard();
  t.deepEqual(readdirSync(outside), []);
});

test("a folder in the place of a file, a file in the place of a folder", (t) => {
  const directory = placeWith({ "README.md/x": "", clusters: "" });
  t.deepEqual(
    planFiles(directory, [wanted("README.md")]).map(({ state }) => state),
    ["differs"],
  );
  t.throws(() => planFiles(directory, [wanted("clusters/x")]), {
    message: /clusters is in the way/,
  });
});

test("a failure half-way takes everything back: new files, replaced files, new folders", (t) => {
  const directory = placeWith({ other: "mine\n" });
  const before = content(directory);
  const plan = planFiles(directory, [wanted("a/b/c"), wanted("other"), wanted("late")]);
  const staged = stageFiles(directory, filesToWrite(plan, true));
  writeFileSync(join(directory, "late"), "somebody else's\n");
  t.throws(staged.moveIntoPlace, { name: "ScaffoldError", message: /late has appeared meanwhile/ });
  staged.discard();
  t.deepEqual(content(directory), { ...before, late: "somebody else's\n" });
  t.deepEqual(readdirSync(directory).sort(), ["late", "other"]);
});

test("what is no UTF-8 is added to byte by byte, or not at all", (t) => {
  const directory = placeWith({});
  const latin1 = (text: string) => Buffer.from(text, "latin1");
  writeFileSync(join(directory, ".gitignore"), latin1("# caf\xe9\n"));
  writeFileSync(join(directory, "package.json"), latin1('{"author": "Ren\xe9"}\n'));
  const plan = planFiles(directory, [
    { ...wanted(".gitignore"), addTo: (present) => appendLines(present, latin1("x\n"), "why") },
    { ...wanted("package.json"), addTo: addHusky },
  ]);
  t.deepEqual(
    plan.map(({ state, byHand }) => [state, byHand]),
    [
      ["merged", undefined],
      ["by-hand", "it is no UTF-8: save it as that, and run this again"],
    ],
  );
  t.deepEqual(plan[0]?.content, latin1("# caf\xe9\n\n# why\nx\n"));
});

test("a file that its user changes after planning stays as it is by then", (t) => {
  const directory = placeWith({ a: "old\n", b: "mine\n" });
  const plan = planFiles(directory, [wanted("a"), wanted("b"), wanted("c")]);
  const staged = stageFiles(directory, filesToWrite(plan, true));
  writeFileSync(join(directory, "b"), "mine\nand more\n");
  const error = t.throws(staged.moveIntoPlace, {
    name: "ScaffoldError",
    message: `${join(directory, "b")} was changed meanwhile, and nothing was written: run this again`,
  });
  t.like(error, { code: "environment" });
  staged.discard();
  t.deepEqual(content(directory), { a: "old\n", b: "mine\nand more\n" });
});

test("a file that is replaced is there at every moment", (t) => {
  const directory = placeWith({ a: "old\n" });
  const seen: string[] = [];
  const [planned] = planFiles(directory, [wanted("a")]);
  if (planned === undefined) throw new Error("nothing is planned");
  const watched = {
    ...planned,
    // Asked for between the two: what was planned for is compared with what was put aside.
    get before() {
      seen.push(readFileSync(join(directory, "a"), "utf8"));
      return planned.before;
    },
  };
  const staged = stageFiles(directory, [watched]);
  staged.moveIntoPlace();
  staged.discard();
  t.deepEqual(seen, ["old\n"]);
  t.deepEqual(content(directory), { a: "wanted\n" });
});

/** Stages a file, `d/b` and `c`, of which the last fails, after the folder `d` has been moved away. */
function stagedAndFailing(directory: string, path = "a") {
  const files = [wanted(path), wanted("d/b"), wanted("c")];
  const [first, second, third] = planFiles(directory, files);
  if (first === undefined || second === undefined || third === undefined) throw new Error("plan");
  const moving = {
    ...third,
    get before() {
      renameSync(join(directory, "d"), join(directory, "away"));
      return Buffer.from("as it was not\n");
    },
  };
  return stageFiles(directory, [first, second, moving]);
}

test("where one file cannot be put back the others are, and what it was is kept and named", (t) => {
  const directory = placeWith({ a: "old\n", "d/b": "mine\n", c: "third\n" });
  const staged = stagedAndFailing(directory);
  const error = t.throws(staged.moveIntoPlace, {
    name: "ScaffoldError",
    message:
      /c was changed meanwhile.* But \S+d\/b could not be put back: what it held is in \S+before$/,
  });
  staged.discard();
  const kept = /is in (\S+)$/.exec(error?.message ?? "")?.[1] ?? "";
  t.is(readFileSync(kept, "utf8"), "mine\n");
  t.is(readFileSync(join(directory, "a"), "utf8"), "old\n");
  t.is(readFileSync(join(directory, "c"), "utf8"), "third\n");
  t.deepEqual(
    readdirSync(dirname(kept)).filter((name) => name.endsWith(".before")),
    [basename(kept)],
  );
});

test("where only a new file cannot be removed again, nothing else is left", (t) => {
  const directory = placeWith({ a: "old\n", "d/mine": "mine\n", c: "third\n" });
  const staged = stagedAndFailing(directory);
  t.throws(staged.moveIntoPlace, { message: /But \S+d\/b could not be removed again$/ });
  staged.discard();
  t.deepEqual(content(directory), {
    a: "old\n",
    "away/b": "wanted\n",
    "away/mine": "mine\n",
    c: "third\n",
  });
});

test("a folder made for the scaffold is gone again after a failure", (t) => {
  const directory = newPlace("deep/er");
  const plan = planFiles(directory, [wanted("file")]);
  const staged = stageFiles(directory, plan);
  t.deepEqual(readdirSync(directory).length, 1);
  staged.discard();
  t.throws(() => statSync(dirname(directory)), { code: "ENOENT" });
});

// Root may write everywhere.
(process.getuid?.() === 0 ? test.skip : test)(
  "a read-only folder on the way is found before anything is written [needs an ordinary user]",
  (t) => {
    const directory = placeWith({ "apps/x": "" });
    chmodSync(join(directory, "apps"), 0o555);
    const plan = planFiles(directory, [wanted("first"), wanted("apps/y")]);
    t.throws(() => stageFiles(directory, plan), { message: /apps is not writable/ });
    t.deepEqual(content(directory), { "apps/x": "" });
    chmodSync(join(directory, "apps"), 0o755);
  },
);

(process.getuid?.() === 0 ? test.skip : test)(
  "a read-only file stays as it is, be its folder writable or not [needs an ordinary user]",
  (t) => {
    const directory = placeWith({ a: "mine\n" });
    chmodSync(join(directory, "a"), 0o444);
    const plan = planFiles(directory, [wanted("a"), wanted("b")]);
    t.throws(() => stageFiles(directory, plan), { message: /a is not writable/ });
    t.deepEqual(content(directory), { a: "mine\n" });
  },
);

/** What stands in the folder of what is staged. */
function staged(directory: string) {
  const [name = ""] = readdirSync(directory).filter((one) => one.startsWith(".scaffold-"));
  return { name, files: name === "" ? {} : content(join(directory, name)) };
}

test("what is staged is out of sight of git, and of a run beside this one", (t) => {
  const directory = placeWith({ a: "old\n" });
  const plan = planFiles(directory, [wanted("a"), wanted("b")]);
  const first = stageFiles(directory, filesToWrite(plan, true));
  t.regex(staged(directory).name, new RegExp(`^\\.scaffold-${process.pid}-`));
  t.deepEqual(staged(directory).files, {
    ".gitignore": "*\n",
    "0.new": "wanted\n",
    "1.new": "wanted\n",
  });
  write(directory, [wanted("c")]);
  first.moveIntoPlace();
  first.discard();
  t.deepEqual(content(directory), { a: "wanted\n", b: "wanted\n", c: "wanted\n" });
});

test("what is in the way already is found before anything is staged", (t) => {
  const directory = placeWith({});
  const plan = planFiles(directory, [wanted("first"), wanted("late")]);
  writeFileSync(join(directory, "late"), "somebody else's\n");
  t.throws(() => stageFiles(directory, plan), { message: /late has appeared meanwhile/ });
  t.deepEqual(content(directory), { late: "somebody else's\n" });
});

test("somebody else may have tidied away what was staged", (t) => {
  const directory = placeWith({});
  const { moveIntoPlace, discard } = stageFiles(directory, planFiles(directory, [wanted("a")]));
  rmSync(join(directory, staged(directory).name), { recursive: true });
  t.throws(moveIntoPlace, { message: /^nothing was written to \S+: it does not exist; mend that/ });
  discard();
  t.deepEqual(content(directory), {});
});

test.serial("where nothing is to be written, nothing is staged", async (t) => {
  const directory = newPlace("repository");
  await withOtherFs({ mkdirSync: failing("EACCES"), mkdtempSync: failing("EACCES") }, () => {
    const { moveIntoPlace, discard } = stageFiles(directory, []);
    moveIntoPlace();
    discard();
  });
  t.false(existsSync(directory));
});

test.serial("a disk that is full while files are staged leaves nothing behind", async (t) => {
  const directory = newPlace("deep/er");
  const plan = planFiles(directory, [wanted("a"), wanted("b")]);
  await withOtherFs(
    {
      writeFileSync: (file, text, options) => {
        nodeFs.writeFileSync(file, text, options);
        if (String(file).endsWith("1.new")) throw systemError("ENOSPC");
      },
    },
    () => {
      const error = t.throws(() => stageFiles(directory, plan), {
        name: "ScaffoldError",
        message: `nothing was written to ${directory}: the disk is full; mend that and run this again`,
      });
      t.like(error, { code: "environment" });
    },
  );
  t.false(existsSync(dirname(directory)));
});

test.serial("a rename that fails takes everything back", async (t) => {
  const directory = placeWith({ a: "old\n", b: "mine\n" });
  const before = content(directory);
  const plan = planFiles(directory, [wanted("a"), wanted("new/c"), wanted("b")]);
  const { moveIntoPlace, discard } = stageFiles(directory, filesToWrite(plan, true));
  await withOtherFs(
    {
      renameSync: (from, to) => {
        if (String(from).endsWith("2.new")) throw systemError("EIO");
        nodeFs.renameSync(from, to);
      },
    },
    () => t.throws(moveIntoPlace, { name: "ScaffoldError", message: /^nothing was written to / }),
  );
  discard();
  t.deepEqual(content(directory), before);
  t.deepEqual(readdirSync(directory).sort(), ["a", "b"]);
});

test.serial(
  "where the file system has no hard links, files are replaced and put back all the same",
  async (t) => {
    await withOtherFs({ linkSync: failing("EPERM") }, () => {
      const directory = placeWith({ a: "old\n", b: "mine\n" });
      const plan = filesToWrite(planFiles(directory, [wanted("a"), wanted("b")]), true);
      const { moveIntoPlace, discard } = stageFiles(directory, plan);
      writeFileSync(join(directory, "b"), "mine\nand more\n");
      t.throws(moveIntoPlace, { message: /b was changed meanwhile/ });
      discard();
      t.deepEqual(content(directory), { a: "old\n", b: "mine\nand more\n" });
      write(directory, [wanted("a"), wanted("b")], true);
      t.deepEqual(content(directory), { a: "wanted\n", b: "wanted\n" });
    });
  },
);

test("of a new file and an old one that cannot be taken back, what the old one was is kept", (t) => {
  const directory = placeWith({ "d/b": "mine\n", c: "third\n" });
  const { moveIntoPlace, discard } = stagedAndFailing(directory, "d/a");
  const error = t.throws(moveIntoPlace, {
    message: /d\/b could not be put back: .*\. But \S+d\/a could not be removed again$/,
  });
  discard();
  const kept = /is in (\S+)\. /.exec(error?.message ?? "")?.[1] ?? "";
  t.is(readFileSync(kept, "utf8"), "mine\n");
});

test("a file that is replaced keeps who may read it, and a hook can be executed afterwards", (t) => {
  const directory = placeWith({ private: "old\n", hook: "old\n" });
  chmodSync(join(directory, "private"), 0o600);
  chmodSync(join(directory, "hook"), 0o640);
  const umask = process.umask(0o022);
  try {
    write(directory, [wanted("private"), wanted("hook", "x", 0o755), wanted("new")], true);
  } finally {
    process.umask(umask);
  }
  const mode = (path: string) => statSync(join(directory, path)).mode & 0o777;
  t.deepEqual(["private", "hook", "new"].map(mode), [0o600, 0o751, 0o644]);
});

test("what is in the way of a file is named for what it is", (t) => {
  const directory = placeWith({});
  const plan = planFiles(directory, [wanted("a")]);
  mkdirSync(join(directory, "a"));
  const error = t.throws(() => stageFiles(directory, plan), {
    message: `${join(directory, "a")} is no file: move it away and run this again`,
  });
  t.like(error, { code: "environment" });
});

test.serial("a place that may not be written to is found before anything is staged", async (t) => {
  const directory = placeWith({ a: "mine\n", "apps/x": "" });
  const plan = filesToWrite(planFiles(directory, [wanted("a"), wanted("apps/deep/er/y")]), true);
  for (const [locked, code, reason] of [
    [join(directory, "a"), "EACCES", "permission denied"],
    [join(directory, "apps"), "EROFS", "the file system is read-only"],
    // To the top, and no further.
    ["/", "ENOENT", "it does not exist"],
  ] as const) {
    const asked: string[] = [];
    await withOtherFs(
      {
        accessSync: (path, how) => {
          asked.push(String(path));
          if (locked === "/" ? path !== join(directory, "a") : path === locked) {
            throw systemError(code);
          }
          nodeFs.accessSync(path, how);
        },
      },
      () => {
        const error = t.throws(() => stageFiles(directory, plan), {
          message: `${locked} is not writable (${reason}): make it writable and run this again`,
        });
        t.like(error, { code: "environment" });
      },
    );
    t.is(asked.at(-1), locked);
    t.deepEqual(content(directory), { a: "mine\n", "apps/x": "" });
  }
});
