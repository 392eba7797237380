import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import test from "ava";
import { type IdentityWish, planIdentity } from "../../../scaffold/recipients/identity.ts";
import { writeIdentity } from "../../../scaffold/recipients/write-identity.ts";
import { findIdentities } from "../../../sops/age/identities.ts";
import { generateKeyPair, parseKeyFile } from "../../../sops/age/identity.ts";
import { spawnSync } from "../../bounded-programs.ts";
import { failing, nodeFs, systemError, withOtherFs } from "../../other-fs.ts";
import { WITH_TYPESCRIPT } from "../../with-typescript.ts";
import { newPlace, sandbox } from "../sandbox.ts";

const directory = join(sandbox, "repository");

/** What is wished for, and a home folder of its own to look for keys in. */
function wish(part: Partial<IdentityWish> = {}) {
  const home = newPlace("home");
  return {
    wish: {
      directory,
      recipients: [],
      ageKeyFile: "",
      rememberedKeyFile: "",
      present: null,
      ...part,
    },
    environment: { HOME: home, XDG_CONFIG_HOME: join(home, ".config") },
    keysFile: join(home, ".config/sops/age/keys.txt"),
  };
}

async function make({ wish: wished, environment }: ReturnType<typeof wish>, cluster = "lab") {
  const plan = await planIdentity(wished, environment);
  if (plan.kind !== "new") throw new Error(`the plan is ${plan.kind}`);
  writeIdentity(plan, cluster, directory);
  return plan;
}

const mode = (path: string) => statSync(path).mode & 0o777;

