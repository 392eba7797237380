import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import test from "ava";
import { edit } from "../../cli/edit.ts";
import { ENDING_SIGNALS } from "../../cli/exit/ended.ts";
import { shellText } from "../../git/shell-word.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { formatOf } from "../../sops/format.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { spawnSync } from "../bounded-programs.ts";
import { failing, nodeFs, systemError, withOtherFs } from "../other-fs.ts";
import { WITH_TYPESCRIPT } from "../with-typescript.ts";

const { identity, recipient } = await generateKeyPair();
const PLAIN = "a: one\nb: two\n";
const encryptedPlain = await encrypted(PLAIN);

const sandbox = mkdtempSync(join(tmpdir(), "flux-sops-edit-"));
test.after.always(() => {
  rmSync(sandbox, { recursive: true, force: true });
});

async function encrypted(text: string): Promise<string> {
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  return (
    await encryptFile(file, { recipients: [recipient], selection: null, macOnlyEncrypted: false })
  ).text;
}

async function decrypted(path: string): Promise<string> {
  const { file, metadata } = readSopsFile(readFileSync(path), formatOf(path));
  if (metadata === null) throw new Error(`${path} is not encrypted`);
  const dataKey = await unwrapDataKey(metadata, [{ identity }]);
  if (dataKey === null) throw new Error(`${path} is not for this identity`);
  return decryptFile(file, metadata, dataKey);
}

/** What stays of an edit in this process: listeners for signals. */
const listeners = () => ENDING_SIGNALS.map((signal) => process.listenerCount(signal)).join(" ");

/** A folder with a rule for all in it, and a file that is encrypted by that. */
function folder() {
  const dir = mkdtempSync(join(sandbox, "folder-"));
  const [runtime, path] = [join(sandbox, `runtime-${basename(dir)}`), join(dir, "db.sops.yaml")];
  mkdirSync(runtime);
  writeFileSync(join(dir, ".sops.yaml"), `creation_rules: [{ age: ${recipient} }]\n`);
  writeFileSync(path, encryptedPlain);
  return {
    ...{ dir, path },
    names: () =>
      readdirSync(dir)
        .filter((name) => name !== ".sops.yaml")
        .sort(),
    /**
     * Edits a file, here, by a line of shell that has it as `$1`.
     *
     * @param lines what is typed at the terminal meanwhile.
     */
    async edited(
      editor: string,
      { of = path, lines = "", args = [] as readonly string[], env = {} as NodeJS.ProcessEnv } = {},
    ) {
      const said: string[] = [];
      const before = listeners();
      const { stdin, env: outer } = process;
      const { write } = process.stderr;
      const script = join(runtime, "editor");
      nodeFs.writeFileSync(script, `#!/bin/sh\n${editor}\n`, { mode: 0o755 });
      process.env = {
        ...{ PATH: outer["PATH"], HOME: runtime, XDG_RUNTIME_DIR: runtime, TMPDIR: sandbox },
        ...{ SOPS_AGE_KEY: identity, SOPS_EDITOR: `'${script}'`, ...env },
      };
      Object.defineProperty(process, "stdin", {
        value: Readable.from([lines]),
        configurable: true,
      });
      process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
      try {
        const status = await edit([...args, of]);
        return {
          ...{ status, said: said.join("") },
          isTidy: readdirSync(runtime).join() === "editor" && listeners() === before,
        };
      } finally {
        process.stderr.write = write;
        process.env = outer;
        Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
      }
    },
  };
}

test.serial(
  "what is typed is encrypted in the place of the file, and stays nowhere else",
  async (t) => {
    const { path, names, edited } = folder();
    const ended = await edited('sed -i.bak s/one/uno/ "$1"');
    t.deepEqual(ended, { status: 0, said: "", isTidy: true });
    t.is(await decrypted(path), PLAIN.replace("one", "uno"));
    const kept = /^b: .*$/m.exec(encryptedPlain)?.[0];
    t.is(/^b: .*$/m.exec(readFileSync(path, "utf8"))?.[0], kept, "a value that is as it was");
    t.deepEqual(names(), ["db.sops.yaml"]);
  },
);

