import test from "ava";
import { candidateOf } from "../../../findings/candidate/candidate.ts";

const candidate = (bytes: Uint8Array | string) => candidateOf("a.yaml", Buffer.from(bytes));

test("text: UTF-8 with and without a byte order mark, UTF-16 with one", (t) => {
  t.is(candidate("a: ä\n").text, "a: ä\n");
  t.is(candidate("\ufeffa: ä\n").text, "a: ä\n");
  t.is(candidate(Buffer.from("\ufeffa: ä\n", "utf16le")).text, "a: ä\n");
  t.is(candidate(Buffer.from("\ufeffa: ä\n", "utf16le").swap16()).text, "a: ä\n");
});

test("text: null for binary and for other encodings, which are readable all the same", (t) => {
  t.is(candidate("a\0b").text, null);
  t.is(candidate("a\0b").readable, "a b");
  t.is(candidate("a\0\u0001b").readable, null);
  const latin1 = Buffer.from("a: \u00e4\n", "latin1");
  t.is(candidate(latin1).text, null);
  t.is(candidate(latin1).readable, "a: \u00e4\n");
  t.is(candidate(latin1).documents, null);
});

test("an odd UTF-16 file is no text and does not throw", (t) => {
  t.is(candidate(Buffer.from([0xff, 0xfe, 0x61])).text, null);
  t.is(candidate(Buffer.from([0xfe, 0xff, 0x00])).text, null);
  t.is(candidate(Buffer.from([0xff, 0xfe, 0x00, 0xd8])).text, null);
});

test("documents: ranges count in the text, across documents", (t) => {
  const text = "a: 1\n---\n# x\nb: 2\n--- \nc: 3\n";
  const { documents } = candidate(text);
  t.is(documents?.length, 3);
  const places = (documents ?? []).map((document) => document.contents?.range?.[0] ?? -1);
  t.deepEqual(
    places.map((place) => text[place]),
    ["a", "b", "c"],
  );
});

test("documents: directives stay with their document, comments alone are none", (t) => {
  t.is(candidate("%YAML 1.2\n---\na: 1\n").documents?.length, 1);
  t.is(candidate("%TAG ! tag:example.org,2000:\n---\na: !x 1\n").documents?.length, 1);
  t.is(candidate("# nothing\n").documents?.length, 0);
  t.is(candidate("").documents?.length, 0);
});

test("documents: null where one of them does not parse", (t) => {
  t.is(candidate("a: 1\n---\nb: [\n").documents, null);
  t.is(candidate("a: {{ b }}-c\n").documents, null);
});

test("documents: null, fast, where text is nested too deeply", (t) => {
  t.is(candidate("[".repeat(10_000) + "]".repeat(10_000)).documents, null);
  t.is(candidate("- ".repeat(10_000) + "a").documents, null);
  // Not so deep that the parser fails by itself: near the end of the stack it takes the process along.
  t.is(candidate("[".repeat(150) + "]".repeat(150)).documents, null);
  t.is(candidate("[".repeat(50) + "]".repeat(50)).documents?.length, 1);
});

test("lineAt: first and last line", (t) => {
  const one = candidate("a\nb\n\nc");
  t.deepEqual(
    [0, 1, 2, 3, 4, 5, 99].map((offset) => one.lineAt(offset)),
    [1, 1, 2, 2, 3, 4, 4],
  );
});

test("sections: a value that holds YAML is one of its own, its lines those of the file", (t) => {
  const text = "data:\n  x.yaml: |\n    kind: A\n    name: b\n  y: short\n";
  const [section] = candidate(text).sections;
  const embedded = [...(section?.embedded.values() ?? [])];
  t.deepEqual(
    embedded.map((inner) => [inner.text, inner.holder, inner.lineAt(0), inner.lineAt(8)]),
    [["kind: A\nname: b\n", "x.yaml", 3, 4]],
  );
});
