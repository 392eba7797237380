import type { Node, Scalar } from "yaml";
import { isScalar } from "yaml";
import { mayHoldCredential } from "../../credential/credential-gate.ts";
import { loginLines } from "../../credential/login-file.ts";
import { isListOfBytes, isRandomValue, isStrongValue } from "../../credential/credential.ts";
import { isProgram } from "../../candidate/file-kind.ts";
import type { Mend } from "../../finding.ts";
import { type Entry, scalarText } from "../../candidate/nodes.ts";
import { shownName } from "../../wording.ts";
import { readChpasswd } from "./chpasswd.ts";
import { ARGUMENTS, COMMAND, readArguments, readScript } from "./container.ts";
import { credentialLines } from "../../credential/credential-lines.ts";
import { possibleCredential } from "./hit.ts";
import { isReference, isTagged, type Reading } from "./reading.ts";

/** Helm values, and whatever is read like them: any key at any depth. */
export function readValues(
  reading: Reading,
  root: Node | null,
  mend: Mend,
  what = "a Helm value",
): void {
  const { mappings, seen } = reading;
  const open: { node: Node | null; isEnv: boolean; key?: string }[] = [
    { node: root, isEnv: false },
  ];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const node = mappings.resolve(step.node);
    if (node === null || isScalar(node) || seen.has(node)) continue;
    seen.add(node);
    reading.namedValue(node, what, mend);
    const entries = mappings.entries(node);
    const isLogin = entries.some(({ key }) => USER.test(key));
    for (const entry of entries) {
      if (entry.key === "annotations") readAnnotations(reading, entry, mend);
      if (isReference(entry.key, entry.value) && !isBesideAccessKey(entry, entries)) continue;
      if (isKeyOfSecret(entry, entries)) continue;
      if (isScalar(entry.value)) {
        if (isToldByPlace(entry, step.key ?? "", isLogin) || isBesideAccessKey(entry, entries)) {
          reading.hit(entry.offset, what, entry.key, mend);
        } else readValueOrFile(reading, entry, step.isEnv, what, mend);
      } else {
        readNetworkKey(reading, entry, what, mend);
        readChpasswd(reading, entry, what, mend);
        readValueBelow(reading, entry, step.isEnv, what, mend);
        const isEnv = /env|^(?:secret|configmap)s?$/i.test(entry.key);
        open.push({ node: entry.value, isEnv, key: entry.key });
      }
      if (ARGUMENTS.test(entry.key)) {
        const items = mappings.items(entry.value);
        readArguments(reading, items, what, mend);
        for (const item of items) readArguments(reading, mappings.items(item), what, mend);
      }
      if (/^env(?:ironment)?$/.test(entry.key)) reading.assignments(entry.value, what, mend);
    }
    for (const item of mappings.items(node)) open.push({ node: item, isEnv: false });
  }
}

/** `tokenSecretKey: token` beside `tokenSecretName`: which key of the Secret holds it. */
function isKeyOfSecret({ key, value }: Entry, beside: readonly Entry[]): boolean {
  if (!/secretKey$/i.test(key) || (isScalar(value) && isRandomValue(scalarText(value))))
    return false;
  const name = `${key.slice(0, -"Key".length)}Name`.toLowerCase();
  return beside.some((entry) => entry.key.toLowerCase() === name);
}

/** `secretKey` may name a key of a Secret. Beside `accessKey: minio` it is that user's, as charts of MinIO have them. */
function isBesideAccessKey({ key, value }: Entry, beside: readonly Entry[]): boolean {
  if (key !== "secretKey" || !isScalar(value) || isTagged(value)) return false;
  const text = scalarText(value);
  return (
    isStrongValue(text) && beside.some((one) => one.key === "accessKey" && isScalar(one.value))
  );
}

/** Beside it a `pass` is that user's. */
const USER = /^(?:[a-z]+[-_]?)?(?:user(?:_?name)?|login)$/i;

/**
 * What its place tells to be a credential: `pass` beside a user, `key` of a widget, or of an encryption, `credentials` of
 * an authorization, as Prometheus has them.
 */
