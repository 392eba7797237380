import test from "ava";
import { SopsError } from "../../sops/errors.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { composedOutline } from "../../sops/yaml/set/outline.ts";

/** Passwords that want quotes: YAML takes what they begin with, or what is in them, for something else. */
const UNQUOTED = [
  "!Xyzzy",
  "!Xyzzy x",
  "!!Xyzzy",
  "!<Xyzzy>",
  "!<Xyzzy",
  "!Xyzzy!x",
  "!Xy%ZZzzy",
  "|Xyzzy",
  ">Xyzzy",
  "|2Xyzzy",
  "%Xyzzy",
  "@Xyzzy",
  "`Xyzzy",
  "*Xyzzy",
  "{Xyzzy",
  "[Xyzzy",
  "}Xyzzy",
  "]Xyzzy",
  "'Xyzzy",
  '"Xyzzy',
  '"\\uXyzz"',
  '"\\xXyzzy"',
  '"Xyzzy" Xyzzy',
  "Xyzzy: Xyzzy",
  "- Xyzzy",
  "? Xyzzy",
  ", Xyzzy",
  "\n---Xyzzy\n}Xyzzy: Xyzzy",
] as const;

for (const value of UNQUOTED) {
  test(`what is wrong with a file is said without what is in it: ${JSON.stringify(value)}`, (t) => {
    const text = `a: b\npassword: ${value}\nc: d\n`;
    for (const read of [
      () => readSopsFile(Buffer.from(text), "yaml"),
      () => composedOutline(text),
    ]) {
      try {
        read();
      } catch (error) {
        if (!(error instanceof SopsError)) throw error;
        t.notRegex(error.message, /xy|zz/i);
      }
    }
    t.pass();
  });
}

test("what a text wants that YAML reads otherwise is said", (t) => {
  const problem = (value: string) =>
    t.throws(() => readSopsFile(Buffer.from(`password: ${value}\n`), "yaml"))?.message;
  t.is(problem("!hunter2"), "has a tag of its own: put a text that begins with ! in quotes");
  t.is(problem("!hunter2!x"), "has a tag of its own: put a text that begins with ! in quotes");
  t.is(
    problem("|hunter2"),
    "Block scalar header includes extra characters: put a text that begins with | or > in quotes",
  );
  t.is(problem("!!binary aGk="), "has a value with the tag tag:yaml.org,2002:binary");
});
