import test from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { testWith } from "../real-tools.ts";
import { sopsBatch } from "../sops-batch.ts";

const pair = await generateKeyPair();
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
});

/** Only what is under `data` is encrypted. */
const ENCRYPTION = {
  recipients: [pair.recipient],
  selection: { option: "encrypted_regex", pattern: "^data$" },
  macOnlyEncrypted: false,
} as const;

async function encrypt(text: string) {
  return (await encryptFile(readSopsFile(Buffer.from(text), "yaml").file, ENCRYPTION)).text;
}

const TAB = /has a tab/;
const NAME = /anchor or alias whose name/;
const ESCAPE = /has an escape/;
const OPEN = /quotes that does not end/;
const COLON = /`:` that is not on the line/;

/**
 * Each with its line: the specification allows it, and neither sops nor Flux could decrypt the file, or they
 * show something else.
 */
const REFUSED: readonly (readonly [
  what: string,
  text: string,
  line: number,
  message: RegExp,
  shown?: RegExp,
])[] = [
  ["a tab on an empty line", "a:\n \t\nb: x\n", 2, TAB],
  ["a tab on an empty line behind quotes", "a: 'x'\n\t\nb: y\n", 2, TAB],
  ["a tab left of a text without quotes", "a:\n  b: x\n \t\nc: y\n", 3, TAB],
  ["a tab before a comment", "a: 'x'\n\t# note\n", 2, TAB],
  ["a tab behind a dash", "a:\n  -\tx\n", 2, TAB],
  ["a tab behind a `?` and a `:`", "?\ta\n:\tx\n", 1, TAB],
  ["a tab alone in a block", "a: |-\n \t\nb: y\n", 2, /nothing but spaces and tabs/],
  ["a slash escaped", 'a: "x\\/y"\n', 1, ESCAPE],
  ["a slash escaped in a key", '"x\\/y": a\n', 1, ESCAPE],
  ["half a character escaped, and the other half", 'a: y\nb: "\\ud83d\\ude00"\n', 2, ESCAPE],
  ["a space behind the byte order mark", "\ufeff  a: []\nb: {}\n", 1, /behind its byte order mark/],
  ["a directive at the end", "a: y\n...\n%YAML 1.1\n", 3, /no document begins/],
  [
    "a doubled quote before a line that stands too far left",
    "a:\n  b:\n    'x''\n  'c': y\n",
    3,
    OPEN,
  ],
  ["an escaped quote before one", 'a:\n  b:\n    "x\\"\n  "c": y\n', 3, OPEN],
  ["a tag right behind a quote", 'a: y\n? "b"!\n', 2, /right behind a closing quote/],
  [
    "a byte order mark in a readable comment",
    "a: y\nother: # b\ufeffc\n  d: e\n",
    2,
    /byte order mark/,
    /# b\ufeffc$/m,
  ],
  ["an anchor with a dot", "a: &b.c x\n", 1, NAME],
  [
    "an anchor with a question mark",
    "a: &b?c x\n",
    1,
    /whose name sops and Flux take a part/,
    /^a: \?c x$/m,
  ],
  ["an anchor before a bracket", "a: [&b{c: d}]\n", 1, NAME],
  ["an anchor on what is encrypted", "data: &b.c x\n", 1, NAME],
  ["a tag before a comma", "a: [!!str, b]\n", 1, /has a tag/, /^a:\n +- b$/m],
  ["a key on another line than its `:`", "a: {b\n  : c}\n", 2, COLON],
  ["a `:` right of its `?`", "? a\n  : b\n", 2, COLON],
  ["a byte order mark", "a: x\n\ufeffb: y\n", 2, /byte order mark/, /uFEFF/],
  ["a text that begins with a tab", 'a: y\nb: "\\tx\\ny"\n', 2, /decrypt it to null/],
  ["such a text, encrypted", 'a: y\ndata: "\\tx\\ny"\n', 2, /decrypt it to null/],
  ["such a key", 'a: y\n? "\\tx\\ny"\n: z\n', 3, /decrypt it to null/],
];

for (const [what, text, line, message, otherwise = /: null$|^null:/m] of REFUSED) {
  test(`refused: ${what}: ${JSON.stringify(text)}`, async (t) => {
    const error = await t.throwsAsync(encrypt(text), { instanceOf: SopsError });
    t.regex(error.message, message);
    t.is(error.line, line);
  });
  testWith("sops-batch")(`nor can sops do with ${what}: ${JSON.stringify(text)}`, async (t) => {
    const theirs = await sops.encrypt(text, ENCRYPTION).catch(() => null);
    const shown = theirs === null ? null : await sops.decrypt(theirs).catch(() => null);
    t.true(shown === null || otherwise.test(shown), shown ?? "");
  });
}

/** A ciphertext takes the place of it, so that sops reads the file. */
const ENCRYPTED = ['data: "x\\/y"\n', 'data: "\\ud83d\\ude00"\n', "data: |-\n  \tx\n"];
for (const text of ENCRYPTED) {
  test(`encrypted, and back: ${JSON.stringify(text)}`, async (t) => {
    t.is(await decrypt(await encrypt(text)), text);
  });
  testWith("sops-batch")(`sops refuses, but decrypts ours: ${JSON.stringify(text)}`, async (t) => {
    await t.throwsAsync(sops.encrypt(text, ENCRYPTION));
    await t.notThrowsAsync(sops.decrypt(await encrypt(text)));
  });
}

/** What go-yaml takes, and only looks as if it did not. */
const TAKEN = [
  "a: x\n  \t\nb: y\n",
  "a: x\n \t# note\nb: y\n",
  "# note\n\t# note\na: x\n",
  "--- \t# note\n\t# note\na: x\n",
  "? a\n:\t# note\n  b\n",
  "a:\tx\t# note\n",
  "a:\n- b:\ta\n",
  "a: {\tb: x,\n \tc: y}\n",
  "a: 'x\n \ty'\n",
  "a: |\t# note\n  x\ty\n  \tz\n",
  "a: {b: c, ? d\n  : e}\n",
  "a: &b-_1 x\nc: [*b-_1 , *b-_1]\n",
  'a: "\\u00e9\\U0001F600\\N\\_"\n',
  "\ufeffa: x\n",
  'a: "x\\n\\ty"\n',
  'a: "\\tx"\n',
];
for (const text of TAKEN) {
  test(`not refused: ${JSON.stringify(text)}`, async (t) => {
    t.is(await decrypt(await encrypt(text)), text);
  });
  testWith("sops-batch")(`nor by sops: ${JSON.stringify(text)}`, async (t) => {
    await t.notThrowsAsync(sops.encrypt(text, ENCRYPTION));
    await t.notThrowsAsync(sops.decrypt(await encrypt(text)));
  });
}

async function decrypt(text: string) {
  const { file, metadata } = readSopsFile(Buffer.from(text), "yaml");
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) throw new Error("no data key");
  return decryptFile(file, metadata, dataKey);
}
