import test from "ava";
import { encryptFile, mayReuse, sealFile } from "../../sops/encrypt.ts";
import { rewrap } from "../../sops/rewrap.ts";
import { rotateFile } from "../../sops/rotate.ts";
import { plaintextLeaves } from "../../sops/sops-file.ts";
import { DEEPEST } from "../../sops/yaml/any-style/tokens.ts";
import { changedAt, filesOf, selecting, tokenPlaces, WHOLE } from "./files.ts";

const { encrypt, decrypt, open, read } = filesOf("json");
const SECRET = selecting("^(data|stringData)$");

const SAME_BYTES: Readonly<Record<string, string>> = {
  "two spaces": '{\n  "data": {\n    "a": "x",\n    "b": "y"\n  }\n}\n',
  tabs: '{\n\t"data": {\n\t\t"a": "x"\n\t}\n}\n',
  "one line": '{"data":{"a":"x"}, "kind": "Secret" }',
  "odd spacing": '\n { "data" :\n\n{ "a"\t: "x"\n , "b":"y"}   }\n\n\n',
  "no line break at the end": '{\n  "data": "x"\n}',
  "Windows line ends": '{\r\n  "data": "x",\r\n  "b": 1\r\n}\r\n',
  "escapes that are not needed":
    '{"data": "caf\\u00e9 \\/ \\u0026 \\u003c \\ud83d\\ude00 \\u000a", "b": "caf\u00e9 \\n"}',
  "escapes that are": '{"data": "\\"\\\\\\b\\f\\n\\r\\t\\u0001"}',
  "escapes in upper case": '{"data": "\\u00E9\\u001F"}',
  "a lone surrogate": '{"data": "a\\ud800b", "x": "\\udfff"}',
  numbers:
    '{"data": [0, -0, 1.10, 1e3, 1E+3, 1.0, -0.0, 5e-324, 1e21, 9007199254740993, 9223372036854775807, -9223372036854775808, 9223372036854775808, 123456789012345678901234567890]}',
  "true, false, null": '{"data": [true, false, null, {"a": null}]}',
  "empty values": '{"data": {"a": "", "b": {}, "c": [], "d": [[], {}], "e": "x"}}',
  "nested lists": '{"data": [[["x", 1], "y"], [{"a": ["z"]}]]}',
  "__proto__ and friends": '{"data": {"__proto__": "x", "constructor": {"__proto__": 1}}}',
  "keys with escapes": '{"data": {"caf\\u00e9": "x", "a\\"b": "y", "": "z"}}',
  "a key twice": '{"data": "one", "data": "two"}',
  "an empty object": "{}",
  "an empty object over lines": "{\n}\n",
  "spaces in an empty object": "{ }",
  "other characters": '{"data": "\u2028\u2029\ufeff\u007f\u0085 \ud83d\ude00 <&>"}',
};
for (const [title, text] of Object.entries(SAME_BYTES)) {
  for (const [name, encryption] of Object.entries({ SECRET, WHOLE })) {
    test(`JSON: encrypt and decrypt give the same bytes: ${title} (${name})`, async (t) => {
      const encrypted = await encrypt(text, encryption);
      t.not(encrypted, text);
      t.notThrows(() => JSON.parse(encrypted));
      t.is(await decrypt(encrypted), text);
    });
  }
}

test("JSON: what is not encrypted keeps its bytes", async (t) => {
  const text =
    '{\n  "version": 1.10,\n  "x": [1,   2],\n  "s": "\\u00e9",\n  "data": {"p": "hunter2"}\n}\n';
  const encrypted = await encrypt(text, SECRET);
  t.false(encrypted.includes("hunter2"));
  t.true(
    encrypted.startsWith(
      '{\n  "version": 1.10,\n  "x": [1,   2],\n  "s": "\\u00e9",\n  "data": {"p": "ENC[',
    ),
  );
  t.regex(encrypted, /type:str\]"\},\n {2}"sops": \{\n {4}"age": \[\n {6}\{\n {8}"enc": "/);
});

