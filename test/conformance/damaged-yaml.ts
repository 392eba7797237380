import fc from "../seeded-fast-check.ts";
import { exoticYaml } from "./exotic-yaml.ts";
import { yamlDocument, yamlDocuments } from "./yaml-documents.ts";

/** What is put into a text, at random: marks, white space, and what is rarely written. */
const BITS = [
  ...["\t", " ", "\n", "  ", "\n\n", " \n", "\r\n", ":", ": ", ":\t", "-", "- ", "-\t", "?", "? "],
  ...["#", " #x", "\t#", '"', "'", "''", "{", "}", "[", "]", ",", "&a ", "&a", "*a", "!", "!x "],
  ...["!!str ", "!<x> ", "|", ">", "|+\n", ">-\n", "|2\n", "%", "\\", "\\/", "\\ud83d", "\\x41"],
  ...["---\n", "...\n", "%YAML 1.1\n", "%TAG !a! b\n", "@", "`", "~", "<<: ", "=", "0", "é", "😀"],
  ...["\ufeff", "\u00a0", "\u200b", "\u0085", "\u2028", "\u0007", "\ufffd"],
];

const LINE_STARTS = [" ", "  ", "   ", "\t"];

/** How often one document is damaged. */
const OF_ONE = 7;

/** What a text becomes; `at` and `to` say where. */
type Damage = (text: string, at: number, to: number) => string;

const DAMAGE = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...BITS).map(inserted) },
  { weight: 1, arbitrary: fc.nat(2).map(cut) },
  { weight: 1, arbitrary: fc.constant<Damage>(copyLine) },
  { weight: 1, arbitrary: fc.constantFrom(...LINE_STARTS).map(indented) },
);

/**
 * Random YAML, and what becomes of it with a few characters and lines put in, cut out, repeated or moved:
 * much of it is none. Damaging a document is quicker than making one, so that there are several of each.
 */
export function damagedYaml(): fc.Arbitrary<readonly string[]> {
  const documents = fc.oneof(
    { weight: 2, arbitrary: exoticYaml() },
    { weight: 1, arbitrary: yamlDocument() },
    { weight: 1, arbitrary: yamlDocuments() },
  );
  const damages = fc.array(fc.tuple(DAMAGE, fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 });
  return fc
    .tuple(documents, fc.array(damages, { minLength: OF_ONE, maxLength: OF_ONE }))
    .map(([text, each]) => [
      text,
      ...each.map((all) => all.reduce((now, [damage, at, to]) => damage(now, at, to), text)),
    ])
    .map((texts) => texts.filter((text) => text.isWellFormed()));
}

function inserted(bit: string): Damage {
  return (text, at) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + bit + text.slice(place);
  };
}

function cut(length: number): Damage {
  return (text, at) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + text.slice(place + length);
  };
}

function copyLine(text: string, at: number, to: number): string {
  const lines = text.split("\n");
  return lines.toSpliced(to % lines.length, 0, lines[at % lines.length] ?? "").join("\n");
}

function indented(by: string): Damage {
  return (text, at) => {
    const lines = text.split("\n");
    const place = at % lines.length;
    return lines.with(place, by + (lines[place] ?? "")).join("\n");
  };
}
