import type { Mutant } from "./mutants.ts";

/** Mutants that no test can tell from the program, as `npm run mutation` prints them, and why. */
export const EQUIVALENTS: readonly {
  readonly why: string;
  readonly file: string;
  /** The line, and what becomes what in it. */
  readonly mutants: readonly (readonly [text: string, ...changes: string[]])[];
}[] = [
  {
    why: "Node takes an encoding that it does not know for UTF-8.",
    file: "sops/mac.ts",
    mutants: [
      ['hash.update(value.text, value.type === "bytes" ? "latin1" : "utf8");', '"utf8" → "~"'],
    ],
  },
  {
    why: "IVs are drawn more or less often, and each is used once all the same.",
    file: "sops/token.ts",
    mutants: [
      ["const IVS_AT_ONCE = 128;", "128 → 129"],
      ["let unused = Buffer.alloc(0);", "0 → 1"],
      [
        "if (unused.length < IV_BYTES) unused = randomBytes(IV_BYTES * IVS_AT_ONCE);",
        "unused.length < IV_BYTES → true",
        "< IV_BYTES → <= IV_BYTES",
        "* IVS_AT_ONCE → + IVS_AT_ONCE",
      ],
    ],
  },
  {
    why: "A quick look before the regular expression, which says the same.",
    file: "sops/token.ts",
    mutants: [
      ["if (!text.startsWith(TOKEN_START)) return false;", "!text.startsWith(TOKEN_START) → false"],
    ],
  },
];

/** Whether a mutant of a file is one of them. */
export function isEquivalent(file: string, { text, change }: Mutant): boolean {
  return EQUIVALENTS.some(
    (one) =>
      one.file === file &&
      one.mutants.some(([line, ...changes]) => line === text && changes.includes(change)),
  );
}
