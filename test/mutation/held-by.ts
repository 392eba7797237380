import { existsSync } from "node:fs";

/** What is tried where no file is named: whole rooms, and of others the files that write what users have. */
export const ROOMS = [
  "sops",
  "hooks",
  "findings",
  "git/index/entries.ts",
  "git/index/left-locks.ts",
  "git/index/replace-entries.ts",
  "git/index/staged-files.ts",
  "git/worktree",
  "git/objects/blobs.ts",
  "scaffold/plan/write.ts",
  "scaffold/recipients/identity.ts",
  "scaffold/recipients/write-identity.ts",
  "cli/arguments/go-flags.ts",
  "cli/arguments/parse.ts",
  "cli/edit.ts",
  "cli/file/in-editor.ts",
  "cli/file/private-file.ts",
  "cli/file/replace.ts",
  "cli/file/results.ts",
  "cli/in-conflict.ts",
];

/**
 * Beside the test of a file's own name, which tests hold it: those of each line whose beginning the path has,
 * the quickest first, since the first that fails ends a trial.
 */
export const HELD_BY: readonly (readonly [string, readonly string[]])[] = [
  ["sops/age/", ["sops/age/file", "sops/age/bech32"]],
  ["sops/selection/", ["sops/selection/selection"]],
  [
    "sops/creation-rules/",
    ["sops/creation-rules/plain-rule-file", "conformance/rule-files", "cli/rule-file"],
  ],
  ["sops/dotenv/", ["sops/dotenv"]],
  ["sops/ini/", ["sops/ini"]],
  ["sops/json/", ["sops/json"]],
  ["sops/yaml/comments/placed", ["sops/data/comments-in-formats"]],
  ["sops/yaml/", ["sops/block-style", "sops/go-yaml-scan", "sops/outline", "sops/put"]],
  ["sops/", ["sops/token", "sops/round-trip", "sops/json", "sops/binary", "sops/dotenv"]],
  ["sops/", ["sops/end-of-file", "sops/vectors", "sops/tampering", "conformance/real-sops"]],
  ["hooks/encrypt-entry", ["hooks/commit/changed-recipients"]],
  ["hooks/push/", ["hooks/push/push-words", "hooks/push/pre-push", "e2e/hooks-push"]],
  ["hooks/range/", ["hooks/push/pre-push", "hooks/history/past-sources", "e2e/hooks-push"]],
  ["hooks/readable-again", ["hooks/push/pre-push", "hooks/history/inspect-history"]],
  ["hooks/commit/seen-index", ["e2e/seen-index"]],
  [
    "hooks/",
    [
      "hooks/judge",
      "hooks/rules/under-a-rule",
      "hooks/commit/nothing-to-do",
      "e2e/commit",
      "e2e/hooks",
    ],
  ],
  ["git/worktree/", ["git/worktree/file"]],
  ["scaffold/plan/write", ["scaffold/plan/plan"]],
  ["scaffold/recipients/write-identity", ["scaffold/recipients/identity"]],
  ["cli/arguments/parse", ["cli/arguments/go-flags", "cli/sops-flags"]],
  ["cli/file/in-editor", ["cli/edit"]],
  ["findings/flux/", ["findings/flux-ciphertext"]],
  ["findings/sops/refused-block", ["hooks/push/pre-push", "hooks/history/inspect-history"]],
  ["findings/candidate/positions", ["findings/prefilter/word-search"]],
  ["findings/settings", ["cli/settings"]],
  ["findings/guesses", ["cli/settings"]],
  ["findings/rules/inline-credential/", ["findings/rules/inline-credential"]],
  [
    "findings/",
    ["findings/examples", "findings/scan", "findings/sops/sops-verdict", "hooks/judge"],
  ],
];

/** @returns the test files that hold a source file, as paths from the project's folder. */
export function testsOf(file: string): readonly string[] {
  const name = file.replace(/\.ts$/, "");
  const others = HELD_BY.filter(([start]) => file.startsWith(start)).flatMap(([, tests]) => tests);
  const paths = [...new Set([name, ...others])].map((test) => `test/${test}.test.ts`);
  return paths.filter((path) => path !== `test/${name}.test.ts` || existsSync(path));
}
