import type { Node } from "yaml";
import { isMap, isScalar } from "yaml";
import { walk } from "../../candidate/nodes.ts";
import { ARGUMENTS, readArguments } from "./container.ts";
import { USE_SECRET_KEY_REF, USE_SOURCE } from "./mends.ts";
import { isReference, type Reading } from "./reading.ts";
import { readValues } from "./values.ts";

const WHAT = "a JSON patch";

/** What every operation has. */
const OPERATION = /\bop["'\\]*\s*:/;

/** In a Secret, and in a machine configuration of Talos: other rules' business. */
const OTHER_PATHS = /^\/(?:stringData|machine|cluster)(?:\/|$)/;

/** JSON patches (RFC 6902): a list of operations, or one below `patch`, there as text too. */
export function readJsonPatches(reading: Reading, root: Node | null): void {
  if (!OPERATION.test(reading.section.words)) return;
  const { mappings } = reading;
  for (const operation of mappings.items(root)) readOperation(reading, operation);
  for (const { node, key } of walk(root)) {
    if (key !== "patch") continue;
    if (isMap(node)) readOperation(reading, node);
    for (const inner of isScalar(node) ? reading.within(node) : []) {
      for (const operation of inner.reading.mappings.items(inner.root)) {
        readOperation(inner.reading, operation);
      }
    }
  }
}

function readOperation(reading: Reading, node: Node): void {
  const { mappings } = reading;
  const path = mappings.textAt(node, "path") ?? "";
  const value = mappings.entry(node, "value");
  if (value === null || mappings.entry(node, "op") === null || OTHER_PATHS.test(path)) return;
  const keys = path.split("/");
  if (keys.some((key) => isReference(key, value.value))) return;
  if (keys.some((key) => ARGUMENTS.test(key))) {
    const items = isScalar(value.value) ? [value.value] : mappings.items(value.value);
    readArguments(reading, items, WHAT, USE_SECRET_KEY_REF);
  } else if (!isScalar(value.value)) readValues(reading, value.value, USE_SOURCE, WHAT);
  else reading.entry({ ...value, key: keys.at(-1) ?? "" }, false, WHAT, USE_SOURCE);
}