test.serial(
  "what nobody has changed is not written, and an editor that fails changes nothing",
  async (t) => {
    const { path, dir, names, edited } = folder();
    for (const [editor, status, said] of [
      ["true", 200, "flux-sops: nothing was changed\n"],
      [
        'echo "c: three" >> "$1"; exit 3',
        201,
        "flux-sops: the editor ended with status 3: nothing was changed\n",
      ],
      ['rm "$1"', 2, "flux-sops: the editor has left no file behind: nothing was changed\n"],
    ] as const) {
      t.deepEqual(await edited(editor), { status, said, isTidy: true });
      t.is(readFileSync(path, "utf8"), encryptedPlain);
    }
    const of = join(dir, "new.sops.yaml");
    t.is((await edited("true", { of })).status, 200);
    t.deepEqual(names(), ["db.sops.yaml"]);
  },
);

test.serial("what cannot be encrypted is typed once more, or given up; never saved", async (t) => {
  const { dir, path, edited } = folder();
  const question = "Press Enter to return to the editor, or Ctrl-C to give up the edit. ";
  for (const [bad, problem] of [
    ["a: [", /^flux-sops: line \d+(?::\d+)?: /],
    ["", /^flux-sops: nothing is left in the file\n/],
    [" ", /^flux-sops: nothing is left in the file\n/],
    [encryptedPlain.replaceAll('"', '\\"'), /^flux-sops: sops is a reserved key\n/],
  ] as const) {
    const given = await edited(`printf '%s' "${bad}" > "$1"`);
    t.is(given.status, 1, bad);
    t.regex(given.said, problem);
    t.true(
      given.said.endsWith(`${question}\nflux-sops: the edit was given up: nothing was changed\n`),
    );
    t.true(given.isTidy);
    t.is(readFileSync(path, "utf8"), encryptedPlain);
  }
  for (const [of, editor] of [
    [join(dir, "app.sops.env"), ": > "],
    [join(dir, "token.sops.bin"), ": > "],
  ] as const) {
    t.is((await edited('printf "A=1" > "$1"', { of })).status, 0);
    const before = readFileSync(of, "utf8");
    t.regex(
      (await edited(`${editor} "$1"`, { of })).said,
      /^flux-sops: nothing is left in the file\n/,
    );
    t.is(readFileSync(of, "utf8"), before);
  }
  const token = join(dir, "token.sops.bin");
  t.is((await edited('printf x > "$1"', { of: token })).status, 0, "as short as it can be");
  t.is(await decrypted(token), "x");
  const mended = `if test -e "$0.once"; then grep -q '\\[' "$1" && rm "$0.once" && echo "a: mended" > "$1"; else : > "$0.once"; echo "a: [" > "$1"; fi`;
  const ended = await edited(mended, { lines: "\n" });
  t.is(ended.status, 0, ended.said);
  t.true(ended.isTidy);
  t.is(await decrypted(path), "a: mended\n");
});

test.serial("an editor that would end while its window stays open is not started", async (t) => {
  const { path, edited } = folder();
  for (const [SOPS_EDITOR, command] of [
    ["code", "code --wait"],
    ["/usr/bin/code-insiders -n", "/usr/bin/code-insiders -n --wait"],
    ["env A=b subl", "env A=b subl --wait"],
    ["'/opt/My Apps/zed'", "'/opt/My Apps/zed' --wait"],
    ['"atom"', '"atom" --wait'],
  ] as const) {
    const { status, said, isTidy } = await edited("true", { env: { SOPS_EDITOR } });
    t.is(status, 201, SOPS_EDITOR);
    t.true(said.includes("does not wait until its window is closed"), said);
    t.is(said.split("SOPS_EDITOR=")[1], `${shellText(command)} before the command\n`);
    t.true(isTidy);
    t.is(readFileSync(path, "utf8"), encryptedPlain);
  }
  const bin = mkdtempSync(join(sandbox, "bin-"));
  for (const name of ["code", "subl", "vscode", "codec"]) {
    writeFileSync(join(bin, name), "#!/bin/sh\n", { mode: 0o755 });
  }
  for (const SOPS_EDITOR of [
    ...["code --wait", "subl -w", "subl -nw", "vscode", `${bin}/codec`, "true code"],
    "code -n --wait",
  ]) {
    const { status, said } = await edited("true", { env: { SOPS_EDITOR, PATH: bin } });
    t.is(said, "flux-sops: nothing was changed\n", SOPS_EDITOR);
    t.is(status, 200);
  }
});

