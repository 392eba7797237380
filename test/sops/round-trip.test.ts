import test, { type ExecutionContext } from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile, mayReuse, sealFile, type Encryption } from "../../sops/encrypt.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";

const pair = await generateKeyPair();
const SECRET: Encryption = {
  recipients: [pair.recipient],
  selection: { option: "encrypted_regex", pattern: "^(data|stringData)$" },
  macOnlyEncrypted: true,
};
const WHOLE: Encryption = {
  recipients: [pair.recipient],
  selection: null,
  macOnlyEncrypted: false,
};

async function encrypt(text: string, encryption: Encryption): Promise<string> {
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  return (await encryptFile(file, encryption)).text;
}

async function open(text: string) {
  const { file, metadata } = readSopsFile(Buffer.from(text), "yaml");
  if (metadata === null) throw new Error("no metadata");
  const dataKey = await unwrapDataKey(metadata, [pair]);
  if (dataKey === null) throw new Error("no data key");
  return { file, metadata, dataKey };
}

async function decrypt(text: string): Promise<string> {
  const { file, metadata, dataKey } = await open(text);
  return decryptFile(file, metadata, dataKey);
}

/** Texts whose bytes come back, each for one reason. */
const SAME_BYTES: Readonly<Record<string, string>> = {
  "plain strings": "stringData:\n  user: admin\n  password: correct horse\n",
  "plain strings that look like something else":
    "stringData:\n  a: yes\n  b: no\n  c: 190:20:30\n  d: -x\n  e: ?x\n  f: a:b#c\n",
  "quoted strings":
    "stringData:\n  a: 'it''s'\n  b: \"line\\nbreak \\\"q\\\"\"\n  c: '123'\n  d: \"\"\n",
  "literal blocks":
    "stringData:\n  a: |\n    one\n\n      two\n    three\n  b: |-\n    stripped\n  c: |+\n    kept\n\n\n  d: x\n",
  "a literal block with an indentation indicator":
    "stringData:\n  a: |2\n      indented\n    less\n",
  "a folded block of one line": "stringData:\n  a: >-\n    one long line\n  b: >\n    another\n",
  "numbers and booleans": "stringData:\n  a: 42\n  b: true\n  c: 1.5\n  d: -7\n",
  "nulls stay readable": "stringData:\n  a: null\n  b: ~\n  c:\n  d: x\n",
  "comments of every kind":
    "# top\nkind: Secret # here\nstringData: # after the key\n  # before a\n  a: x # beside a\n  # between\n\n  # before b\n  b: y\n  # at the end\n# below\n",
  "every quoting in flow collections":
    "stringData: {a: x, b: 'y', c: \"z\", d: [p, 'q', \"r\"], e: 1, f: {g: h}}\n",
  "brackets that close left of what they stand in":
    "stringData:\n  a: [\n    x,\n    {b: y}\n]\n  c:\n    - d: {\n  # note\n} # e\n    - z\n",
  "a flow mapping at the top": '{"kind": "Secret", "stringData": {"a": "x"} }\n',
  "comments beside block headers":
    "stringData:\n  a: | # note\n    one\n  b: >-\t # hunter2\n    one\n    two\n  c: |+2 # kept\n     x\n\n  d: x\n",
  "anchors, tags and comments behind them":
    "stringData: &s # note\n  a: &a # was: hunter1\n    b: x\n  c: !!str # note\n    y\n  d: &d # note\n  - z\n  e: &e {f: g}\n",
  "a tag that says nothing": "stringData:\n  a: ! 42\n  b: ! x\n  c: !\n  d: ! 'y'\n",
  "Windows line ends around comments":
    "stringData: # a\r\n  # b\r\n  a: x # c\r\n  # d\r\n\r\n  l:\r\n  - y\r\n  # e\r\n  b: |\r\n    z\r\n# f\r\nkind: Secret\r\n",
  "Windows line ends, and comments beside a dash and an anchor before one below brackets":
    "l:\r\n- # note\r\n  a: x\r\nk: &k # note\r\n  a: x\r\nstringData: {a: x}\r\n# note\r\nz: x\r\n",
  "an empty value only": "stringData:\n  a: ''\n",
  "no line break at the end": "stringData:\n  a: x",
  "a comment without a line break at the end": "stringData:\n  a: x\n  # last",
  "Windows line ends":
    "kind: Secret\r\nstringData:\r\n  a: x # c\r\n  b: |\r\n    one\r\n    two\r\n",
  "a byte order mark": "\uFEFFstringData:\n  a: x\n",
  "several documents":
    "# one\nstringData:\n  a: x\n---\n# two\nkind: ConfigMap\n---\nstringData:\n  a: y\n...\n",
  "document markers": "---\nstringData:\n  a: x\n...\n",
  "blank lines at the end": "stringData:\n  a: x\n\n\n",
  lists: "stringData:\n  a:\n  - x\n  # note\n  - 'y'\n  b:\n    - z # beside\n    - - deep\n",
  "deep indentation": "stringData:\n        a:\n                b: x\n",
  "special characters": 'stringData:\n  a: ünï¢ødé 😀\n  b: "tab\\there"\n',
};

