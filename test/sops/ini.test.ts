import test from "ava";
import { encryptFile, sealFile } from "../../sops/encrypt.ts";
import { putIni, removeIni } from "../../sops/ini/put.ts";
import { rotateFile } from "../../sops/rotate.ts";
import { plaintextLeaves } from "../../sops/sops-file.ts";
import { encryptValue } from "../../sops/token.ts";
import { changedAt, filesOf, selecting, tokenPlaces, WHOLE } from "./files.ts";

const { encrypt, decrypt, open, read } = filesOf("ini");

const SAME_BYTES: Readonly<Record<string, string>> = {
  usual: "[db]\nuser = admin\npassword=hunter2\n\n[web]\nport: 80\n",
  "keys before a section": "a = 1\n[s]\nb = 2\n[DEFAULT]\nc = 3\n",
  "no line break at the end": "[s]\na = 1",
  "no line break behind a comment": "[s]\na = 1\n; end",
  "blank lines": "\n\n[s]\n\n\na = 1\n\nb = 2\n\n\n",
  "only blank lines": "\n\n",
  "odd spacing": "  [s]  \n\ta\t=\t1 \t\n   b   :2\n",
  "Windows line ends": "[s]\r\na = 1\r\n\r\n; c\r\n; d\r\nb = 2\r\n",
  "Windows line ends and none at the end": "[s]\r\na = 1",
  "a carriage return at the end": "[s]\na = 1\r",
  "a byte order mark": "\ufeff[s]\na = 1\n",
  "a byte order mark alone": "\ufeff",
  "quotes of every kind":
    '[s]\na = "x"\nb = \'y\'\nc = `z#;`\nd = """q"""\ne = "un\'even\ng = a"b"\nh = "a"b"\ni = a`b\n',
  "values over several lines":
    '[s]\na = """one\n  two\n\nthree"""\nb = `x\r\ny`\nc = """one\n""" ; note\nd = """a\nb""" \\\nc"""\ne = 1\nf = `a\nb` # note\n',
  "continued values":
    "[s]\na = one \\\n   two \\\n\tthree\nb = x\\\n\nc = y \\\n# no comment\nd = 1\n",
  "a continued value that ends with NUL": "[s]\na = x \\\n  y\0\nb = x \\\n  y \0\n",
  "a continued value at the end": "[s]\na = one \\",
  "a continued value before the end": "[s]\na = one \\\n",
  "a backslash before a comment": "[s]\na = \\ ; note\nb = x\\#note\n",
  "empty values": '[s]\na =\nb = ""\nc = # note\nd = ``\ne=',
  comments:
    "; top\n# second\n\n   ;; third\n[s] # beside\n; before\na = 1 ; beside a\n#no space\n##  two\nb = 2\n; behind\n",
  "comments with an empty first line": "#\n# x\na = 1\n;\n;\nb = 2\n#\nc = 3\n",
  "white space behind a comment beside a section's name":
    "[s] ; note \na = 1\n[t] # note  \t\r\nb = 2\n[u] ; ",
  "a comment beside a section's name only": "[s] ; note\na = 1\n  [t]\t#note\nb=2\n[u] #\n",
  "comments with spaces behind": "# a \t\n#\t b\n;  \na = 1 # c  \n",
  "a comment behind quotes": '[s]\n; x\na = `v` ; note\nb = """v"""#note\n',
  "quoted keys": '[s]\n"a=b" = 1\n`c:d` = 2\n"""e""" = 3\n"\u00e9" = 4\n',
  "keys without names": "[s]\n- = x\n- = y\n",
  "sections twice": "[s]\na = 1\n[s]\na = 2\n",
  "brackets in section names": "[a]b]\nx = 1\n[c] ; see [d]\ny = 2\n[ e ]\nz = 3\n",
  __proto__x: "[__proto__]\n__proto__ = x\n[constructor]\nconstructor = y\n",
  "equals signs and colons": "[s]\na = b=c:d\nurl = https://x:1/?a=b\n",
  backslashes: "[s]\na = C:\\dir\\x\nb = \\\\x\nc = a\\nb\n",
  "other characters": "[s]\na = \u00e9\u2028x\ud83d\ude00\nb = \u00a0y\u3000\n",
  nothing: "",
};
for (const [title, text] of Object.entries(SAME_BYTES)) {
  for (const [name, encryption] of Object.entries({ WHOLE, SOME: selecting("^(s|t|u)$") })) {
    test(`INI: encrypt and decrypt give the same bytes: ${title} (${name})`, async (t) => {
      const encrypted = await encrypt(text, encryption);
      t.not(encrypted, text);
      t.is(await decrypt(encrypted), text);
    });
  }
}

