import fc from "../seeded-fast-check.ts";

/**
 * Random YAML of the kind that most manifests are: block style, one line a value, literal blocks,
 * comments wherever people put them, a `sops` block at times. Some are wrong, with a key twice.
 */
export function blockStyleDocument(): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom("", "", "---\n", "# head\n---\n", "# top\n\n"),
      mapping(0, 0),
      fc.constantFrom(...METADATA),
      fc.constantFrom("", "", "# end\n", "\n\n", "  # odd\n"),
      fc.boolean(),
    )
    .map(([head, body, metadata, end, cut]) => {
      const text = numbered(head + body + metadata + end);
      return cut ? text.replace(/\n$/, "") : text;
    });
}

/** The same with a few characters put in anywhere that mean something in YAML. */
export function damagedBlockStyleDocument(): fc.Arbitrary<string> {
  const damage = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...PIECES));
  return fc
    .tuple(blockStyleDocument(), fc.array(damage, { minLength: 1, maxLength: 4 }))
    .map(([text, damages]) =>
      damages.reduce((before, [position, removed, piece]) => {
        const at = position % (before.length + 1);
        return before.slice(0, at) + piece + before.slice(at + removed);
      }, text),
    );
}

const PIECES = [
  ..." \n#:-'\"|~\t!?%,.1é",
  ...[" #", ": ", "- ", "a", "|-\n", "\n\n", "  ", "---\n", "ENC[", "&a ", "*a", "{}", "sops:\n"],
  ...["\n # c\n", "\r\n", "<<: ", "0x1", "null", "true", "...\n", "|+", ">-\n", "\u00a0", "😀"],
];

const METADATA = [
  "",
  `sops:
    age:
        - enc: |
            -----BEGIN
            abc
            -----END
          recipient: age1x
    lastmodified: "2026-01-01T00:00:00Z"
    mac: ENC[AES256_GCM,data:aa==,iv:aa==,tag:aa==,type:str]
    mac_only_encrypted: true
    version: 3.13.3
`,
  `sops:
  age:
  - recipient: a
    enc: |
      x
  # between
  version: 3
`,
];

const KEYS = ["a", "data", "b-c", "x.y/z", ".dockerconfigjson", '"q k"', "'s'", "app.io/name"];

const SCALARS = [
  ...["x", "hello world", "1", "true", "null", "~", "1.5", "0x1F", "2020-01-01", "-5", "-x", "="],
  ...['"quoted"', "'single'", '"a: b # c"', "a:b", "a#b", "a, b", "x]", "''", '""', "é", "{{x}}"],
  ...["http://x/y?z=1", "/abs", "$x", "~x", "^(data|stringData)$", '"esc\\n"', "'it''s'", "{}"],
  ...["&a x", "&b-1  'y'", "&c_2 1", "&d |", "&e &f x", "&g: x", "&h", "&i # x", '&j "z"'],
  "ENC[AES256_GCM,data:aa==,iv:aa==,tag:aa==,type:str]",
  '"ENC[AES256_GCM,data:aa==,iv:aa==,tag:aa==,type:str]"',
];

const beside = fc.constantFrom("", "", "", "", " # beside %", " #x%", "  ");

/** What stands between two entries in a column. */
function gap(column: number): fc.Arbitrary<string> {
  const comment = (spaces: number) => `${" ".repeat(Math.max(0, spaces))}# note %\n`;
  return fc.constantFrom(
    ...["", "", "", "", "", "\n", "  \n", comment(column), comment(column) + comment(column)],
    ...[comment(0), comment(column + 2), comment(column - 2), `${comment(column)}\n`],
    `${" ".repeat(column)}#ENC[AES256_GCM,data:aa==,iv:aa==,tag:aa==,type:comment]\n`,
  );
}

function mapping(column: number, depth: number): fc.Arbitrary<string> {
  const pair = fc
    .tuple(gap(column), fc.constantFrom(...KEYS), fc.boolean(), value(column, depth))
    .map(([before, key, again, after]) => {
      const quote = /["']$/.exec(key)?.[0] ?? "";
      const name = key.slice(0, key.length - quote.length);
      return `${before}${" ".repeat(column)}${name}${again ? "%" : "%%"}${quote}:${after}`;
    });
  return fc.array(pair, { minLength: 1, maxLength: 4 }).map((pairs) => pairs.join(""));
}

function value(column: number, depth: number): fc.Arbitrary<string> {
  const scalar = fc
    .tuple(fc.constantFrom(...SCALARS), beside)
    .map(([text, note]) => ` ${text}${note}\n`);
  const literal = fc
    .tuple(
      fc.constantFrom("|", "|-", "|-", ">", "&lit |", "&lit  |-"),
      fc.constantFrom(1, 2, 4),
      fc.array(fc.constantFrom("l", "m  n", "  deep", "", "# no", "- i", "k: v", "t  ")),
    )
    .map(([header, step, more]) => {
      const pad = " ".repeat(column + step);
      return ` ${header}\n${["f", ...more].map((line) => (line === "" ? "" : pad + line)).join("\n")}\n`;
    });
  if (depth > 3) return fc.oneof(scalar, literal);
  const nested = fc.tuple(beside, fc.constantFrom(1, 2, 4)).chain(([note, step]) => {
    const inner = fc.tuple(gap(column + step), mapping(column + step, depth + 1));
    return inner.map(([before, entries]) => `${note}\n${before}${entries}`);
  });
  const items = fc
    .tuple(beside, fc.constantFrom(0, 2))
    .chain(([note, step]) => list(column + step, depth).map((entries) => `${note}\n${entries}`));
  return fc.oneof(
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: literal },
    { weight: 2, arbitrary: nested },
    { weight: 1, arbitrary: items },
  );
}

function list(column: number, depth: number): fc.Arbitrary<string> {
  const inner = mapping(column + 2, depth + 2).map(
    (entries) => `- ${entries.replace(/^(?: *\n| *#.*\n)* */, "")}`,
  );
  const item = fc.oneof(
    fc.constantFrom(...SCALARS).map((text) => `-  ${text} # item %\n`),
    value(column, 4).map((text) => `-${text}`),
    inner,
  );
  return fc
    .array(fc.tuple(gap(column), item), { minLength: 1, maxLength: 3 })
    .map((all) => all.map(([before, text]) => `${before}${" ".repeat(column)}${text}`).join(""));
}

/** Comments that can be told apart, and keys that mostly are no other key's. */
function numbered(text: string): string {
  let count = 0;
  return text.replaceAll(/%%?/g, (mark) => (mark === "%%" ? "" : String((count += 1))));
}
