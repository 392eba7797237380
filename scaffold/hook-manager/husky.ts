import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TOOL_PATH } from "../../git/tool-command.ts";
import { GATE_HOOKS, type GateHook, READ_INPUT } from "./gate-hooks.ts";
import { hookLine, ownHookLine } from "./lines.ts";
import { JOINED_HOOKS as FOLDER } from "./find.ts";
import { hookFile, SOURCED } from "./template.ts";
import type { Addition, WantedFile } from "../plan/plan.ts";

/** The line for husky's pre-commit file; a line that calls the tool by either name will do. */
const PRE_COMMIT_LINE = "node .flux-sops/flux-sops.cjs hook pre-commit";
const OUR_CALL = /flux-sops\.[cm]js/;

/** The line to add to a hook file of husky's that no longer runs ours. */
export function huskyHookLine(directory: string, name: GateHook): string {
  if (name === "pre-commit") return PRE_COMMIT_LINE;
  const hasOwnFile = existsSync(join(directory, FOLDER, name));
  return ownHookLine(name, hasOwnFile ? hookLine(name) : `node ${TOOL_PATH} hook ${name} "$@"`);
}

/** The hook files in husky's folder, and those that lines of somebody else's run. */
export function huskyFiles(directory: string, folder: string): WantedFile[] {
  const inFolder = (name: string) => (folder === "." ? name : `${folder}/${name}`);
  const mode = isRunByGit(join(directory, folder)) ? 0o755 : 0o644;
  const files = [hookFile(inFolder(SOURCED), SOURCED)];
  const called: string[] = [];
  for (const name of [...GATE_HOOKS, "post-checkout"]) {
    const wanted = hookFile(inFolder(name), name);
    files.push({
      ...wanted,
      mode,
      addTo: (present) => addToHusky(present.toString("latin1"), name),
    });
    if (callsOurs(directory, inFolder(name), name)) called.push(name);
  }
  if (called.length > 0) called.push(SOURCED);
  return [...files, ...called.map((name) => hookFile(`${FOLDER}/${name}`, name))];
}

/** Whether git runs these files itself, as up to husky 8: it skips those that may not be executed. */
function isRunByGit(folder: string): boolean {
  return GATE_HOOKS.some((name) => {
    const file = join(folder, name);
    return existsSync(file) && readFileSync(file, "latin1").includes("_/husky.sh");
  });
}

/** Whether a hook file is somebody else's, so that a line of it runs, or will run, our own file. */
function callsOurs(directory: string, path: string, name: string): boolean {
  if (name === "pre-commit" || name === "post-checkout" || !existsSync(join(directory, path))) {
    return false;
  }
  const text = readFileSync(join(directory, path), "latin1");
  return !OUR_CALL.test(text);
}

/**
 * Adds our line to a hook file of husky's: at the end, since formatters have to run before the gate;
 * for pre-push at the beginning, since what git tells can be read only once.
 */
function addToHusky(text: string, name: string): Addition {
  const same: Addition = { content: Buffer.from(text, "latin1") };
  if (OUR_CALL.test(text) || text.includes(`${FOLDER}/${name}`)) return same;
  // In somebody else's husky, npm install turns the hooks on in a new worktree.
  if (name === "post-checkout") return same;
  const line = name === "pre-commit" ? PRE_COMMIT_LINE : hookLine(name);
  if (READ_INPUT.includes(name as GateHook)) {
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const first = lines.findIndex((one) => !/^\s*(#.*)?$|husky\.sh/.test(one.trimEnd()));
    const at = first === -1 ? lines.length : first;
    const head = lines.slice(0, at).join("");
    return {
      content: Buffer.from(
        `${endedWithBreak(head)}${withInput(line)}${lines.slice(at).join("")}`,
        "latin1",
      ),
    };
  }
  if (/^(exec|exit)\b/m.test(text)) {
    return {
      content: null,
      byHand: `it ends by itself (exec, exit), so add this line where it is always reached: ${line}`,
    };
  }
  if (/^(?:cd|pushd)\b(?!.*(?:--show-toplevel|\$0))/m.test(text)) {
    return {
      content: null,
      byHand: `it goes to another folder (cd), so put that between ( and ) and run this again, or add this line before it: ${line}`,
    };
  }
  return { content: Buffer.from(`${endedWithBreak(text)}${line}\n`, "latin1") };
}

/** Shell that lets ours read what git tells, and the rest of the script read it again. */
function withInput(line: string): string {
  return [
    "told=$(cat)",
    `[ -z "$told" ] || printf '%s\\n' "$told" | ${line} || exit 1`,
    "exec 0<<TOLD",
    "$told",
    "TOLD",
    "",
  ].join("\n");
}

function endedWithBreak(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
