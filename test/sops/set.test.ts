import test from "ava";
import type { Format } from "../../sops/format.ts";
import { sealFile } from "../../sops/encrypt.ts";
import { setValue, unsetValue } from "../../sops/set.ts";
import type { TreePath } from "../../sops/data/tree-path.ts";
import { filesOf, selecting, WHOLE } from "./files.ts";

for (const [text, decrypted] of [
  ["a: x\n---\nb: y\n", "{}\n---\nb: y\n"],
  ["# note\na: x\n# end\n---\nb: y\n", "# note\n# end\n{}\n---\nb: y\n"],
  ["# note\na: x\n...\n", "# note\n{}\n...\n"],
  ["---\n# note\na: x\n---\nb: y\n", "---\n# note\n---\nb: y\n"],
  ["# note\na: x\n", "# note\n"],
] as const) {
  test(`no document goes with the last key in it: ${JSON.stringify(text)}`, async (t) => {
    const { encrypt, decrypt, open } = filesOf("yaml");
    const encrypted = await encrypt(text);
    const opened = await open(encrypted);
    const sealed = { text: encrypted, format: "yaml", ignoreMac: false, ...opened } as const;
    const after = (await unsetValue(sealed, ["a"])) ?? "";
    t.is(await decrypt(after), decrypted);
    t.is(await decrypt(await encrypt(decrypted)), decrypted);
  });
}

const CHANGED: readonly (readonly [
  format: Format,
  text: string,
  set: TreePath,
  after: string,
  unset: string,
])[] = [
  ["yaml", "a: one # n\nb:\n  - two\n", ["a"], "a: new # n\nb:\n  - two\n", "b:\n  - two\n"],
  [
    "yaml",
    "a: one\nb:\n  - two\n",
    ["b", 1],
    "a: one\nb:\n  - two\n  - new\n",
    "a: one\nb:\n  - two\n",
  ],
  ["json", '{"a": "one", "b": "two"}', ["b"], '{"a": "one", "b": "new"}', '{"a": "one"}'],
  [
    "json",
    '{"a": "one"}\n',
    ["c", "d"],
    '{"a": "one", "c": {"d": "new"}}\n',
    '{"a": "one", "c": {}}\n',
  ],
  ["dotenv", "# n\na=one\nb=two\n", ["a"], "# n\na=new\nb=two\n", "# n\nb=two\n"],
  [
    "ini",
    "; n\na = one\n[s]\nb = two\n",
    ["s", "b"],
    "; n\na = one\n[s]\nb = new\n",
    "; n\na = one\n[s]\n",
  ],
];
for (const [format, text, path, after, without] of CHANGED) {
  test(`set and unset change one value, and no other ciphertext: ${JSON.stringify([format, path])}`, async (t) => {
    const { encrypt, decrypt, open } = filesOf(format);
    const sealed = async (text: string) => ({
      text,
      format,
      ignoreMac: false,
      ...(await open(text)),
    });
    const tokens = (text: string) => text.match(/ENC\[[^\]]*\]/g) ?? [];
    const encrypted = await encrypt(text);
    const set = await setValue(await sealed(encrypted), path, "new");
    t.is(await decrypt(set), after);
    t.notRegex(set, /new/);
    // But for the MAC, and for that which was there.
    const gone = tokens(encrypted).filter((token) => !set.includes(token));
    t.is(gone.length, tokens(set).length === tokens(encrypted).length ? 2 : 1);
    t.is(await setValue(await sealed(set), path, "new"), set);
    const unset = (await unsetValue(await sealed(set), path)) ?? "";
    t.is(await decrypt(unset), without);
  });
}

