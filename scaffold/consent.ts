import type { PlannedFile } from "./plan/plan.ts";
import { type PreparedScaffold, withDecisions } from "./scaffold.ts";
import { unifiedDiff } from "./plan/unified-diff.ts";

/**
 * Asks a person about one change of a file that is there.
 *
 * @param diff lines without line breaks, as `git diff` shows them.
 * @param fallback what Enter alone means.
 */
export type Confirm = (
  message: string,
  diff: readonly string[],
  fallback: boolean,
) => Promise<boolean>;

/** The change of a file that is there, as `git diff` shows it. */
export function changeOf({ before, content }: PlannedFile): string[] {
  return unifiedDiff(before?.toString("utf8") ?? "", content.toString("utf8"));
}

/** Whether a change touches what somebody else has written. */
function concernsOthers({ state, before }: PlannedFile): boolean {
  return before !== null && (state === "merged" || state === "differs");
}

/** Asks about every change of a file that somebody else has written in. */
export async function decideChanges(
  prepared: PreparedScaffold,
  confirm: Confirm,
): Promise<PreparedScaffold> {
  const [declined, accepted] = [new Set<string>(), new Set<string>()];
  for (const file of prepared.files.filter(concernsOthers)) {
    const replaces = file.state === "differs";
    if (replaces && prepared.force) continue;
    const message = replaces
      ? `Replace ${file.path}, which is not as the scaffold would write it?`
      : `Add this to ${file.path}?`;
    if (await confirm(message, changeOf(file), !replaces)) {
      if (replaces) accepted.add(file.path);
    } else declined.add(file.path);
  }
  return withDecisions(prepared, declined, accepted);
}
