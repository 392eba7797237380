import test from "ava";
import { encryptFile, sealFile } from "../../sops/encrypt.ts";
import { rotateFile } from "../../sops/rotate.ts";
import { setValue } from "../../sops/set.ts";
import { plaintextLeaves } from "../../sops/sops-file.ts";
import { encryptValue } from "../../sops/token.ts";
import { changedAt, filesOf, selecting, tokenPlaces, WHOLE } from "./files.ts";

const { encrypt, decrypt, open, read } = filesOf("dotenv");

const SAME_BYTES: Readonly<Record<string, string>> = {
  usual: "# database\nDB_USER=admin\nDB_PASSWORD='hunter2'\n\n# other\nX=\"a b\"\n",
  "no line break at the end": "A=x\nB=y",
  "a comment without a line break at the end": "A=x\n# last",
  "blank lines": "\n\nA=x\n\n\nB=y\n\n",
  "escaped line breaks": "A=one\\ntwo\\\\nthree\\\nB=\\n\n",
  "Windows line ends": "A=x\r\n# c\r\nB=\r\n",
  "a carriage return at the end": "A=x\r",
  "a byte order mark": "\ufeffA=x\n",
  "empty values and comments": "A=\n#\nB=x\n#\n",
  "spaces around": " A = x \nexport B=\ty\n",
  "no key": "=x\n",
  "a key twice": "A=x\nA=y\n",
  "more equals signs": "A=b=c=\nB==\n",
  "a hash in a value": "A=x # y\nB=#\n",
  "other characters": "\u00e9=\u2028\ud83d\ude00\u0000\n",
  "comments only": "# a\n#b\n",
  "one unencrypted": "A_unencrypted=x\nB=y\n",
  __proto__x: "__proto__=x\nconstructor=y\n",
  nothing: "",
};
for (const [title, text] of Object.entries(SAME_BYTES)) {
  for (const [name, encryption] of Object.entries({ WHOLE, SOME: selecting("^(A|X)$") })) {
    test(`dotenv: encrypt and decrypt give the same bytes: ${title} (${name})`, async (t) => {
      const encrypted = await encrypt(text, encryption);
      t.not(encrypted, text);
      t.is(await decrypt(encrypted), text);
    });
  }
}

test("dotenv: values and comments are encrypted, keys and layout stay", async (t) => {
  const encrypted = await encrypt("# was: hunter1\n\nA=hunter2\nB=\n#\nC_unencrypted=x\n");
  t.false(encrypted.includes("hunter"));
  t.regex(
    encrypted,
    /^#ENC\[[^\n]*type:comment\]\n\nA=ENC\[[^\n]*type:str\]\nB=\n#\nC_unencrypted=x\nsops_age__list_0__map_enc=-----BEGIN AGE ENCRYPTED FILE-----\\n[^\n]*\\n\nsops_age__list_0__map_recipient=age1[a-z0-9]*\nsops_lastmodified=[-0-9T:]*Z\nsops_mac=ENC\[[^\n]*\]\nsops_unencrypted_suffix=_unencrypted\nsops_version=[0-9.]*\n$/,
  );
});