test("JSON: an unusual spelling is recorded encrypted, and only of what is encrypted", async (t) => {
  const text = '{"data": "caf\\u00e9", "label": "\\u00e9", "n": 1e3}';
  const encrypted = await encrypt(text, SECRET);
  const record = (JSON.parse(encrypted) as { sops: Record<string, unknown> }).sops[
    "flux_sops_spelling"
  ] as Record<string, string>;
  t.is(Object.keys(record).length, 1);
  t.regex(Object.values(record)[0] ?? "", /^ENC\[AES256_GCM,data:.*,type:comment\]$/);
  t.false(
    JSON.stringify(JSON.parse(encrypted))
      .replace(/ENC\[[^\]]*\]/g, "")
      .includes("caf"),
  );
  const usual = await encrypt('{"data": "caf\u00e9", "n": 1000}', SECRET);
  t.false(usual.includes("flux_sops_spelling"));
});

test("JSON: on one line too, Flux finds the bytes that it knows an encrypted file by", async (t) => {
  t.regex(await encrypt('{"data":"hunter2"}'), /^[^\n]*"mac": "ENC\[[^\n]*$/);
});

test("JSON: spellings of one length class give records of one length", async (t) => {
  const lengths = new Set<number>();
  for (const text of ["\\u00e9", "\\u00e9\\u00e9\\u00e9\\u00e9", "pass\\/word"]) {
    const encrypted = await encrypt(`{"data": "${text}"}`);
    const [, data = ""] = /"[0-9a-f]{16}": "ENC\[AES256_GCM,data:([^,]*),/.exec(encrypted) ?? [];
    lengths.add(data.length);
  }
  t.is(lengths.size, 1);
  t.false(lengths.has(0));
});

test("JSON: a recorded spelling is used only while it spells the value", async (t) => {
  const one = await encrypt('{"data": "caf\\u00e9", "b": "x"}');
  const { file, metadata, dataKey } = await open(one);
  // As if another tool had changed the value and kept the record.
  const edited = one.replace(/"data": "ENC[^"]*"/, '"data": "th\u00e9"');
  const sealed = await sealFile(read(edited).file, metadata, dataKey);
  t.false(sealed.text.includes("flux_sops_spelling"));
  t.is(await decrypt(sealed.text), '{"data": "th\u00e9", "b": "x"}');
  t.is(file.leaves.length, 3);
});

test("JSON: rotating, new recipients and sealing keep the author's spelling and layout", async (t) => {
  const text = '{\n  "data": {"a": "caf\\u00e9", "n": 1.10}\n}\n';
  const first = await open(await encrypt(text));
  const rotated = await rotateFile(first.file, first.metadata, first.dataKey);
  t.is(await decrypt(rotated.text), text);
  const again = await open(rotated.text);
  t.notDeepEqual(Buffer.from(again.dataKey), Buffer.from(first.dataKey));
  const same = await rewrap(
    again.file,
    again.metadata,
    again.metadata.age.map(({ recipient }) => recipient),
    () => Promise.reject(new Error("not needed")),
  );
  t.is(same, rotated.text);
  const added = rotated.text.replace('"n":', '"new": "hunter\\u0032", "n":');
  const { file } = read(added);
  t.is(plaintextLeaves(file, again.metadata).length > 0, true);
  const sealed = await sealFile(file, again.metadata, again.dataKey);
  t.false(sealed.text.includes("hunter"));
  t.is(
    await decrypt(sealed.text),
    '{\n  "data": {"a": "caf\\u00e9", "new": "hunter\\u0032", "n": 1.10}\n}\n',
  );
});

test("JSON: unchanged values keep their ciphertext, and an unchanged file all its bytes", async (t) => {
  const text = '{\n\t"a": "caf\\u00e9",\n\t"b": 1,\n\t"c": true\n}\n';
  const first = await encrypt(text);
  const previous = await open(first);
  t.true(mayReuse(previous.metadata, WHOLE.recipients));
  t.is((await encryptFile(read(text).file, WHOLE, { previous })).text, first);
  const changed = await encryptFile(read(text.replace("1", "2")).file, WHOLE, {
    previous,
    now: new Date("2001-02-03T04:05:06Z"),
  });
  const before = first.split("\n");
  t.deepEqual(
    changed.text
      .split("\n")
      .filter((line, index) => line !== before[index])
      .map((line) => line.trim().split(":")[0]),
    ['"b"', '"lastmodified"', '"mac"'],
  );
});

test("JSON: a moved sops block is found, replaced and removed", async (t) => {
  const encrypted = await encrypt('{"a": "x", "b": "y"}');
  const { sops, ...rest } = JSON.parse(encrypted) as Record<string, unknown>;
  t.is(await decrypt(JSON.stringify({ sops, ...rest })), '{"a":"x","b":"y"}');
  const { a, b } = rest;
  t.is(await decrypt(JSON.stringify({ a, sops, b })), '{"a":"x","b":"y"}');
  t.is(await decrypt(JSON.stringify({ a, sops, b }, null, 1)), '{\n "a": "x",\n "b": "y"\n}');
});

test("JSON: every changed byte of a ciphertext, the MAC or its time is refused", async (t) => {
  const encrypted = await encrypt('{\n  "a": "one",\n  "b": 2,\n  "c": [true]\n}\n');
  const places = tokenPlaces(encrypted);
  places.push(encrypted.indexOf('"lastmodified": "') + '"lastmodified": "20'.length);
  t.is(places.length, 12);
  for (const place of places) {
    await t.throwsAsync(decrypt(changedAt(encrypted, place)), { name: "SopsError" }, `at ${place}`);
  }
});

test("JSON: a damaged record of a spelling is refused", async (t) => {
  const encrypted = await encrypt('{"data": "caf\\u00e9"}');
  const [start = ""] =
    /^.*flux_sops_spelling": \{"[0-9a-f]{16}": "ENC\[AES256_GCM,data:/.exec(encrypted) ?? [];
  const place = start.length + 1;
  t.true(place > 20);
  await t.throwsAsync(decrypt(changedAt(encrypted, place)), { message: /recorded spelling/ });
});

test("JSON: moved, swapped, dropped and readable values under the MAC are refused", async (t) => {
  const encrypted = await encrypt('{"a": "one", "b": "two", "l": ["x", "y"], "n_unencrypted": 1}');
  const data = JSON.parse(encrypted) as Record<string, string> & { l: [string, string] };
  const changes: Record<string, unknown>[] = [
    { ...data, a: data["b"], b: data["a"] },
    { ...data, l: [data.l[1], data.l[0]] },
    { ...data, n_unencrypted: 2 },
    { ...data, l: [data.l[0]] },
    { ...data, a: { a: data["a"] } },
    { ...data, c_unencrypted: "new" },
    { ...data, c: "new" },
    { ...data, a: `${data["a"]} hunter2` },
  ];
  for (const change of changes) {
    await t.throwsAsync(decrypt(JSON.stringify(change)), { name: "SopsError" });
  }
  await t.notThrowsAsync(decrypt(JSON.stringify(data)));
});

const REFUSED: readonly [string, string, RegExp][] = [
  ["an empty file", "", /JSON value is expected/],
  ["a byte order mark, which sops refuses", '\ufeff{"a": 1}', /byte order mark/],
  ["a list at the top", "[1]", /is a list/],
  ["a single value", '"x"', /single value/],
  ["text behind the end", '{"a": 1} "b"', /behind the end/],
  ["a text that is cut short", '{"a":', /expected here/],
  ["a trailing comma", '{"a": 1,}', /key in quotes/],
  ["a trailing comma in a list", '{"a": [1,]}', /JSON value/],
  ["a comment", '{"a": 1} // x', /behind the end/],
  ["a control character", '{"a": "x\ny"}', /control character/],
  ["a wrong escape", '{"a": "\\x41"}', /wrong escape/],
  ["a key without its colon", '{"a" 1}', /colon/],
  ["values without a comma", '{"a": 1 "b": 2}', /comma or \}/],
  ["values of a list without a comma", '{"a": [1 2]}', /comma or \]/],
  ["a leading zero", '{"a": 01}', /comma or \}/],
  ["NaN", '{"a": NaN}', /JSON value/],
  ["a number that no float holds", '{"a": 1e400}', /too large/],
  ["a key sops that is no block", '{"sops": "x"}', /reserved/],
  ["a null key sops", '{"sops": null}', /reserved/],
  ["two sops blocks", '{"sops": {}, "sops": {}}', /two sops blocks/],
];
for (const [title, text, message] of REFUSED) {
  test(`JSON refused with its place: ${title}`, (t) => {
    const error = t.throws(() => read(text), { name: "SopsError", message });
    t.is(typeof (error as { line?: unknown } | undefined)?.line, "number");
  });
}