test("INI: values and comments are encrypted; keys, sections and layout stay", async (t) => {
  const encrypted = await encrypt(
    '; was hunter1\n\n  # and hunter0\n[db] ; hunter3\npassword = "hunter2" # hunter4\n; hunter5\n',
  );
  t.false(encrypted.includes("hunter"));
  t.regex(
    encrypted,
    /^; ENC\[\S*type:comment\]\n\n {2}#\n\[db\] ;\npassword = "ENC\[\S*type:str\]" # ENC\[\S*type:comment\]\n; ENC\[\S*type:comment\]\n\n\[sops\]\nage__list_0__map_enc {7}= -----BEGIN AGE ENCRYPTED FILE-----\\n\S+ \S+ \S+ \S+\\n\nage__list_0__map_recipient = age1\w+\nlastmodified {15}= \S+Z\nmac {24}= ENC\[\S*\]\nunencrypted_suffix {9}= _unencrypted\nversion {20}= [0-9.]+\n$/,
  );
});

test("INI: a comment beside a section's name goes to a line of its own", async (t) => {
  const encrypted = await encrypt("[db] ; hunter2\na = 1\n");
  t.regex(encrypted, /^; ENC\[\S*type:comment\]\n\[db\] ; \na = ENC/);
  const { file, metadata, dataKey } = await open(encrypted);
  const rotated = await rotateFile(file, metadata, dataKey);
  t.is(rotated.text.split("\n").length, encrypted.split("\n").length);
  t.is(await decrypt(rotated.text), "[db] ; hunter2\na = 1\n");
});

test("INI: the selection is by section and by key", async (t) => {
  const text = "top = 1\n[a]\n; note\nx = 2\ny = 3\n[b]\n; note\nx = 4\n";
  const byKey = await encrypt(text, selecting("^x$"));
  t.regex(byKey, /^top = 1\n\[a\]\n; note\nx = ENC\S*\ny = 3\n\[b\]\n; note\nx = ENC/);
  const bySection = await encrypt(text, selecting("^a$"));
  t.regex(
    bySection,
    /^top = 1\n\[a\]\n; ENC\S*\nx = ENC\S*\ny = ENC\S*\n\[b\]\n; note\nx = 4\n\n\[sops\]/,
  );
  t.regex(await encrypt(text, selecting("^DEFAULT$")), /^top = ENC\S*\n\[a\]\n; note\nx = 2/);
});

test("INI: new plaintext in an encrypted file is seen and sealed", async (t) => {
  const encrypted = await encrypt("[s]\n; one\n; two\na = x\n");
  const text = encrypted
    .replace("[s]\n", "[s] ; hunter7\n; hunter3\n")
    .replace("a = ", "; hunter4\nb = hunter2\n; hunter5\na = ")
    .replace("\n\n[sops]", " # hunter6\n\n[sops]");
  const { file, metadata, dataKey } = await open(text);
  t.deepEqual(
    plaintextLeaves(file, metadata)
      .map(({ value }) => value?.text)
      .sort(),
    ["hunter2", "hunter3", "hunter4", "hunter5\n# hunter6", "hunter7"],
  );
  const sealed = await sealFile(file, metadata, dataKey);
  t.false(sealed.text.includes("hunter"));
  t.is(
    await decrypt(sealed.text),
    "[s] ; hunter7\n; hunter3\n; one\n; two\n; hunter4\nb = hunter2\n; hunter5\na = x # hunter6\n",
  );
});

test("INI: rotating keeps the author's spelling; encrypting again gives the same bytes", async (t) => {
  const text =
    '; a\n# b\n[s] # c\nx = one \\\n  two\ny = `v` ; d\nz = """a\nb""" ; f\n\n[t] ;; g\ni = 1\n; e';
  const first = await encrypt(text);
  const opened = await open(first);
  const again = await encryptFile(read(text).file, WHOLE, { previous: opened });
  t.is(again.text, first);
  const rotated = await rotateFile(opened.file, opened.metadata, opened.dataKey);
  t.not(rotated.text, first);
  t.is(await decrypt(rotated.text), text);
});

