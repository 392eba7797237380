import test from "ava";
import { KnownContent, withoutVersions } from "../../../findings/likeness/known-content.ts";
import fc from "../../seeded-fast-check.ts";

const areAlike = (a: Buffer, b: Buffer) => new KnownContent(a).isLike(b);

const SHA = `sha256:${"0123456789abcdef".repeat(4)}`;

test("contents are alike where they are the same without their versions", (t) => {
  const part = fc.constantFrom(
    "1",
    "2",
    "12.3.4",
    "56.7.8",
    "1.2",
    "0.0.0",
    "9.8.7",
    ".",
    "a",
    "\n",
    ":",
    " ",
    SHA,
    "sha256:",
    "é",
  );
  const parts = fc.array(part, { maxLength: 8 });
  let alike = 0;
  fc.assert(
    fc.property(parts, parts, parts, parts, fc.boolean(), (head, one, other, tail, isBump) => {
      const bump = one.map((text) => text.replace(/\d/g, "7"));
      const [a, b] = [one, isBump ? bump : other].map((middle) =>
        Buffer.from([...head, ...middle, ...tail].join("")),
      );
      if (a === undefined || b === undefined) return;
      const expected =
        withoutVersions(a.toString("latin1")) === withoutVersions(b.toString("latin1"));
      if (expected && !a.equals(b)) alike += 1;
      t.is(areAlike(a, b), expected);
    }),
    { numRuns: 3000 },
  );
  t.true(alike > 20);
});

test("versions of any length, digests, and nothing else", (t) => {
  const like = (a: string, b: string) => areAlike(Buffer.from(a), Buffer.from(b));
  t.true(like("image: a:1.22.3\nport: 80\n", "image: a:10.2.4\nport: 80\n"));
  t.false(like("image: a:1.22.3\nport: 80\n", "image: a:10.22.4\nport: 80\n"));
  t.true(like("image: a:10.22.33\nport: 80\n", "image: a:2026.11.26\nport: 80\n"));
  t.true(like(`tag: 1.2.3@${SHA}`, `tag: 1.2.4@${SHA.replace("012", "fff")}`));
  t.false(like("replicas: 1\n", "replicas: 2\n"));
  t.false(like("pi: 3.14\n", "pi: 3.15\n"));
  t.false(like("tag: 1.2.3\n", "tag: 1.2.3-rc\n"));
  t.false(like("password: ''\n", "password: hunter2\n"));
  // To the rules, the first is no password, the others are.
  t.false(like("password: x10.2.3\n", "password: x10.20.30\n"));
  t.false(like("password: 1.2.3\n", "password: 1234.5678.9012\n"));
  t.false(like("password: 1.2.3\n", `password: ${SHA}\n`));
  t.false(like("password: 10.2.3\n", `password: ${SHA}\n`));
  t.false(like("password: 1234.5678.9012\n", `password: ${SHA}\n`));
  t.false(like(`a: ${"x".repeat(5000)}\n`, `a: ${"y".repeat(5000)}\n`));
});

test("one version among many bytes that are the same, wherever it stands", (t) => {
  const filling = (length: number) => "x\n".repeat(length).slice(0, length);
  const text = (before: number, version: string, after: number) =>
    Buffer.from(`${filling(before)} ${version}\n${filling(after)}`);
  const length = fc.integer({ min: 0, max: 300 });
  const others = fc.array(fc.tuple(length, fc.constantFrom("4.5.6", "40.50.60", "4.5"), length));
  fc.assert(
    fc.property(length, length, others, (before, after, seen) => {
      const known = new KnownContent(text(before, "1.2.3", after));
      // What it was compared with before does not matter.
      for (const [more, version, less] of seen) known.isLike(text(more, version, less));
      for (const version of ["4.5.6", "40.50.60", "4.5"]) {
        t.is(known.isLike(text(before, version, after)), version === "4.5.6");
      }
      t.false(known.isLike(text(before + 1, "1.2.3", after)));
    }),
  );
});
