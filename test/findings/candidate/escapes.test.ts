import test from "ava";
import { withoutEscapes } from "../../../findings/candidate/escapes.ts";

/** A word in double quotes that is broken over lines behind some letter. */
const broken = (word: string, behind: number) =>
  `a: "${word.slice(0, behind)}\\\n  ${word.slice(behind)}"\nb: 1\n`;

test("a word that makes a Secret is whole in the first of its lines, and lines stay where they are", (t) => {
  for (const word of ["kind", "Secret", "SecretList", "data", "stringData"]) {
    t.is(withoutEscapes(broken(word, 2)), `a: "${word}"\n\nb: 1\n`);
  }
});

test("no other word is put together: a folded text would read otherwise", (t) => {
  for (const word of ["kindness", "mankind", "Secretary", "metadata", "database"]) {
    t.is(withoutEscapes(broken(word, 3)), broken(word, 3));
  }
});

test("escapes of ASCII characters are undone, in YAML's spellings and JSON's", (t) => {
  for (const [text, plain] of [
    ["Secr\\u0065t", "Secret"],
    ["Secr\\x65t", "Secret"],
    ["Secr\\U00000065t", "Secret"],
    ["http:\\/\\/x", "http://x"],
    ["\\\\u0065", "e"],
    ["a\\u000ab", "a b"],
    ["a\\u0020b", "a b"],
    ["caf\\u00e9", "caf\\u00e9"],
    ["C:\\dir", "C:\\dir"],
  ] as const) {
    t.is(withoutEscapes(text), plain, text);
  }
});
