import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GATE_HOOKS } from "./gate-hooks.ts";
import { type HookManager, JOINED_HOOKS as FOLDER } from "./find.ts";
import { hookFile, SOURCED } from "./template.ts";
import type { AddedHooks } from "./by-hand.ts";
import { huskyFiles } from "./husky.ts";
import { addToLefthook } from "./lefthook.ts";
import type { WantedFile } from "../plan/plan.ts";
import { addToPreCommit } from "./pre-commit.ts";

/** The files that let a repository's hook manager run ours. */
export function hookFiles(directory: string, manager: HookManager): WantedFile[] {
  const own = [...GATE_HOOKS, SOURCED].map((name) => hookFile(`${FOLDER}/${name}`, name));
  switch (manager.kind) {
    case "husky":
      return huskyFiles(directory, manager.folder);
    case "lefthook":
      return [
        ...own,
        configuration(directory, manager.file, (text) => addToLefthook(text, manager.file)),
      ];
    case "pre-commit":
      return [...own, configuration(directory, manager.file, addToPreCommit)];
    case "folder":
    case "other":
      return own;
  }
}

/** A configuration that is there already; it has no content of its own to compare with. */
function configuration(
  directory: string,
  path: string,
  add: (text: string) => AddedHooks,
): WantedFile {
  return {
    path,
    content: readFileSync(join(directory, path)),
    mode: 0o644,
    isRemembered: false,
    addTo: (present) => {
      const added = add(present.toString("utf8"));
      return typeof added === "string" ? { content: Buffer.from(added) } : added;
    },
  };
}
