import test from "ava";
import { SopsError } from "../../../sops/errors.ts";
import { conflictSides } from "../../../sops/text/conflict-markers.ts";
import { parseBytes, type Format } from "../../../sops/format.ts";

const conflict = (before: string, ours: string, theirs: string): string =>
  `${before}<<<<<<< HEAD\n${ours}=======\n${theirs}>>>>>>> feature\n`;

const CONFLICTS: Readonly<Record<string, readonly [Format, string]>> = {
  YAML: ["yaml", conflict("a: 1\n", "b: 2\n", "b: 3\n")],
  "YAML with Windows line ends": [
    "yaml",
    conflict("a: 1\n", "b: 2\n", "b: 3\n").replaceAll("\n", "\r\n"),
  ],
  "a literal block": ["yaml", conflict("a: |\n", "  b\n", "  c\n")],
  JSON: ["json", `${conflict("{\n", '"a": 1\n', '"a": 2\n')}}\n`],
  dotenv: ["dotenv", conflict("A=1\n", "B=2\n", "B=3\n")],
  INI: ["ini", conflict("[a]\n", "b = 2\n", "b = 3\n")],
};

for (const [name, [format, text]] of Object.entries(CONFLICTS)) {
  test(`a conflict that a merge has left in ${name} is named, with its line`, (t) => {
    const error = t.throws(() => parseBytes(Buffer.from(text), format, null), {
      instanceOf: SopsError,
      message: "a merge has left a conflict here: resolve that first",
    });
    t.is(error.line, 2);
  });
}

test("what only looks like a conflict is read, and other errors stay", (t) => {
  const within = Buffer.from(conflict("a: |\n  x\n", "", "").replaceAll(/^(?=[<>=])/gm, "  "));
  t.notThrows(() => parseBytes(within, "yaml", null));
  t.throws(() => parseBytes(Buffer.from("a: [\n<<<<<<< HEAD\n"), "yaml", null), {
    message: /^(?!a merge)/,
  });
});

const sides = (text: string) => conflictSides(Buffer.from(text)).map(String);

test("each side of a conflict, with lines where they were", (t) => {
  const text = conflict("a: 1\n", "b: 2\n", "b: 3\nc: 4\n");
  const ours = "a: 1\n\nb: 2\n\n\n\n\n";
  const theirs = "a: 1\n\n\n\nb: 3\nc: 4\n\n";
  t.deepEqual(sides(text), [ours, theirs]);
  t.deepEqual(sides(`${text}=======\n`), [`${ours}=======\n`, `${theirs}=======\n`]);
  t.deepEqual(sides("<<<<<<< A\r\na\r\n||||||| B\r\nb\r\n=======\r\nc\r\n>>>>>>> C\r\n"), [
    "\na\r\n\n\n\n\n\n",
    "\n\n\n\n\nc\r\n\n",
    "\n\n\nb\r\n\n\n\n",
  ]);
  t.deepEqual(sides("a\n=======\nb\n"), []);
});
