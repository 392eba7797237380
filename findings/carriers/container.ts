import type { Node } from "yaml";
import { isScalar, isSeq } from "yaml";
import { isCredentialName, isStrongValue } from "../credential.ts";
import type { Mend } from "../finding.ts";
import { scalarText, startOf, walk } from "../nodes.ts";
import { USE_SECRET_KEY_REF } from "./mends.ts";
import type { Reading } from "./reading.ts";

/** Where a container has its arguments. */
export const ARGUMENTS = /^(?:args|command)$/;

/** What an argument names that is read from a file. */
const FILE = /\.(?:crt|json|key|pem|txt|ya?ml)$/;

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

/** `--password=…`, or the value as the argument behind it. */
export function readArguments(
  reading: Reading,
  items: readonly Node[],
  what: string,
  mend: Mend,
): void {
  let flag = "";
  for (const item of items) {
    const text = isScalar(item) ? scalarText(item) : "";
    const written = flag === "" || text.startsWith("-") ? text : `${flag}=${text}`;
    flag = /^--[A-Za-z][\w.-]*$/.test(text) ? text : "";
    const [, name = "", value = ""] = /^--?([A-Za-z][\w.-]*)=(\S+)$/.exec(written) ?? [];
    if (isCredentialName(name) && isStrongValue(value) && !FILE.test(value)) {
      reading.hit(startOf(item) ?? 0, what, name, mend);
    }
  }
}
