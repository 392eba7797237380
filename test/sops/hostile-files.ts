import { encryptFile } from "../../sops/encrypt.ts";
import { newDataKey, unwrapDataKey } from "../../sops/data-key.ts";
import { readData } from "../../sops/data/read-data.ts";
import { decryptFile, openLeaves } from "../../sops/decrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import type { Selection } from "../../sops/selection/selection-option.ts";
import { setValue } from "../../sops/set.ts";
import { plaintextBytes, readSopsFile } from "../../sops/sops-file.ts";
import { vectorKeyPair } from "../fixtures/vector-identity.ts";

/** A file made to hurt whoever reads it. */
export interface HostileFile {
  readonly name: string;
  readonly format: Format;
  /** Made when it is needed: some are large. */
  readonly content: () => string | Uint8Array;
  readonly selection?: Selection;
  /** What must come of it: `same` for its bytes again, `other bytes`, or the code of an error. */
  readonly outcome: string;
}

const MEGABYTE = 1_000_000;
const DEEP = 10_000;
const TOKEN_PARTS = `iv:${"A".repeat(43)}=,tag:${"A".repeat(22)}==,type:str]`;
const AGE = "age: [{recipient: age1x, enc: x}]";

const yaml = (
  name: string,
  outcome: string,
  content: () => string | Uint8Array,
  selection?: Selection,
): HostileFile => ({
  name: `YAML: ${name}`,
  format: "yaml",
  content,
  outcome,
  ...(selection !== undefined && { selection }),
});
const other =
  (format: Format, title: string) =>
  (
    name: string,
    outcome: string,
    content: () => string | Uint8Array,
    selection?: Selection,
  ): HostileFile => ({
    name: `${title}: ${name}`,
    format,
    content,
    outcome,
    ...(selection !== undefined && { selection }),
  });
const json = other("json", "JSON");
const dotenv = other("dotenv", "dotenv");
const ini = other("ini", "INI");
const binary = other("binary", "binary");

function aliasBomb(levels: number, width: number, open: string, close: string): string {
  const level = (index: number) => {
    const item = index === 0 ? "x" : `*l${index - 1}`;
    const items = Array.from({ length: width }, (_, key) =>
      open === "{" ? `k${key}: ${item}` : item,
    );
    return `l${index}: &l${index} ${open}${items.join(", ")}${close}\n`;
  };
  return Array.from({ length: levels }, (_, index) => level(index)).join("");
}

function many(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join("");
}

function expression(option: Selection["option"], pattern: string): Selection {
  return { option, pattern };
}

