import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type HookManager, JOINED_HOOKS as FOLDER } from "./hook-manager.ts";
import type { Addition, WantedFile } from "./plan.ts";
import { TOOL_PATH } from "../git/tool-command.ts";
import { templateFiles } from "./template-files.ts";
import {
  appendAtEnd,
  appendTo,
  readYaml,
  valueAt,
  type YamlLines,
  type YamlText,
} from "./yaml-insertion.ts";

/** The hooks that look at what is committed or pushed, in the order of their importance. */
export const GATE_HOOKS = [
  "pre-commit",
  "prepare-commit-msg",
  "pre-push",
  "pre-merge-commit",
  "pre-applypatch",
  "post-rewrite",
] as const;
/** What the hooks source, from beside them. */
const SOURCED = "require-node.sh";

export type GateHook = (typeof GATE_HOOKS)[number];

/** Those that git tells something on standard input. */
const READ_INPUT: readonly GateHook[] = ["pre-push", "post-rewrite"];

/** The line that runs one of our hooks from another program's shell script. */
export function hookLine(name: string): string {
  return `sh -e ${FOLDER}/${name} "$@"`;
}

/**
 * The same, for a script of somebody's own: it may go on after a command that failed, and read after this line
 * what git tells a hook once. The file is opened for each, and gone before ours may end the script.
 */
export function ownHookLine(name: GateHook, line: string = hookLine(name)): string {
  return READ_INPUT.includes(name)
    ? `told=$(mktemp) && cat >"$told" && exec <"$told" 3<"$told" && rm "$told" && ${line} <&3 || exit`
    : `${line} || exit`;
}

/** The same, for a script that is run in other repositories as well. */
export function guardedHookLine(name: GateHook): string {
  return `[ ! -e ${FOLDER}/${name} ] || { ${ownHookLine(name)}; }`;
}

/** Where such lines have to stand, a clause. */
export function placeOfLines(names: readonly GateHook[]): string {
  const first = names.filter((name) => READ_INPUT.includes(name));
  const reached = "where it is always reached";
  return first.length === 0 ? reached : `${reached}, in ${first.join(" and ")} before all else`;
}

/** The line of pre-commit, in husky's own file; what calls us by either name does it already. */
const PRE_COMMIT_LINE = "node .flux-sops/flux-sops.cjs hook pre-commit";
const OUR_CALL = /flux-sops\.[cm]js/;

/** The line for a hook file of husky's that runs ours no more. */
export function huskyHookLine(directory: string, name: GateHook): string {
  if (name === "pre-commit") return PRE_COMMIT_LINE;
  const hasOwnFile = existsSync(join(directory, FOLDER, name));
  return ownHookLine(name, hasOwnFile ? hookLine(name) : `node ${TOOL_PATH} hook ${name} "$@"`);
}

