import fc from "../seeded-fast-check.ts";

/** Random files of the formats other than YAML, as people write them, and stranger. */

const CHARACTERS = [
  ..."abcXYZ019 _-.:=#;,!'`\"\\/&<>[]{}$",
  "\t",
  "\u00e9",
  "\u2028",
  "\ufeff",
  "\u0085",
  "\u00a0",
  "\ud83d\ude00",
];

function text(characters: readonly string[], maxLength: number): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...characters), { maxLength }).map((all) => all.join(""));
}

/** Keys that the selections of the test tell apart, each once: `%` becomes a number. */
const KEYS = ["data%", "stringData%", "other%", "a%1", "b%2", "c%_unencrypted", "\u00e9%"];

/** No key twice, and comments that can be told apart. */
function numbered(source: string): string {
  let count = 0;
  return source.replaceAll("%", () => String((count += 1)));
}

/** Without -0.0: see known-differences.ts. */
const JSON_NUMBERS = [
  "0",
  "-0",
  "7",
  "-12",
  "1.10",
  "1e3",
  "1E+3",
  "1.0",
  "0.1e-5",
  "1e21",
  "5e-324",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "123456789012345678901234567890",
];

const JSON_ESCAPES = [
  "\\u00e9",
  "\\u00E9",
  "\\/",
  "\\n",
  "\\r",
  "\\b",
  "\\f",
  "\\u0000",
  "\\u0026",
  "\\ud83d\\ude00",
  "\\ud800",
  "\\udc00\\ud800",
];

const jsonString: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...CHARACTERS) },
      { weight: 1, arbitrary: fc.constantFrom(...JSON_ESCAPES) },
    ),
    { maxLength: 12 },
  )
  .map((parts) => {
    const inner = parts.map((part) =>
      part === '"' || part === "\\" ? `\\${part}` : part === "\t" ? "\\t" : part,
    );
    return `"${inner.join("")}"`;
  });

const gap = fc.constantFrom("", "", "", " ", "  ", "\n", "\t", "\r\n");

function jsonValue(depth: number): fc.Arbitrary<string> {
  const scalar = fc.oneof(
    { weight: 4, arbitrary: jsonString },
    { weight: 2, arbitrary: fc.constantFrom(...JSON_NUMBERS) },
    { weight: 1, arbitrary: fc.constantFrom("true", "false", "null", '""', "{}", "[ ]") },
  );
  if (depth >= 3) return scalar;
  const list = fc
    .array(fc.tuple(gap, jsonValue(depth + 1), gap), { minLength: 1, maxLength: 4 })
    .map((items) => `[${items.map((item) => item.join("")).join(",")}]`);
  return fc.oneof(
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: jsonObject(depth + 1) },
    { weight: 1, arbitrary: list },
  );
}

function jsonObject(depth: number): fc.Arbitrary<string> {
  const key = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...KEYS) },
    { weight: 1, arbitrary: fc.constantFrom("__proto__", "caf\\u00e9%", "") },
  );
  const member = fc
    .tuple(gap, key, gap, gap, jsonValue(depth), gap)
    .map(([a, name, b, c, value, d]) => `${a}"${name}"${b}:${c}${value}${d}`);
  return fc
    .array(member, { minLength: depth === 0 ? 0 : 1, maxLength: 5 })
    .map((members) => `{${members.join(",")}}`);
}

export function jsonText(): fc.Arbitrary<string> {
  return fc.tuple(gap, jsonObject(0), gap).map((parts) => numbered(parts.join("")));
}

const DOTENV_COMMENTS = [" note %", "note %", " beside %", "", " old: hunter2 %", "#", "\u00e9 %"];

export function dotenvText(): fc.Arbitrary<string> {
  const pair = fc
    .tuple(
      fc.constantFrom("", "", "", "export ", " "),
      fc.constantFrom(...KEYS),
      text([...CHARACTERS, "\\n", "\r"], 12),
    )
    .map(([before, key, after]) => `${before}${key}=${after}`);
  const comment = fc.constantFrom(...DOTENV_COMMENTS).map((one) => `#${one}`);
  const line = fc.oneof(
    { weight: 120, arbitrary: pair },
    { weight: 40, arbitrary: comment },
    { weight: 20, arbitrary: fc.constantFrom("", "", "=x", "same=1", "# \\n") },
    // What sops refuses, now and then.
    { weight: 1, arbitrary: fc.constantFrom(" ", "\r", "no equals sign") },
  );
  return fc
    .tuple(
      fc.constantFrom("", "", "", "\ufeffbom="),
      fc.array(line, { maxLength: 10 }),
      fc.constantFrom("\n", "\n", "", "\n\n"),
    )
    .map(([mark, lines, end]) => numbered(mark + lines.join("\n") + end));
}

