import { existsSync } from "node:fs";

/** What is tried where no file is named. */
export const ROOMS = ["sops", "hooks", "findings"];

/**
 * Beside the test of a file's own name, which tests hold it: those of each line whose beginning the path has,
 * the quickest first, since the first that fails ends a trial.
 */
export const HELD_BY: readonly (readonly [string, readonly string[]])[] = [
  ["sops/age/", ["sops/age/file", "sops/age/bech32"]],
  ["sops/creation-rules", ["conformance/rule-files", "sops/plain-rule-file", "cli/rule-file"]],
  ["sops/", ["sops/round-trip", "sops/vectors", "sops/tampering", "conformance/real-sops"]],
];

/** @returns the test files that hold a source file, as paths from the project's folder. */
export function testsOf(file: string): readonly string[] {
  const name = file.replace(/\.ts$/, "");
  const others = HELD_BY.filter(([start]) => file.startsWith(start)).flatMap(([, tests]) => tests);
  const paths = [...new Set([name, ...others])].map((test) => `test/${test}.test.ts`);
  return paths.filter((path) => path !== `test/${name}.test.ts` || existsSync(path));
}