// As sops: an integer of 64 bits, else a float.
for (const [number, type] of [
  ["1", "int"],
  ["-0", "int"],
  ["9223372036854775807", "int"],
  ["9223372036854775808", "float"],
  ["-9223372036854775808", "int"],
  ["-9223372036854775809", "float"],
  ["1.0", "float"],
  ["1e3", "float"],
] as const) {
  test(`JSON: ${number} is encrypted as sops's ${type}`, async (t) => {
    const encrypted = JSON.parse(await encrypt(`{"a": ${number}}`)) as { readonly a: string };
    t.regex(encrypted.a, new RegExp(`type:${type}\\]$`));
  });
}

test("JSON: objects and lists are read as deep as YAML's, and no deeper", (t) => {
  for (const [open, close] of [
    ['{"a":', "}"],
    ["[", "]"],
  ] as const) {
    const nested = (depth: number) => `{"a":${open.repeat(depth - 1)}1${close.repeat(depth - 1)}}`;
    t.is(read(nested(DEEPEST)).metadata, null);
    t.throws(() => read(nested(DEEPEST + 1)), { code: "unsupported", message: /nested too deep/ });
  }
});

test("JSON: no UTF-8 is refused", (t) => {
  t.throws(() => filesOf("json").read(Buffer.from([0x7b, 0xff, 0x7d]) as unknown as string), {
    name: "SopsError",
    message: /UTF-8/,
  });
});