test("INI: the sops section may stand elsewhere", async (t) => {
  const encrypted = await encrypt("[s]\na = 1\n");
  const [data = "", block = ""] = encrypted.split("\n\n");
  t.is(await decrypt(`${block}\n${data}\n`), "\n[s]\na = 1\n");
  t.is(await decrypt(`${data}\n${block}[t]\n`), "[s]\na = 1\n[t]\n");
  t.is(await decrypt(`${data}\n\n${block}; plain\n`), "[s]\na = 1\n; plain\n");
});

test("INI: every changed byte of a ciphertext, the MAC or its time is refused", async (t) => {
  const encrypted = await encrypt("[s]\na = one\nb = two\n");
  const modified = /lastmodified +=/.exec(encrypted)?.index ?? 0;
  const places = [...tokenPlaces(encrypted), modified + "lastmodified               = 20".length];
  t.is(places.length, 10);
  for (const place of places) {
    await t.throwsAsync(decrypt(changedAt(encrypted, place)), { name: "SopsError" }, `at ${place}`);
  }
});

test("INI: moved, swapped, dropped and added values are refused", async (t) => {
  const encrypted = await encrypt("[s]\na = one\nb = two\nc_unencrypted = 1\n[t]\na = x\n");
  const [, a = "", b = ""] = encrypted.split("\n");
  for (const changed of [
    encrypted.replace("\na = ", "\nx = "),
    encrypted.replace("[s]", "[z]"),
    encrypted.replace(`${a}\n${b}`, `${b.replace("b =", "a =")}\n${a.replace("a =", "b =")}`),
    encrypted.replace(`${a}\n`, ""),
    encrypted.replace("c_unencrypted = 1", "c_unencrypted = 2"),
    encrypted.replace(a, `${a} hunter2`),
    encrypted.replace(a, `${a} \\`),
    encrypted.replace(a, `${a}\nd = plain`),
    encrypted.replace("[s]", "d_unencrypted = 1\n[s]"),
    encrypted.replace(/^mac .*\n/m, ""),
  ]) {
    t.not(changed, encrypted);
    await t.throwsAsync(decrypt(changed), { name: "SopsError" });
  }
});

