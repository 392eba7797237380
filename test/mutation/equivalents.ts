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
  {
    why: "Where nothing is known, nothing is found.",
    file: "sops/known-tokens.ts",
    mutants: [["if (this.#tokens.size === 0) return null;", "this.#tokens.size === 0 → false"]],
  },
  {
    why: "What was encrypted before does not reach the question: the way to its answer is longer.",
    file: "hooks/judge.ts",
    mutants: [
      ['if (before === bytes) return { before: "plaintext" };', "before === bytes → false"],
    ],
  },
  {
    why: "No leak has a file encrypted that no rule takes.",
    file: "hooks/judge.ts",
    mutants: [["leaks: false,", "false → true"]],
  },
  {
    why: "Only whether there is one is asked.",
    file: "findings/secret-source.ts",
    mutants: [["blocks += 1;", "1 → 2"]],
  },
  {
    why: "Only whether there is one is asked.",
    file: "findings/rules/kubernetes-secret/values.ts",
    mutants: [
      ["if (isScalar(entry.value) && isToken(scalarText(entry.value))) tokens += 1;", "1 → 2"],
    ],
  },
  {
    why: "The first byte was compared before the call.",
    file: "findings/prefilter/word-search.ts",
    mutants: [["for (let at = 0; at < word.length; at += 1) {", "0 → 1"]],
  },
  {
    why: "A quick look, which says the same as what follows.",
    file: "findings/rules/kubernetes-secret/may-hold-values.ts",
    mutants: [["if (!NAMED.test(words)) return false;", "!NAMED.test(words) → false"]],
  },
  {
    why: "A quick end: what follows comes to the same for a file without a rule and without SOPS.",
    file: "findings/sops/sops-verdict.ts",
    mutants: [
      [
        'if (rule === null && !expected && !mentionsMetadata(bytes)) return { kind: "plain" };',
        "rule === null && !expected && !mentionsMetadata(bytes) → false",
      ],
    ],
  },
  {
    why: "A quick end: what was left readable, and is no leak, stays so further down too.",
    file: "findings/sops/sops-verdict.ts",
    mutants: [
      [
        'candidate.before === "plaintext" &&',
        'candidate.before === "plaintext" && !candidate.leaks && !expected && !mayHoldMetadata(bytes) → false',
      ],
    ],
  },
  {
    why: "For a Node that wants the public key too, which none does so far.",
    file: "sops/age/x25519.ts",
    mutants: [
      [
        "if (publicBytes(key).length === KEY_BYTES) return key;",
        "publicBytes(key).length === KEY_BYTES → true",
        "publicBytes(key).length === KEY_BYTES → false",
      ],
      [
        'if (x === undefined) throw new TypeError("no X25519 key");',
        "x === undefined → false",
        'throw new TypeError("no X25519 key"); → nothing',
      ],
    ],
  },
  {
    why: "What is matched as far as it goes begins at the first character, and ends at the last one.",
    file: "hooks/push/tracked-remote.ts",
    mutants: [
      [
        "const branch = /^refs\\/heads\\/(.+)$/s.exec(remoteRef)?.[1];",
        "/^refs\\/heads\\/(.+)$/s → /^refs\\/heads\\/(.+)/s",
      ],
      [
        'const [, name = "", address = ""] = /^(.+)\\t(.*) \\(fetch\\)/.exec(line) ?? [];',
        "/^(.+)\\t(.*) \\(fetch\\)/ → /(.+)\\t(.*) \\(fetch\\)/",
      ],
      [
        'const [, folder = "", name = ""] = /^(.*)\\/([^/]*)$/.exec(ref) ?? [];',
        "/^(.*)\\/([^/]*)$/ → /(.*)\\/([^/]*)$/",
        "/^(.*)\\/([^/]*)$/ → /^(.*)\\/([^/]*)/",
      ],
    ],
  },
  {
    why: "What is matched as far as it goes begins at the first character.",
    file: "hooks/push/push-lines.ts",
    mutants: [
      [
        "const match = /^(.*) ([0-9a-f]{40,64}) (.*) ([0-9a-f]{40,64})$/.exec(line);",
        "/^(.*) ([0-9a-f]{40,64}) (.*) ([0-9a-f]{40,64})$/ → /(.*) ([0-9a-f]{40,64}) (.*) ([0-9a-f]{40,64})$/",
      ],
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
