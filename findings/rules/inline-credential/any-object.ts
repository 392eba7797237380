import type { Node } from "yaml";
import { isScalar } from "yaml";
import { isCredentialValue, isStrongValue } from "../../credential/credential.ts";
import { scalarText, startOf, walk } from "../../candidate/nodes.ts";
import { holdsUnnamedCredential, mayHoldUnnamed } from "../../credential/unnamed-credential.ts";
import { USE_SOURCE } from "./mends.ts";
import type { Reading } from "./reading.ts";
import { readValues } from "./values.ts";

/** Roots of documents in which other rules say what is secret. */
const OTHER_ROOTS = ["machine", "trustdinfo", "certs", "contexts", "auths"];

/** What is left of a document: objects of any kind, settings that are YAML or JSON. */
export function readAnyObject(
  reading: Reading,
  root: Node | null,
  kind: string | null,
  isSecretsFile: boolean,
): void {
  const { mappings, section } = reading;
  if (mayHoldUnnamed(section.words)) readUnnamed(reading, root);
  const isTalos = mappings.textAt(root, "apiVersion") === "v1alpha1";
  const isOthers = OTHER_ROOTS.some((name) => mappings.entry(root, name) !== null);
  if (kind === "Config" || isTalos || isOthers) return;
  const what = kind === null ? "settings" : "an object";
  // Such a file has nothing but secrets, however weak.
  const isValue = kind === null && isSecretsFile ? isCredentialValue : isStrongValue;
  readValues(reading.by(isValue), root, USE_SOURCE, what);
}

/** Tokens and URLs that are credentials whatever they are named. */
function readUnnamed(reading: Reading, root: Node | null): void {
  // To YAML one long scalar, as a text of any other format may be: each line is for itself.
  if (isScalar(root) && root.type === "PLAIN") {
    const [start, end] = root.range ?? [0, 0];
    const first = reading.section.lineAt(start);
    for (const [index, line] of reading.section.slice(start, end).split("\n").entries()) {
      if (holdsUnnamedCredential(line)) reading.hitAt(first + index, "a value", "", USE_SOURCE);
    }
    return;
  }
  for (const { node, key } of walk(root)) {
    const text = isScalar(node) ? scalarText(node) : "";
    // In more lines than one it is a file.
    if (!text.trimEnd().includes("\n") && holdsUnnamedCredential(text)) {
      reading.hit(startOf(node) ?? 0, "a value", key ?? "", USE_SOURCE);
    }
  }
}