for (const [title, text] of Object.entries(SAME_BYTES)) {
  for (const [name, encryption] of Object.entries({ SECRET, WHOLE })) {
    test(`encrypt and decrypt give the same bytes: ${title} (${name})`, async (t) => {
      const encrypted = await encrypt(text, encryption);
      t.not(encrypted, text);
      t.is(await decrypt(encrypted), text);
    });
  }
}

/** Texts whose spelling is recorded, and what comes back where sops has dropped the record. */
const RECORDED: readonly [string, string, string][] = [
  [
    "a folded block of several lines",
    "stringData:\n  a: >\n    one\n    two\n",
    "stringData:\n  a: >\n    one two\n",
  ],
  [
    "a folded block with paragraphs",
    "stringData:\n  a: >\n    one\n\n    two\n",
    "stringData:\n  a: |\n    one\n    two\n",
  ],
  [
    "a plain string over lines with spaces behind it",
    "stringData:\n  a: one\n\n    two  \n  b: one\n\n    two\t",
    'stringData:\n  a: "one\\ntwo"  \n  b: "one\\ntwo"\t',
  ],
  [
    "a plain string over lines with a line of spaces below it",
    "stringData:\n  a: one\n\n    two\n     \nb: x\n",
    'stringData:\n  a: "one\\ntwo"\n     \nb: x\n',
  ],
  [
    "a plain string over lines with a comment below it, indented as a block would be",
    "stringData:\n  a: one\n\n    two\n    #\n",
    'stringData:\n  a: "one\\ntwo"\n    #\n',
  ],
  [
    "a plain string over two lines",
    "stringData:\n  a: one\n    two\n",
    "stringData:\n  a: one two\n",
  ],
  ["unusual escapes", 'stringData:\n  a: "\\x41\\/"\n', 'stringData:\n  a: "A/"\n'],
  [
    "quoted strings over two lines",
    "stringData:\n  a: \"one\n    two\"\n  b: 'three\n    four'\n",
    "stringData:\n  a: \"one two\"\n  b: 'three four'\n",
  ],
  [
    "several documents",
    "stringData: {a: 0x10}\n---\nstringData:\n  b: 1.10\n",
    "stringData: {a: 16}\n---\nstringData:\n  b: 1.1\n",
  ],
  [
    "what only go-yaml takes for line breaks",
    'stringData:\n  a: "x\\L\\N\\P\\ry"\n',
    'stringData:\n  a: "x\\u2028\\x85\\u2029\\ry"\n',
  ],
  ["an octal number", "stringData:\n  a: 0777\n", "stringData:\n  a: 511\n"],
  ["a float with an exponent", "stringData:\n  a: 1e3\n", "stringData:\n  a: 1000.0\n"],
  [
    "an alias in an encrypted part",
    "x: &x v\nstringData:\n  a: *x\n",
    "x: &x v\nstringData:\n  a: v\n",
  ],
  [
    "texts that are booleans and numbers in YAML 1.1",
    "stringData:\n  a: yes\n  b: N\n  c: 12:30\n",
    'stringData:\n  a: "yes"\n  b: "N"\n  c: "12:30"\n',
  ],
];
for (const [title, text, expected] of RECORDED) {
  test(`a recorded spelling comes back: ${title}`, async (t) => {
    const encrypted = await encrypt(text, SECRET);
    t.is(await decrypt(encrypted), text);
    t.is(await decrypt(withoutRecord(encrypted)), expected);
  });
}

