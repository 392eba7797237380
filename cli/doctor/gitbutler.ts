import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Diagnosis, note } from "./diagnosis.ts";

/**
 * Does GitButler work here as well? It runs pre-commit on an index that it puts back afterwards, makes the commit by
 * itself, and pushes with --no-verify, after pre-push where it may run husky's hooks.
 *
 * @param commonDir git's folder, which all worktrees share
 */
export function diagnoseGitButler(commonDir: string): Diagnosis[] {
  if (!existsSync(join(commonDir, "gitbutler"))) return [];
  return [
    note(
      "GitButler works here, too: it runs husky's hooks only where it is told to, and takes over nothing that pre-commit stages",
      "turn on Enable Husky hooks in its project settings, so that its pushes are looked at, and encrypt before you commit there: npx flux-sops encrypt -i FILE",
    ),
  ];
}
