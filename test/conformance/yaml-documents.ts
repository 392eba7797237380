import fc from "../seeded-fast-check.ts";

/**
 * Random YAML documents as people write them, and stranger: every scalar style, comments in odd
 * columns, blank lines, lists in the column of their key, nulls.
 */
export function yamlDocument(): fc.Arbitrary<string> {
  return documents(true);
}

/** The same with every comment right above what follows it, in the same column. */
export function tidyYamlDocument(): fc.Arbitrary<string> {
  return documents(false);
}

/** Files of several documents: comments, empty lines and nothing at all before, between and behind. */
export function yamlDocuments(): fc.Arbitrary<string> {
  return several(true);
}

/** The same of {@link tidyYamlDocument}s. */
export function tidyYamlDocuments(): fc.Arbitrary<string> {
  return several(false);
}

const BEGINNINGS = ["", "", "", "---\n", "--- # note %\n", "# note %\n---\n", "\n---\n\n"];

const SEPARATORS = [
  "---\n",
  "---\n",
  "---\n\n",
  "--- # note %\n",
  "--- \n",
  "...\n---\n",
  "... # note %\n---\n",
  "...\n# note %\n---\n",
  "...\n# note %\n\n---\n# note %\n",
  "---\n# note %\n",
  "---\n# note %\n\n",
  "---\n  # note %\n",
];

const ENDS = ["", "", "", "...\n", "---\n", "...\n# note %\n"];

/** Bodies that end in few lines, so that what follows them is tried with many of them. */
const BODIES = [
  "data%: x\n",
  "data%:\n  a: x\n",
  "other%:\n  data%: x\n",
  "data%:\n- a\n",
  "data%:\n  - a\n  - b: c\n",
  "other%:\n- data%: x\n",
  "other%:\n- - -\n",
  "other%:\n  - - - x\n",
  "data%: |\n  x\n",
  "data%: |+\n  x\n\n",
  "data%: {a: 1}\n",
  "data%: # note %\n  a: x\n",
  "data%:\n",
  "other%: 1\ndata%: x # note %\n",
];