export const HOSTILE_FILES: readonly HostileFile[] = [
  // Aliases
  yaml("a bomb of lists", "unsupported", () => aliasBomb(10, 10, "[", "]")),
  yaml("a bomb of mappings", "unsupported", () => aliasBomb(10, 10, "{", "}")),
  yaml("a wide bomb", "unsupported", () => aliasBomb(3, 2_000, "[", "]")),
  yaml("a tall bomb", "unsupported", () => aliasBomb(90, 2, "[", "]")),
  yaml("a bomb that yields nothing", "unsupported", () =>
    aliasBomb(30, 3, "[", "]").replaceAll("x", "[]"),
  ),
  yaml("a bomb in the sops block", "bad-metadata", () => {
    const bomb = aliasBomb(10, 10, "[", "]").replace(/^/gm, "  ");
    return `a: 1\nsops:\n${bomb}`;
  }),
  yaml("a chain of aliases", "unsupported", () =>
    Array.from({ length: 5_000 }, (_, index) =>
      index === 0 ? "a0: &a0 [x]\n" : `a${index}: &a${index} [*a${index - 1}]\n`,
    ).join(""),
  ),
  yaml("an alias within itself", "unsupported", () => "a: &a [*a]\n"),
  yaml("a mapping within itself", "unsupported", () => "a: &a\n  b: *a\n"),
  yaml("an alias as a key", "unsupported", () => "a: &a x\n*a : y\n"),
  yaml("many keys", "same", () =>
    Array.from({ length: 20_000 }, (_, index) => `k${index}: &a${index} v\n`).join(""),
  ),
  yaml("many tags", "same", () => many(5_000, (index) => `k${index}: !!str v\n`)),
  yaml("many tags of its own", "unsupported", () =>
    many(5_000, (index) => `k${index}: !t${index} v\n`),
  ),
  yaml(
    "many aliases of one value",
    "same",
    () => `a: &a x\n${many(4_000, (index) => `k${index}: *a\n`)}`,
  ),
  yaml(
    "many anchors in one line",
    "unsupported",
    () => `a: [${many(100_000, (index) => `&a${index} x,`)}]\n`,
  ),

  // Depth
  ...["[", "{", "- ", "? ", ": ", '{"a":', "- - ? "].map((mark) =>
    yaml(
      `a megabyte of ${mark}`,
      "unsupported",
      () => `a: ${mark === "[" || mark === "{" ? "" : "\n "}${mark.repeat(MEGABYTE / mark.length)}`,
    ),
  ),
  yaml("deep lists", "unsupported", () => `a: ${"[".repeat(DEEP)}${"]".repeat(DEEP)}\n`),
  yaml("deep lists without an end", "unsupported", () => `a: ${"[".repeat(DEEP)}`),
  yaml("deep mappings", "unsupported", () => `a: ${"{a: ".repeat(DEEP)}1${"}".repeat(DEEP)}\n`),
  yaml("deep block lists", "unsupported", () => `a:\n  ${"- ".repeat(DEEP)}x\n`),
  yaml("deep block mappings", "unsupported", () =>
    Array.from({ length: 1_500 }, (_, level) => `${" ".repeat(level)}a:\n`).join(""),
  ),
  yaml("deep complex keys", "unsupported", () => `${"? ".repeat(DEEP)}x\n`),
  yaml("a deep sops block", "unsupported", () => `sops: ${"{a: ".repeat(DEEP)}${"}".repeat(DEEP)}`),
  json("deep lists", "unsupported", () => `{"a":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`),
  json("deep objects", "unsupported", () => `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`),
  json("a deep sops block", "unsupported", () => `{"sops": ${'{"a":'.repeat(DEEP)}`),
  binary("deep JSON", "same", () => `${'{"sops":'.repeat(DEEP)}1${"}".repeat(DEEP)}`),

  // Long lines
  yaml("a long plain value", "same", () => `a: ${"x".repeat(MEGABYTE)}\n`),
  yaml("a long plain value of words", "same", () => `a: ${"x ".repeat(MEGABYTE / 2)}y\n`),
  yaml("a long quoted value", "same", () => `a: "${"x\\n".repeat(MEGABYTE / 3)}"\n`),
  yaml("a long single-quoted value", "same", () => `a: '${"x''".repeat(MEGABYTE / 3)}'\n`),
  yaml("a long value without its quote", "syntax", () => `a: "${"x\\\\".repeat(MEGABYTE / 3)}\n`),
  yaml("a long key", "syntax", () => `${"k".repeat(MEGABYTE)}: x\n`),
  yaml("a long comment", "same", () => `a: x # ${"#".repeat(MEGABYTE)}\n`),
  yaml("spaces", "same", () => `a: x${" ".repeat(MEGABYTE)}\n`),
  yaml("tabs", "same", () => `a: x${"\t".repeat(MEGABYTE)}\n`),
  yaml("blank lines", "same", () => `a: x${"\n".repeat(MEGABYTE / 10)}`),
  yaml("a long list in one line", "same", () => `a: [${"x, ".repeat(10_000)}y]\n`),
  yaml("a long block", "same", () => `a: |\n${"  x\n".repeat(MEGABYTE / 4)}`),
  yaml("a long number", "same", () => `a: ${"1".repeat(MEGABYTE)}\n`),
  yaml("a long float", "same", () => `a: 0.${"1".repeat(MEGABYTE)}\n`),
  yaml("a long almost-number", "same", () => `a: ${"1_".repeat(MEGABYTE / 2)}x\n`),
  yaml("a long almost-timestamp", "same", () => `a: 2001-12-14 ${" ".repeat(MEGABYTE)}x\n`),
  yaml("a long almost-token", "same", () => `a: ENC[AES256_GCM,data:${"A".repeat(MEGABYTE)}\n`),
  yaml(
    "a long token",
    "tampered",
    () => `a: ENC[AES256_GCM,data:${"A".repeat(MEGABYTE)},${TOKEN_PARTS}\n`,
  ),
  yaml("many colons", "unsupported", () => `${"a: ".repeat(MEGABYTE / 10)}\n`),
  yaml("many anchors on one value", "syntax", () => `a: ${"&a ".repeat(MEGABYTE / 10)}\n`),
  yaml("many documents", "same", () => `${"a: x\n---\n".repeat(999)}a: x\n`),
  yaml("many documents with comments", "same", () => `${"a: x # x\n---\n".repeat(999)}a: x\n`),
  yaml("more documents", "unsupported", () => "a: x # x\n---\n".repeat(20_000)),
  yaml("many comments", "same", () => `${"# x\n".repeat(20_000)}a: x\n`),
  yaml(
    "many comments in many columns",
    "same",
    () => `a:\n  b:\n    c: x\n${many(10_000, (index) => `${" ".repeat(index % 7)}# x\n`)}d: x\n`,
  ),
  yaml(
    "many comments beside values",
    "same",
    () => Array.from({ length: 25_000 }, (_, at) => `a${at}: x # x\n`).join(""),
    { option: "encrypted_regex", pattern: "^a1$" },
  ),
  yaml("many values", "same", () => many(25_000, (index) => `k${index}: v${index}\n`)),
  yaml("more values", "unsupported", () => many(110_000, (index) => `k${index}: v${index}\n`)),
  yaml("a longer list in one line", "same", () => `a: [${"x, ".repeat(15_000)}y]\n`),
  yaml(
    "JSON in one line",
    "same",
    () => `{${many(10_000, (index) => `"k${index}": "x", `)}"y": "z"}\n`,
  ),
  yaml("a pattern of many words", "same", () => many(20_000, (index) => `k${index}: x\n`), {
    option: "encrypted_regex",
    pattern: `^(${Array.from({ length: 110_000 }, (_, index) => `key${index}`).join("|")})$`,
  }),
  json("a long string", "same", () => `{"a": "${"x".repeat(MEGABYTE)}"}`),
  json("a long string of escapes", "same", () => `{"a": "${"\\n".repeat(MEGABYTE / 2)}"}`),
  json("a long string without its quote", "syntax", () => `{"a": "${"x".repeat(MEGABYTE)}`),
  json("a long string with a wrong escape", "syntax", () => `{"a": "${"x".repeat(MEGABYTE)}\\q"}`),
  json("a long number", "syntax", () => `{"a": ${"1".repeat(MEGABYTE)}}`),
  json("white space", "same", () => `{"a": ${" ".repeat(MEGABYTE)}1}`),
  json("many values", "same", () => `{"a": [${"1,".repeat(10_000)}1]}`),
  json("many pairs in one line", "same", () => `{${many(15_000, (at) => `"k${at}":"x",`)}"y":"z"}`),
  json("more values", "unsupported", () => `{"a": [${"1,".repeat(110_000)}1]}`),
  dotenv("a long value", "same", () => `A=${"x".repeat(MEGABYTE)}\n`),
  dotenv("a long comment", "same", () => `#${"#".repeat(MEGABYTE)}\nA=x\n`),
  dotenv("a long line without =", "syntax", () => "x".repeat(MEGABYTE)),
  dotenv("backslashes", "same", () => `A=${"\\".repeat(MEGABYTE)}\n`),
  dotenv("many lines", "same", () =>
    Array.from({ length: 10_000 }, (_, index) => `K${index}=x\n`).join(""),
  ),
  ini("a long value", "same", () => `[s]\na = ${"x".repeat(MEGABYTE)}\n`),
  ini("a long section", "same", () => `[${"s".repeat(MEGABYTE)}]\na = 1\n`),
  ini("backslashes", "same", () => `[s]\na = ${"\\".repeat(MEGABYTE)}\n`),
  ini("many continued lines", "same", () => `[s]\na = x${" \\\nx".repeat(50_000)}\n`),
  ini("quotes without an end", "syntax", () => `[s]\na = """${'"x'.repeat(MEGABYTE / 2)}\n`),
  ini("many backquotes", "same", () => `[s]\na = ${"`".repeat(MEGABYTE)}\n`),
  ini("many sections", "same", () =>
    Array.from({ length: 5_000 }, (_, index) => `[s${index}]\na = 1\n`).join(""),
  ),
  binary("a megabyte of braces", "same", () => `{"sops"${"{".repeat(MEGABYTE)}`),
  yaml("a megabyte of ]", "syntax", () => "]".repeat(MEGABYTE)),
  yaml("a megabyte of commas", "unsupported", () => `a: [${",".repeat(MEGABYTE)}`),
  yaml("a megabyte of quotes", "unsupported", () => '"'.repeat(MEGABYTE)),
  yaml("a megabyte of directives", "unsupported", () => "%\n".repeat(MEGABYTE / 2)),
  yaml(
    "a list of a megabyte in one line",
    "unsupported",
    () => `a: [${"x, ".repeat(MEGABYTE / 3)}y]\n`,
  ),
  yaml("empty lines in a block", "same", () => `a: |+\n  x\n${"\n".repeat(300_000)}b: 1\n`),
  json("a megabyte of lists", "unsupported", () => "[".repeat(MEGABYTE)),
  dotenv("a megabyte of =", "same", () => "=".repeat(MEGABYTE)),
  ini("a megabyte of brackets", "syntax", () => "[".repeat(MEGABYTE)),

  // Patterns
  yaml(
    "a pattern over many comments",
    "same",
    () => `${"# x\n".repeat(20_000)}a: x\n`,
    expression("encrypted_comment_regex", "y$"),
  ),
  dotenv(
    "a comment a line",
    "same",
    () => `${"# x\n".repeat(50_000)}A=x\n`,
    expression("encrypted_comment_regex", "y$"),
  ),
  ini(
    "a comment a line",
    "same",
    () => `[s]\n${"; x\n".repeat(150_000)}a = x\n`,
    expression("encrypted_comment_regex", "y$"),
  ),
  yaml(
    "a pattern that backtracks elsewhere",
    "same",
    () => `${"a".repeat(900)}!: x\n`,
    expression("encrypted_regex", "^(a+)+$"),
  ),
  yaml(
    "a pattern of stars",
    "same",
    () => `${"a".repeat(900)}: x\n`,
    expression("unencrypted_regex", "(a*)*(a*)*(a|aa)*b"),
  ),
  yaml(
    "a pattern over long comments",
    "same",
    () => `# ${"a".repeat(100_000)}!\nk: x\n`,
    expression("encrypted_comment_regex", "(a|a|aa)+$"),
  ),
  yaml(
    "a pattern of nested counts",
    "bad-config",
    () => "a: x\n",
    expression("encrypted_regex", "((a{100}){100}){100}"),
  ),
  yaml(
    "a pattern of ten thousand groups",
    "bad-config",
    () => "a: x\n",
    expression("encrypted_regex", `${"(".repeat(DEEP)}a${")".repeat(DEEP)}`),
  ),
  yaml(
    "a pattern with look-around",
    "bad-config",
    () => "a: x\n",
    expression("encrypted_regex", "(?=a)a"),
  ),

  // Bytes and characters
  ...(["yaml", "json", "dotenv", "ini"] as const).map((format): HostileFile => ({
    name: `${format}: invalid UTF-8`,
    format,
    content: () => Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0xc3, 0x28, 0x0a]),
    outcome: "syntax",
  })),
  ...(["yaml", "json", "dotenv", "ini"] as const).map((format): HostileFile => ({
    name: `${format}: a surrogate as UTF-8`,
    format,
    content: () => Buffer.from([0x61, 0x3d, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x0a]),
    outcome: "syntax",
  })),
  binary("invalid UTF-8", "same", () => Buffer.from([0xff, 0xfe, 0xed, 0xa0, 0x80, 0x00])),
  yaml("a lone surrogate as an escape", "syntax", () => 'a: "\\ud800"\n'),
  yaml("half a pair in a key", "syntax", () => '"\\udc00": x\n'),
  json("a lone surrogate as an escape", "same", () => '{"a": "\\ud800x", "b": "\\udc00"}'),
  json("lone surrogates in keys", "same", () => '{"\\ud800": "x", "\\udbff": "y"}'),
  yaml("a NUL", "syntax", () => "a: x\0y\n"),
  json("a NUL", "syntax", () => '{"a": "x\0"}'),
  dotenv("a NUL", "same", () => "A=x\0y\n"),
  ini("a NUL", "same", () => "[s]\na = x\0y\n"),
  yaml("line separators", "unsupported", () => "a: x\u2028y\u0085z\n"),
  dotenv("line separators", "same", () => "A=x\u2028y\u0085z\u000bw\n"),

  // Keys
  yaml("a key twice", "syntax", () => "a: 1\na: 2\n"),
  yaml("a key twice, in other quotes", "syntax", () => "a: 1\n\"\\u0061\": 2\n'a': 3\n"),
  yaml("a key twice in a later document", "syntax", () => "a: 1\n---\nb: {c: 1, c: 2}\n"),
  yaml("two sops blocks", "syntax", () => `a: 1\nsops: {${AGE}}\nsops: {${AGE}}\n`),
  // As sops does; both are encrypted.
  json("a key twice", "same", () => '{"a": 1, "a": 2, "b": {"c": 3, "c": 4}}'),
  json("two sops blocks", "unsupported", () => '{"sops": {}, "sops": {}}'),
  dotenv("a key twice", "same", () => "A=1\nA=2\n"),
  ini("a key twice", "unsupported", () => "[s]\na = 1\na = 2\n"),
  ini("a section twice", "same", () => "[s]\na = 1\n[t]\nb = 2\n[s]\nc = 3\n"),
  yaml(
    "keys of a prototype",
    "same",
    () => "__proto__: {polluted: x}\nconstructor:\n  prototype: {polluted: y}\ntoString: z\n",
  ),
  json(
    "keys of a prototype",
    "same",
    () => '{"__proto__": {"polluted": "x"}, "constructor": {"prototype": {"polluted": "y"}}}',
  ),
  dotenv("keys of a prototype", "same", () => "__proto__=x\nconstructor=y\ntoString=z\n"),
  ini(
    "keys of a prototype",
    "same",
    () => "[__proto__]\npolluted = x\n__proto__ = y\n[constructor]\nprototype = z\n",
  ),

  // Blocks
  yaml(
    "a prototype in the sops block",
    "bad-metadata",
    () =>
      `a: 1\nsops:\n  __proto__: {polluted: x, ${AGE}, mac: x, lastmodified: "2020-01-01T00:00:00Z"}\n`,
  ),
  json(
    "a prototype in the sops block",
    "bad-metadata",
    () =>
      '{"a": 1, "sops": {"__proto__": {"polluted": "x", "age": [{"recipient": "a", "enc": "b"}]}}}',
  ),
  dotenv(
    "a prototype in the sops lines",
    "bad-metadata",
    () =>
      "A=1\nsops___proto____map_polluted=x\nsops_constructor__map_prototype__map_polluted=x\nsops_age__map___proto____map_polluted=x\n",
  ),
  ini(
    "a prototype in the sops section",
    "bad-metadata",
    () => "[s]\na = 1\n[sops]\n__proto____map_polluted = x\nage__map___proto____map_polluted = x\n",
  ),
  dotenv(
    "a huge list in the sops lines",
    "bad-metadata",
    () =>
      "A=1\nsops_age__list_4294967294__map_recipient=x\nsops_age__list_99999999__map_enc=x\nsops_mac=x\n",
  ),
  dotenv(
    "deep sops lines",
    "bad-metadata",
    () => `A=1\nsops_${"a__map_".repeat(DEEP)}b=x\nsops_${"a__list_0__list_".repeat(DEEP)}0=x\n`,
  ),
  ini(
    "a deep sops section",
    "bad-metadata",
    () => `[s]\na = 1\n[sops]\n${"a__map_".repeat(DEEP)}b = x\n`,
  ),
  dotenv(
    "sops lines that contradict each other",
    "bad-metadata",
    () => "A=1\nsops_age=x\nsops_age__list_0__map_enc=y\nsops_age__map_enc=z\n",
  ),
  yaml("a sops block of another kind", "unsupported", () => "a: 1\nsops: [1, 2]\n"),
  yaml("age entries of another kind", "bad-metadata", () => "a: 1\nsops: {age: [x, [y]]}\n"),
  yaml(
    "an age file that is none",
    "no-identity",
    () =>
      `a: 1\nsops: {age: [{recipient: age1x, enc: "${"A".repeat(MEGABYTE)}"}], mac: x, lastmodified: "2020-01-01T00:00:00Z", version: 3.9.0}\n`,
  ),
  yaml(
    "a hostile pattern in the sops block",
    "bad-config",
    () =>
      `a: 1\nsops: {${AGE}, mac: x, lastmodified: "2020-01-01T00:00:00Z", version: 3.9.0, encrypted_regex: "((a{100}){100}){100}"}\n`,
  ),
  yaml(
    "a date that overflows",
    "bad-metadata",
    () => `a: 1\nsops: {${AGE}, mac: x, lastmodified: "99999999999999-99-99T99:99:99Z"}\n`,
  ),
  yaml("tokens of wrong lengths", "same", () =>
    [
      "a: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]",
      "b: ENC[AES256_GCM,data:,iv:,tag:,type:str]",
      "c: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:]\n",
    ].join("\n"),
  ),
];