function isToldByPlace({ key, value }: Entry, holder: string, isLogin: boolean): boolean {
  const text = isScalar(value) && !isTagged(value) ? scalarText(value) : "";
  if (/^(?:pass|pwd?)$/i.test(key)) return isLogin && isStrongValue(text);
  if (key === "credentials") return holder === "authorization" && isStrongValue(text);
  return key === "key" && /^(?:widgets?|encryption)$/.test(holder) && isRandomValue(text);
}

/** What Homepage finds a service by, on its Ingress or route: `gethomepage.dev/widget.key: …`. */
const OF_WIDGET = /^gethomepage\.dev\/widget\.(?:key|password|token|secret)$/;

function readAnnotations(reading: Reading, { value }: Entry, mend: Mend): void {
  for (const entry of reading.mappings.entries(value)) {
    if (!OF_WIDGET.test(entry.key) || !isScalar(entry.value)) continue;
    const isValue = entry.key.endsWith(".key") ? isRandomValue : isStrongValue;
    if (isValue(scalarText(entry.value))) {
      reading.hit(entry.offset, "an annotation", entry.key, mend);
    }
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

/** Zigbee2MQTT's `network_key`: 16 bytes as a list of numbers. */
function readNetworkKey(reading: Reading, { key, value, offset }: Entry, what: string, mend: Mend) {
  if (key !== "network_key") return;
  const items = reading.mappings.items(value);
  const bytes = items.map((item) => (isScalar(item) ? scalarText(item) : ""));
  if (isListOfBytes(bytes.join())) reading.hit(offset, what, key, mend);
}

/** A value, or a file that stands as one. */
export function readValueOrFile(
  reading: Reading,
  entry: Entry,
  isVariable: boolean,
  what: string,
  mend: Mend,
): void {
  const { key, value } = entry;
  if (!isScalar(value)) return;
  const text = scalarText(value);
  const isLong = text.trimEnd().includes("\n");
  const before = reading.hits.length;
  if (!isLong) reading.entry(entry, isVariable, what, mend);
  if (reading.hits.length > before) return;
  readLines(reading, entry, value, what, mend);
  const isBlock = value.type === "BLOCK_LITERAL" || value.type === "BLOCK_FOLDED";
  if (!isLong && !isBlock && COMMAND.test(key)) readScript(reading, value, text, what, mend);
  readDocument(reading, value, what, mend);
}

/** The lines of a program's settings, and those of a file of logins. */
function readLines(
  { section, hits, isValue }: Reading,
  { key, offset }: Entry,
  value: Scalar,
  what: string,
  mend: Mend,
): void {
  const text = scalarText(value);
  const isBlock = value.type === "BLOCK_LITERAL" || value.type === "BLOCK_FOLDED";
  const isFile = isBlock || text.includes("\n");
  const settings = isFile
    ? credentialLines(text, isValue, isProgram(key) ? "always" : "in braces")
    : [];
  const keyLine = section.lineAt(offset);
  for (const { line, name } of [...settings, ...loginLines(key, text)]) {
    const at = value.type === "BLOCK_LITERAL" ? keyLine + 1 + line : keyLine;
    const hit = possibleCredential(what, name, at, mend);
    hits.push({ ...hit, message: `${hit.message} in ${shownName(key)}` });
  }
}

/** Of YAML or JSON: a key, an item, a bracket, a comment, or what stands below one. */
const LINE_OF_DOCUMENT = /^(?:["']?[\w./-]+["']?:(?:\s|$)|- |[{}[\]]|---|[ \t#]|$)/;

/** A script ends being one at its first command. */
function mayBeDocument(text: string): boolean {
  return text.split("\n", 100).every((line) => LINE_OF_DOCUMENT.test(line));
}

/** Settings in YAML or JSON, which need not have each value on a line of its own. */
function readDocument(reading: Reading, text: Scalar, what: string, mend: Mend): void {
  if (!mayBeDocument(scalarText(text))) return;
  const section = reading.section.embedded.get(text);
  if (section === undefined || !mayHoldCredential(section.words)) return;
  for (const inner of reading.within(text)) {
    // Of a manifest other rules say what is secret.
    const isManifest = inner.reading.mappings.entry(inner.root, "kind") !== null;
    if (!isManifest) readValues(inner.reading, inner.root, mend, what);
  }
}