function several(odd: boolean): fc.Arbitrary<string> {
  const few = fc
    .tuple(gap(0, odd), fc.constantFrom(...BODIES))
    .map(([before, body]) => before + body);
  const body = fc.oneof(
    { weight: 4, arbitrary: few },
    { weight: 2, arbitrary: mapping(0, 2, odd) },
    { weight: 1, arbitrary: fc.constant("{data%: 1, other%: [x]}\n") },
    ...(odd ? [{ weight: 1, arbitrary: fc.constantFrom("", "# note %\n") }] : []),
  );
  const document = fc.tuple(body, trailer(odd)).map(([main, end]) => main + end);
  // Tidy: no comment behind a `...`, where go-yaml may lose the one before it.
  const tidy = (all: readonly string[]) => all.filter((one) => !/#.*\n\n|^\.{3}\s*#/.test(one));
  const separators = odd ? SEPARATORS : tidy(SEPARATORS);
  const next = fc.tuple(fc.constantFrom(...separators), document).map((parts) => parts.join(""));
  return fc
    .tuple(
      fc.constantFrom(...BEGINNINGS),
      document,
      fc.array(next, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...(odd ? ENDS : tidy(ENDS))),
      fc.boolean(),
    )
    .map(([beginning, first, others, end, ended]) =>
      unfinished(numberKeys(beginning + first + others.join("") + end), ended),
    );
}

/** Without a line break at its end; not within a block: see known-differences.ts. */
function unfinished(text: string, ended: boolean): string {
  return ended ? text : text.replace(/(:.*|- .*|\n# note \d+)\n$/, "$1");
}

function documents(odd: boolean): fc.Arbitrary<string> {
  return fc
    .tuple(mapping(0, 0, odd), trailer(odd), fc.constantFrom("", "", "", "\n"))
    .map(([body, end, lastBreak]) =>
      // Without a line break at its end, now and then; not within a block: see known-differences.ts.
      numberKeys(
        lastBreak === "" ? body + end : (body + end).replace(/(:.*|- .*|\n# note %)\n$/, "$1"),
      ),
    );
}

const SCALARS = [
  "x",
  "hello world",
  "1",
  "0777",
  "0o17",
  "0x1F",
  "1_000",
  "+7",
  "1.10",
  "1e3",
  ".5",
  "true",
  "False",
  "yes",
  "off",
  "~",
  "null",
  "",
  "190:20:30",
  "'single ''quoted'''",
  '"double \\"quoted\\"\\n"',
  '""',
  "'0123'",
  "ünï 😀",
  "-dash",
  "a:b#c",
  "12e03",
  "9223372036854775807",
  "123456789012345678901234567890",
];

const BLOCKS = [
  "|\n@  one\n@  two\n",
  "|-\n@  one\n\n@    two\n",
  "|+\n@  kept\n\n",
  "|2\n@   indented\n@  less\n",
  ">\n@  folded\n@  text\n\n@  more\n",
  ">-\n@  one line\n",
];

const FLOWS = ["{a: 1, b: [x, 'y']}", '["a", b, 3]'];

/** Without a comment beside them: see known-differences.ts. */
const EMPTY = ["{}", "[]"];

/** @param odd whether comments stand in other columns than that of what follows, too. */
function gap(indent: number, odd: boolean): fc.Arbitrary<string> {
  const column = fc.oneof(
    { weight: 5, arbitrary: fc.constant(indent) },
    {
      weight: 1,
      arbitrary: odd
        ? fc.constantFrom(0, indent + 2, Math.max(0, indent - 2))
        : fc.constant(indent),
    },
  );
  const line = fc.oneof(
    { weight: 1, arbitrary: fc.constant("\n") },
    { weight: 2, arbitrary: column.map((spaces) => `${" ".repeat(spaces)}# note %\n`) },
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    {
      weight: 1,
      arbitrary: fc
        .array(line, { minLength: 1, maxLength: 3 })
        // Tidy: no empty line between a comment and what follows it.
        .map((all) => (odd ? all : all.sort((a) => (a === "\n" ? -1 : 1))).join("")),
    },
  );
}

function trailer(odd: boolean): fc.Arbitrary<string> {
  if (!odd) return fc.oneof(fc.constant(""), gap(0, odd), fc.constant("\n\n"));
  const line = fc.constantFrom("\n", "# note %\n", "  # note %\n", "    # note %\n");
  return fc.oneof(
    fc.constant(""),
    fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("")),
  );
}

function mapping(indent: number, depth: number, odd: boolean): fc.Arbitrary<string> {
  const pad = " ".repeat(indent);
  const pair = fc
    .tuple(
      gap(indent, odd),
      fc.constantFrom("data", "key", "stringData", "other"),
      value(indent, depth, odd),
    )
    .map(([before, key, after]) => `${before}${pad}${key}%:${after}`);
  return fc.array(pair, { minLength: 1, maxLength: 4 }).map((pairs) => pairs.join(""));
}

function value(indent: number, depth: number, odd: boolean): fc.Arbitrary<string> {
  const beside = fc.oneof(
    { weight: 4, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.constant(" # beside %") },
  );
  const scalar = fc
    .tuple(fc.constantFrom(...SCALARS, ...FLOWS), beside)
    .map(([text, note]) => `${text === "" ? "" : ` ${text}`}${note}\n`);
  const empty = fc.constantFrom(...EMPTY).map((text) => ` ${text}\n`);
  const block = fc
    .constantFrom(...BLOCKS)
    .map((text) => ` ${text.replaceAll("@", " ".repeat(indent))}`);
  if (depth >= 3) return fc.oneof(scalar, block);
  const nested = fc
    .tuple(beside, gap(indent + 2, odd), mapping(indent + 2, depth + 1, odd))
    .map(([note, before, inner]) => `${note}\n${before}${inner}`);
  const list = fc
    .constantFrom(indent, indent + 2)
    .chain((column) => sequence(column, odd))
    .map((items) => `\n${items}`);
  return fc.oneof(
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: empty },
    { weight: 2, arbitrary: block },
    { weight: 2, arbitrary: nested },
    { weight: 1, arbitrary: list },
  );
}

function sequence(indent: number, odd: boolean): fc.Arbitrary<string> {
  const pad = " ".repeat(indent);
  const item = fc
    .tuple(gap(indent, odd), fc.constantFrom(" x", " 'y'", " 1", ` a: 1\n${pad}  b: two`))
    .map(([before, text]) => `${before}${pad}-${text}\n`);
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(""));
}

/** No key twice in a mapping, and comments that can be told apart. */
function numberKeys(text: string): string {
  let count = 0;
  return text.replaceAll("%", () => String((count += 1)));
}
