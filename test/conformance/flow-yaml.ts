import fc from "../seeded-fast-check.ts";

/**
 * Random YAML of collections in brackets, deep in each other, with line breaks and comments between any
 * two parts of them.
 *
 * A `%` becomes a number, so that keys and comments can be told apart.
 */
export function flowYaml(): fc.Arbitrary<string> {
  const entry = fc
    .tuple(
      fc.constantFrom("", "", "# note %\n", "\n# note %\n"),
      KEY,
      fc.constantFrom(": ", ":\n  ", ":\n  - ", ": &f% ", ": # note %\n  "),
      collection(0),
      fc.constantFrom("", "", " # note %"),
    )
    .map(([above, key, colon, value, beside]) => `${above}${key}${colon}${value}${beside}\n`);
  const block = fc.array(entry, { minLength: 1, maxLength: 3 }).map((entries) => entries.join(""));
  const top = fc
    .tuple(
      fc.constantFrom("", "--- ", "# note %\n"),
      mapping(0),
      fc.constantFrom("\n", "", " # note %\n", "\n# note %\n", "\n...\n", "\n---\na: b\n"),
    )
    .map((parts) => parts.join(""));
  return fc
    .oneof({ weight: 5, arbitrary: block }, { weight: 1, arbitrary: top })
    .map((text) => numbered(text));
}

const DEEPEST = 4;

const KEY = fc.constantFrom("data%", "stringData%", "other%", "key%1", "k%2");

const GAP = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("", " ", " ") },
  { weight: 3, arbitrary: fc.constantFrom("\n    ", "  ", "\t", "\n\n    ", "\n    \t") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      " # note %\n    ",
      "\n    # note %\n    ",
      " # note %\n\n    # note %\n    ",
      "\n# note %\n    ",
    ),
  },
);

const SCALAR = fc.constantFrom(
  ...["x", "a b", "'q'", '"d\\n"', "1", "true", "~", "''", "http://x/y", "a:b", "-x", "2001-01-01"],
  ...['"a\n     b"', "p\n     q", "'s\n\n     t'", "&n% v", "!!str 5", "x#y", "'a: b'", '"#"', "é"],
);

function collection(depth: number): fc.Arbitrary<string> {
  return fc.oneof(mapping(depth), list(depth));
}

function value(depth: number): fc.Arbitrary<string> {
  if (depth >= DEEPEST) return SCALAR;
  return fc.oneof(
    { weight: 3, arbitrary: SCALAR },
    { weight: 2, arbitrary: fc.constant(null).chain(() => collection(depth + 1)) },
  );
}

function pair(depth: number): fc.Arbitrary<string> {
  const key = fc.oneof(KEY, fc.constantFrom('"q%"', "'s%'", "a b%"));
  return fc
    .tuple(GAP, key, fc.constantFrom(":", ":", ":", " :"), GAP, value(depth), GAP)
    .map(([before, name, colon, between, own, behind]) => {
      return `${before}${name}${colon}${between === "" ? " " : between}${own}${behind}`;
    });
}

function mapping(depth: number): fc.Arbitrary<string> {
  const bare = fc.tuple(GAP, KEY, GAP).map((parts) => parts.join(""));
  const entry = fc.oneof({ weight: 8, arbitrary: pair(depth) }, { weight: 1, arbitrary: bare });
  return entriesOf(entry).map((entries) => `{${entries}}`);
}

function list(depth: number): fc.Arbitrary<string> {
  const item = fc.tuple(GAP, value(depth), GAP).map((parts) => parts.join(""));
  const entry = fc.oneof({ weight: 6, arbitrary: item }, { weight: 1, arbitrary: pair(depth) });
  return entriesOf(entry).map((entries) => `[${entries}]`);
}

function entriesOf(entry: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(entry, { maxLength: 3 }), fc.constantFrom("", "", ",", ", "))
    .map(([entries, end]) => entries.join(",") + (entries.length === 0 ? "" : end));
}

function numbered(text: string): string {
  let count = 0;
  return text.replaceAll("%", () => String((count += 1)));
}