const REFUSED: readonly [string, string, RegExp][] = [
  ["a line without =", "[s]\nhunter2\n", /line without =/],
  ["no key", "[s]\n= hunter2\n", /key without a name/],
  ["a quoted key without an end", '[s]\n"a = hunter2\n', /closing quote/],
  ["a section without ]", "[s\n", /without its \]/],
  ["a section without a name", "[]\n", /without a name/],
  ["text behind a section's name", "[s] hunter2\n", /behind a section's name/],
  ["text behind quotes", "a = `x` hunter2\n", /behind a value's quotes/],
  ["quotes without an end", 'a = """x\nhunter2\n', /closing quotes/],
  ["a key twice", "[s]\na = 1\na = 2\n", /twice in one section/],
  ["two sops sections", "[sops]\na = 1\n[sops]\n", /two sops sections/],
  ["a sops section that is no block", "[sops]\na = 1\n", /sops block/],
];
for (const [title, text, message] of REFUSED) {
  test(`INI refused: ${title}`, (t) => {
    const error = t.throws(() => read(text), { name: "SopsError", message });
    t.false(error?.message.includes("hunter2"));
  });
}

test("INI: many lines and long values end soon", async (t) => {
  // Processor time: other tests run beside this one.
  const start = process.cpuUsage();
  const long = [
    `a = ${"x".repeat(2_000_000)}`,
    `b = """${"y\n".repeat(200_000)}"""`,
    `c = ${"z \\\n".repeat(100_000)}`,
    "; note\n".repeat(50_000),
    `d =${" ".repeat(300_000)}`,
  ].join("\n");
  t.is(await decrypt(await encrypt(long)), long);
  const unclosed = Array.from({ length: 20_001 }, (_, index) => `k${index} = """\n`).join("");
  t.throws(() => read(unclosed), { name: "SopsError" });
  t.true(process.cpuUsage(start).user < 6_000_000);
});

test("INI: a comment decides for the key behind the one it stands at, as in sops", async (t) => {
  const text = "[s] # secret\na = 1\nb = 2\n# secret\nc = 3\nd = 4\n";
  const encrypted = await encrypt(text, {
    ...WHOLE,
    selection: { option: "encrypted_comment_regex", pattern: "secret" },
  });
  t.regex(encrypted, /^\[s\] # secret\na = ENC\S*\nb = 2\n# secret\nc = 3\nd = ENC\S*\n/);
  t.is(await decrypt(encrypted), text);
});

test("INI: a value that sops took from text that is no UTF-8 is refused with the reason", async (t) => {
  const encrypted = await encrypt("[s]\nA = x\nB = y\n");
  const { dataKey } = await open(encrypted);
  const token = encryptValue({ type: "bytes", text: "x\xff\xfe" }, dataKey, ["s", "A"]);
  const text = encrypted.replace(/ENC\[\S*/, token.replace("type:bytes]", "type:str]"));
  await t.throwsAsync(decrypt(text), {
    code: "unsupported",
    message: /^the value at (s\.)?A was encrypted from text that is no UTF-8/,
  });
});

test("a new key does not become part of a value that a backslash continues", (t) => {
  t.is(putIni("[s]\na = x\\\n", ["s", "b"], "y"), "[s]\na = x\\\n\nb = y\n");
  t.is(putIni("[s]\na = x\\", ["s", "b"], "y"), "[s]\na = x\\\n\nb = y\n");
  t.is(putIni("a = x\\\n", ["s", "b"], "y"), "a = x\\\n\n[s]\nb = y\n");
});

test("a new value is not in quotes that the comment beside it would end", async (t) => {
  const set = (text: string, value: string) => putIni(text, ["s", "a"], value);
  t.is(set("[s]\na = x ; the `b` one\n", "p;x"), '[s]\na = """p;x""" ; the `b` one\n');
  t.is(set('[s]\na = `x` ; """b"""\n', "p\nx"), '[s]\na = `p\nx` ; """b"""\n');
  t.throws(() => set('[s]\na = x ; `b` """c"""\n', "p;x"), { message: /no spelling/ });
  const bare = (await encrypt("[s]\na = `p;x`\n")).replace(/`(ENC\[.*\])`/, "$1");
  const beside = (comment: string) => decrypt(bare.replace("str]\n", `str] ${comment}\n`));
  t.is(await beside("; the b one"), "[s]\na = `p;x` ; the b one\n");
  t.is(await beside("; the `b` one"), '[s]\na = """p;x""" ; the `b` one\n');
});

test("of several sections with one name, that which has the key is changed", (t) => {
  const text = "[DEFAULT]\na = x\n[s]\nb = y\n[s]\nc = z\n";
  t.is(putIni(text, ["DEFAULT", "a"], "new"), text.replace("x", "new"));
  t.is(putIni(text, ["s", "c"], "new"), text.replace("z", "new"));
  t.is(putIni(text, ["s", "d"], "new"), text.replace("y\n", "y\nd = new\n"));
  t.is(removeIni(text, ["s", "c"]), text.replace("c = z\n", ""));
  t.is(removeIni(text, ["s", "d"]), null);
});

test("a section goes wherever its name stands, with the keys before all sections for DEFAULT", (t) => {
  const text = "a = 1\n[s]\nb = 2\n; of t\n[t]\nc = 3\n; of s\n[s]\nd = 4\n[DEFAULT]\ne = 5\n";
  t.is(removeIni(text, ["s"]), "a = 1\n; of t\n[t]\nc = 3\n[DEFAULT]\ne = 5\n");
  const rest = "[s]\nb = 2\n; of t\n[t]\nc = 3\n; of s\n[s]\nd = 4\n";
  t.is(removeIni(text, ["DEFAULT"]), rest);
  t.is(removeIni("[s]\na = 1\n[DEFAULT]\nb = 2\n", ["DEFAULT"]), "[s]\na = 1\n");
  // A note at the beginning of the file, with no key below it, stays.
  const noted = "; of the file\n\n[s]\na = 1\n";
  t.is(removeIni(noted, ["DEFAULT"]), noted);
  t.is(removeIni(`${noted}[DEFAULT]\nb = 2\n`, ["DEFAULT"]), noted);
});
