import test from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import type { SopsError } from "../../sops/errors.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import type { Selection } from "../../sops/selection/selection-option.ts";
import { readSopsFile } from "../../sops/sops-file.ts";

const pair = await generateKeyPair();

async function encrypt(text: string, option: Selection["option"], pattern: string) {
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  const recipients = [pair.recipient];
  const selection = { option, pattern };
  return (await encryptFile(file, { recipients, selection, macOnlyEncrypted: false })).text;
}

async function open(text: string) {
  const { file, metadata } = readSopsFile(Buffer.from(text), "yaml");
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) throw new Error("no data key");
  return decryptFile(file, metadata, dataKey);
}

for (const text of [
  "data:\n- a\n# note\n",
  "data:\n- a\n# note",
  "data:\n- a\n# note 1\n# note 2\n",
]) {
  test(`a comment that sops takes into the list above is encrypted there: ${JSON.stringify(text)}`, async (t) => {
    const encrypted = await encrypt(text, "encrypted_regex", "^data$");
    t.notRegex(encrypted, /note/);
    t.regex(encrypted, /^- ENC\[.*,type:comment\]/m);
    t.is(await open(encrypted), text);
  });
}

test("with an empty line below, it is in the list when the sops block follows, too", async (t) => {
  const text = "data:\n- |\n  a\n# note\n\n";
  const encrypted = await encrypt(text, "encrypted_regex", "^data$");
  t.regex(encrypted, /^#ENC\[.*,type:comment\]\n\nsops:/m);
  t.is(await open(encrypted), text);
});

test("behind a Windows line end, it is in the list, too: go-yaml sees an empty line there", async (t) => {
  const text = "data:\r\n- a\r\n# note\r\n";
  const encrypted = await encrypt(text, "encrypted_regex", "^data$");
  t.regex(encrypted, /^#ENC\[.*,type:comment\]\r\nsops:/m);
  t.is(await open(encrypted), text);
});

for (const text of [
  "data:\n- a\n  # note\n",
  "data:\n  a: x\n# note",
  "x:\n  data:\n    a: x\n# note",
]) {
  test(`a comment that would stay readable is refused: ${JSON.stringify(text)}`, async (t) => {
    const error = await t.throwsAsync(encrypt(text, "encrypted_regex", "^data$"));
    t.regex(error.message, /would stay readable/);
    // As its message says.
    const apart = text.replace(/\n *# note/, "\n\n# note");
    t.is(await open(await encrypt(apart, "encrypted_regex", "^data$")), apart);
  });
}

for (const text of [
  "# secret\ndata:\n  a: x\n# note",
  "# secret\ndata:\n- a\n# note\n",
  "x:\n  # secret\n  data:\n    a:\n      b: x\n# note",
]) {
  test(`so is one that sops takes below a comment that selects: ${JSON.stringify(text)}`, async (t) => {
    const error = await t.throwsAsync(encrypt(text, "encrypted_comment_regex", "secret"));
    t.regex(error.message, /would stay readable/);
    const apart = text.replace("\n# note", "\n\n# note");
    t.is(await open(await encrypt(apart, "encrypted_comment_regex", "secret")), apart);
    t.is(await open(await encrypt(text, "encrypted_comment_regex", "other")), text);
  });
}

test("behind a list without a value too", async (t) => {
  const text = "# secret\ndata:\n- {}\n# note\n";
  const error = await t.throwsAsync(encrypt(text, "encrypted_comment_regex", "secret"));
  t.regex(error.message, /would stay readable/);
  t.is(await open(await encrypt(text, "encrypted_comment_regex", "other")), text);
});

for (const [text, option, pattern] of [
  // Each tried with sops 3.13.3, which encrypts the note.
  ["# plain\nd:\n  - - a\n    - b\n  # note\n", "unencrypted_comment_regex", "plain"],
  ["d:\n  - e:\n      a: x\n\n    # note\n", "unencrypted_regex", "^d$"],
  ["d:\n  a: x\n\n  # note\n", "unencrypted_regex", "^d$"],
  ["d:\n  a:\n    # note\n", "unencrypted_regex", "^d$"],
  ["d:\n  - - - x\n    # note\n", "unencrypted_regex", "^d$"],
] as const) {
  test(`a comment that sops takes to the top mapping is refused: ${option} ${JSON.stringify(text)}`, async (t) => {
    const error = await t.throwsAsync(encrypt(text, option, pattern));
    t.regex(error.message, /sops takes it to the top mapping/);
    // As its message says.
    const first = text.replace(/ *# note/, "# note");
    const encrypted = await encrypt(first, option, pattern);
    t.is(await open(encrypted), first);
  });
}

for (const end of ["\n", ""]) {
  test(`one that is in the top mapping with the sops block below is encrypted there: ${JSON.stringify(end)}`, async (t) => {
    const text = `d:\n  a: x\n  # plain\n\n  # note${end}`;
    const encrypted = await encrypt(text, "unencrypted_comment_regex", "plain");
    t.regex(encrypted, /^ {2}# plain\n\n {2}#ENC\[.*,type:comment\]\nsops:/m);
    t.is(await open(encrypted), text);
  });
}

for (const text of [
  "d:\n- - -\n  # note\n",
  "d:\n- - -\n    # note\ne: x\n",
  "d:\n  - - - x\n    # note\n\ne: x\n",
  "d:\n  - - - x\n   # plain\n    # note\n---\nb: c\n",
]) {
  test(`one below a list in a list is in the mapping around, as in sops: ${JSON.stringify(text)}`, async (t) => {
    const encrypted = await encrypt(text, "unencrypted_regex", "^d$");
    t.notRegex(encrypted, /note/);
    t.is(await open(encrypted), text);
  });
}

for (const text of [
  "d:\n- a:\n    b:\n      c: x\n    # note\n\n- e\n",
  "d:\n- a:\n    b: x\n# note 1\n\n    # note 2\n- e\n",
]) {
  test(`one behind a mapping in an item is in that, as in sops: ${JSON.stringify(text)}`, async (t) => {
    const encrypted = await encrypt(text, "encrypted_regex", "^a$");
    t.notRegex(encrypted, /note/);
    t.is(await open(encrypted), text);
  });
}

for (const behind of ["", "e: 1\n"]) {
  test(`a comment that sops takes out of what it is indented in is refused where it would stay readable: ${JSON.stringify(behind)}`, async (t) => {
    // sops 3.13.3 leaves the second readable.
    const text = `d:\n  a: x\n  # note 1\n\n  # note 2\n${behind}`;
    const error = await t.throwsAsync(encrypt(text, "encrypted_regex", "^d$"));
    t.regex(error.message, /takes it out of what it is indented in/);
    t.is((error as SopsError).line, 5);
    // As its message says; and one comment alone stays where it is.
    for (const mended of [
      text.replace("  a", "  # note 2\n  a").replace("\n\n  # note 2", ""),
      text.replace("  # note 1\n", ""),
    ]) {
      const encrypted = await encrypt(mended, "encrypted_regex", "^d$");
      t.notRegex(encrypted, /note/);
      t.is(await open(encrypted), mended);
    }
  });
}

for (const text of [
  // sops 3.13.3 encrypts the second in `data`, as the first stands for a foot of its key.
  "a: x\n...\n---\n# note 1\n\ndata: {b: y}\n# note 2\n",
  "\n---\n# note 1\n\ndata: {b: y}\n# note 2\n\nc: z\n",
  "a: x\n...\n---\n# note 1\n\ndata: {b: y} # note\n# note 2\n",
  // Left of the first key below another key or in a list, where nothing ends, it is one as well.
  "x:\n  - a\n# note 1\n\n  - data: {b: y}\n    # note 2\n\n    c: z\n",
  "x:\r\n  y:\r\n# note 1\r\n    data: [a]\r\n    # note 2\r\nz: 1\r\n",
  "x:\n  y:\n  # note 0\n # note 1\n    data: [a]\n    # note 2\n\n    c: z\n",
  "x:\n  -\n    # note 1\n\n    data: {b: y}\n    # note 2\n\n    c: z\n",
  "x:\n  ? data\n  # note 1\n\n  : {b: y}\n  # note 2\n\n  c: z\n",
]) {
  test(`a comment that sops takes into what stands above is refused: ${JSON.stringify(text)}`, async (t) => {
    const error = await t.throwsAsync(encrypt(text, "encrypted_regex", "^data$"));
    t.regex(error.message, /: write it above them/);
    // Nor could sops decrypt it where it is encrypted as the mapping's around.
    await t.throwsAsync(encrypt(text, "unencrypted_regex", "^none$"), {
      message: /cannot decrypt it: write it above them/,
    });
    const mended = text.replace(/(.*[\]}].*\r?\n)( *# note 2\r?\n)/, "$2$1");
    for (const pattern of ["^data$", "^none$"]) {
      t.is(await open(await encrypt(mended, "encrypted_regex", pattern)), mended);
    }
  });
}

for (const text of [
  // The key that has the first for a foot is another one, or a foot above it already.
  "\n---\n# note 1\n\na: x\ndata: {b: y}\n# note 2\n\nc: z\n",
  "x:\r\n- &a\r\n  # note 1\r\n  a: x\r\n  data: {b: y}\r\n  # note 2\r\nz: 1\r\n",
  "x:\r\n  -\r\n    # note 1\r\n    a: x\r\ndata: [y]\r\n# note 2\r\nz: 1\r\n",
  "x:\r\n  - a: [y]\r\n    # note 1\r\n  - data: [y]\r\n    # note 2\r\n  - z\r\n",
]) {
  test(`one that it leaves outside is not: ${JSON.stringify(text)}`, async (t) => {
    for (const pattern of ["^data$", "^c$"]) {
      t.is(await open(await encrypt(text, "encrypted_regex", pattern)), text);
      t.is(await open(await encrypt(text, "unencrypted_regex", pattern)), text);
    }
  });
}

test("a comment that moves when the block above it is encrypted is refused", async (t) => {
  // The empty line is the block's, and goes into its ciphertext.
  const text = "o:\n  b1:\n    c: |+\n      kept\n\n# note\n\n  d: x\n";
  const error = await t.throwsAsync(encrypt(text, "encrypted_suffix", "1"));
  t.regex(error.message, /once what is above is encrypted/);
});

for (const text of [
  "a: x\n...\n# note\n",
  "a: x\n... # note\n",
  "a: x\n... # note\n---\nb: y\n",
  "a: x\n...\n# note 1\n\n# note 2\n--- # note 3\n# note 4\n\n# note 5\nb: y\n",
  "a: x\n---\n# note\n",
  // Of these the yaml package keeps the first alone.
  "a:\n# note 1\n# note 2\n---\nb: x\n",
  "a: # note 1\n\n# note 2\n  # note 3\n...\n",
  "# note\n",
  "\n  # note 1\n\n# note 2",
  "%YAML 1.1 # note 0\n# note 1\n--- # note 2\na: x\n...\n%TAG ! tag:example.com,2026:\n# note 3\n---\nb: x\n",
]) {
  test(`no comment around a document stays readable: ${JSON.stringify(text)}`, async (t) => {
    const encrypted = await encrypt(text, "unencrypted_suffix", "_");
    t.notRegex(encrypted, /note/);
    t.is(await open(encrypted), text);
  });
}

for (const text of [
  "%YAML 1.2\n---\na: x\n",
  "%FOO\n---\na: x\n",
  "...\n---\na: x\n",
  "# note\n...\n---\na: x\n",
  "a: x\n...\nb: y\n",
  "a: x\n...\n...\n---\nb: y\n",
]) {
  test(`what sops refuses around a document is refused: ${JSON.stringify(text)}`, (t) => {
    t.throws(() => readSopsFile(Buffer.from(text), "yaml"), { code: "unsupported" });
  });
}

for (const [text, readable] of [
  // As sops 3.13.3 encrypts them.
  ["a: x\n---\n# secret\n\n# note\nb: y\n", true],
  ["a: x\n---\n# secret\n# note\n\nb: y\n", true],
  ["a: x\n--- # secret\n# note\n\nb: y\n", false],
  ["a: x\n---\n\n# secret\n# note\nb: y\n", false],
  ["a: x\n... # secret\n---\nb: y\n", false],
  ["a: x\n...\n# secret\n\n# note\n---\nb: y\n", true],
  ["a: x\n# secret\n---\nb: y\n", true],
] as const) {
  test(`the document that a comment selects in: ${JSON.stringify(text)}`, async (t) => {
    const encrypted = await encrypt(text, "encrypted_comment_regex", "secret");
    t.is(/^b: y$/m.test(encrypted), readable);
    t.is(await open(encrypted), text);
  });
}

for (const text of [
  "a: x\n...\n---\n# secret\n\nb: y\n",
  // sops 3.13.3 drops the first for the second, which it takes for the end of the document before.
  "a: x\n# secret\n---\n  # note\n\nb: y\n",
  "a: x\n# secret\n...\n# note\n\n---\nb: y\n",
  "a: x\n# secret\n...\n# note\n",
  "---\na: x\n# secret\n---\n# note\n\nb: y\n---\nc: z\n",
  // It takes the second to the end of the mapping.
  "\n---\n# secret\n\nb: y\n",
  "# secret\n---\n# note\n\nb: y\n",
  // A document with nothing in it passes the first on.
  "a: x\n...\n# secret\n---\n...\n# note\n",
  "a: x\n...\n# secret\n---\n# note\n",
  // Below the next item.
  "d:\n  - a: x\n    b: y\n  # secret\n\n  # note\n  - c\n  - d\n",
  // Out of the mapping that the last ones are in, or into the one above.
  "d:\n  a: x\n    # secret\n# note\n\n  # else\n",
  "d:\n  a: x\n# secret\n\n# note",
  "d:\n  a: {b: x}\n# secret\n\n  # note\n",
  // To the mapping around, to what follows, or to nothing.
  "a: x\n# secret\n? # note\n  b\n",
  "a: &b # secret\n  x\nc: y\n",
  "a: [ # secret\n  b]\n",
  "a: {\n  # secret\n  b: x }\n",
  "a: !!seq\n# secret\n- x\n",
  // To the key, or to what follows an item that is none.
  "a:\n  # secret\n  x\nb: y\n",
  "a: # secret\n  # note\n  x\nb: y\n",
  "a:\n# secret\n-\nb: x\n",
  "a:\n# secret\n-\n- x\n",
  "a:\n- # secret\nb: x\n",
  "a:\n  b:\n  - # secret\n  c: x",
  // To the first entry of the item, or to the one behind it.
  "a:\n  - # secret\n    b: x\n    c: y\n",
  "a:\n- # secret\n  - x\n  - y\n",
  "a:\n  -\n    # secret\n\n    b: x\n    c: y\n",
  "a:\r\n  -\r\n    # secret\r\n    - x\r\n    - y\r\n",
]) {
  test(`a comment that selects, where sops takes it to be elsewhere, is refused: ${JSON.stringify(text)}`, async (t) => {
    for (const option of ["encrypted_comment_regex", "unencrypted_comment_regex"] as const) {
      const error = await t.throwsAsync(encrypt(text, option, "secret"));
      t.regex(error.message, /indented alike/);
      t.is(await open(await encrypt(text, option, "other")), text);
    }
  });
}

for (const text of [
  "data:\n-\n# note\n\n  - x\n",
  "data:\n-\n# note\n\n  a: x\n",
  "data:\r\n-\r\n# note\r\n  - x\r\n",
  "data:\n  -\n  # note\n\n    - x\n",
  "data:\n- -\n# note\n\n    - x\n",
  // Nothing is in this item: the list has it that goes on.
  "a:\n  data:\n  -\n    - x\n    -\n# note 1\n  # note 2\n  - y\n",
]) {
  test(`a comment right below a dash is in the item or list, as to sops: ${JSON.stringify(text)}`, async (t) => {
    const encrypted = await encrypt(text, "encrypted_regex", "^data$");
    t.notRegex(encrypted, /note/);
    t.is(await open(encrypted), text);
  });
}

for (const text of [
  "---\n# secret\n\nb: y\n",
  "# secret\n---\n# note\nb: y\n",
  "a: x # secret\n---\n# note\n\nb: y\n",
  "a: x\n# secret\n---\n# note\nb: y\n",
  "d:\n  a: x\n  # note\n# secret\nb: y\n",
  "d:\n  a: x\n# secret\n\nb: y\n",
  "# secret\na: &b x\nc: y\n",
  "a:\n  # secret\n  b: x\n",
  "a:\n# secret\n- b: x\n- c\n",
  "a:\n  - # secret\n    x\n  - y\n",
  "a:\n  -\n    # secret\n    b: x\n    c: y\n",
]) {
  test(`one that sops takes as it looks is not: ${JSON.stringify(text)}`, async (t) => {
    for (const option of ["encrypted_comment_regex", "unencrypted_comment_regex"] as const) {
      t.is(await open(await encrypt(text, option, "secret")), text);
    }
  });
}

for (const [text, mended] of [
  ["# plain\na: &b # note\nc: x\n", "# plain\n# note\na: &b\nc: x\n"],
  ["---\t# plain\na:\t! # note", "---\t# plain\n# note\na:\t!"],
  ["# plain\na: !!str # note\n\nc: x\n", "# plain\n# note\na: !!str\n\nc: x\n"],
  ["k: x\n# plain\na: &b # note\n", "k: x\n# plain\n# note\na: &b\n"],
  ["# plain\na:\n  - # note\nc: x\n", "# plain\n# note\na:\n  -\nc: x\n"],
  ["# plain\na:\n- b: &b # note\n- c: x\n", "# plain\n# note\na:\n- b: &b\n- c: x\n"],
] as const) {
  test(`a comment beside what has no value is refused where it would stay readable: ${JSON.stringify(text)}`, async (t) => {
    const error = await t.throwsAsync(encrypt(text, "unencrypted_comment_regex", "plain"));
    t.regex(error.message, /write it on a line above/);
    t.is(await open(await encrypt(text, "unencrypted_comment_regex", "other")), text);
    t.is(await open(await encrypt(text, "encrypted_comment_regex", "other")), text);
    t.regex(
      await encrypt(mended, "unencrypted_comment_regex", "plain"),
      /^# plain\n# note\na:|# note/m,
    );
  });
}

for (const text of [
  "# plain\na: &b # note\n  x\n",
  "# plain\na: &b # note\n  c: x\n",
  "# plain\na: &b # note\n- x\n",
  "# plain\na:\n- # note\n  b: x\n",
  "# plain\na:\n- # note\n  - x\n",
  "# plain\na: # note\nb: x\n",
]) {
  test(`one with a value below it is not: ${JSON.stringify(text)}`, async (t) => {
    const encrypted = await encrypt(text, "unencrypted_comment_regex", "plain");
    t.true(encrypted.includes("# note\n"));
  });
}

test("a comment covers a key without a value, too, and nothing behind it", async (t) => {
  const text = "# secret\na: {b}\nc: x\n";
  t.regex(await encrypt(text, "unencrypted_comment_regex", "secret"), /^c: ENC/m);
});

test("a comment that would select something else once what is above is encrypted is refused", async (t) => {
  const text = "a:\r\n  b:\r\n    - |+\r\n\r\n    # note\r\n    # plain\r\n  c: |\r\n    x\r\n";
  const error = await t.throwsAsync(encrypt(text, "unencrypted_comment_regex", "plain"));
  t.regex(error.message, /would select something else/);
  t.is((error as SopsError).line, 7);
});

test("a comment that selects, left of what follows, is refused", async (t) => {
  const text = "a:\n# secret\n  b: x\n";
  const error = await t.throwsAsync(encrypt(text, "encrypted_comment_regex", "secret"));
  t.regex(error.message, /indented alike/);
  t.is(await open(await encrypt(text, "encrypted_comment_regex", "other")), text);
  // A pattern for keys is none for comments.
  t.is(await open(await encrypt(text, "encrypted_regex", "secret|b")), text);
});

for (const [header, value] of [
  ["|", "abc"],
  ["|-", "abc"],
  ["|+", "abc"],
  [">", "abc"],
  ["|2", "abc"],
] as const) {
  test(`a block ${header} that the file ends in without a line break has none in its value`, async (t) => {
    const text = `x: 1\na: ${header}\n  abc`;
    const { file } = readSopsFile(Buffer.from(text), "yaml");
    t.is(file.leaves.find(({ path }) => path[0] === "a")?.value?.text, value);
    t.is(await open(await encrypt(text, "encrypted_regex", "^a$")), text);
    t.is(await open(await encrypt(text, "encrypted_regex", "^x$")), text);
  });
}

const ENDS = ["", "\n", "# note\n", "  # note\n", "    # note\n"];
const FIRST_LINES = [
  "data:\n- a\n",
  "data:\n  - a\n",
  "data:\n  - a: 1\n    b: two\n",
  "data:\n  a: x\n",
  "x:\n  data:\n    a: x\n",
  "data:\n  a: |\n    x\n",
  "data:\n  x: 1\ny: 2\n",
];

for (const lines of FIRST_LINES) {
  test(`whatever comments and empty lines end it, the text comes back: ${JSON.stringify(lines)}`, async (t) => {
    let encrypted = 0;
    const ends = ENDS.flatMap((one) =>
      ENDS.flatMap((two) => ENDS.map((three) => one + two + three)),
    );
    for (const end of new Set(ends)) {
      for (const option of ["encrypted_regex", "unencrypted_regex"] as const) {
        const text = lines + end;
        try {
          const hidden = await encrypt(text, option, "^data$");
          t.is(await open(hidden), text);
          encrypted += 1;
        } catch (error) {
          t.regex(String(error), /would stay readable/);
        }
      }
    }
    t.true(encrypted > 100, `${encrypted}`);
  });
}

for (const [text, value] of [
  // The values are sops's.
  ["x: 1\na: |+\n  abc\n  ", "abc\n"],
  ["x: 1\na: |+2\n  abc\n  ", "abc\n"],
  ["x: 1\na: |+\n  abc\n\n  ", "abc\n\n"],
  ["x: 1\na: |+\n  abc\n    ", "abc\n  "],
  ["x: 1\na: |+2\n  abc\n    ", "abc\n  "],
  ["x: 1\na: |+\n\n  ", "\n"],
  ["x: 1\na: |\n  abc\n  ", "abc\n"],
  ["x: 1\na: |\n  abc\n    ", "abc\n  "],
  ["x: 1\na: |\n  abc  ", "abc  "],
  ["x: 1\na: |-\n  abc  ", "abc  "],
  ["x: 1\na: >\n  abc\n  ", "abc\n"],
] as const) {
  test(`spaces at the end of a block that the file ends in: ${JSON.stringify(text).replaceAll(" ", ".")}`, async (t) => {
    const { file } = readSopsFile(Buffer.from(text), "yaml");
    t.is(file.leaves.find(({ path }) => path[0] === "a")?.value?.text, value);
    t.is(await open(await encrypt(text, "encrypted_regex", "^a$")), text);
    t.is(await open(await encrypt(text, "encrypted_regex", "^x$")), text);
  });
}

test("a block with nothing in it at the end of a file stays readable, or is refused", async (t) => {
  const text = "x: 1\na: |+\n  ";
  t.is(await open(await encrypt(text, "encrypted_regex", "^x$")), text);
  const error = await t.throwsAsync(encrypt(text, "encrypted_regex", "^a$"));
  t.regex(error.message, /end the file with a line break/);
  const ended = `${text}\n`;
  t.is(await open(await encrypt(ended, "encrypted_regex", "^a$")), ended);
});

test("a list of comments alone is an empty list again", async (t) => {
  // As sops writes it: the comment is an item.
  const encrypted = await encrypt("l:\n- a\n# note\n", "encrypted_regex", "^l$");
  const token = /ENC\[.*,type:comment\]/.exec(encrypted)?.[0] ?? "";
  const { file, metadata } = readSopsFile(
    Buffer.from(encrypted.replace(/^- ENC.*type:str\]\n/m, "")),
    "yaml",
  );
  t.not(token, "");
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) throw new Error("no data key");
  t.is(decryptFile(file, metadata, dataKey, { ignoreMac: true }), "l:\n# note\n  []\n");
});
