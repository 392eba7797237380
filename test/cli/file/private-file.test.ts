import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import test from "ava";
import { SOPS_EXIT } from "../../../cli/exit/codes.ts";
import { privateFile } from "../../../cli/file/private-file.ts";
import { spawnSync } from "../../bounded-programs.ts";
import { failing, nodeFs, systemError, withOtherFs } from "../../other-fs.ts";
import { WITH_TYPESCRIPT } from "../../with-typescript.ts";

const sandbox = mkdtempSync(join(tmpdir(), "flux-sops-private-"));
test.after.always(() => {
  rmSync(sandbox, { recursive: true, force: true });
});

const CONTENT = Buffer.from("password: hunter2\n");

/** A folder in memory, as a session has one. */
function runtimeFolder(): string {
  const folder = mkdtempSync(join(sandbox, "runtime-"));
  process.env["XDG_RUNTIME_DIR"] = folder;
  return folder;
}

test.serial("a plaintext is for its owner alone, whatever the umask, until it is removed", (t) => {
  const runtime = runtimeFolder();
  const listening = process.listenerCount("exit");
  const umask = process.umask(0);
  try {
    const { path, remove } = privateFile("db.yaml", CONTENT);
    t.is(basename(path), "db.yaml");
    t.is(dirname(dirname(path)), runtime);
    t.regex(basename(dirname(path)), /^flux-sops-/);
    t.deepEqual(readFileSync(path), CONTENT);
    t.is(statSync(path).mode & 0o777, 0o600);
    t.is(statSync(dirname(path)).mode & 0o777, 0o700);
    t.is(process.listenerCount("exit"), listening + 1);
    remove();
    t.deepEqual(readdirSync(runtime), []);
    remove();
    t.is(process.listenerCount("exit"), listening);
  } finally {
    process.umask(umask);
  }
});

test.serial("it is in memory where that can be, else among the temporary files", async (t) => {
  const asked: string[] = [];
  const without = (...closed: readonly string[]) => ({
    accessSync: (path: unknown) => {
      asked.push(String(path));
      if (closed.includes(String(path))) throw systemError("EACCES");
    },
    mkdtempSync: failing("ENOSPC"),
  });
  const runtime = runtimeFolder();
  for (const [variable, closed, place, places] of [
    [runtime, [], runtime, [runtime]],
    [runtime, [runtime], "/dev/shm", [runtime, "/dev/shm"]],
    ["", [], "/dev/shm", ["/dev/shm"]],
    [undefined, [], "/dev/shm", ["/dev/shm"]],
    [undefined, ["/dev/shm"], tmpdir(), ["/dev/shm"]],
  ] as const) {
    if (variable === undefined) delete process.env["XDG_RUNTIME_DIR"];
    else process.env["XDG_RUNTIME_DIR"] = variable;
    asked.length = 0;
    await withOtherFs(without(...closed), () => {
      const error = t.throws(() => privateFile("db.yaml", CONTENT), {
        name: "ExitError",
        message: `no temporary file can be written: ${place}: the disk is full`,
      });
      t.like(error, { status: SOPS_EXIT.couldNotWriteOutputFile });
    });
    t.deepEqual(asked, [...places]);
  }
});

test.serial("what cannot be written whole is not left in part", async (t) => {
  const runtime = runtimeFolder();
  const listening = process.listenerCount("exit");
  await withOtherFs(
    {
      writeFileSync: (path, _content, options) => {
        nodeFs.writeFileSync(path, "password: hun", options);
        throw systemError("ENOSPC");
      },
    },
    () =>
      t.throws(() => privateFile("db.yaml", CONTENT), {
        message: `no temporary file can be written: ${runtime}: the disk is full`,
      }),
  );
  t.deepEqual(readdirSync(runtime), []);
  t.is(process.listenerCount("exit"), listening);
  await withOtherFs({ mkdtempSync: failing("EWHAT") }, () =>
    t.throws(() => privateFile("db.yaml", CONTENT), { message: /: EWHAT$/ }),
  );
});

test.serial("what stands in its place already is not written to", async (t) => {
  const runtime = runtimeFolder();
  const { mkdtempSync: make } = nodeFs;
  await withOtherFs(
    {
      mkdtempSync: ((prefix: string) => {
        const folder = make(prefix);
        nodeFs.writeFileSync(join(folder, "db.yaml"), "theirs");
        return folder;
      }) as typeof make,
    },
    () => t.throws(() => privateFile("db.yaml", CONTENT), { message: /EEXIST$/ }),
  );
  t.deepEqual(readdirSync(runtime), []);
});

test.serial("it is gone where the process ends by itself", (t) => {
  const runtime = runtimeFolder();
  mkdirSync(join(runtime, "other"));
  const script = `
    import { existsSync } from "node:fs";
    import { privateFile } from ${JSON.stringify(new URL("../../../cli/file/private-file.ts", import.meta.url).href)};
    const { path } = privateFile("db.yaml", Buffer.from("x"));
    console.log(existsSync(path), path);`;
  const args = [WITH_TYPESCRIPT, "--input-type=module", "--eval", script];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const [was, path = ""] = stdout.trim().split(" ");
  t.is(was, "true");
  t.false(existsSync(path));
  t.deepEqual(readdirSync(runtime), ["other"]);
});
