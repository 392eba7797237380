import type { Node } from "yaml";
import { isScalar, isSeq } from "yaml";
import { isCredentialName, isStrongValue, isVagueCredential } from "../../credential/credential.ts";
import type { Mend } from "../../finding.ts";
import { scalarText, startOf, walk } from "../../candidate/nodes.ts";
import { FILE, passwordsInCommand, programsWithPassword } from "../../credential/command-line.ts";
import { holdsUnnamedCredential } from "../../credential/unnamed-credential.ts";
import { USE_SECRET_KEY_REF } from "./mends.ts";
import type { Reading } from "./reading.ts";

/** Where a container has its arguments, where a chart takes more of them, and cloud-init, Task and GitLab their commands. */
export const ARGUMENTS =
  /^(?:command|entrypoint|(?:(?:extra|additional)_?)?arg(?:ument)?s|(?:run|boot)cmd|cmds|(?:before_|after_)?script)$/i;

/** Where one command stands: of Docker Compose, Task, workflows, and Ansible's modules. */
export const COMMAND =
  /^(?:entrypoint|cmd|run|script|(?:ansible\.builtin\.)?(?:command|shell|raw))$/i;

/**
 * The environment and the arguments of containers, wherever they stand: pod templates are in Deployments,
 * CronJobs, and in custom kinds.
 */
export function readContainers(reading: Reading, root: Node | null): void {
  for (const { node, key } of walk(root)) {
    if (!isSeq(node)) continue;
    const items = reading.mappings.items(node);
    if (ARGUMENTS.test(key ?? "")) {
      readArguments(reading, items, "a container's argument", USE_SECRET_KEY_REF);
    }
    if (key !== "env") continue;
    for (const item of items) reading.namedValue(item, "a container's env", USE_SECRET_KEY_REF);
  }
}

/** `--password=…`, or the value as the argument behind it; commands, where an argument is a script. */
export function readArguments(
  reading: Reading,
  items: readonly Node[],
  what: string,
  mend: Mend,
): void {
  const texts = items.map((item) => (isScalar(item) ? scalarText(item) : ""));
  const [program = ""] = texts;
  let flag = "";
  for (const [index, item] of items.entries()) {
    const text = texts[index] ?? "";
    const written = flag === "" || text.startsWith("-") ? text : `${flag}=${text}`;
    flag = /^--[A-Za-z][\w.-]*$/.test(text) ? text : "";
    const [, name = "", value = ""] = /^--?([A-Za-z][\w.-]*)=(\S+)$/.exec(written) ?? [];
    const isNamed = isCredentialName(name) && isStrongValue(value) && !FILE.test(value);
    if (isNamed || isVagueCredential(name, value)) {
      reading.hit(startOf(item) ?? 0, what, name, mend);
    } else if (/\s/.test(text.trim())) readScript(reading, item, text, what, mend);
    else {
      const [short] = programsWithPassword([program, texts[index - 1], text].join(" "));
      if (short !== undefined) reading.hit(startOf(item) ?? 0, what, short, mend);
    }
  }
}

/** A command, or lines of them. */
export function readScript(
  reading: Reading,
  item: Node,
  text: string,
  what: string,
  mend: Mend,
): void {
  const isLiteralBlock = isScalar(item) && item.type === "BLOCK_LITERAL";
  const first = reading.section.lineAt(startOf(item) ?? 0);
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*#/.test(line) || line.length > LONGEST_LINE) continue;
    const [name = holdsUnnamedCredential(line) ? "" : undefined] = passwordsInCommand(line);
    if (name !== undefined) {
      reading.hitAt(isLiteralBlock ? first + 1 + index : first, what, name, mend);
    }
  }
}

const LONGEST_LINE = 2000;