// Alone: what other tests need of the processor would count.
test.serial("JSON: deep nesting and long values end soon", async (t) => {
  for (const open of ["[", '{"a":']) {
    const deep = `{"a":${open.repeat(10_000)}`;
    t.throws(() => read(deep), { name: "SopsError", message: /too deeply/ });
  }
  const deepest = `{"a":${"[".repeat(90)}"x"${"]".repeat(90)}}`;
  t.is(await decrypt(await encrypt(deepest)), deepest);
  const seconds = async (length: number) => {
    const long = `{"a": "${"x".repeat(length)}", "b": "${"\\u00e9y".repeat(length / 8)}"}`;
    const before = process.cpuUsage();
    t.is(await decrypt(await encrypt(long)), long);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  await seconds(200_000);
  const [short, long] = [await seconds(200_000), await seconds(2_000_000)];
  // Ten times the length: a hundred times the work would be quadratic.
  t.true(long < 40 * Math.max(short, 0.005), `${String(short)} s, ${String(long)} s`);
  t.throws(() => read(`{"a": "${"\\n".repeat(1_000_000)}`), { name: "SopsError" });
});

test("JSON: encrypted comments from YAML lists are dropped, as sops does", async (t) => {
  const { encryptValue } = await import("../../sops/token.ts");
  const encrypted = await encrypt('{"l": ["x", "y"]}');
  const { dataKey } = await open(encrypted);
  const comment = JSON.stringify(encryptValue({ type: "comment", text: " c" }, dataKey, ["l"]));
  for (const [from, to] of [
    ['["', `[${comment}, "`],
    ['["', `[${comment}, ${comment}, "`],
    ['"]}', `", ${comment}]}`],
    ['", "ENC', `", ${comment}, ${comment}, "ENC`],
  ] as const) {
    const changed = encrypted.replace(/"l": \[.*?type:str\]"\]/, (list) => {
      const whole = `${list}}`;
      return whole.replace(from, to).slice(0, -1);
    });
    t.true(changed.includes("type:comment"), from);
    t.is(await decrypt(changed), '{"l": ["x", "y"]}');
  }
});
