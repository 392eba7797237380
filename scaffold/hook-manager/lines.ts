import { type GateHook, READ_INPUT } from "./gate-hooks.ts";
import { JOINED_HOOKS as FOLDER } from "./find.ts";

/** The line that runs one of our hooks from another program's shell script. */
export function hookLine(name: string): string {
  return `sh -e ${FOLDER}/${name} "$@"`;
}

/**
 * The same, for a user's own script: it may go on after a command that failed, and it may read what git
 * tells a hook on standard input. So that is kept in a file, opened once for ours and once for the
 * script, and removed before ours may end the script.
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

/**
 * A hook of git's that is ours alone. It stays while branches change, and lets those commit and be pushed that do
 * not have the gate; where the gate is only gone from disk, it fails.
 */
export function wholeHook(name: GateHook): string {
  const file = `${FOLDER}/${name}`;
  const told: Partial<Record<GateHook, readonly string[]>> = {
    "pre-commit": [`  ${say(UNTOLD)}`],
    "pre-push": [
      "  while read -r line; do",
      // In front is what was typed: it may have blanks, as `main@{1 day ago}` has.
      "    tip=${line% * *} tip=${tip##* }",
      `    git cat-file -e "$tip:${file}" 2>/dev/null || continue`,
      `    ${say(`push refused: it brings a branch that has ${FOLDER}, and this one has not: switch to that, then push`)}`,
      "    exit 1",
      "  done",
      `  ${say(UNTOLD)}`,
    ],
  };
  return [
    "#!/bin/sh",
    `[ -e ${file} ] || git cat-file -e :${file} 2>/dev/null || {`,
    ...(told[name] ?? []),
    "  exit 0",
    "}",
    `exec ${hookLine(name)}`,
    "",
  ].join("\n");
}

const UNTOLD = `there is no ${FOLDER} on this branch: nothing is looked at`;

function say(what: string): string {
  return `echo "flux-sops: ${what}" >&2`;
}

/** Where such lines have to stand, a clause. */
export function placeOfLines(names: readonly GateHook[]): string {
  const first = names.filter((name) => READ_INPUT.includes(name));
  const reached = "where it is always reached";
  return first.length === 0 ? reached : `${reached}, in ${first.join(" and ")} before all else`;
}

/** Whether a script, or a list of commands, runs one of our hooks; what is commented out runs nothing. */
export function runsHook(text: string, name: GateHook): boolean {
  const live = text.replace(/^\s*#.*$/gm, "");
  const isCalled = new RegExp(String.raw`flux-sops(?:\.[cm]js)?["']? hook ${name}\b`);
  return live.includes(`${FOLDER}/${name}`) || isCalled.test(live);
}