test("dotenv: with encrypted_regex comments stay readable, as with sops", async (t) => {
  const encrypted = await encrypt("# note\nA=x\nB=y\n", selecting("^A$"));
  t.regex(encrypted, /^# note\nA=ENC\[[^\n]*\nB=y\n/);
  t.true(encrypted.includes("\nsops_mac_only_encrypted=true\n"));
});

test("dotenv: metadata lines anywhere are found, replaced and removed", async (t) => {
  const encrypted = await encrypt("A=x\nB=y\n");
  const [a = "", b = "", ...block] = encrypted.trimEnd().split("\n");
  const orders = [
    [[...block, a, b], "A=x\nB=y"],
    [[a, ...block, b], "A=x\nB=y"],
    [[block[0] ?? "", a, ...block.slice(1), b], "A=x\nB=y"],
    [[a, b, ...block], "A=x\nB=y"],
    [[a, ...block.slice(0, -1), b, ...block.slice(-1)], "A=x\nB=y"],
    [[block[0] ?? "", a, ...block.slice(1, -1), b, ...block.slice(-1)], "A=x\nB=y"],
    [[a, b, "", ...block], "A=x\nB=y\n"],
  ] as const;
  for (const [lines, expected] of orders) {
    t.is(await decrypt(lines.join("\n")), expected);
    t.is(await decrypt(`${lines.join("\n")}\n`), `${expected}\n`);
    const { file, metadata, dataKey } = await open(lines.join("\n"));
    const rotated = await rotateFile(file, metadata, dataKey);
    t.is(await decrypt(rotated.text), expected);
    t.is(rotated.text.split("\n").length, lines.length);
  }
});

test("dotenv: new plaintext in an encrypted file is seen and sealed", async (t) => {
  const encrypted = await encrypt("A=x\n");
  const before = await open(encrypted);
  t.deepEqual(plaintextLeaves(before.file, before.metadata), []);
  const added = await open(encrypted.replace("A=", "# new\nB=hunter2\nA="));
  t.deepEqual(
    plaintextLeaves(added.file, added.metadata).map(({ line, kind }) => [line, kind]),
    [
      [1, "comment"],
      [2, "value"],
    ],
  );
  const sealed = await sealFile(added.file, added.metadata, added.dataKey);
  t.false(sealed.text.includes("hunter2"));
  t.is(await decrypt(sealed.text), "# new\nB=hunter2\nA=x\n");
});

test("dotenv: an unchanged file encrypted again keeps all its bytes", async (t) => {
  const text = "# c\nA=x\nB=y";
  const first = await encrypt(text);
  const again = await encryptFile(read(text).file, WHOLE, { previous: await open(first) });
  t.is(again.text, first);
});

test("dotenv: every changed byte of a ciphertext, the MAC or its time is refused", async (t) => {
  const encrypted = await encrypt("A=one\nB=two\n");
  const places = tokenPlaces(encrypted);
  places.push(encrypted.indexOf("sops_lastmodified=") + "sops_lastmodified=20".length);
  t.is(places.length, 10);
  for (const place of places) {
    await t.throwsAsync(decrypt(changedAt(encrypted, place)), { name: "SopsError" }, `at ${place}`);
  }
});

test("dotenv: moved, swapped, dropped and added values are refused", async (t) => {
  const encrypted = await encrypt("A=one\nB=two\nC_unencrypted=1\n");
  const [a = "", b = ""] = encrypted.split("\n");
  for (const changed of [
    encrypted.replace(/^A=/, "X="),
    encrypted.replace(`${a}\n${b}`, `${b.replace("B=", "A=")}\n${a.replace("A=", "B=")}`),
    encrypted.replace(`${a}\n${b}`, `${b}\n${a}`),
    encrypted.replace(`${a}\n`, ""),
    encrypted.replace("C_unencrypted=1", "C_unencrypted=2"),
    encrypted.replace(a, `${a} hunter2`),
    encrypted.replace(a, `${a}\r`),
    encrypted.replace(a, `${a}\nD=plain`),
    encrypted.replace(a, `${a}\nD_unencrypted=plain`),
    encrypted.replace(/^sops_mac=.*\n/m, ""),
    encrypted.replace(/^sops_age__list_0__map_enc=.*\n/m, ""),
  ]) {
    t.not(changed, encrypted);
    await t.throwsAsync(decrypt(changed), { name: "SopsError" });
  }
});

test("dotenv: a metadata line that stands twice is refused, as by sops", async (t) => {
  const encrypted = await encrypt("A=x\n");
  const line = /^sops_version=.*\n/m.exec(encrypted)?.[0] ?? "";
  await t.throwsAsync(decrypt(encrypted + line), { message: /holds version twice/ });
});

const REFUSED: readonly [string, string, RegExp][] = [
  ["a line without =", "A=x\nhunter2\n", /line without =/],
  ["a line of spaces", "A=x\n  \n", /looks empty/],
  ["a blank line with a carriage return", "A=x\r\n\r\nB=y\r\n", /looks empty/],
  ["a byte order mark before a comment", "\ufeff# c\n", /line without =/],
];
for (const [title, text, message] of REFUSED) {
  test(`dotenv refused with its line, as by sops: ${title}`, (t) => {
    const error = t.throws(() => read(text), { name: "SopsError", message });
    t.is(typeof (error as { line?: unknown } | undefined)?.line, "number");
    t.false(error?.message.includes("hunter2"));
  });
}

test("dotenv: a key of metadata in a plaintext file counts as encrypted", (t) => {
  t.throws(() => read("sops_x=1\nA=y\n"), { name: "SopsError", message: /sops block/ });
  t.throws(() => read("sops_age__list_99999999__map_enc=x\nsops_version=1\n"), {
    name: "SopsError",
    message: /has no age__list_0, and one behind it/,
  });
  t.throws(() => read("sops_age__list_0__map_enc=x\nsops_age__list_0=y\n"), {
    message: "the sops block has keys that contradict age__list_0",
  });
  t.throws(() => read("sops_age=x\nsops_age__list_0__map_enc=y\n"), {
    message: "the sops block has keys that contradict age__list_0__map_enc",
  });
  t.throws(() => read("sops_age__map_enc=x\nsops_age__list_0__map_enc=y\n"), {
    message: "the sops block has keys that contradict age__list_0",
  });
});

test("dotenv: long values end soon", async (t) => {
  const text = `A=${"x".repeat(2_000_000)}\nB=${"\\n".repeat(500_000)}\n`;
  // Processor time: other tests run beside this one.
  const start = process.cpuUsage();
  t.is(await decrypt(await encrypt(text)), text);
  t.true(process.cpuUsage(start).user < 5_000_000);
});

test("dotenv: comments decide by regex, each until the next value", async (t) => {
  const text = "# secret\n# note\nA=x\nB=y\n# secret\n\nC=z\n";
  const encrypted = await encrypt(text, {
    ...WHOLE,
    selection: { option: "encrypted_comment_regex", pattern: "secret" },
  });
  t.regex(
    encrypted,
    /^# secret\n#ENC\[[^\n]*\nA=ENC\[[^\n]*\nB=y\n# secret\n\nC=ENC\[[^\n]*\nsops_/,
  );
  t.is(await decrypt(encrypted), text);
});

test("dotenv: a value that sops took from text that is no UTF-8 is refused with the reason", async (t) => {
  const encrypted = await encrypt("A=x\nB=y\n");
  const { dataKey } = await open(encrypted);
  const token = encryptValue({ type: "bytes", text: "x\xff\xfe" }, dataKey, ["A"]);
  const text = encrypted.replace(/ENC\[\S*/, token.replace("type:bytes]", "type:str]"));
  await t.throwsAsync(decrypt(text), {
    code: "unsupported",
    message: /^the value at (s\.)?A was encrypted from text that is no UTF-8/,
  });
});

test("dotenv: a key that would be no key is refused with the reason", async (t) => {
  const text = await encrypt("A=x\n");
  const sealed = { text, format: "dotenv", ignoreMac: false, ...(await open(text)) } as const;
  const message = "a key of a dotenv file begins with no #, and holds no = and no line break";
  for (const key of ["#A", "A=B", "A\nB"]) {
    await t.throwsAsync(setValue(sealed, [key], "hunter2"), { code: "cannot-hold", message });
  }
  t.regex(await setValue(sealed, ["A#"], "hunter2"), /^A#=ENC\[/m);
});
