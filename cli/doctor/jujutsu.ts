import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Diagnosis, note } from "./diagnosis.ts";

/** From the top of any of its workspaces, with or without git; a file that is encrypted is left as it is. */
const ENCRYPT = `["node", ".flux-sops/flux-sops.mjs", "encrypt", "--filename-override", "$path"]`;

/** Does Jujutsu work here as well? It makes its commits without git, and pushes with --no-verify. */
export function diagnoseJujutsu(directory: string): Diagnosis[] {
  if (!existsSync(join(directory, ".jj"))) return [];
  return [
    note(
      "Jujutsu (.jj) runs no hook of git: what it commits and pushes is neither encrypted nor looked at",
      "before jj git push: npx flux-sops check --range origin/BRANCH..BRANCH. " +
        "jj fix encrypts *.sops.* in all that is not pushed yet, once jj has been told how: " +
        `jj config set --repo fix.tools.flux-sops.command '${ENCRYPT}', ` +
        `and jj config set --repo fix.tools.flux-sops.patterns '["glob:**/*.sops.*"]'`,
    ),
  ];
}