test.serial("a command line that is not understood starts no editor", async (t) => {
  const { dir, names, edited } = folder();
  for (const [args, status, said] of [
    [["--what"], 1, /--what/],
    [["more"], 100, /^flux-sops: /],
  ] as const) {
    const ended = await edited(`: > '${dir}/typed'`, { args });
    t.is(ended.status, status, ended.said);
    t.regex(ended.said, said);
  }
  t.deepEqual(names(), ["db.sops.yaml"]);
});

test.serial("the editor is $SOPS_EDITOR, else $EDITOR, else vim, nano or vi", async (t) => {
  const { dir, edited } = folder();
  const bin = (name: string, ...programs: readonly string[]): string => {
    const place = join(dir, name);
    mkdirSync(place);
    for (const program of programs) {
      writeFileSync(join(place, program), `#!/bin/sh\necho ${program} >> '${dir}/log'\n`, {
        mode: 0o755,
      });
    }
    return place;
  };
  const all = bin("all", "vi", "nano", "vim", "mine", "other");
  const some = bin("some", "vi", "nano");
  const last = bin("last", "vi");
  const none = bin("none");
  writeFileSync(join(none, "vim"), "not to be run", { mode: 0o644 });
  const log = () =>
    existsSync(join(dir, "log")) ? readFileSync(join(dir, "log"), "utf8").trim() : "";
  for (const [env, editor] of [
    [{ PATH: all, SOPS_EDITOR: "mine", EDITOR: "other" }, "mine"],
    [{ PATH: all, SOPS_EDITOR: "", EDITOR: "other" }, "other"],
    [{ PATH: `${none}:${all}`, SOPS_EDITOR: "" }, "vim"],
    [{ PATH: `${last}:${some}`, SOPS_EDITOR: "", EDITOR: "" }, "nano"],
    [{ PATH: last, SOPS_EDITOR: "" }, "vi"],
  ] as const) {
    rmSync(join(dir, "log"), { force: true });
    t.is((await edited("true", { env })).status, 200, editor);
    t.is(log(), editor);
  }
  const without = await edited("true", { env: { PATH: none, SOPS_EDITOR: "" } });
  t.is(without.status, 201);
  t.is(without.said, "flux-sops: there is no editor: set EDITOR, or install vim, nano or vi\n");
});

test.serial(
  "what is readable, or for keys that are not age's, is left to its own tool before anybody types",
  async (t) => {
    const { dir, path, edited } = folder();
    const pgp =
      "    pgp: [{fp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21, created_at: '2026-01-01T00:00:00Z', enc: x}]\n";
    for (const [content, said] of [
      [PLAIN, `flux-sops: ${path}: is not encrypted: edit it as it is, git commit encrypts it\n`],
      [
        encryptedPlain.replace(/^sops:\n/m, `$&${pgp}`),
        `flux-sops: ${path}: it has keys other than age: use sops edit\n`,
      ],
    ] as const) {
      writeFileSync(path, content);
      t.deepEqual(await edited(`: > '${dir}/typed'`), { status: 1, said, isTidy: true });
      t.is(readFileSync(path, "utf8"), content);
      t.false(existsSync(join(dir, "typed")));
    }
  },
);

function closedTo(closed: string): typeof nodeFs.accessSync {
  return (place, mode) => {
    if (place === closed) throw systemError("EACCES");
    nodeFs.accessSync(place, mode);
  };
}