/** Whether a script, or a list of commands, runs one of our hooks; what is commented out runs nothing. */
export function runsHook(text: string, name: GateHook): boolean {
  const live = text.replace(/^\s*#.*$/gm, "");
  const isCalled = new RegExp(String.raw`flux-sops(?:\.[cm]js)?["']? hook ${name}\b`);
  return live.includes(`${FOLDER}/${name}`) || isCalled.test(live);
}

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

function hookFile(path: string, name: string): WantedFile {
  const template = templateFiles().get(`repository/.husky/${name}.ejs`);
  if (template === undefined) throw new Error(`there is no template of the hook ${name}`);
  return { path, content: Buffer.from(template), mode: 0o644 };
}

function huskyFiles(directory: string, folder: string): WantedFile[] {
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
  // Armed by npm install instead.
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

/** A configuration that is there already; it has no content of its own to compare with. */
function configuration(
  directory: string,
  path: string,
  add: (text: string) => string | Extract<Addition, { content: null }>,
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

const byHand = (reason: string, example: string) => ({
  content: null,
  byHand: `${reason}; let its hooks ${GATE_HOOKS.join(", ")} run ${example}`,
});

const LEFTHOOK_COMMAND = `sh -e ${FOLDER}/HOOK {0}, last, ${READ_INPUT.join(" and ")} with use_stdin`;

function addToLefthook(text: string, path: string): string | Extract<Addition, { content: null }> {
  let whole = text;
  for (const name of GATE_HOOKS) {
    if (whole.includes(`${FOLDER}/${name}`)) continue;
    if (!/\.ya?ml$/.test(path))
      return byHand("it is no YAML that can be added to", LEFTHOOK_COMMAND);
    const added = lefthookWith(whole, name);
    if (added === null) {
      const reason = isParallel(readYaml(whole), name)
        ? "runs its jobs at the same time, and the gate has to be last (without parallel: true, init adds it)"
        : "cannot be added to";
      return byHand(`its ${name} ${reason}`, LEFTHOOK_COMMAND);
    }
    whole = added;
  }
  return whole;
}

function isParallel(yaml: YamlText | null, name: GateHook): boolean {
  return yaml !== null && valueAt(yaml.root, [name, "parallel"])?.toJSON() === true;
}

/** @see https://lefthook.dev/configuration/ */
function lefthookWith(text: string, name: GateHook): string | null {
  const yaml = readYaml(text);
  if (yaml === null && !/^\s*(#.*\s*)*$/.test(text)) return null;
  const run = [
    `run: sh -e ${FOLDER}/${name} {0}`,
    ...(READ_INPUT.includes(name) ? ["use_stdin: true"] : []),
  ];
  // Commands run in the order of their names, and formatters have to run before the gate.
  const command = ["zz-flux-sops:", ...run.map((line) => `  ${line}`)];
  const hook = yaml === null ? null : valueAt(yaml.root, [name]);
  if (yaml === null || hook === null) {
    if (yaml?.root.has(name) === true) return null;
    const block = [`${name}:`, "  commands:", ...command.map((line) => `    ${line}`)];
    return appendAtEnd(text, ["", ...block]);
  }
  if (isParallel(yaml, name)) return null;
  const commands = valueAt(yaml.root, [name, "commands"]);
  if (commands !== null) return appendTo(text, commands, command);
  const jobs = valueAt(yaml.root, [name, "jobs"]);
  if (jobs !== null) {
    return appendTo(text, jobs, ["- name: flux-sops", ...run.map((line) => `  ${line}`)]);
  }
  return appendTo(text, hook, ["commands:", ...command.map((line) => `  ${line}`)]);
}

/** @see https://pre-commit.com/#repository-local-hooks */
function addToPreCommit(text: string): string | Extract<Addition, { content: null }> {
  if (text.includes(FOLDER)) return text;
  const yaml = readYaml(text);
  const added = yaml === null ? null : appendTo(text, valueAt(yaml.root, ["repos"]), PRE_COMMIT);
  if (yaml === null || added === null) {
    return byHand("its list of repos cannot be added to", `sh -e ${FOLDER}/HOOK, last`);
  }
  return withDefaults(added, yaml);
}

/**
 * What a plain `pre-commit install` turns on, in every clone. Hooks without stages of their own would
 * then run at each of these, where until now all ran at commits alone.
 *
 * @see https://pre-commit.com/#pre-commit-configyaml---top-level
 */
function withDefaults(added: string, { text, root }: YamlText): string {
  if (root.has("default_install_hook_types")) return added;
  const hasStages = /^\s*(?:- +)?(?:default_)?stages:/m.test(text);
  const whole = appendAtEnd(added, [
    `default_install_hook_types: [${PRE_COMMIT_TYPES.join(", ")}]`,
    ...(hasStages ? [] : ["default_stages: [pre-commit]"]),
  ]);
  return readYaml(whole) === null ? added : whole;
}

/** The hooks of ours that pre-commit can run. */
export const PRE_COMMIT_TYPES = [
  "pre-commit",
  "prepare-commit-msg",
  "pre-push",
  "pre-merge-commit",
] as const;

/** pre-commit reads what git tells itself, and hands it on in the environment. */
const PRE_COMMIT: YamlLines = [
  "- repo: local",
  "  hooks:",
  ...preCommitHook("pre-commit", `sh -e ${FOLDER}/pre-commit`),
  ...preCommitHook("pre-merge-commit", `sh -e ${FOLDER}/pre-merge-commit`),
  ...preCommitHook(
    "prepare-commit-msg",
    `sh -c 'sh -e ${FOLDER}/prepare-commit-msg "$0" "$PRE_COMMIT_COMMIT_MSG_SOURCE" "$PRE_COMMIT_COMMIT_OBJECT_NAME"'`,
    true,
  ),
  ...preCommitHook(
    "pre-push",
    // It names no commits where the remote has nothing of the history yet.
    `sh -c 'to=\${PRE_COMMIT_TO_REF:-$(git rev-parse "$PRE_COMMIT_LOCAL_BRANCH")}; echo "$PRE_COMMIT_LOCAL_BRANCH $to $PRE_COMMIT_REMOTE_BRANCH \${PRE_COMMIT_FROM_REF:-${"0".repeat(40)}}" | sh -e ${FOLDER}/pre-push "$PRE_COMMIT_REMOTE_NAME" "$PRE_COMMIT_REMOTE_URL"'`,
  ),
];

function preCommitHook(stage: string, entry: string, takesFile = false): string[] {
  return [
    `    - id: flux-sops-${stage}`,
    `      name: flux-sops ${stage}`,
    `      entry: ${entry}`,
    "      language: system",
    "      always_run: true",
    // Else it shows nothing of what a hook says that lets the commit through.
    "      verbose: true",
    ...(takesFile ? [] : ["      pass_filenames: false"]),
    `      stages: [${stage}]`,
  ];
}
