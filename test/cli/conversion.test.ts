import test from "ava";
import { encryptedAs, encryptedIn, plaintextIn } from "../../cli/conversion.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
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
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair.identity]);
  if (metadata === null || dataKey === null) throw new Error("no data key");
  return { file, dataKey, text: decryptFile(file, metadata, dataKey) };
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

test("a binary file is encrypted as another format whatever the rule says of keys", async (t) => {
  const bytes = Buffer.from("hunter2 é ř 😀\n");
  for (const rule of [
    { ...RULE, selection: { option: "encrypted_regex", pattern: "^password$" } } as const,
    { ...RULE, selection: { option: "unencrypted_suffix", pattern: "a" } } as const,
    byComment("encrypted_comment_regex"),
  ]) {
    for (const to of ["yaml", "json"] as const) {
      const conversion = { from: "binary", to, indent: null } as const;
      const encrypted = await encryptedAs(bytes.toString("latin1"), conversion, rule);
      t.notRegex(encrypted, /hunter2/);
      const { file, text } = await opened(encrypted, to);
      const back = plaintextIn(file, text, { from: to, to: "binary", indent: null });
      t.deepEqual(back, bytes);
    }
  }
});

testWith("sops-batch")(
  "text keeps its letters in and out of binary files, as in sops",
  async (t) => {
    const bytes = Buffer.from("é ř\n");
    const encrypted = await sops.encryptFile(bytes, "binary", RULE);
    const { file, dataKey, text } = await opened(String(encrypted), "binary");
    const json = plaintextIn(file, text, { from: "binary", to: "json", indent: null });
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
