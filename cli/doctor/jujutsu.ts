import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Diagnosis, note } from "./diagnosis.ts";

/** Does Jujutsu work here as well? It makes its commits, and pushes them, without git. */
export function diagnoseJujutsu(directory: string): Diagnosis[] {
  if (!existsSync(join(directory, ".jj"))) return [];
  return [
    note(
      "Jujutsu (.jj) runs no hook of git: what it commits and pushes is neither encrypted nor looked at",
      "before jj git push: npx flux-sops check --range origin/BRANCH..BRANCH",
    ),
  ];
}