/** Values, keys and comments of what shells, other readers of dotenv and sops have a meaning for. */
export function awkwardDotenvText(): fc.Arbitrary<string> {
  const inner = fc
    .array(fc.constantFrom(..."`\"'#;:=\\ n", "\\n", "\\\\n", "x", "$x", "\t", "\r", "ENC["), {
      maxLength: 6,
    })
    .map((parts) => parts.join(""));
  const pair = fc
    .tuple(fc.constantFrom("", "", "#", " ", "'", "sops"), fc.constantFrom(...KEYS), inner)
    .map(([before, key, value]) => `${before}${key}=${value}`);
  const line = fc.oneof(
    { weight: 6, arbitrary: pair },
    { weight: 2, arbitrary: inner.map((one) => `#${one}%`) },
    { weight: 1, arbitrary: fc.constantFrom("", "=", "==", "#", "##") },
  );
  return fc
    .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom("\n", "", "\n\n"))
    .map(([lines, end]) => numbered(lines.join("\n") + end));
}

/** None that begins with an empty line: see known-differences.ts. */
const INI_COMMENTS = ["; note %", "# note %", ";beside %", "## note %", "  ; note %", "#\tnote %"];

const INI_VALUES = [
  "x",
  "hello world",
  "",
  '""',
  '"double"',
  "'single'",
  "`back#quoted;`",
  '"""triple"""',
  '"""over\n  lines\n\nend"""',
  "`over\nlines`",
  "one \\\n  two \\\n\tthree",
  "one \\\n",
  "a=b:c",
  "C:\\dir",
  "a\\nb",
  'un"even',
  "a`b",
  "12",
  "true",
  "\u00e9 \ud83d\ude00",
  "%d",
];

function rarely(arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant("") }, { weight: 1, arbitrary });
}

/** Values of what INI and its readers have a meaning for, in quotes of every kind or in none. */
export function awkwardIniText(): fc.Arbitrary<string> {
  const inner = fc
    .array(fc.constantFrom(..."`\"'#;:=\\ ", '"""', "``", "x", "y", "\t", "\\n"), { maxLength: 6 })
    .map((parts) => parts.join(""));
  const quoted = (quote: string) => inner.map((one) => quote + one + quote);
  const lines = (quote: string) =>
    fc.tuple(inner, inner).map((all) => quote + all.join("\n") + quote);
  const value = fc.oneof(
    { weight: 3, arbitrary: inner },
    ...["'", '"', "`", '"""'].map((quote) => ({ weight: 2, arbitrary: quoted(quote) })),
    ...["`", '"""'].map((quote) => ({ weight: 1, arbitrary: lines(quote) })),
  );
  const key = fc
    .tuple(
      rarely(fc.constantFrom(...INI_COMMENTS).map((one) => `${one}\n`)),
      fc.constantFrom(...KEYS),
      fc.constantFrom(" = ", "=", ": "),
      value,
      rarely(fc.constantFrom(" ", " # note %", ";note %")),
    )
    .map((parts) => `${parts.join("")}\n`);
  return fc
    .tuple(rarely(fc.constant("[data]\n")), fc.array(key, { minLength: 1, maxLength: 3 }))
    .map(([section, keys]) => numbered(section + keys.join("")));
}

export function iniText(): fc.Arbitrary<string> {
  const above = rarely(
    fc
      .array(fc.constantFrom(...INI_COMMENTS, ...INI_COMMENTS, "", " "), { maxLength: 3 })
      .map((lines) => lines.map((line) => `${line}\n`).join("")),
  );
  const beside = rarely(fc.constantFrom(" ; beside %", " #note %", "\t;; note %"));
  const name = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...KEYS) },
    { weight: 1, arbitrary: fc.constantFrom('"quoted=%"', "`quoted:%`", '"""quoted%"""') },
  );
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...INI_VALUES) },
    { weight: 1, arbitrary: text([..."abc01 _-.:='\"/&<>[]{}$\\", "\u00e9", "\u00a0"], 10) },
  );
  const key = fc
    .tuple(
      above,
      fc.constantFrom("", "", "  "),
      name,
      fc.constantFrom(" = ", "=", ": ", "\t=\t"),
      value,
      beside,
    )
    .map(([before, indent, title, equals, written, note]) => {
      // A `\` at the end of a value that a comment follows: see known-differences.ts.
      const end = written.trimEnd().endsWith("\\") ? "" : note;
      return `${before}${indent}${title}${equals}${written}${end}\n`;
    });
  const keys = fc.array(key, { maxLength: 4 }).map((all) => all.join(""));
  const section = fc
    .tuple(
      above,
      fc.constantFrom("data", "other", "s%", "same", "DEFAULT", "[odd] %"),
      beside,
      keys,
    )
    .map(([before, title, note, body]) => `${before}[${title}]${note}\n${body}`);
  return fc
    .tuple(
      keys,
      fc.array(section, { maxLength: 3 }),
      above,
      fc.constantFrom("plain", "plain", "unfinished", "windows", "marked"),
    )
    .map(([top, sections, after, layout]) => {
      const whole = numbered(top + sections.join("") + after);
      if (layout === "unfinished") return whole.replace(/\n$/, "");
      if (layout === "windows") return whole.replaceAll("\n", "\r\n");
      return layout === "marked" ? `\ufeff${whole}` : whole;
    });
}

export function binaryContent(): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    text(CHARACTERS, 40).map((one) => Buffer.from(one)),
    jsonText().map((one) => Buffer.from(one)),
  );
}
