import test from "ava";
import { encryptedAs, encryptedIn, plaintextIn } from "../../cli/file/conversion.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decrypted } from "../../sops/decrypt.ts";
import { encryptFile, sealAnew, type Encryption } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import type { OpenedLeaf } from "../../sops/open.ts";
import { readDecryptedComments } from "../../sops/data/read-comments.ts";
import { readDecrypted } from "../../sops/data/read-data.ts";
import { writeData } from "../../sops/data/write-data.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { encryptValue } from "../../sops/token.ts";
import type { Value } from "../../sops/value.ts";
import { testWith } from "../real-tools.ts";
import { sopsBatch } from "../sops-batch.ts";

const pair = await generateKeyPair();
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
});

const RULE: Encryption = { recipients: [pair.recipient], selection: null, macOnlyEncrypted: false };
const byComment = (option: "encrypted_comment_regex" | "unencrypted_comment_regex") => ({
  ...RULE,
  selection: { option, pattern: "note" },
});
const CANNOT_HOLD = { instanceOf: SopsError, code: "cannot-hold" };

async function opened(text: string, format: Format) {
  const { file, metadata } = readSopsFile(Buffer.from(text), format);
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) throw new Error("no data key");
  return { dataKey, plaintext: decrypted(file, metadata, dataKey) };
}

test("what comments select does not stay readable in another format, nor the other way", async (t) => {
  const text = "# note\npassword: hunter2\n";
  for (const option of ["encrypted_comment_regex", "unencrypted_comment_regex"] as const) {
    const rule = byComment(option);
    for (const to of ["json", "dotenv"] as const) {
      await t.throwsAsync(encryptedAs(text, { from: "yaml", to, indent: null }, rule), CANNOT_HOLD);
    }
    const { file } = readSopsFile(Buffer.from(text), "yaml");
    const encrypted = (await encryptFile(file, rule)).text;
    const { dataKey } = await opened(encrypted, "yaml");
    const to = encryptedIn(encrypted, { from: "yaml", to: "json", indent: null }, dataKey);
    await t.throwsAsync(to, CANNOT_HOLD);
  }
});

test("a comment is encrypted in another format where it was, and readable nowhere else", async (t) => {
  const rule = { ...RULE, selection: { option: "encrypted_regex", pattern: "^s$" } } as const;
  const text = "# head\ns:\n  # hunter2\n  a: x\n  # hunter3\nt:\n  # open\n  b: y\n# foot\n";
  const toIni = { from: "yaml", to: "ini", indent: null } as const;
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  const same = (await encryptFile(file, rule)).text;
  const { dataKey } = await opened(same, "yaml");
  for (const ini of [
    (await encryptedAs(text, toIni, rule)).text,
    await encryptedIn(same, toIni, dataKey),
  ]) {
    t.regex(ini, /^\[t\]\n; open\nb = y\n/m);
    t.notRegex(ini, /hunter|head|foot/);
    const { plaintext } = await opened(ini, "ini");
    t.is(plaintext.text, "[s]\n; hunter2\n; hunter3\na = x\n\n[t]\n; open\nb = y\n");
  }

  // Where it is not to be encrypted, nobody decrypts it.
  const [token = ""] = /#ENC\[.*type:comment\]/.exec(same) ?? [];
  const moved = same.replace("# open", token);
  const ini = await encryptedIn(moved, toIni, dataKey);
  t.regex(ini, /^\[t\]\n; ENC\[.*type:comment\]\nb = y\n/m);
  t.notRegex(ini, /hunter/);
  const { plaintext } = await opened(moved, "yaml");
  t.is(String(plaintextIn(plaintext, toIni)).match(/hunter2/g)?.length, 1);
});

test("what stands behind comments that sops made items of a list keeps its own", async (t) => {
  const { file } = readSopsFile(Buffer.from("m:\n  # y\n  k: z\n"), "yaml");
  const encrypted = (await encryptFile(file, RULE)).text;
  const { dataKey } = await opened(encrypted, "yaml");
  const item = encryptValue({ type: "comment", text: " x" }, dataKey, ["l"]);
  const { plaintext } = await opened(`l:\n  - ${item}\n${encrypted}`, "yaml");
  const documents = readDecrypted(plaintext, "yaml");
  const comments = readDecryptedComments(documents, plaintext);
  t.is(writeData(documents, "yaml", null, comments), "l: []\nm:\n    # y\n    k: z\n");
});

test("comments behind a document with nothing in it stay in their own", async (t) => {
  const text = "{}\n---\ns:\n  b: x\n---\nt:\n  # m\n  b: y\n";
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  const { plaintext } = await opened((await encryptFile(file, RULE)).text, "yaml");
  const ini = plaintextIn(plaintext, { from: "yaml", to: "ini", indent: null });
  t.is(String(ini), "[s]\nb = x\n\n[t]\n; m\nb = y\n");
});

test("a comment that sops takes to be where it is encrypted is refused in another format, too", async (t) => {
  const unsupported = { instanceOf: SopsError, code: "unsupported" };
  for (const [option, text] of [
    ["unencrypted_regex", "t:\n  a: x\n\n  # hunter2\n"],
    ["encrypted_regex", "t:\n  b: y\n  # v\n\n  # hunter2\nu:\n  a: x\n"],
  ] as const) {
    const rule = { ...RULE, selection: { option, pattern: "^t$" } };
    const { file } = readSopsFile(Buffer.from(text), "yaml");
    await t.throwsAsync(encryptFile(file, rule), unsupported, text);
    const inAnother = async (to: Format) =>
      (await encryptedAs(text, { from: "yaml", to, indent: null }, rule)).text;
    await t.throwsAsync(inAnother("ini"), unsupported, text);
    // Which has no comments.
    t.notRegex(await inAnother("json"), /hunter2/);
  }
});

