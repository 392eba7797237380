import { randomBytes } from "node:crypto";
import test from "ava";
import { encryptFile, sealFile } from "../../sops/encrypt.ts";
import { formatOf, inputTypeOf } from "../../sops/format.ts";
import { rotateFile } from "../../sops/rotate.ts";
import { plaintextLeaves, readSopsFile } from "../../sops/sops-file.ts";
import { setValue } from "../../sops/set.ts";
import { changedAt, filesOf, selecting, tokenPlaces, WHOLE } from "./files.ts";

const { encrypt, decrypt, decryptBytes, open, read } = filesOf("binary");

const CONTENTS: Readonly<Record<string, string | Uint8Array>> = {
  text: "user: x\npassword: hunter2\n",
  "no line break at the end": "x",
  "a byte order mark": "\ufeffx\n",
  "Windows line ends": "a\r\nb\r\n",
  "other characters": "\u00e9 \ud83d\ude00\n",
  "every byte": Uint8Array.from({ length: 256 }, (_, index) => index),
  "bytes that are no text": Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28),
  JSON: '{"a": [1, 2], "sops_age": "x"}',
  "JSON that mentions sops": '{"a": {"sops": {"mac": "x"}}}',
  "broken JSON that mentions sops": '{"sops": ',
  random: randomBytes(100_000),
  nothing: "",
};
for (const [title, content] of Object.entries(CONTENTS)) {
  test(`binary: encrypt and decrypt give the same bytes: ${title}`, async (t) => {
    const encrypted = await encrypt(content);
    t.regex(encrypted, /^\{\n\t"data": "(ENC\[\S*type:str\])?",\n\t"sops": \{\n\t\t"age": \[\n/);
    t.deepEqual(await decryptBytes(encrypted), Buffer.from(content));
  });
}

test("binary: the file is JSON as sops lays it out, without a selection", async (t) => {
  const encrypted = await encrypt("hunter2");
  t.is(`${JSON.stringify(JSON.parse(encrypted), null, "\t")}\n`, encrypted);
  const { data, sops } = JSON.parse(encrypted) as { data: string; sops: Record<string, unknown> };
  t.regex(data, /^ENC\[.*type:str\]$/);
  t.deepEqual(Object.keys(sops), ["age", "lastmodified", "mac", "version"]);
});

test("binary: rotating and encrypting again", async (t) => {
  const content = randomBytes(1000);
  const first = await encrypt(content);
  const opened = await open(first);
  const { file } = readSopsFile(content, "binary");
  t.is((await encryptFile(file, WHOLE, { previous: opened })).text, first);
  const rotated = await rotateFile(opened.file, opened.metadata, opened.dataKey);
  t.not(rotated.text, first);
  t.deepEqual(await decryptBytes(rotated.text), content);
  t.deepEqual(plaintextLeaves(opened.file, opened.metadata), []);
});

test("binary: an encrypted file is not encrypted once more", async (t) => {
  const encrypted = await encrypt("x");
  await t.throwsAsync(encrypt(encrypted), { message: /encrypted already/ });
  await t.throwsAsync(encrypt(`  ${encrypted}`), { message: /encrypted already/ });
});

test("binary: a damaged encrypted file is refused, not taken for a plaintext", (t) => {
  const damaged =
    '{\n<<<<<<< HEAD\n\t"data": "ENC[AES256_GCM,data:x",\n=======\n>>>>>>> x\n\t"sops": {}\n}\n';
  t.throws(() => read(damaged), { name: "SopsError" });
  t.throws(() => read(damaged.slice(2)), { name: "SopsError" });
  t.is(read(damaged.replace("ENC[AES256_GCM,", "")).metadata, null);
});

test("binary: a rule that selects keys encrypts the file whole, as sops does", async (t) => {
  for (const pattern of ["^stringData$", "^data$"]) {
    const encrypted = await encrypt("hunter2", selecting(pattern));
    t.false(encrypted.includes("hunter2"));
    const { sops } = JSON.parse(encrypted) as { sops: Record<string, unknown> };
    t.deepEqual(Object.keys(sops), ["age", "lastmodified", "mac", "version"]);
    t.is(await decrypt(encrypted), "hunter2");
  }
});

test("binary: new content put into an encrypted file by hand", async (t) => {
  const encrypted = await encrypt("one");
  const text = encrypted.replace(/"data": "[^"]*"/, '"data": "tw\u00f6"');
  const { file, metadata, dataKey } = await open(text);
  t.is(plaintextLeaves(file, metadata).length, 1);
  await t.throwsAsync(decrypt(text), { message: /not encrypted/ });
  const sealed = await sealFile(file, metadata, dataKey);
  t.is(await decrypt(sealed.text), "tw\u00f6");
});

test("binary: every changed byte of a ciphertext, the MAC or its time is refused", async (t) => {
  const encrypted = await encrypt("some text");
  const places = tokenPlaces(encrypted);
  places.push(encrypted.indexOf('"lastmodified": "') + '"lastmodified": "20'.length);
  t.is(places.length, 7);
  for (const place of places) {
    await t.throwsAsync(decrypt(changedAt(encrypted, place)), { name: "SopsError" }, `at ${place}`);
  }
  for (const changed of [
    encrypted.replace('"data"', '"other"'),
    encrypted.replace("type:str]", "type:int]"),
    encrypted.replace("type:str]", "type:str] x"),
    encrypted.replace(/"data": "[^"]*"/, '"data": ""'),
    encrypted.replace(/"mac": "[^"]*",/, ""),
  ]) {
    t.not(changed, encrypted);
    await t.throwsAsync(decrypt(changed), { name: "SopsError" });
  }
});

test("binary: an encrypted JSON file is none, and the error says what it is", async (t) => {
  const json = await filesOf("json").encrypt('{"a": "x"}');
  await t.throwsAsync(encrypt(json), { name: "SopsError", message: /encrypted already/ });
  t.throws(() => read(json).file.splice(new Map(), null), { message: /--input-type json/ });
});

test("binary: what is not data would be lost, and is not passed over", async (t) => {
  const encrypted = await filesOf("json").encrypt('{"data": "x", "other": "y"}');
  const message = /more than the data of a binary file.*--input-type json/;
  await t.throwsAsync(decryptBytes(encrypted), { message });
  const sealed = { ...(await open(encrypted)), text: encrypted, format: "binary" } as const;
  await t.throwsAsync(setValue({ ...sealed, ignoreMac: false }, ["data"], "z"), { message });
});

test("binary: ten megabytes", async (t) => {
  const content = randomBytes(10_000_000);
  // Processor time: other tests run beside this one.
  const start = process.cpuUsage();
  const back = await decryptBytes(await encrypt(content));
  t.true(content.equals(back));
  t.true(process.cpuUsage(start).user < 10_000_000);
});

test("formats by name and by --input-type", (t) => {
  t.deepEqual(
    ["a.yaml", "a.yml", "a.json", ".env", "x.env", "env", "a.ini", "a.env.txt", "a.JSON"].map(
      formatOf,
    ),
    ["yaml", "yaml", "json", "dotenv", "dotenv", "binary", "ini", "binary", "binary"],
  );
  t.deepEqual(["yaml", "json", "dotenv", "ini", "binary", "env", ""].map(inputTypeOf), [
    "yaml",
    "json",
    "dotenv",
    "ini",
    "binary",
    null,
    null,
  ]);
});