for (const [text, path, left] of [
  [
    "data:\n  # hunter2\n  a: x\nother: y\n",
    ["data", "a"],
    "data: {\n  # hunter2\n  }\nother: y\n",
  ],
  [
    "other: y\nz:\n  data:\n\n    # note\n    a:\n      - x\n      # on x\n    # hunter2\n    # end\n",
    ["z", "data", "a"],
    "other: y\nz:\n  data: {\n\n    # note\n    # hunter2\n    # end\n    }\n",
  ],
  [
    "data:\r\n  # hunter2\r\n\r\n  - x\r\nother: y\r\n",
    ["data", 0],
    "data: [\r\n  # hunter2\r\n\r\n  ]\r\nother: y\r\n",
  ],
] as const) {
  test(`an encrypted comment that would be readable stays in what is empty then: ${JSON.stringify(text)}`, async (t) => {
    const { encrypt, decrypt, open } = filesOf("yaml");
    const sealed = async (text: string) => ({
      text,
      format: "yaml" as const,
      ignoreMac: false,
      ...(await open(text)),
    });
    const encrypted = await encrypt(text, selecting("^data$"));
    const after = (await unsetValue(await sealed(encrypted), path)) ?? "";
    t.is(await decrypt(after), left);
    t.notRegex(after, /hunter2|note|end$/m);
    // And has a place for the next value.
    const again = await setValue(await sealed(after), path, "hunter3");
    t.notRegex(again, /hunter/);
    t.regex(await decrypt(again), /hunter3[^]*# hunter2/);
  });
}

test("no encrypted comment is left where it would be readable", async (t) => {
  const { encrypt, open } = filesOf("yaml");
  const encrypted = await encrypt(
    "data: # beside\n  # hunter2\n  a: x\nother: y\n",
    selecting("^data$"),
  );
  const sealed = { text: encrypted, format: "yaml", ignoreMac: false } as const;
  const change = { ...sealed, ...(await open(encrypted)) };
  const refused = { code: "unsupported", message: /^an encrypted comment would be readable: / };
  await t.throwsAsync(unsetValue(change, ["data", "a"]), refused);
  t.not(await unsetValue(change, ["other"]), null);
});

for (const [text, path, left] of [
  ["data:\n  a: x\n  # hunter2\nother: y\n", ["data"], "other: y\n"],
  ["other: y\ndata:\n  a: x\n  # hunter2\n", ["data"], "other: y\n"],
  ["other:\n  - data:\n      - x\n      # hunter2\n", ["other", 0, "data"], "other:\n  - {}\n"],
] as const) {
  test(`an encrypted comment goes with what it stands in: ${JSON.stringify(text)}`, async (t) => {
    const { encrypt, decrypt, open } = filesOf("yaml");
    const encrypted = await encrypt(text, selecting("^data$"));
    t.notRegex(encrypted, /hunter2/);
    const sealed = { text: encrypted, format: "yaml", ignoreMac: false } as const;
    const after = await unsetValue({ ...sealed, ...(await open(encrypted)) }, path);
    t.is(await decrypt(after ?? ""), left);
  });
}

for (const [text, path] of [
  ["; hunter2\n\n[data]\na = x\n; of other\n[other]\nb = y\n", ["data"]],
  ["[data]\n; hunter2\n\n; of a\na = x\n; of other\n[other]\nb = y\n", ["data", "a"]],
  ["; of other\n\n[other]\nb = y\n; hunter2\n\n[data]\na = x\n# of last\n[last]\n", ["data"]],
] as const) {
  test(`nor is one that becomes a line of another's: ${JSON.stringify(text)}`, async (t) => {
    const { encrypt, open } = filesOf("ini");
    const encrypted = await encrypt(text, selecting("^data$"));
    t.notRegex(encrypted, /hunter2/);
    const sealed = { text: encrypted, format: "ini", ignoreMac: false } as const;
    const change = { ...sealed, ...(await open(encrypted)) };
    const refused = { code: "unsupported", message: /^an encrypted comment would be readable: / };
    await t.throwsAsync(unsetValue(change, path), refused);
    t.not(await unsetValue(change, ["other"]), null);
  });
}

test("a comment that was readable stays where it is, and one that is encrypted anywhere is in nobody's way", async (t) => {
  const text =
    "# note\ndata:\n  # note\n  a: x\n  b: z\n  # note\nother:\n  # note\n  c: y\n  # end\n";
  const { encrypt, decrypt, open } = filesOf("yaml");
  const encrypted = await encrypt(text, selecting("^data$"));
  const sealed = { text: encrypted, format: "yaml", ignoreMac: false } as const;
  const change = { ...sealed, ...(await open(encrypted)) };
  for (const [path, left] of [
    [["other", "c"], text.replace("  c: y\n", "")],
    [["data", "b"], text.replace("  b: z\n", "")],
  ] as const) {
    const after = (await unsetValue(change, path)) ?? "";
    t.is((await decrypt(after)).replace(/ \{\}/, ""), left);
  }
});

test("what is there through an alias is not said to be missing", async (t) => {
  const text = "a_unencrypted: &m\n  b: x\nc_unencrypted: *m\nd: y\n";
  const { encrypt, open } = filesOf("yaml");
  const encrypted = await encrypt(text);
  const sealed = {
    text: encrypted,
    format: "yaml",
    ignoreMac: false,
    ...(await open(encrypted)),
  } as const;
  const path = ["c_unencrypted", "b"];
  await t.throwsAsync(unsetValue(sealed, path), { message: /through an alias/ });
  t.is(await unsetValue(sealed, ["c_unencrypted", "z"]), null);
});

type Option = "encrypted_comment_regex" | "unencrypted_comment_regex";

/** A file in which comments select, encrypted, and what may be done to it. */
async function selectedBy(option: Option, pattern: string, text: string, format: Format = "yaml") {
  const { encrypt, decrypt, open, read } = filesOf(format);
  const selection = { option, pattern };
  const sealed = async (encrypted: string) => {
    return { text: encrypted, format, ignoreMac: false, ...(await open(encrypted)) };
  };
  let encrypted = await encrypt(text, { ...WHOLE, selection });
  return {
    encrypted,
    open,
    read,
    decrypted: () => decrypt(encrypted),
    set: async (path: TreePath, value: string) => {
      encrypted = await setValue(await sealed(encrypted), path, value);
      return encrypted;
    },
    unset: async (path: TreePath) => {
      encrypted = (await unsetValue(await sealed(encrypted), path)) ?? encrypted;
      return encrypted;
    },
  };
}

const READABLE = "unencrypted_comment_regex";

const LEFT: readonly (readonly [text: string, path: TreePath, format: Format])[] = [
  ["# plain\nuser: x\npassword: hunter2\n", ["user"], "yaml"],
  ["a:\n  # plain\n  user: x\n  password: hunter2\n", ["a", "user"], "yaml"],
  ["l:\n  # plain\n  - x\n  - hunter2\n", ["l", 0], "yaml"],
  ["# plain\nuser: x\n# hunter2\npassword: y\n", ["user"], "yaml"],
  ["# plain\nuser=x\npassword=hunter2\n", ["user"], "dotenv"],
  // In INI a comment is for the key behind the one that it stands above.
  ["[s]\n; plain\na = x\nb = y\npassword = hunter2\n", ["s", "b"], "ini"],
];

for (const [text, path, format] of LEFT) {
  test(`nothing is taken out whose comment would leave a secret readable: ${JSON.stringify(text)}`, async (t) => {
    const { unset } = await selectedBy(READABLE, "plain$", text, format);
    await t.throwsAsync(unset(path), { code: "unsupported", message: /about something else/ });
  });
}

test("what a comment that selects is about may be taken out where nothing follows, and last", async (t) => {
  const file = await selectedBy(READABLE, "plain", "password: hunter2\n# plain\nuser: x\n");
  await file.unset(["user"]);
  t.is(await file.decrypted(), "password: hunter2\n# plain\n");
});

test("a ciphertext that was selected is not signed as a readable value", async (t) => {
  const text = "# plain\nuser: x\npassword: hunter2\n";
  const { encrypted, open, read } = await selectedBy(READABLE, "plain", text);
  const { metadata, dataKey } = await open(encrypted);
  const { file } = read(encrypted.replace("user: x\n", ""));
  await t.throwsAsync(sealFile(file, metadata, dataKey), { message: /password would stay/ });
});

test("a new value goes where a comment that selects has it encrypted", async (t) => {
  const below = await selectedBy(
    "encrypted_comment_regex",
    "secret",
    "a:\n  b: x\n\n  # secret\n  c: hunter2\nd: y\n",
  );
  await below.unset(["a", "c"]);
  t.notRegex(await below.set(["a", "c"], "hunter2"), /hunter2/);
  t.is(await below.decrypted(), "a:\n  b: x\n\n  # secret\n  c: hunter2\nd: y\n");
  for (const [text, after, format] of [
    ["a: x\n# plain\nb: y\n", "a: x\nc: hunter2\n# plain\n", "yaml"],
    ["a=x\n# plain\nb=y\n", "a=x\nc=hunter2\n# plain\n", "dotenv"],
  ] as const) {
    const above = await selectedBy(READABLE, "plain", text, format);
    await above.unset(["b"]);
    t.notRegex(await above.set(["c"], "hunter2"), /hunter2/);
    t.is(await above.decrypted(), after);
  }
});

test("what is readable already, as a secret of another item is written, is no secret for that", async (t) => {
  const list = "l:\n  - role: x\n  # plain\n  - role: x\n";
  const file = await selectedBy(READABLE, "plain", `${list}m:\n  a: 1\n  # note\n`);
  await file.set(["m"], "x");
  t.is(await file.decrypted(), `${list}m: x\n  # note\n`);
});

test("a secret that would be readable is one beside another item with that value, too", async (t) => {
  const { unset } = await selectedBy(
    READABLE,
    "plain",
    "l:\n  # plain\n  - a: y\n  - # note\n    a: x\n  # plain\n  - a: x\n",
  );
  await t.throwsAsync(unset(["l", 0]), { code: "unsupported", message: /about something else/ });
});
