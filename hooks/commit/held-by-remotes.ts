import { heldByRemotes } from "../../git/history/blobs.ts";
import type { Repository } from "../../git/repository/open.ts";
import type { FileFinding } from "./file-finding.ts";
import type { Inspection } from "./inspect-staged.ts";
import type { NewContent } from "./replace-staged.ts";

/** What of an inspection is news, and what a remote-tracking branch has had all along. */
export interface Sorted {
  readonly errors: readonly FileFinding[];
  /** Warnings, and errors in contents that left this machine before: refusing them helps nobody. */
  readonly warnings: readonly FileFinding[];
  readonly contents: readonly NewContent[];
  /** Plaintext that could be encrypted, but a remote has it already. */
  readonly heldContents: readonly NewContent[];
}

/**
 * Sorts out what a remote-tracking branch holds already. Asks git only when there is something to
 * refuse.
 */
export async function sortByRemotes(
  repository: Repository,
  { findings, contents }: Inspection,
): Promise<Sorted> {
  const errors = findings.filter(({ severity }) => severity === "error");
  const held = await heldByRemotes(repository, [
    ...errors.map(({ blob }) => blob),
    ...contents.map(({ entry }) => entry.oid),
  ]);
  return {
    errors: errors.filter(({ blob }) => !held.has(blob)),
    warnings: [
      ...findings.filter(({ severity }) => severity === "warning"),
      ...errors
        .filter(({ blob }) => held.has(blob))
        .map((finding) => ({ ...finding, severity: "warning" as const })),
    ],
    contents: contents.filter(({ entry }) => !held.has(entry.oid)),
    heldContents: contents.filter(({ entry }) => held.has(entry.oid)),
  };
}
