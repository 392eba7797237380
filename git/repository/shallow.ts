import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenedRepository } from "./open.ts";

/**
 * The commits, by name, whose parents are not in a shallow clone; none where a repository is whole.
 *
 * @see gitrepository-layout(5), "shallow"
 */
export function shallowEdge({
  commonDir,
}: Pick<OpenedRepository, "commonDir">): ReadonlySet<string> {
  try {
    const lines = readFileSync(join(commonDir, "shallow"), "latin1").split("\n");
    return new Set(lines.filter((line) => line !== ""));
  } catch {
    return new Set();
  }
}