test("a binary file is encrypted as another format whatever the rule says of keys", async (t) => {
  const bytes = Buffer.from("hunter2 é ř 😀\n");
  for (const rule of [
    { ...RULE, selection: { option: "encrypted_regex", pattern: "^password$" } } as const,
    { ...RULE, selection: { option: "unencrypted_suffix", pattern: "a" } } as const,
    byComment("encrypted_comment_regex"),
  ]) {
    for (const to of ["yaml", "json"] as const) {
      const conversion = { from: "binary", to, indent: null } as const;
      const encrypted = (await encryptedAs(bytes.toString("latin1"), conversion, rule)).text;
      t.notRegex(encrypted, /hunter2/);
      const { plaintext } = await opened(encrypted, to);
      const back = plaintextIn(plaintext, { from: to, to: "binary", indent: null });
      t.deepEqual(back, bytes);
    }
  }
});

testWith("sops-batch")(
  "text keeps its letters in and out of binary files, as in sops",
  async (t) => {
    const bytes = Buffer.from("é ř\n");
    const encrypted = await sops.encryptFile(bytes, "binary", RULE);
    const { dataKey, plaintext } = await opened(String(encrypted), "binary");
    const json = plaintextIn(plaintext, { from: "binary", to: "json", indent: null });
    t.deepEqual(JSON.parse(json.toString()), { data: bytes.toString() });

    const conversion = { from: "binary", to: "yaml", indent: null } as const;
    const yaml = await encryptedIn(String(encrypted), conversion, dataKey);
    t.regex(await sops.decrypt(yaml), /^data: \|\n +é ř\n$/);
  },
);

test("what another format cannot hold is refused, and not left behind", async (t) => {
  const binary = Buffer.from([0, 255]).toString("latin1");
  const conversions: readonly [text: string, from: Format, to: Format][] = [
    ["a: x\n---\nb: y\n", "yaml", "json"],
    ["a: x\n---\nb: y\n", "yaml", "dotenv"],
    ["data: x\nother: y\n", "yaml", "binary"],
    ["other: y\n", "yaml", "binary"],
  ];
  for (const [text, from, to] of conversions) {
    await t.throwsAsync(encryptedAs(text, { from, to, indent: null }, RULE), CANNOT_HOLD, text);
  }
  const toYaml = encryptedAs(binary, { from: "binary", to: "yaml", indent: null }, RULE);
  await t.throwsAsync(toYaml, { instanceOf: SopsError, message: /UTF-8/ });
});

test("sections without a key go along", async (t) => {
  const ini = "a = 1\n[s]\n[t]\nb = 2\n[u]\n";
  const { file } = readSopsFile(Buffer.from(ini), "ini");
  const { plaintext } = await opened((await encryptFile(file, RULE)).text, "ini");
  const json = plaintextIn(plaintext, { from: "ini", to: "json", indent: null }).toString();
  t.is(JSON.stringify(JSON.parse(json)), '{"DEFAULT":{"a":"1"},"s":{},"t":{"b":"2"},"u":{}}');
  const back = await encryptedAs(json, { from: "json", to: "ini", indent: null }, RULE);
  t.regex((await opened(back.text, "ini")).plaintext.text, /^\[s\]\n\n\[t\]$[^]*^\[u\]$/m);
  t.throws(() => plaintextIn(plaintext, { from: "ini", to: "dotenv", indent: null }), CANNOT_HOLD);
});

/** As sops writes it: it encrypts what the format has no spelling for. */
const UNSPELLED: readonly Value[] = [
  { type: "str", text: "C:\\new" },
  { type: "int", text: "5" },
  { type: "bool", text: "True" },
  { type: "float", text: "1234567.5" },
];
for (const format of ["dotenv", "ini"] as const) {
  test(`the values themselves, with their types, and not what the plaintext would read as: ${format}`, async (t) => {
    const lines = UNSPELLED.map((_, index) => `k${index}=x\n`).join("");
    const { file } = readSopsFile(Buffer.from(lines), format);
    const leaves = file.leaves.map((leaf, index): OpenedLeaf => {
      return { leaf, selected: true, value: UNSPELLED[index] ?? null, token: null };
    });
    const encrypted = (await sealAnew(file, leaves, RULE)).text;
    const { dataKey, plaintext } = await opened(encrypted, format);
    const json = plaintextIn(plaintext, { from: format, to: "json", indent: null });
    const data = JSON.parse(json.toString()) as Record<string, unknown>;
    const expected = { k0: "C:\\new", k1: 5, k2: true, k3: 1234567.5 };
    t.deepEqual(format === "ini" ? data["DEFAULT"] : data, expected);

    const conversion = { from: format, to: "yaml", indent: null } as const;
    const yaml = await encryptedIn(encrypted, conversion, dataKey);
    t.regex((await opened(yaml, "yaml")).plaintext.text, /k0: C:\\new\n *k1: 5\n *k2: true\n/);
  });
}