function withoutRecord(encrypted: string): string {
  return encrypted.replace(/^ +flux_sops_spelling:\n(?: +"[0-9a-f_]+": ENC\[.*\n)+/m, "");
}

test("what only go-yaml takes for line breaks is written in quotes where sops wrote a bare token", async (t) => {
  const encrypted = await encrypt('a: "x\\u2028y"\n', WHOLE);
  t.is(await decrypt(encrypted.replace(/^a: "(.*)"$/m, "a: $1")), 'a: "x\\u2028y"\n');
});

test("a usual spelling is not recorded, nor that of what stays readable", async (t) => {
  t.false((await encrypt(SAME_BYTES["quoted strings"] ?? "", SECRET)).includes("flux_sops"));
  t.false((await encrypt("a: 0777\nstringData: {b: x}\n", SECRET)).includes("flux_sops"));
});

test("a recorded spelling follows its value, and is used only where it reads the same", async (t) => {
  const encrypted = await encrypt(
    "stringData:\n  a: 0777\n  b:\n    c: >-\n      one\n      two\n",
    SECRET,
  );
  // Left of where its lines were, the second one would end the value.
  const deeper = encrypted.replace(/^ {4}c: >-\n {6}/m, "        c: >-\n          ");
  t.is(await decrypt(deeper), "stringData:\n  a: 511\n  b:\n        c: >-\n          one two\n");
});

test("a spelling is encrypted, and as long as others", async (t) => {
  const encrypted = await encrypt(
    'stringData:\n  a: "\\x68unter2"\n  b: "\\x68unter23456"\n',
    SECRET,
  );
  t.false(/hunter|x68/.test(encrypted));
  const [one, other] = [...encrypted.matchAll(/^ +"[0-9a-f]{16}": (.*)$/gm)];
  t.is(one?.[1]?.length, other?.[1]?.length);
});

test("aliases and other spellings outside the encrypted part stay as they are", async (t) => {
  const text =
    "version: 1.10\nmode: 0777\ntime: 2001-12-14\na: &x [1,   2]\nb: *x\nkind: &k Secret\nlabel: *k\nstringData:\n  p: q\n";
  t.is(await decrypt(await encrypt(text, SECRET)), text);
});

test("only what the rule selects is encrypted, and comments beside it", async (t) => {
  const encrypted = await encrypt(
    "# readable\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  # was: hunter1\n  password: hunter2 # old\n",
    SECRET,
  );
  t.false(/hunter2|was: |# old/.test(encrypted));
  t.regex(encrypted, /^# readable\nkind: Secret\nmetadata:\n {2}name: db\nstringData:\n/);
  t.is(encrypted.match(/type:comment\]/g)?.length, 2);
});

/** Whether no comment of a text is readable once it is encrypted, and all come back. */
async function isHidden(t: ExecutionContext, text: string): Promise<void> {
  const encrypted = await encrypt(text, SECRET);
  t.false(/hunter1|below/.test(encrypted), encrypted);
  t.is(await decrypt(encrypted), text);
}

test("a comment behind an anchor, a tag or a complex key is encrypted with the mapping or list that follows", async (t) => {
  for (const text of [
    "stringData: &a # hunter1\n  b: x\n",
    "stringData: &a # hunter1\n  # below\n  b: x\n",
    "stringData: &a # hunter1\n- x\n",
    "stringData: &a # hunter1\n  {b: x}\n",
    "stringData: &a\n  # hunter1\n\n  b: x\n",
    "stringData: &a\n# hunter1\n\n- x\n",
    "? stringData\n# hunter1\n: - x\n",
    "? stringData\n# hunter1\n: &a !!seq\n  - x\n",
    "? stringData\n# below\n: # hunter1\n  b: x\n",
    "? stringData\n  # below\n: # hunter1\n  - x\n",
  ]) {
    await isHidden(t, text);
  }
});

test("between brackets, a comment is encrypted with the value that it stands above or beside, as by sops", async (t) => {
  for (const text of [
    "a: {stringData:\n  # hunter1\n  {b: x}}\n",
    "a: {z: 1, stringData:\n# hunter1\n\n  # below\n  [x]}\n",
    "a: [stringData:\n  # hunter1\n  [x]]\n",
    "a: {stringData: &a\n  # hunter1\n  {b: x}}\n",
    "a: {stringData:\n  # hunter1\n  !!map {b: x}}\n",
    "a: {? stringData\n  # hunter1\n  : {b: x}}\n",
    "{stringData: {b: x}, # hunter1\n z: 1}\n",
    "a: {stringData: [x]\n  , # hunter1\n  z}\n",
    "a: {stringData: {b: [x]} # hunter1\n  , # below\n  }\n",
  ]) {
    await isHidden(t, text);
  }
  for (const text of [
    "a: {stringData: {b: x}, # beside\n  # note\n  z: 1}\n",
    "a: {stringData: {b: x} # beside\n  # note\n  , # note\n  z: 1}\n",
    "a: {\n  # note\n  stringData: {b: x}, z: 1, # note\n  y: 2}\n",
    "a: {stringData:\n  # note\n  x}\n",
    "a: [\n  # note\n  {stringData: x}, # note\n  y]\n",
  ]) {
    const encrypted = await encrypt(text, SECRET);
    const count = (what: string, all: string) => all.split(what).length;
    t.is(count("# note", encrypted), count("# note", text), encrypted);
    t.false(encrypted.includes("# beside"), encrypted);
    t.is(await decrypt(encrypted), text);
  }
});

test("every changed byte of a ciphertext, the MAC or its time is refused", async (t) => {
  const encrypted = await encrypt("a: one\nb: two\n", WHOLE);
  const places = [...encrypted.matchAll(/(data|iv|tag):([A-Za-z0-9+/]{4})/g)].map(
    (match) => (match.index ?? 0) + match[0].length - 2,
  );
  places.push(encrypted.indexOf("lastmodified") + 'lastmodified: "20'.length);
  t.true(places.length >= 10);
  for (const place of places) {
    const old = encrypted.charAt(place);
    const changed =
      encrypted.slice(0, place) +
      (old === "1" ? "2" : /\d/.test(old) ? "1" : old === "A" ? "B" : "A") +
      encrypted.slice(place + 1);
    await t.throwsAsync(decrypt(changed), { name: "SopsError" }, `at ${place}`);
  }
});

test("swapped values, moved keys and readable parts under the MAC are refused", async (t) => {
  const encrypted = await encrypt("a: one\nb: two\nc_unencrypted: 1\n", WHOLE);
  const lines = encrypted.split("\n");
  const [first = "", second = ""] = lines;
  const swapped = [second.replace(/^b/, "a"), first.replace(/^a/, "b"), ...lines.slice(2)];
  await t.throwsAsync(decrypt(swapped.join("\n")), { message: /does not decrypt/ });
  await t.throwsAsync(decrypt(encrypted.replace("c_unencrypted: 1", "c_unencrypted: 2")), {
    message: /MAC does not match/,
  });
  await t.throwsAsync(decrypt(encrypted.replace(/^b: .*\n/m, "")), {
    message: /MAC does not match/,
  });
});

test("text around a ciphertext is refused", async (t) => {
  const encrypted = await encrypt("stringData:\n  a: one\n", SECRET);
  await t.throwsAsync(decrypt(encrypted.replace("type:str]\n", "type:str] hunter2\n")), {
    message: /not encrypted, or has text around/,
  });
});

test("an empty line below a block that keeps its line breaks is no text", async (t) => {
  const encrypted = await encrypt("a: |+\n  one\n\nb: x\n", WHOLE);
  const apart = encrypted.replace(/\nb:/, "\n\n\nb:");
  t.not(apart, encrypted);
  t.is(await decrypt(apart), "a: |+\n  one\n\nb: x\n");
});

test("an unchanged value keeps its ciphertext, a changed one gets a new one", async (t) => {
  const first = await encrypt("stringData:\n  a: one\n  b: two\n  c: three\n", SECRET);
  const previous = await open(first);
  t.true(mayReuse(previous.metadata, [pair.recipient]));
  const { file } = readSopsFile(
    Buffer.from("stringData:\n  a: one\n  b: CHANGED\n  c: three\n"),
    "yaml",
  );
  const again = await encryptFile(file, SECRET, {
    previous,
    now: new Date("2001-02-03T04:05:06Z"),
  });
  const before = first.split("\n");
  const after = again.text.split("\n");
  const differing = after.filter((line, index) => line !== before[index]);
  t.is(again.unchanged, 2);
  t.deepEqual(
    differing.map((line) => line.trim().split(":")[0]),
    ["b", "lastmodified", "mac"],
  );
  t.is(after.length, before.length);
});

test("it is counted what was encrypted, values and comments, and what kept its ciphertext", async (t) => {
  const text = "stringData:\n  # note\n  a: one\n  b: 0777\n  c: ''\n  d: null\n";
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  // The spelling of b is encrypted too, and is no value of the user's.
  const first = await encryptFile(file, SECRET);
  t.like(first, { values: 2, comments: 1, unchanged: 0 });
  const changed = readSopsFile(Buffer.from(text.replace("one", "two")), "yaml").file;
  const previous = await open(first.text);
  t.like(await encryptFile(changed, SECRET, { previous }), {
    values: 1,
    comments: 0,
    unchanged: 2,
  });
  const added = await open(
    first.text.replace("stringData:\n", "stringData:\n  e: five\n  # six\n"),
  );
  t.like(await sealFile(added.file, added.metadata, added.dataKey), {
    values: 1,
    comments: 1,
    unchanged: 3,
  });
});

test("encrypting what did not change gives the very same file", async (t) => {
  const text = "kind: Secret\nstringData:\n  # note\n  a: one\n";
  const first = await encrypt(text, SECRET);
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  const again = await encryptFile(file, SECRET, { previous: await open(first) });
  t.is(again.text, first);
});

test("an unchanged text that sops wrote bare stands bare again, though it was a block meanwhile", async (t) => {
  const first = await encrypt("stringData:\n  a: |\n    one\n    two\n  b: x\n", SECRET);
  const bare = first.replace(/a: \|\n {4}(ENC\S+)\n/, "a: $1\n");
  t.not(bare, first);
  const plain = await decrypt(bare);
  t.is(plain, "stringData:\n  a: |\n    one\n    two\n  b: x\n");
  const { file } = readSopsFile(Buffer.from(plain), "yaml");
  t.is((await encryptFile(file, SECRET, { previous: await open(bare) })).text, bare);
});

test("at the end of a file without a line break, it stays a block", async (t) => {
  const first = await encrypt("stringData:\n  b: |-\n    one\n    two\n", SECRET);
  const bare = first.replace(/b: \|-\n {4}(ENC\S+)\n/, "b: $1\n");
  t.not(bare, first);
  const plain = "stringData:\n  b: |-\n    one\n    two";
  const { file } = readSopsFile(Buffer.from(plain), "yaml");
  const again = await encryptFile(file, SECRET, { previous: await open(bare) });
  t.is(again.unchanged, 1);
  t.is(await decrypt(again.text), plain);
});

test("a removed recipient ends the data key", async (t) => {
  const other = await generateKeyPair();
  const both = { ...SECRET, recipients: [pair.recipient, other.recipient] };
  const { metadata } = await open(await encrypt("stringData:\n  a: one\n", both));
  t.false(mayReuse(metadata, [pair.recipient]));
  t.true(mayReuse(metadata, [other.recipient, pair.recipient]));
});

test("refused: an alias of a mapping in an encrypted part, and a readable alias of an encrypted value", async (t) => {
  await t.throwsAsync(encrypt("x: &x {a: 1}\nstringData: *x\n", SECRET), {
    message: /alias of one that stands elsewhere/,
  });
  await t.throwsAsync(encrypt("stringData:\n  a: &a hunter2\nlabel: *a\n", SECRET), {
    message: /alias of one that stands elsewhere/,
  });
});

test("refused: a readable alias of a mapping or list with encrypted values in it", async (t) => {
  for (const text of [
    "x:\n  stringData: &a {p: q}\ny: *a\n",
    "x:\n  stringData: &a [q]\ny: *a\n",
    "x: &a\n  stringData: {p: q}\n  data: [r]\ny:\n  <<: *a\n",
    "x: &a\n  stringData: &b {p: q}\ny: *a\nz: *b\n",
  ]) {
    await t.throwsAsync(
      encrypt(text, SECRET),
      { message: /alias of one that stands elsewhere/ },
      text,
    );
  }
});

test("a value of several lines takes no comment below it in", async (t) => {
  const text = "stringData:\n  a: x\n  b: one\n\n    two\n    # note\nk: v\n";
  t.is(await decrypt(await encrypt(text, WHOLE)), text);
  // Where the author's spelling is not known, it is in quotes.
  const { file } = await open(await encrypt(text.replace(/one\s+two/, "y"), WHOLE));
  const b = file.leaves.find(({ path }) => path.at(-1) === "b");
  if (b === undefined) throw new Error("no b");
  const value = { type: "str", text: "one\ntwo" } as const;
  const plain = file.splice(new Map([[b, { kind: "plaintext", value }]]), null);
  t.true(plain.includes('  b: "one\\ntwo"\n    #'), plain);
});

test("refused: a comment without text in an encrypted list, which sops makes an item of", async (t) => {
  for (const text of [
    "stringData:\n  l:\n  - x\n  #\n  - y\n",
    "stringData:\n  l:\n  - x #\n",
    "stringData:\r\n  l:\r\n  - x\r\n  #\r\n  # note\r\n  - y\r\n",
  ]) {
    await t.throwsAsync(encrypt(text, SECRET), { message: /would be an empty item to sops/ }, text);
  }
  for (const text of ["stringData:\n  #\n  a: x\n", "l:\n- x\n#\n- y\nstringData: {a: x}\n"]) {
    t.is(await decrypt(await encrypt(text, SECRET)), text);
  }
});

test("refused: a text of several lines that begins with a tab, which sops decrypts to null", async (t) => {
  for (const text of [
    'stringData:\n  a: "\\tx\\ny\\n"\n',
    "stringData:\n  a: |2\n    \tx\n    y\n",
    'stringData:\n  l: ["\\t\\n"]\n',
    // Flux does not decrypt a file with one that stays readable either.
    'note: "\\tx\\n y"\nstringData:\n  a: x\n',
  ]) {
    const error = await t.throwsAsync(encrypt(text, SECRET), undefined, text);
    t.regex(error.message, /several lines and begins with a tab/);
  }
  // sops puts these into quotes.
  for (const text of [
    "\\tx",
    "\\tx \\ny",
    "\\tx\\n ",
    "\\tx\\r\\ny",
    "\\t\\u0001\\ny",
    " \\tx\\ny",
  ]) {
    const file = `stringData:\n  a: "${text}"\n`;
    t.is(await decrypt(await encrypt(file, SECRET)), file);
  }
});

test("refused: to seal a file with such a text, which it has only now", async (t) => {
  const encrypted = await encrypt("stringData:\n  a: x\n", SECRET);
  const { metadata, dataKey } = await open(encrypted);
  const edited = encrypted.replace(/a: ENC.*/, 'a: "\\tx\\ny"');
  const { file } = readSopsFile(Buffer.from(edited), "yaml");
  await t.throwsAsync(sealFile(file, metadata, dataKey), { message: /begins with a tab/ });
  const readable = encrypted.replace(/^sops:/m, 'k: "\\tx\\ny"\nsops:');
  await t.throwsAsync(
    sealFile(readSopsFile(Buffer.from(readable), "yaml").file, metadata, dataKey),
    {
      message: /begins with a tab/,
    },
  );
});

test("refused: a pattern for comments that stay readable, which the ciphertext of others matches", async (t) => {
  const text = "# keep\na: x\n# other\nb: y\n";
  const rule = (pattern: string) =>
    ({ ...WHOLE, selection: { option: "unencrypted_comment_regex", pattern } }) as const;
  for (const pattern of ["comment", "ENC", "keep|[0-9]"]) {
    const error = await t.throwsAsync(encrypt(text, rule(pattern)), {
      name: "SopsError",
      message: /could not be decrypted again/,
    });
    t.is((error as { line?: unknown } | undefined)?.line, pattern.startsWith("keep") ? 3 : 1);
  }
  t.is(await decrypt(await encrypt(text, rule("^ keep"))), text);
  t.is(await decrypt(await encrypt(text, rule("."))), text);
});

test("refused: a document that is indented as a whole, beside whose keys no sops block could stand", async (t) => {
  for (const [text, line] of [
    ["  a: x\n  b: y\n", 1],
    ["# note\na: x\n---\n\n c:\n   - {}\n", 5],
  ] as const) {
    const error = await t.throwsAsync(encrypt(text, WHOLE), {
      name: "SopsError",
      message: /is indented as a whole/,
    });
    t.is((error as { line?: unknown } | undefined)?.line, line);
  }
  const text = "  {a: x}\n";
  t.is(await decrypt(await encrypt(text, WHOLE)), text);
});

test("refused: ciphertext in a file without a sops block", async (t) => {
  const encrypted = await encrypt("stringData:\n  a: one\n", SECRET);
  await t.throwsAsync(encrypt(encrypted.replace(/^sops:\n[^]*/m, ""), SECRET), {
    message: /no sops block/,
  });
});

const BROKEN: readonly [string, RegExp][] = [
  ["a: [1\n", /./],
  ["- a\n- b\n", /list/],
  ["just text\n", /single value/],
  ["1: x\n", /key that is no string/],
  ["a: 1\na: 2\n", /unique/i],
  ["a: 18446744073709551615\n", /2\^63/],
  ["a: *missing\n", /./],
  ["a: x # note\u2028b: y\n", /line break that few programs see \(U\+2028\)/],
  ['a: "x\u0085y"\n', /\(U\+0085\)/],
  ["a: x\rb: y\n", /\(U\+000D\)/],
  ["a: {b: http://x?y}\n", /has a "\?" where sops reads something else/],
  ["a: {?b: c}\n", /has a "\?" where/],
  ["a: |1\n  x\n  ", /spaces below a block of text/],
  ["a: |1\n  x\n  \nb: c\n", /spaces below a block of text/],
  ["a: |+\n  x\n ", /spaces below a block of text/],
  ["a: |2\n   \n", /spaces below a block of text/],
  // The yaml package leaves the last line out, or adds a line break at the end.
  ["a: |2-\n   \t\n   \nb: c\n", /nothing but spaces and tabs in it: write it in double quotes/],
  ["a: |1\n  \t\n  \t", /nothing but spaces and tabs in it/],
  ["<<: x\n", /merge key \(<<\) without a mapping/],
  ["b: &b [x]\na:\n  <<: [{c: d}, *b]\n", /merge key \(<<\) without a mapping/],
  ["a: [:b]\n", /has a ":" where/],
  ["a: {b:, c: d}\n", /has a ":" where/],
  ["a: {b :{c: d}}\n", /has a ":" where/],
  ["a: [b \t:, c]\n", /has a ":" where/],
  // The yaml package drops it: it would stay readable.
  ['? "data"\n password: hunter2\n', /has a value without a `:`/],
  ["? data #\n hunter2\n", /has a value without a `:`/],
  ["a:\n  ? 'data'\n   password: hunter2\n", /has a value without a `:`/],
  ['? ""{password: hunter2}\n', /has a value without a `:`/],
  ["- a\n", /a document that is a list/],
  ["null\n", /a document that is a single value/],
  ["a: x\n---\n~\n", /a document that is a single value/],
];
for (const [text, message] of BROKEN) {
  test(`refused with a line: ${JSON.stringify(text)}`, (t) => {
    const error = t.throws(() => readSopsFile(Buffer.from(text), "yaml"), {
      name: "SopsError",
      message,
    });
    t.is(typeof (error as { line?: unknown } | undefined)?.line, "number");
  });
}

test("a value of several lines that sops wrote beside a comment comes back in quotes", async (t) => {
  // As a block, it would swallow the comment.
  const encrypted = await encrypt('a: "one\\ntwo\\n" # note\n', WHOLE);
  const bare = encrypted.replace(/^a: "(.*)" #/m, "a: $1 #");
  t.not(bare, encrypted);
  t.is(await decrypt(bare), 'a: "one\\ntwo\\n" # note\n');
});

test("so does one that would take in an empty line below, or lose its line break with the file's end", async (t) => {
  for (const text of [
    'a: "x\\n\\n"\n\nb: y\n',
    'a: y\nb: "x\\n"',
    'a: y\nb: "x\\n"\n\n ',
    'a: y\r\nb:\r\n  - "x\\ny\\n"',
    "a: |\n    x\n    y\n---\nb: z",
  ]) {
    const encrypted = await encrypt(text, WHOLE);
    const bare = encrypted.replace(/"(ENC.*)"|\|\n *(ENC.*)/, "$1$2");
    t.not(bare, encrypted);
    t.is(await decrypt(bare), text);
  }
});

test("so does one whose last line is of spaces or tabs: as a block it could not be encrypted again", async (t) => {
  for (const text of [
    '"x\\n  "',
    '"x\\n  \\n"',
    '" \\n "',
    '" \\n\\t\\n"',
    '"x\\n\\t\\n\\n"',
    '"\\n"',
  ]) {
    const encrypted = await encrypt(`a: ${text}\nb: y\n`, WHOLE);
    const bare = encrypted.replace(/"(ENC.*)"/, "$1");
    t.not(bare, encrypted);
    const plaintext = await decrypt(bare);
    t.is(plaintext, `a: ${text}\nb: y\n`);
    t.is(await decrypt(await encrypt(plaintext, WHOLE)), plaintext);
  }
});

test("equal values of a list do not show as equal", async (t) => {
  const text = "data:\n  - x\n  - x # x\n  - [x, x]\n# x\n";
  const encrypted = await encrypt(text, WHOLE);
  const tokens = encrypted.split("\nsops:")[0]?.match(/ENC\[[^\]]+\]/g) ?? [];
  t.is(tokens.length, 6);
  t.is(new Set(tokens.map((token) => /iv:[^,]+/.exec(token)?.[0])).size, 6);
  t.is(await decrypt(encrypted), text);
});