/**
 * Does with a file what the commands do: encrypts it and decrypts the result; or decrypts it, where
 * it has a `sops` block.
 *
 * @param lap is called where one command would have ended and another begun.
 * @returns its `outcome`.
 */
export async function treat(
  hostile: HostileFile,
  lap: () => void = () => undefined,
): Promise<string> {
  const { format, selection = null } = hostile;
  const content = Buffer.from(hostile.content());
  const { identity, recipient } = await vectorKeyPair("first");
  try {
    const { file, metadata } = readSopsFile(content, format);
    if (metadata !== null) {
      const dataKey = await unwrapDataKey(metadata, [{ identity }]);
      openLeaves(file, metadata, dataKey ?? newDataKey(), "accept");
      if (dataKey === null) throw new SopsError("no-identity", "no identity");
      return decryptFile(file, metadata, dataKey);
    }
    if (format !== "binary") {
      readData(content.toString("utf8"), format);
      lap();
    }
    const { text } = await encryptFile(file, {
      recipients: [recipient],
      selection,
      macOnlyEncrypted: false,
    });
    lap();
    const encrypted = readSopsFile(Buffer.from(text), format);
    if (encrypted.metadata === null) throw new Error("no metadata");
    const dataKey = await unwrapDataKey(encrypted.metadata, [{ identity }]);
    if (dataKey === null) throw new Error("no data key");
    const plain = decryptFile(encrypted.file, encrypted.metadata, dataKey);
    lap();
    const after = await withAnother(text, format, dataKey);
    lap();
    if (!holdsAnother(after, format, dataKey)) throw new Error("the value is not there");
    return plaintextBytes(encrypted.file, plain).equals(content) ? "same" : "other bytes";
  } catch (error) {
    if (error instanceof SopsError) return error.code;
    throw error;
  }
}

/** An encrypted file with another value, as `set` puts it there. */
async function withAnother(text: string, format: Format, dataKey: Uint8Array): Promise<string> {
  const { file, metadata } = readSopsFile(Buffer.from(text), format);
  if (metadata === null) throw new Error("no metadata");
  const path = { binary: ["data"], ini: ["s", "new"] }[format as string] ?? ["new"];
  const sealed = { text, file, format, metadata, dataKey, ignoreMac: false };
  return setValue(sealed, path, "hunter2");
}

function holdsAnother(text: string, format: Format, dataKey: Uint8Array): boolean {
  const { file, metadata } = readSopsFile(Buffer.from(text), format);
  if (metadata === null) return false;
  const opened = openLeaves(file, metadata, dataKey, "accept");
  return opened.some(({ value }) => value?.text.trimEnd() === "hunter2");
}
