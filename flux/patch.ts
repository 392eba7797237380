import { RE2JS } from "re2js";
import { isData, listAt, textAt, valueAt, type Data } from "./data.ts";
import { readManifests } from "./manifest.ts";

/** A kustomize patch, read. */
export interface Patch {
  /** The file in which it is named or written. */
  readonly file: string;
  /** `target`, or null where the patch itself says which object it means. */
  readonly target: Data | null;
  /** Strategic merge patches. */
  readonly merges: readonly Data[];
  /** Operations of a JSON patch (RFC 6902). */
  readonly operations: readonly unknown[];
}

/**
 * Reads a patch: a list is a JSON patch, mappings are strategic merge patches.
 *
 * @param text inline, or out of the file that it names
 */
export function readPatch(file: string, text: string, target: Data | null): Patch {
  const isList = /^(?:\s*(?:---[^\n]*|#[^\n]*)?\n)*\s*(?:-\s|\[)/.test(text);
  const { manifests } = readManifests(Buffer.from(isList ? asMapping(text) : text));
  const data = manifests.map((manifest) => manifest.data);
  return isList
    ? { file, target, merges: [], operations: listAt(data[0], "patch") }
    : { file, target, merges: data, operations: [] };
}

/**
 * An object after a patch: as it was where the patch is for others, null where it deletes it.
 *
 * Lists are replaced whole, as kustomize has it of kinds that it has no schema of.
 *
 * @see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/
 */
export function patched(object: Data, { target, merges, operations }: Patch): Data | null {
  if (target !== null && !isTarget(object, target)) return object;
  let result: Data = object;
  if (target !== null) for (const operation of operations) result = operated(result, operation);
  for (const merge of merges) {
    if (target === null && !isSame(object, merge)) continue;
    if (merge["$patch"] === "delete") return null;
    if (merge["spec"] !== undefined) {
      result = { ...result, spec: merged(result["spec"], merge["spec"]) };
    }
  }
  return result;
}

/** A list as the value of a key, since only mappings are read. */
function asMapping(list: string): string {
  const body = list.replace(/^---[^\n]*\n/m, "");
  return `patch:\n${body.replace(/^/gm, " ")}\n`;
}

/** Whether a patch without target means this object. */
function isSame(object: Data, patch: Data): boolean {
  const namespace = textAt(patch, "metadata", "namespace");
  return (
    groupOf(object) === groupOf(patch) &&
    textAt(object, "kind") === textAt(patch, "kind") &&
    textAt(object, "metadata", "name") === textAt(patch, "metadata", "name") &&
    (namespace === null || namespace === textAt(object, "metadata", "namespace"))
  );
}

/** The group of `apiVersion: GROUP/VERSION`. */
export function groupOf(object: Data): string {
  const version = textAt(object, "apiVersion") ?? "";
  return version.slice(0, Math.max(0, version.indexOf("/")));
}

/** Each field of a target is a pattern for the whole of what it names. */
function isTarget(object: Data, target: Data): boolean {
  const version = textAt(object, "apiVersion") ?? "";
  const fields: readonly [string, string][] = [
    ["group", groupOf(object)],
    ["version", version.slice(version.indexOf("/") + 1)],
    ["kind", textAt(object, "kind") ?? ""],
    ["name", textAt(object, "metadata", "name") ?? ""],
    ["namespace", textAt(object, "metadata", "namespace") ?? ""],
  ];
  return (
    fields.every(([field, value]) => matchesWhole(textAt(target, field), value)) &&
    isSelected(textAt(target, "labelSelector"), valueAt(object, "metadata", "labels")) &&
    isSelected(textAt(target, "annotationSelector"), valueAt(object, "metadata", "annotations"))
  );
}

function matchesWhole(pattern: string | null, value: string): boolean {
  if (pattern === null || pattern === "") return true;
  // Most are a name or a kind as it is.
  if (/^[\w-]+$/.test(pattern)) return pattern === value;
  try {
    return RE2JS.compile(pattern).matches(value);
  } catch {
    return false;
  }
}

/** One requirement of a selector: `a=b`, `a==b`, `a!=b`, `a`, `!a`, `a in (b, c)`, `a notin (b, c)`. */
const REQUIREMENT =
  /^\s*(?:(!)\s*)?([^\s=!,()]+)\s*(?:(==?|!=)\s*([^\s=!,()]*)|\b(in|notin)\s*\(([^()]*)\))?\s*$/;

/**
 * Whether labels meet a selector; none meets one that cannot be read.
 *
 * @see Parse in k8s.io/apimachinery's pkg/labels/selector.go
 */
function isSelected(selector: string | null, labels: unknown): boolean {
  if (selector === null || selector === "") return true;
  return selector.split(/,(?![^()]*\))/).every((part) => {
    const match = REQUIREMENT.exec(part);
    if (match === null) return false;
    const [, not, key = "", operator, value = "", set, values = ""] = match;
    const label = valueAt(labels, key);
    if (operator !== undefined) return (label === value) === (operator !== "!=");
    if (set !== undefined) {
      const isIn = values.split(",").some((one) => one.trim() === label);
      return isIn === (set === "in");
    }
    return (label === undefined) === (not !== undefined);
  });
}

/** A strategic merge without a schema: mappings are merged, null deletes, everything else replaces. */
function merged(value: unknown, patch: unknown): unknown {
  if (patch === undefined) return value;
  if (!isData(patch) || patch["$patch"] === "replace") return patch;
  const result = new Map(Object.entries(isData(value) ? value : {}));
  for (const [key, part] of Object.entries(patch)) {
    if (part === null) result.delete(key);
    else result.set(key, merged(result.get(key), part));
  }
  return Object.fromEntries(result);
}

/** One operation of JSON patch (RFC 6902); `test`, `move` and `copy` change nothing here. */
function operated(object: Data, operation: unknown): Data {
  const op = textAt(operation, "op");
  const path = textAt(operation, "path");
  if (path === null || !path.startsWith("/")) return object;
  const keys = path
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (keys.length > 100) return object;
  const value = op === "remove" ? undefined : valueAt(operation, "value");
  if (op !== "add" && op !== "replace" && op !== "remove") return object;
  const result = withValue(object, keys, value, op === "add");
  return isData(result) ? result : object;
}

function withValue(
  within: unknown,
  [key = "", ...rest]: readonly string[],
  value: unknown,
  inserts: boolean,
): unknown {
  if (Array.isArray(within)) {
    const items: unknown[] = [...within];
    const index = key === "-" ? items.length : Number(key);
    if (!Number.isInteger(index) || index < 0 || index > items.length) return within;
    if (rest.length > 0) items[index] = withValue(items[index], rest, value, inserts);
    else if (value === undefined) items.splice(index, 1);
    else items.splice(index, inserts ? 0 : 1, value);
    return items;
  }
  if (!isData(within)) return within;
  const entries = new Map(Object.entries(within));
  if (rest.length > 0) entries.set(key, withValue(entries.get(key), rest, value, inserts));
  else if (value === undefined) entries.delete(key);
  else entries.set(key, value);
  return Object.fromEntries(entries);
}
