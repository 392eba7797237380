import { GATE_HOOKS, type GateHook, READ_INPUT } from "./gate-hooks.ts";
import { type AddedHooks, hooksByHand } from "./by-hand.ts";
import { JOINED_HOOKS as FOLDER } from "./find.ts";
import {
  appendAtEnd,
  appendTo,
  readYaml,
  valueAt,
  type YamlText,
} from "../addition/yaml-insertion.ts";

const LEFTHOOK_COMMAND = `sh -e ${FOLDER}/HOOK {0}, last, ${READ_INPUT.join(" and ")} with use_stdin`;

/** Adds our hooks to the configuration of lefthook. */
export function addToLefthook(text: string, path: string): AddedHooks {
  let whole = text;
  for (const name of GATE_HOOKS) {
    if (whole.includes(`${FOLDER}/${name}`)) continue;
    if (/\.toml$/.test(path)) return tomlByHand(whole);
    if (!/\.ya?ml$/.test(path))
      return hooksByHand("it is no YAML that can be added to", LEFTHOOK_COMMAND);
    const added = lefthookWith(whole, name);
    if (added === null) {
      const reason = isParallel(readYaml(whole), name)
        ? "runs its jobs at the same time, and the gate has to be last (without parallel: true, init adds it)"
        : "cannot be added to";
      return hooksByHand(`its ${name} ${reason}`, LEFTHOOK_COMMAND);
    }
    whole = added;
  }
  return whole;
}

/** What is to be copied to the end of a TOML file: tables may stand in any order there. */
function tomlByHand(text: string): AddedHooks {
  const missing = GATE_HOOKS.filter((name) => !text.includes(`${FOLDER}/${name}`));
  const tables = missing.flatMap((name) => [
    `[${name}.commands.zz-flux-sops]`,
    `run = "sh -e ${FOLDER}/${name} {0}"`,
    ...(READ_INPUT.includes(name) ? ["use_stdin = true"] : []),
  ]);
  const first = /^[ \t]*parallel[ \t]*=[ \t]*true\b/m.test(text)
    ? "take parallel = true out of it, as the gate has to be last, and "
    : "";
  return {
    content: null,
    byHand: [`${first}put this at its end:`, ...tables.map((line) => `      ${line}`)].join("\n"),
  };
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