test.serial("what cannot be written is said before anybody types", async (t) => {
  const { dir, path, edited } = folder();
  for (const [of, closed, said] of [
    [path, path, `flux-sops: ${path}: permission denied\n`],
    [path, dir, `flux-sops: ${dir}: permission denied\n`],
    [join(dir, "new.sops.yaml"), dir, `flux-sops: ${dir}: permission denied\n`],
  ] as const) {
    const ended = await withOtherFs({ accessSync: closedTo(closed) }, () =>
      edited(`: > '${dir}/typed'`, { of }),
    );
    t.deepEqual(ended, { status: 3, said, isTidy: true });
  }
  // Where it is a link, its file is what is replaced; else the folder is named as it was typed.
  const [link, linked] = [join(sandbox, "link.sops.yaml"), join(sandbox, "linked")];
  symlinkSync(path, link);
  symlinkSync(dir, linked);
  for (const [of, closed] of [
    [link, dir],
    [join(linked, "db.sops.yaml"), linked],
  ] as const) {
    const ended = await withOtherFs({ accessSync: closedTo(closed) }, () =>
      edited(`: > '${dir}/typed'`, { of }),
    );
    t.is(ended.said, `flux-sops: ${closed}: permission denied\n`);
  }
  const of = join(dir, "none/new.sops.yaml");
  const nowhere = await edited(`: > '${dir}/typed'`, { of });
  t.is(nowhere.status, 3);
  t.regex(nowhere.said, /there is no folder .*none: mkdir -p /);
  const ruleless = mkdtempSync(join(sandbox, "ruleless-"));
  t.is((await edited(`: > '${dir}/typed'`, { of: join(ruleless, "a.sops.yaml") })).status, 1);
  t.false(existsSync(join(dir, "typed")));
});

test.serial("a file that is new begins empty, and is encrypted by its rule", async (t) => {
  const { dir, edited } = folder();
  const of = join(dir, "new.sops.yaml");
  const ended = await edited(
    `test ! -s "$1" && test "\${1##*/}" = new.sops.yaml && echo "a: one" > "$1"`,
    { of },
  );
  t.deepEqual(ended, { status: 0, said: "", isTidy: true });
  t.false(readFileSync(of, "utf8").includes("one"));
  t.is(await decrypted(of), "a: one\n");
  const styled = join(dir, "styled.sops.yaml");
  const text = "# why\na: 'one'   # here\n";
  writeFileSync(join(dir, "typed"), text);
  t.is((await edited(`cat '${dir}/typed' > "$1"`, { of: styled })).status, 0);
  t.is(await decrypted(styled), text, "as it was typed");
  const other = await generateKeyPair();
  const theirs = join(dir, "theirs.sops.yaml");
  t.is(
    (await edited('echo "a: one" > "$1"', { of: theirs, args: ["--age", other.recipient] })).status,
    0,
  );
  t.deepEqual(
    readSopsFile(readFileSync(theirs), "yaml").metadata?.age.map((entry) => entry.recipient),
    [other.recipient],
  );
  const json = join(dir, "new.sops.json");
  t.is(
    (await edited(`echo "a: one" > "$1"`, { of: json, args: ["--input-type", "yaml"] })).status,
    0,
  );
  t.deepEqual(JSON.parse(await decrypted(json)), { a: "one" });
});