test("a new identity: file 0600, its folders 0700, cluster and public key in the comment", async (t) => {
  const place = wish();
  const plan = await planIdentity(place.wish, place.environment);
  t.false(existsSync(dirname(place.keysFile)), "planning writes nothing");
  const { pair } = await make(place);
  const text = readFileSync(place.keysFile, "utf8");
  t.deepEqual(await parseKeyFile(text), [pair]);
  t.regex(text, /^# flux-sops: identity of cluster lab, repository /);
  t.true(text.includes(`# public key: ${pair.recipient}\n${pair.identity}\n`));
  t.is(mode(place.keysFile), 0o600);
  for (const folder of ["", "..", "../.."])
    t.is(mode(join(dirname(place.keysFile), folder)), 0o700);
  t.not(plan.kind === "new" && plan.pair.identity, pair.identity);
});

test("a key that stands in SOPS_AGE_KEY_FILE instead of a file's name is not told", async (t) => {
  const { environment } = wish();
  const { identity } = await generateKeyPair();
  const { problems } = await findIdentities({
    environment: { ...environment, SOPS_AGE_KEY_FILE: identity },
  });
  t.deepEqual(problems, [
    {
      place: "SOPS_AGE_KEY_FILE",
      reason: "it holds a key, not the name of a file",
      isMissing: true,
    },
  ]);
});

test("of a key file with a passphrase it is told who asks for that", async (t) => {
  const place = wish();
  mkdirSync(dirname(place.keysFile), { recursive: true });
  writeFileSync(place.keysFile, "-----BEGIN AGE ENCRYPTED FILE-----\nxxx\n", { mode: 0o600 });
  const { problems } = await findIdentities({ environment: place.environment });
  t.deepEqual(problems, [
    {
      place: place.keysFile,
      reason:
        "the key file is protected by a passphrase: SOPS_AGE_KEY_CMD='age --decrypt FILE' has age ask for it",
      isMissing: false,
    },
  ]);
});

test("no key is made in the repository, by a link or into a file that is there for it either", async (t) => {
  const repository = newPlace("repository");
  mkdirSync(join(repository, "keys"), { recursive: true });
  writeFileSync(join(repository, "empty.txt"), "");
  const link = newPlace("link");
  symlinkSync(join(repository, "keys"), link);
  for (const ageKeyFile of [
    join(repository, "key.txt"),
    join(repository, "not/yet/key.txt"),
    join(repository, "empty.txt"),
    join(link, "key.txt"),
  ]) {
    const place = wish({ directory: repository, ageKeyFile });
    await t.throwsAsync(planIdentity(place.wish, place.environment), {
      message: /^a private key must not lie in the repository/,
    });
  }
  const beside = wish({ directory: repository, ageKeyFile: `${repository}.txt` });
  t.like(await planIdentity(beside.wish, beside.environment), { kind: "new" });
});

test("where XDG_CONFIG_HOME is relative, the key is in the home folder", async (t) => {
  const { wish: wished, environment, keysFile } = wish();
  const plan = await planIdentity(wished, { ...environment, XDG_CONFIG_HOME: "relative" });
  t.is(plan.kind === "new" ? plan.file : plan.kind, keysFile);
});

test("a loose umask does not loosen the modes", async (t) => {
  const before = process.umask(0);
  try {
    const place = wish();
    await make(place);
    t.is(mode(place.keysFile), 0o600);
    t.is(mode(dirname(place.keysFile)), 0o700);
  } finally {
    process.umask(before);
  }
});

test("each cluster gets its own; what is in the file stays byte for byte", async (t) => {
  const place = wish();
  const { pair: mine } = await make(place, "one");
  const before = readFileSync(place.keysFile, "utf8");
  const { pair: other } = await make(place, "two");
  const after = readFileSync(place.keysFile, "utf8");
  t.true(after.startsWith(before));
  t.deepEqual(await parseKeyFile(after), [mine, other]);
});

test("a file without a newline at its end, and readable by others, is mended on the way", async (t) => {
  const place = wish();
  const old = await generateKeyPair();
  mkdirSync(dirname(place.keysFile), { recursive: true });
  writeFileSync(place.keysFile, old.identity);
  chmodSync(place.keysFile, 0o644);
  const { pair } = await make(place);
  t.deepEqual(await parseKeyFile(readFileSync(place.keysFile, "utf8")), [old, pair]);
  t.is(mode(place.keysFile), 0o600);
});

test("where the disk is full, the keys that are there can be used as before", async (t) => {
  const { identity } = await generateKeyPair();
  const file = newPlace("keys.txt");
  // Blocks of 512 bytes: a part of the next key still goes into the first of them.
  const present = `${identity}\n`.padStart(400, "#\n");
  writeFileSync(file, present);
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { writeIdentity } from ${url("../../../scaffold/recipients/write-identity.ts")};
    import { generateKeyPair } from ${url("../../../sops/age/identity.ts")};
    const pair = await generateKeyPair();
    writeIdentity({ kind: "new", file: ${JSON.stringify(file)}, pair, recipients: [] }, "lab", "/r");
  `;
  const node = [process.execPath, WITH_TYPESCRIPT, "--input-type=module", "--eval", script];
  const args = ["-c", 'ulimit -f 1; exec "$@"', "sh", ...node];
  const { status, stderr } = spawnSync("sh", args, { encoding: "utf8" });
  t.is(status, 1);
  t.regex(stderr, /keys\.txt cannot be used: /);
  t.is(readFileSync(file, "utf8"), present);
});

test("a keys.txt that is a link, as dotfile managers make it, stays one", async (t) => {
  const place = wish();
  const real = newPlace("keys.txt");
  writeFileSync(real, "# mine\n", { mode: 0o600 });
  mkdirSync(dirname(place.keysFile), { recursive: true });
  symlinkSync(real, place.keysFile);
  const { pair } = await make(place);
  t.deepEqual(await parseKeyFile(readFileSync(real, "utf8")), [pair]);
});

test("plugin identities in keys.txt are none of our business", async (t) => {
  const place = wish();
  mkdirSync(dirname(place.keysFile), { recursive: true });
  writeFileSync(place.keysFile, "AGE-PLUGIN-YUBIKEY-1QQQQ\n", { mode: 0o600 });
  const { pair } = await make(place);
  t.true(
    readFileSync(place.keysFile, "utf8").startsWith("AGE-PLUGIN-YUBIKEY-1QQQQ\n\n# flux-sops"),
  );
  const { environment } = place;
  t.deepEqual((await findIdentities({ environment })).pairs, [pair]);
  const again = await planIdentity({ ...place.wish, present: [pair.recipient] }, environment);
  t.is(again.kind, "present");
});

test("the comment cannot be broken out of by a folder's name", async (t) => {
  const place = wish();
  const plan = await planIdentity(place.wish, place.environment);
  if (plan.kind !== "new") return t.fail();
  writeIdentity(plan, "lab", "/tmp/a\nAGE-SECRET-KEY-1FAKE\n");
  t.deepEqual(await parseKeyFile(readFileSync(place.keysFile, "utf8")), [plan.pair]);
});

for (const [what, text] of [
  ["rubbish", "hunter2\n"],
  ["a mistyped identity", "AGE-SECRET-KEY-1QQQQ\n"],
  ["a passphrase", "-----BEGIN AGE ENCRYPTED FILE-----\nxxx\n"],
] as const) {
  test(`a key file with ${what} is refused, unchanged, and not quoted`, async (t) => {
    const place = wish();
    mkdirSync(dirname(place.keysFile), { recursive: true });
    writeFileSync(place.keysFile, text, { mode: 0o600 });
    const error = await t.throwsAsync(planIdentity(place.wish, place.environment), {
      name: "ScaffoldError",
      message: /keys\.txt cannot be used: .*--age-key-file$/,
    });
    t.notRegex(error.message, /hunter2|1QQQQ|[\n]/);
    t.is(readFileSync(place.keysFile, "utf8"), text);
  });
}

test("--age-key-file: made when missing, used when it holds one identity", async (t) => {
  const file = newPlace("deep/cluster.agekey");
  const { pair } = await make(wish({ ageKeyFile: file }));
  t.is(mode(file), 0o600);
  t.is(mode(dirname(file)), 0o700);
  const again = wish({ ageKeyFile: file });
  t.deepEqual(await planIdentity(again.wish, again.environment), {
    kind: "present",
    file,
    recipients: [pair.recipient],
  });
});

test("--age-key-file with several identities: --recipients has to choose", async (t) => {
  const file = newPlace("keys");
  const [one, two] = [await generateKeyPair(), await generateKeyPair()];
  writeFileSync(file, `${one.identity}\n${two.identity}\n`);
  const unclear = wish({ ageKeyFile: file });
  await t.throwsAsync(planIdentity(unclear.wish, unclear.environment), { message: /2 identities/ });
  const clear = wish({ ageKeyFile: file, recipients: [two.recipient] });
  t.deepEqual(await planIdentity(clear.wish, clear.environment), {
    kind: "present",
    file,
    recipients: [two.recipient],
  });
});

test("--age-key-file: a folder, a device, and a new file inside the repository, are refused", async (t) => {
  for (const ageKeyFile of [sandbox, join(directory, "age.agekey"), join(directory, "..x")]) {
    const place = wish({ ageKeyFile });
    await t.throwsAsync(planIdentity(place.wish, place.environment), { name: "ScaffoldError" });
  }
  const beside = wish({ ageKeyFile: `${directory}.agekey` });
  t.is((await planIdentity(beside.wish, beside.environment)).kind, "new");
  const device = wish({ ageKeyFile: "/dev/null" });
  await t.throwsAsync(planIdentity(device.wish, device.environment), {
    message: /\/dev\/null cannot be used: it is no file/,
  });
});

test("--age-key-file that is missing, with recipients made elsewhere, is an error", async (t) => {
  const { recipient } = await generateKeyPair();
  const place = wish({ ageKeyFile: newPlace("no"), recipients: [recipient] });
  await t.throwsAsync(planIdentity(place.wish, place.environment), { message: /does not exist/ });
});

test("--recipients makes no identity; a matching one on this machine is found", async (t) => {
  const place = wish();
  const { pair } = await make(place);
  const before = readFileSync(place.keysFile, "utf8");
  const stranger = await generateKeyPair();
  t.deepEqual(
    await planIdentity({ ...place.wish, recipients: [stranger.recipient] }, place.environment),
    { kind: "elsewhere", recipients: [stranger.recipient] },
  );
  t.deepEqual(
    await planIdentity(
      { ...place.wish, recipients: [stranger.recipient, pair.recipient] },
      place.environment,
    ),
    { kind: "present", file: place.keysFile, recipients: [stranger.recipient, pair.recipient] },
  );
  t.is(readFileSync(place.keysFile, "utf8"), before);
});

test("an existing scaffold: the identity is looked for in the remembered file and SOPS_AGE_KEY_FILE", async (t) => {
  const pair = await generateKeyPair();
  const file = newPlace("keys");
  writeFileSync(file, `${pair.identity}\n`);
  const found = { kind: "present", file, recipients: [pair.recipient] };
  const remembered = wish({ present: [pair.recipient], rememberedKeyFile: file });
  t.deepEqual(await planIdentity(remembered.wish, remembered.environment), found);
  const named = wish({ present: [pair.recipient], rememberedKeyFile: newPlace("gone") });
  t.deepEqual(
    await planIdentity(named.wish, { ...named.environment, SOPS_AGE_KEY_FILE: file }),
    found,
  );
  t.is((await planIdentity(named.wish, named.environment)).kind, "elsewhere");
});

/** What is done with files in a folder, in its order, as `open wx keys.txt`; descriptors by their numbers. */
async function watched(run: () => unknown): Promise<readonly string[]> {
  const seen: string[] = [];
  const { openSync, fsyncSync, closeSync, linkSync } = nodeFs;
  await withOtherFs(
    {
      openSync: (path, flags, mode) => {
        const handle = openSync(path, flags, mode);
        seen.push(`open ${basename(String(path))} ${handle}`);
        return handle;
      },
      fsyncSync: (handle) => {
        fsyncSync(handle);
        seen.push(`sync ${handle}`);
      },
      closeSync: (handle) => {
        closeSync(handle);
        seen.push(`close ${handle}`);
      },
      linkSync: (from, to) => {
        linkSync(from, to);
        seen.push(`link ${basename(String(to))}`);
      },
    },
    run,
  );
  return seen.map((one) => one.replace(/\d+$/, "N").replace(/\.[0-9a-f]{12}\.tmp/, "DRAFT"));
}

async function newPlan({ wish: wished, environment }: ReturnType<typeof wish>) {
  const plan = await planIdentity(wished, environment);
  if (plan.kind !== "new") throw new Error(`the plan is ${plan.kind}`);
  return plan;
}

test.serial(
  "a key is on the disk before its file appears, and there is no other copy of it",
  async (t) => {
    const place = wish();
    const [first, second] = [await newPlan(place), await newPlan(place)];
    t.deepEqual(await watched(() => writeIdentity(first, "lab", directory)), [
      "open DRAFT N",
      "sync N",
      "close N",
      "link keys.txt",
    ]);
    t.deepEqual(readdirSync(dirname(place.keysFile)), ["keys.txt"]);
    t.deepEqual(await watched(() => writeIdentity(second, "lab", directory)), [
      "open keys.txt N",
      "sync N",
      "close N",
    ]);
    t.deepEqual(readdirSync(dirname(place.keysFile)), ["keys.txt"]);
    t.deepEqual(await parseKeyFile(readFileSync(place.keysFile, "utf8")), [
      first.pair,
      second.pair,
    ]);
  },
);

test.serial("a key file that another process makes meanwhile keeps its keys", async (t) => {
  const place = wish();
  const [theirs, plan] = [await generateKeyPair(), await newPlan(place)];
  const linkSync = () => {
    writeFileSync(place.keysFile, `${theirs.identity}\n`, { mode: 0o600 });
    throw systemError("EEXIST");
  };
  await withOtherFs({ linkSync }, () => writeIdentity(plan, "lab", directory));
  t.deepEqual(await parseKeyFile(readFileSync(place.keysFile, "utf8")), [theirs, plan.pair]);
  t.deepEqual(readdirSync(dirname(place.keysFile)), ["keys.txt"]);
});

test.serial(
  "where the file system has no hard links, the key file is made by a rename",
  async (t) => {
    for (const code of ["EPERM", "ENOTSUP", "EOPNOTSUPP"]) {
      const place = wish();
      const plan = await newPlan(place);
      await withOtherFs({ linkSync: failing(code) }, () => writeIdentity(plan, "lab", directory));
      t.deepEqual(await parseKeyFile(readFileSync(place.keysFile, "utf8")), [plan.pair], code);
      t.is(mode(place.keysFile), 0o600);
      t.deepEqual(readdirSync(dirname(place.keysFile)), ["keys.txt"]);
    }
    const place = wish();
    const plan = await newPlan(place);
    await withOtherFs({ linkSync: failing("ENOSPC") }, () => {
      const error = t.throws(() => writeIdentity(plan, "lab", directory), {
        message: /keys\.txt cannot be used: the disk is full; mend it/,
      });
      t.like(error, { code: "environment" });
    });
    t.deepEqual(readdirSync(dirname(place.keysFile)), []);
  },
);

test.serial(
  "a key file that is in order is only added to, whatever may be made beside it",
  async (t) => {
    const place = wish();
    await make(place);
    const { openSync } = nodeFs;
    const plan = await newPlan(place);
    await withOtherFs(
      {
        // As where the file is somebody else's, and so is its folder.
        chmodSync: failing("EPERM"),
        openSync: (path, ...rest) =>
          path === place.keysFile ? openSync(path, ...rest) : failing("EACCES")(),
      },
      () => writeIdentity(plan, "lab", directory),
    );
    t.is((await parseKeyFile(readFileSync(place.keysFile, "utf8"))).length, 2);
  },
);

test.serial(
  "a key file, or the nearest folder, that may not be written is said before anything is",
  async (t) => {
    const [place, made] = [wish(), wish()];
    await make(made);
    const { accessSync } = nodeFs;
    for (const [{ wish: wished, environment, keysFile }, locked] of [
      [place, dirname(dirname(dirname(dirname(place.keysFile))))],
      [made, made.keysFile],
    ] as const) {
      const error = await withOtherFs(
        {
          accessSync: (path, how) => {
            if (path === locked) throw systemError("EACCES");
            accessSync(path, how);
          },
        },
        () => t.throwsAsync(planIdentity(wished, environment)),
      );
      t.like(error, { code: "environment" });
      t.true(error?.message.includes(`${keysFile} cannot be used: permission denied`));
    }
    t.false(existsSync(place.keysFile));
  },
);

test("the comment above a key", async (t) => {
  const place = wish();
  const plan = await newPlan(place);
  const written = (cluster: string | null) => {
    writeIdentity(plan, cluster, "/r", new Date("2026-01-02T03:04:05.678Z"));
    return readFileSync(place.keysFile, "utf8");
  };
  const key = `# created: 2026-01-02T03:04:05Z\n# public key: ${plan.pair.recipient}\n${plan.pair.identity}\n`;
  const first = `# flux-sops: identity of cluster lab, repository /r\n${key}`;
  const whole = `# flux-sops: identity of repository /r\n${key}`;
  t.is(written("lab"), first);
  t.is(written(null), `${first}\n${whole}`);
  writeFileSync(place.keysFile, "");
  t.is(written(null), whole);
  writeFileSync(place.keysFile, "# mine");
  t.is(written(null), `# mine\n\n${whole}`);
  chmodSync(place.keysFile, 0o604);
  written(null);
  t.is(mode(place.keysFile), 0o600);
});

test("--age-key-file: another cluster's keys stay, and one that cannot be read is not passed over", async (t) => {
  const file = newPlace("keys.txt");
  const { pair } = await make(wish({ ageKeyFile: file }));
  const own = wish({ ageKeyFile: file, ownKey: true });
  t.like(await planIdentity(own.wish, own.environment), { kind: "new", file });
  const stranger = await generateKeyPair();
  const other = wish({ ageKeyFile: file, recipients: [stranger.recipient] });
  t.is((await planIdentity(other.wish, other.environment)).kind, "elsewhere");
  writeFileSync(file, `# mine\nAGE-PLUGIN-YUBIKEY-1QQQQ\n`);
  const recipients = [pair.recipient];
  for (const [ageKeyFile, message] of [
    [file, /keys\.txt cannot be used: line 2: /],
    [dirname(file), /cannot be used: it is a folder/],
  ] as const) {
    const place = wish({ ageKeyFile, recipients });
    const error = await t.throwsAsync(planIdentity(place.wish, place.environment), { message });
    t.like(error, { code: "environment" });
  }
});

test("what is wrong with the command line is no trouble with the machine", async (t) => {
  const file = newPlace("keys");
  const [one, two] = [await generateKeyPair(), await generateKeyPair()];
  writeFileSync(file, `${one.identity}\n${two.identity}\n`);
  const unmade = newPlace("deep/er/repository");
  for (const part of [
    { ageKeyFile: file },
    { ageKeyFile: join(directory, "age.agekey") },
    // Where the repository's folders are about to be made.
    { ageKeyFile: unmade, directory: unmade },
    { ageKeyFile: dirname(unmade), directory: unmade },
  ]) {
    const place = wish(part);
    const error = await t.throwsAsync(planIdentity(place.wish, place.environment));
    t.like(error, { code: "usage" }, error.message);
  }
});
