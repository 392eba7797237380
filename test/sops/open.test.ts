import test from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile, openLeaves } from "../../sops/decrypt.ts";
import { encryptFile, sealFile } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { parseFile } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";

const pair = await generateKeyPair();

async function encrypt(text: string): Promise<string> {
  const rule = { recipients: [pair.recipient], selection: null, macOnlyEncrypted: false };
  return (await encryptFile(parseFile(text, "yaml", null), rule)).text;
}

async function open(text: string) {
  const { file, metadata } = readSopsFile(Buffer.from(text), "yaml");
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) throw new Error("it does not open");
  return { file, metadata, dataKey };
}

async function decrypt(text: string): Promise<string> {
  const { file, metadata, dataKey } = await open(text);
  return decryptFile(file, metadata, dataKey);
}

/** Comments of the root, of two mappings and of a list, each before the value of its name. */
const COMMENTED =
  "# root\na: x\ndata:\n  # data\n  b: x\nother:\n  deep:\n    # deep\n    c: x\n    d: [x]\n";

test("a comment that sops took into another mapping is decrypted there, and known for displaced", async (t) => {
  const text = await encrypt(COMMENTED);
  const comments: readonly string[] = text.match(/# ?ENC\S+type:comment\]/g) ?? [];
  t.is(comments.length, 3);
  for (const from of comments) {
    for (const to of comments) {
      const moved = text.replace(to, () => from);
      const { file, metadata, dataKey } = await open(moved);
      const opened = openLeaves(file, metadata, dataKey, "refuse");
      const displaced = opened.filter((one) => one.isDisplaced === true);
      t.is(displaced.length, from === to ? 0 : 1);
      const names = ["root", "data", "deep"];
      names[comments.indexOf(to)] = names[comments.indexOf(from)] ?? "";
      const plain = await decrypt(moved);
      t.deepEqual(
        [...plain.matchAll(/# (\w+)/g)].map(([, name]) => name),
        names,
      );
    }
  }
});

test("a comment of a mapping or list that holds nothing else but empty ones is decrypted elsewhere, too", async (t) => {
  for (const inner of [
    "  # note\n  b: []\n",
    "  # note\n  ? b\n",
    "  c:\n    # note\n    - {}\n",
  ]) {
    const text = await encrypt(`a: x\nother:\n${inner}`);
    const [line = "", token = ""] = /^ *(# ?ENC\S+type:comment\])\n/m.exec(text) ?? [];
    const plain = await decrypt(`${token}\n${text.replace(line, "")}`);
    t.is(plain, `# note\na: x\nother:\n${inner.replace(/ *# note\n/, "")}`);
  }
});

test("a comment that is no token is a plain one; one of another file is damage", async (t) => {
  const text = await encrypt(COMMENTED);
  const [comment = ""] = text.match(/# ?ENC\S+type:comment\]/) ?? [];
  t.is(await decrypt(text.replace(comment, "# readable")), COMMENTED.replace("root", "readable"));
  const [foreign = ""] = (await encrypt(COMMENTED)).match(/# ?ENC\S+type:comment\]/) ?? [];
  const changed = text.replace(comment, () => foreign);
  const error = await t.throwsAsync(decrypt(changed), { code: "tampered" });
  t.like(error, { line: 1, message: "an encrypted comment does not decrypt" });
  const { file, metadata, dataKey } = await open(changed);
  t.true(decryptFile(file, metadata, dataKey, { ignoreMac: true }).startsWith(foreign));
});

test("what stood in the last version is known where it stood alone", async (t) => {
  const text = await encrypt("a: one\nb: two\nc:\n  a: three\n");
  const { file, metadata, dataKey } = await open(text);
  const before = openLeaves(file, metadata, dataKey, "refuse");
  t.is((await sealFile(file, metadata, dataKey, { before })).text, text);
  const tokens = [...text.matchAll(/^ *[abc]: "?(ENC[^\s"]+)/gm)].map(([, token = ""]) => token);
  t.is(tokens.length, 3);
  for (const [from, to] of [
    [0, 1],
    [0, 2],
    [2, 0],
  ] as const) {
    const moved = text.replace(tokens[to] ?? "", () => tokens[from] ?? "");
    const other = await open(moved);
    await t.throwsAsync(sealFile(other.file, metadata, dataKey, { before }), { code: "tampered" });
  }
});

test("where the MAC does not match, the error names a value that was commented out", async (t) => {
  const yaml = await encrypt("a: x\n# note\nb: y\n");
  const message = /^the MAC does not match: a value that is encrypted was commented out\b/;
  await t.throwsAsync(decrypt(yaml.replace(/^b: /m, "# b: ")), {
    instanceOf: SopsError,
    code: "mac-mismatch",
    message,
  });
  const error = await t.throwsAsync<SopsError>(decrypt(yaml.replace(/^b: /m, "#b: ")));
  t.is(error?.line, 3);
  // Comments that were encrypted as such are none.
  const gone = await t.throwsAsync(decrypt(yaml.replace(/^b: .*\n/m, "")));
  t.regex(gone.message, /^the MAC does not match: the file was changed/);
});