test.serial("a file keeps its text in its place where it becomes another format", async (t) => {
  const { path, edited } = folder();
  const args = ["--output-type", "json"];
  t.is((await edited('sed -i.bak s/one/uno/ "$1"', { args })).status, 0);
  const { a, b } = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
  t.regex(a ?? "", /^ENC\[/);
  t.regex(b ?? "", /^ENC\[/);
});

test.serial("a MAC that does not match ends it, unless that is asked for", async (t) => {
  const { path, edited } = folder();
  const cut = encryptedPlain.replace(/^b: .*\n/m, "");
  writeFileSync(path, cut);
  const editor = 'sed -i.bak s/one/uno/ "$1"';
  t.is((await edited(editor)).status, 51);
  t.is(readFileSync(path, "utf8"), cut);
  t.is((await edited(editor, { args: ["--ignore-mac"] })).status, 0);
  t.is(await decrypted(path), "a: uno\n");
});

test.serial(
  "what somebody else does meanwhile stays, and what was typed is kept beside it",
  async (t) => {
    const { dir, path, names, edited } = folder();
    const of = join(dir, "new.sops.yaml");
    const typed = (what: string) => `echo "a: typed" > "$1"; ${what}`;
    for (const [file, meanwhile, kept] of [
      [path, `echo theirs > '${path}'`, "db.edited.sops.yaml"],
      [path, `rm '${path}'`, "db.edited2.sops.yaml"],
      [path, `rm '${path}'; mkdir '${path}'`, "db.edited3.sops.yaml"],
      [of, `echo theirs > '${of}'`, "new.edited.sops.yaml"],
      [join(dir, "LICENSE"), `echo theirs > '${dir}/LICENSE'`, "LICENSE.edited"],
      [join(dir, "app.env"), `echo theirs > '${dir}/app.env'`, "app.edited.env"],
    ] as const) {
      if (file === path) writeFileSync(path, encryptedPlain);
      const args =
        file === path || file === of ? [] : ["--input-type", "yaml", "--output-type", "yaml"];
      const { status, said, isTidy } = await edited(typed(meanwhile), { of: file, args });
      t.is(status, 1, said);
      t.false(said.includes("Press Enter"), said);
      t.true(
        said.endsWith(
          `it was left as it is now; what you typed is in ${join(dir, kept)}, encrypted\n`,
        ),
        said,
      );
      t.true(names().includes(kept));
      t.false(readFileSync(join(dir, kept), "utf8").includes("typed"));
      t.true(isTidy);
    }
    t.is(await decrypted(join(dir, "db.edited.sops.yaml")), "a: typed\n");
    t.true(nodeFs.statSync(path).isDirectory());
    t.is(readFileSync(of, "utf8"), "theirs\n");
  },
);

test.serial("where it cannot be saved, its author may make room and go on", async (t) => {
  const { path, edited } = folder();
  let isFull = true;
  const renameSync = ((from, to) => {
    if (!isFull) return nodeFs.renameSync(from, to);
    isFull = false;
    throw systemError("ENOSPC");
  }) as typeof nodeFs.renameSync;
  const editor = 'sed -i.bak s/one/uno/ "$1"';
  const ended = await withOtherFs({ renameSync }, () => edited(editor, { lines: "\n" }));
  t.is(ended.status, 0, ended.said);
  t.regex(
    ended.said,
    /the disk is full\nPress Enter to save it again, or Ctrl-C to give up the edit\. $/,
  );
  t.is(await decrypted(path), PLAIN.replace("one", "uno"));
  const given = await withOtherFs({ renameSync: failing("ENOSPC") }, () =>
    edited('sed -i.bak s/uno/due/ "$1"'),
  );
  t.is(given.status, 3);
  t.is(given.said.match(/the disk is full/g)?.length, 2, given.said);
  t.true(given.isTidy);
  t.is(await decrypted(path), PLAIN.replace("one", "uno"));
});

/** Opens files as ever, but one for the first time: there is no room for that. */
function fullAtFirst(full: string): Partial<typeof nodeFs> {
  let isFull = true;
  return {
    openSync: (path, flags, mode) => {
      if (!isFull || path !== full) return nodeFs.openSync(path, flags, mode);
      isFull = false;
      throw systemError("ENOSPC");
    },
  };
}

test.serial(
  "where there was no room for a new file, or for what is kept, it gets its name once there is",
  async (t) => {
    const { dir, path, names, edited } = folder();
    const of = join(dir, "new.sops.yaml");
    const made = await withOtherFs(fullAtFirst(of), () =>
      edited('echo "a: one" > "$1"', { of, lines: "\n" }),
    );
    t.is(made.status, 0, made.said);
    t.is(await decrypted(of), "a: one\n");
    const kept = await withOtherFs(fullAtFirst(join(dir, "db.edited.sops.yaml")), () =>
      edited(`echo "a: typed" > "$1"; echo theirs > '${path}'`, { lines: "\n" }),
    );
    t.is(kept.status, 1, kept.said);
    t.regex(kept.said, /the disk is full\nPress Enter to save it again/);
    t.deepEqual(names(), ["db.edited.sops.yaml", "db.sops.yaml", "new.sops.yaml"]);
    t.is(await decrypted(join(dir, "db.edited.sops.yaml")), "a: typed\n");
  },
);

test.serial(
  "where it cannot be told whether the file was changed meanwhile, it is asked again",
  async (t) => {
    const { path, names, edited } = folder();
    let reads = 0;
    const others = {
      readFileSync: ((file: string, options: undefined) => {
        if (file === path) reads += 1;
        if (file === path && reads === 2) throw systemError("EIO");
        return nodeFs.readFileSync(file, options);
      }) as typeof nodeFs.readFileSync,
    };
    const ended = await withOtherFs(others, () =>
      edited('sed -i.bak s/one/uno/ "$1"', { lines: "\n" }),
    );
    t.is(ended.status, 0, ended.said);
    t.regex(ended.said, /Press Enter to save it again/);
    t.is(await decrypted(path), PLAIN.replace("one", "uno"));
    t.deepEqual(names(), ["db.sops.yaml"]);
  },
);

/**
 * Edits in a process of its own, so that a signal may end it.
 *
 * @param script is run before that.
 * @param editor a line of shell that knows the process as `$TOOL`.
 */
function editedApart(script: string, editor: string) {
  const { dir, path } = folder();
  const runtime = mkdtempSync(join(sandbox, "apart-"));
  const source = `
    import { PassThrough } from "node:stream";
    import { edit } from ${JSON.stringify(new URL("../../cli/edit.ts", import.meta.url).href)};
    ${script}
    process.exitCode = await edit([${JSON.stringify(path)}]);`;
  const args = [WITH_TYPESCRIPT, "--input-type=module", "--eval", source];
  const { PATH } = process.env;
  const { status, signal, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: {
      ...{ PATH, HOME: dir, XDG_RUNTIME_DIR: runtime, TMPDIR: sandbox, SOPS_AGE_KEY: identity },
      SOPS_EDITOR: `TOOL=$PPID; : > "$HOME/opened"; ${editor}; :`,
    },
  });
  const isOpened = existsSync(join(dir, "opened"));
  return { status, signal, stderr, path, isOpened, left: readdirSync(runtime) };
}

test.serial("Ctrl-C ends an edit that waits for Enter, and leaves no plaintext", (t) => {
  const script = `
    const { write } = process.stderr;
    process.stderr.write = (text) => {
      if (text.startsWith("Press Enter")) process.kill(process.pid, "SIGINT");
      return write.call(process.stderr, text);
    };
    Object.defineProperty(process, "stdin", { value: new PassThrough() });
    setTimeout(() => {}, 60_000);`;
  const { signal, left, path } = editedApart(script, 'echo "a: [" > "$1"');
  t.is(signal, "SIGINT");
  t.deepEqual(left, []);
  t.is(readFileSync(path, "utf8"), encryptedPlain);
});

test.serial(
  "Ctrl-C is the editor's while it is open; what ends the tool takes the plaintext away",
  async (t) => {
    const kept = editedApart("", 'kill -INT $TOOL; kill -QUIT $TOOL; sed -i.bak s/one/uno/ "$1"');
    t.is(kept.status, 0, kept.stderr);
    t.deepEqual(kept.left, []);
    t.is(await decrypted(kept.path), PLAIN.replace("one", "uno"));
    const untilItEnds = "for n in $(seq 200); do kill -0 $TOOL 2>&- || break; sleep 0.05; done";
    for (const name of ["TERM", "HUP"] as const) {
      const { signal, left, path, isOpened } = editedApart(
        "",
        `kill -${name} $TOOL; ${untilItEnds}`,
      );
      t.true(isOpened);
      t.is(signal, `SIG${name}`);
      t.deepEqual(left, []);
      t.is(readFileSync(path, "utf8"), encryptedPlain);
    }
  },
);
