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
    why: "A quick look: what holds no escape stays as it is further down too.",
    file: "findings/candidate/escapes.ts",
    mutants: [
      [
        'if (!text.includes("\\\\") || !STARTS.some((start) => text.includes(start))) return text;',
        '!text.includes("\\\\") || !STARTS.some((start) => text.includes(start)) → false',
        "|| !STARTS.some((start) => text.includes(start)) → && !STARTS.some((start) => text.includes(start))",
      ],
    ],
  },
  {
    why: "A blank becomes a blank.",
    file: "findings/candidate/escapes.ts",
    mutants: [['return code < BLANK ? " " : String.fromCharCode(code);', "< BLANK → <= BLANK"]],
  },
  {
    why: "A quick look: the way for what has escapes comes to the same.",
    file: "sops/json/parse.ts",
    mutants: [['return literal.includes("\\\\")', 'literal.includes("\\\\") → true']],
  },
  {
    why: "So long a number is none of 64 bits.",
    file: "sops/json/parse.ts",
    mutants: [["if (/^-?[0-9]+$/.test(literal) && literal.length <= 20) {", "20 → 21"]],
  },
  {
    why: "A quick look, which says the same as what follows.",
    file: "findings/rules/kubernetes-secret/may-hold-values.ts",
    mutants: [["if (!NAMED.test(words)) return false;", "!NAMED.test(words) → false"]],
  },
  {
    why: "A quick end: what has no trace of encryption is not encrypted.",
    file: "findings/sops/encrypted-file.ts",
    mutants: [
      [
        "return mentionsMetadata(bytes) ? readEncryptedFile(path, bytes) : null;",
        "mentionsMetadata(bytes) → true",
      ],
    ],
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
    why: "What is matched as far as it goes ends at the last character.",
    file: "hooks/push/mend-push.ts",
    mutants: [
      [
        "const tag = /^refs\\/tags\\/(.+)$/s.exec(ref.localRef)?.[1];",
        "/^refs\\/tags\\/(.+)$/s → /^refs\\/tags\\/(.+)/s",
      ],
    ],
  },
  {
    why: "What is matched as far as it goes ends at the last character: no ref has a line break.",
    file: "hooks/push/branch-place.ts",
    mutants: [
      [
        "return /^refs\\/heads\\/(.+)$/.exec(localRef)?.[1] ?? null;",
        "/^refs\\/heads\\/(.+)$/ → /^refs\\/heads\\/(.+)/",
      ],
    ],
  },
  {
    why: "What is matched as far as it goes begins at the first character.",
    file: "cli/edit.ts",
    mutants: [
      [
        'const [, stem = "", ending = ""] = /^(.*?)((?:\\.sops)?(?:\\.[^.]*)?)$/s.exec(basename(path)) ?? [];',
        "/^(.*?)((?:\\.sops)?(?:\\.[^.]*)?)$/s → /(.*?)((?:\\.sops)?(?:\\.[^.]*)?)$/s",
      ],
    ],
  },
  {
    why: "No code has an exit status of its own here: any has the one of an error.",
    file: "cli/edit.ts",
    mutants: [
      [
        'throw new SopsError("unsupported", "it has keys other than age: use sops edit");',
        '"unsupported" → "~"',
      ],
      ['"unsupported",', '"unsupported" → "~"'],
    ],
  },
  {
    why: "Every error of the system has a code.",
    file: "cli/edit.ts",
    mutants: [['const { code = "unknown" } = error as NodeJS.ErrnoException;', '"unknown" → "~"']],
  },
  {
    why: "It is not what is asked of an error: it is said, and the editor opens again.",
    file: "cli/file/in-editor.ts",
    mutants: [
      ['throw new SopsError("syntax", "nothing is left in the file");', '"syntax" → "~"'],
      [
        'if (metadata !== null) throw new SopsError("syntax", "sops is a reserved key");',
        '"syntax" → "~"',
      ],
    ],
  },
  {
    why: "Node tells of no signal before the editor is started.",
    file: "cli/file/in-editor.ts",
    mutants: [["let isInEditor = false;", "false → true"]],
  },
  {
    why: "What is looked at is as long as what is looked for.",
    file: "cli/file/results.ts",
    mutants: [
      [
        'if (isYaml && before !== null && !/^---\\s/.test(content.toString("latin1", 0, 4))) {',
        "/^---\\s/ → /---\\s/",
        "4 → 5",
      ],
    ],
  },
  {
    why: "A mark is a name: any number but 0 is one.",
    file: "git/objects/blobs.ts",
    mutants: [["const mark = `:${String(i + 1)}`;", "1 → 2"]],
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
  {
    why: "A quick end: git changes no entry where it is given none.",
    file: "git/index/replace-entries.ts",
    mutants: [
      ["if (replacements.length === 0) return;", "replacements.length === 0 → false"],
      ["if (planned.length === 0) return;", "planned.length === 0 → false"],
      ["if (paths.length === 0) continue;", "paths.length === 0 → false", "continue; → nothing"],
      ["if (written.length === 0) return;", "written.length === 0 → false"],
    ],
  },
  {
    why: "An index that is not there has no entries: git makes no file for them.",
    file: "git/index/replace-entries.ts",
    mutants: [
      [
        "if (repository.nextIndexFile === null) return;",
        "repository.nextIndexFile === null → false",
      ],
      ["if (repository.nextIndexFile !== null) {", "repository.nextIndexFile !== null → true"],
    ],
  },
  {
    why: "What is no process has no name there.",
    file: "git/index/left-locks.ts",
    mutants: [
      [".filter((name) => /^\\d+$/.test(name))", "/^\\d+$/ → /\\d+$/", "/^\\d+$/ → /^\\d+/"],
    ],
  },
  {
    why: "A word is no snapshot, and has no blob.",
    file: "git/worktree/replacement.ts",
    mutants: [['typeof now !== "string" &&', '"string" → "~"']],
  },
  {
    why: "A quick end: of nothing git makes nothing.",
    file: "git/worktree/file.ts",
    mutants: [["if (paths.length === 0) return [];", "paths.length === 0 → false"]],
  },
  {
    why: "A quick end: of no candidate it is asked in vain.",
    file: "git/index/entries.ts",
    mutants: [
      [
        "paths.length === 0 ? new Set<GitPath>() : await intentToAdd(context, tree, paths);",
        "paths.length === 0 → false",
      ],
      ["if (candidates.length === 0) return new Set();", "candidates.length === 0 → false"],
    ],
  },
  {
    why: "More candidates are asked about, and those that are not meant are told from them.",
    file: "git/index/entries.ts",
    mutants: [
      [
        'const empty = merged.filter(({ status, oid }) => status !== "D" && isEmptyBlob(oid));',
        '"D" → "~"',
        "&& isEmptyBlob(oid) → || isEmptyBlob(oid)",
      ],
      [
        ".filter(({ stage, oid }) => stage === 0 && isEmptyBlob(oid))",
        "&& isEmptyBlob(oid) → || isEmptyBlob(oid)",
      ],
    ],
  },
  {
    why: "What is matched as far as it goes ends at the last character.",
    file: "git/index/entries.ts",
    mutants: [
      [
        "const stagedLine = /^([A-Za-z?]) (\\d{6}) ([0-9a-f]+) ([0-3])\\t(.+)$/s;",
        "/^([A-Za-z?]) (\\d{6}) ([0-9a-f]+) ([0-3])\\t(.+)$/s → /^([A-Za-z?]) (\\d{6}) ([0-9a-f]+) ([0-3])\\t(.+)/s",
      ],
    ],
  },
  {
    why: "What nobody asked for is read too: that takes longer, and the sizes are the same.",
    file: "git/objects/blobs.ts",
    mutants: [
      [
        "for await (const { oid, size } of readBlobs(context, oids, { check: true })) {",
        "true → false",
      ],
    ],
  },
  {
    why: "One blob through fast-import takes longer, and is the same.",
    file: "git/objects/blobs.ts",
    mutants: [
      [
        "const only = contents.length === 1 ? contents[0] : undefined;",
        "contents.length === 1 → false",
        "0 → 1",
      ],
    ],
  },
  {
    why: "git has no tag of that letter.",
    file: "git/index/entries.ts",
    mutants: [['assumeUnchanged: tag >= "a",', '>= "a" → > "a"']],
  },
  {
    why: "No test reads two gigabytes.",
    file: "git/worktree/file.ts",
    mutants: [
      ["const MOST_BYTES = 2 ** 31 - 1;", "1 → 2"],
      ['if (stats.size > MOST_BYTES) return "unreadable";', "> MOST_BYTES → >= MOST_BYTES"],
    ],
  },
  {
    why: "A time ends there.",
    file: "scaffold/recipients/write-identity.ts",
    mutants: [
      ['`# created: ${now.toISOString().replace(/\\.\\d+Z$/, "Z")}`,', "/\\.\\d+Z$/ → /\\.\\d+Z/"],
    ],
  },
  {
    why: "The top of the file system is there, and leads nowhere else.",
    file: "scaffold/recipients/identity.ts",
    mutants: [
      [
        "return dirname(path) === path ? path : join(behindLinks(dirname(path)), basename(path));",
        "dirname(path) === path → false",
      ],
    ],
  },
  {
    why: "Nothing is asked for, and nothing found; and a missing blob has been an error before.",
    file: "git/index/staged-files.ts",
    mutants: [
      ["if (wanted.size === 0) return new Map();", "wanted.size === 0 → false"],
      [
        "return bytes === undefined ? [] : [[path, { oid, bytes }]];",
        "bytes === undefined → false",
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
