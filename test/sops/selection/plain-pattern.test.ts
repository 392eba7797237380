import test from "ava";
import { RE2JS } from "re2js";
import { compilePlainPattern } from "../../../sops/selection/plain-pattern.ts";
import fc from "../../seeded-fast-check.ts";

const piece = fc.constantFrom(
  ...[
    "a",
    "b",
    "sops",
    "/",
    "-",
    "_",
    ".",
    "\\.",
    "\\$",
    "\\a",
    "^",
    "$",
    "*",
    "+",
    "?",
    "|",
    "(",
    ")",
  ],
  ...[
    "[^/]*",
    "[a-c]",
    "[^a.]",
    "[",
    "]",
    "(?:",
    "(a|b)",
    "(b*)*",
    "a+?",
    "{2}",
    ".*",
    "é",
    "\n",
    "[]a]",
    "[a-]",
    "[z-a]",
    "()",
  ],
);
const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
const text = fc
  .array(
    fc.constantFrom("a", "b", "c", "sops", "/", ".", "-", "$", "\n", "\r", "é", "😀", "\u2028"),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

test("says what RE2 says, or nothing", (t) => {
  let known = 0;
  let found = 0;
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 4, maxLength: 4 }), (source, texts) => {
      const plain = compilePlainPattern(source);
      if (plain === null) return;
      known += 1;
      // Throws where RE2 takes no such pattern.
      const real = RE2JS.compile(source);
      for (const one of texts) {
        const expected = real.matcher(one).find();
        if (expected) found += 1;
        t.is(plain(one), expected, JSON.stringify([source, one]));
      }
    }),
    { numRuns: 5000 },
  );
  t.true(known > 1000 && found > 1000, `${known} ${found}`);
});

test("knows the patterns of a scaffolded repository", (t) => {
  const matches = (source: string, path: string) => compilePlainPattern(source)?.(path);
  const secrets = "^clusters/homelab/(secrets/.*|.*\\.sops)\\.ya?ml$";
  t.true(matches(secrets, "clusters/homelab/secrets/a/b.yml"));
  t.true(matches(secrets, "clusters/homelab/apps/a.sops.yaml"));
  t.false(matches(secrets, "clusters/homelab/apps/a.yaml"));
  t.false(matches(secrets, "x/clusters/homelab/secrets/a.yaml"));
  const others = "^clusters/homelab/.*\\.sops\\.([^/]*\\.)?[^y./][^./]*$";
  t.true(matches(others, "clusters/homelab/a.sops.env"));
  t.false(matches(others, "clusters/homelab/a.sops.yaml"));
});

test("takes its time by the length of pattern and text, whatever they are", (t) => {
  const plain = compilePlainPattern(`^${"(a*)*".repeat(50)}b$`);
  const before = process.cpuUsage();
  t.is(plain?.("a".repeat(4000)), false);
  t.true(process.cpuUsage(before).user < 20_000_000);
  t.is(compilePlainPattern("(".repeat(100_000)), null);
});
