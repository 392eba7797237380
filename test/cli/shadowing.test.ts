import test from "ava";
import { alwaysTakes } from "../../cli/doctor/shadowing.ts";
import { compilePattern } from "../../sops/selection/selection.ts";

const TAKEN: readonly (readonly [earlier: string, later: string])[] = [
  ["", "^talos/"],
  [".*", "^talos/"],
  ["^talos/", "^talos/"],
  ["^clusters/", "^clusters/homelab/.*"],
  ["\\.ya?ml$", "secrets/.*\\.ya?ml$"],
  ["secrets/", "clusters/secrets/.*"],
];

/** None of these is sure, and of some the contrary is. */
const NOT_TAKEN: readonly (readonly [earlier: string, later: string])[] = [
  ["^talos/.*\\.sops\\.ya?ml$", "\\.sops\\.ya?ml$"],
  ["^clusters/homelab/secrets/", "^clusters/homelab/"],
  ["a", "a*"],
  ["a", "ab|c"],
  ["a|b", "a|bc"],
  ["c$", "c$|d"],
  ["w", "a\\w"],
  ["c]", "[abc]"],
  ["^a", "b^a"],
  ["a$", "a$b"],
  ["(?i)a", "(?i)ab"],
  ["ab", "a"],
];

test("a rule that takes all that a later one matches is known in the plain cases", (t) => {
  for (const [earlier, later] of TAKEN) t.true(alwaysTakes(earlier, later), `${earlier} ${later}`);
  for (const [earlier, later] of NOT_TAKEN) {
    t.false(alwaysTakes(earlier, later), `${earlier} ${later}`);
  }
});

test("it is never said wrongly of patterns made of pieces", (t) => {
  const pieces = [
    "a",
    "b",
    ".",
    "a*",
    "[ab]",
    "^",
    "$",
    "\\.",
    "(a|b)",
    "b?",
    "(a",
    ")",
    "|",
    "a{2}",
  ];
  const texts = words("ab.", 4);
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const pattern = () =>
    Array.from({ length: 1 + next(4) }, () => pieces[next(pieces.length)]).join("");
  let said = 0;
  for (let round = 0; round < 4000; round += 1) {
    const earlier = pattern();
    const later = round % 2 === 0 ? earlier + pattern() : pattern() + earlier;
    try {
      compilePattern(earlier);
      compilePattern(later);
    } catch {
      continue;
    }
    if (!alwaysTakes(earlier, later)) continue;
    said += 1;
    const takes = compilePattern(earlier);
    const matches = compilePattern(later);
    for (const text of texts) t.false(matches(text) && !takes(text), `${earlier} ${later} ${text}`);
  }
  t.true(said > 100, String(said));
});

function words(letters: string, longest: number): string[] {
  const found = [""];
  for (let from = 0, length = 1; length <= longest; length += 1) {
    const end = found.length;
    for (let at = from; at < end; at += 1)
      for (const letter of letters) found.push(`${found[at] ?? ""}${letter}`);
    from = end;
  }
  return found;
}
