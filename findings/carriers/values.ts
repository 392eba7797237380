import type { Node } from "yaml";
import { isScalar } from "yaml";
import type { Mend } from "../finding.ts";
import type { Entry } from "../nodes.ts";
import { ARGUMENTS, readArguments } from "./container.ts";
import { isReference, type Reading } from "./reading.ts";

/** Helm values, and whatever is read like them: any key at any depth. */
export function readValues(
  reading: Reading,
  root: Node | null,
  mend: Mend,
  what = "a Helm value",
): void {
  const { mappings, seen } = reading;
  const open: { node: Node | null; isEnv: boolean }[] = [{ node: root, isEnv: false }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const node = mappings.resolve(step.node);
    if (node === null || isScalar(node) || seen.has(node)) continue;
    seen.add(node);
    reading.namedValue(node, what, mend);
    for (const entry of mappings.entries(node)) {
      if (isReference(entry.key, entry.value)) continue;
      if (isScalar(entry.value)) reading.valueOrFile(entry, step.isEnv, what, mend);
      else {
        readValueBelow(reading, entry, step.isEnv, what, mend);
        open.push({ node: entry.value, isEnv: /env|^(?:secret|configmap)s?$/i.test(entry.key) });
      }
      if (ARGUMENTS.test(entry.key)) {
        readArguments(reading, mappings.items(entry.value), what, mend);
      }
      if (/^env(?:ironment)?$/.test(entry.key)) reading.assignments(entry.value, what, mend);
    }
    for (const item of mappings.items(node)) open.push({ node: item, isEnv: false });
  }
}

/** `DB_PASSWORD: {value: …}`, as a chart may have its environment. */
function readValueBelow(
  reading: Reading,
  { key, value }: Entry,
  isVariable: boolean,
  what: string,
  mend: Mend,
): void {
  const below = reading.mappings.entry(value, "value");
  if (isScalar(below?.value)) reading.entry({ ...below, key }, isVariable, what, mend);
}
