import type { SopsError } from "../errors.ts";
import { bad, isRecord } from "../metadata/metadata-fields.ts";
import { shownPath } from "../token.ts";

const MAP = "__map_";
const LIST = "__list_";

/** No file has as many keys; a list position beyond it is no list's. */
const LONGEST_LIST = 10_000;

/** The block's own keys have five steps at most. */
const DEEPEST_KEY = 16;

/**
 * Metadata as a flat list of keys, for formats that nest little: `age__list_0__map_recipient`.
 *
 * @see Flatten in sops's stores/flatten.go
 */
export function flatten(plain: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(plain).flatMap(([key, value]) => flattenValue(key, value));
}

function flattenValue(key: string, value: unknown): [string, string][] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => flattenValue(`${key}${LIST}${index}`, item));
  }
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([inner, one]) =>
      flattenValue(`${key}${MAP}${inner}`, one),
    );
  }
  return [[key, String(value)]];
}

/** Part of the tree that flat keys spell out: mappings and lists by their keys and positions. */
type Branch = Map<string, Branch | string>;

/**
 * The plain data that flat keys stand for.
 *
 * @throws SopsError `bad-metadata` where a key stands twice, as after a merge that kept both sides, where keys
 *   contradict each other, or a list has gaps.
 * @see unflattenTreeBranch in sops's stores/flatten.go
 */
export function unflatten(entries: Iterable<readonly [string, string]>): Record<string, unknown> {
  const root: Branch = new Map();
  for (const [flat, value] of entries) {
    const steps = flat.split(/(?=__map_|__list_)/);
    if (steps.length > DEEPEST_KEY) continue;
    let branch = root;
    for (const [index, step] of steps.entries()) {
      if (index === steps.length - 1) {
        const before = branch.get(step);
        if (typeof before === "string") throw bad(`holds ${shownPath([flat])} twice`);
        if (before !== undefined) throw contradiction(flat);
        branch.set(step, value);
        break;
      }
      const next = branch.get(step) ?? new Map<string, Branch | string>();
      if (typeof next === "string") throw contradiction(flat);
      branch.set(step, next);
      branch = next;
    }
  }
  const data = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of root) data[key] = plainData(value, key);
  return data;
}

/** @param name of the key, as far as it is spelled out. */
function plainData(branch: Branch | string, name: string): unknown {
  if (typeof branch === "string") return branch;
  const keys = [...branch.keys()];
  if (keys.every((key) => key.startsWith(LIST))) {
    const list: unknown[] = [];
    for (let index = 0; index < Math.min(keys.length, LONGEST_LIST); index += 1) {
      const step = `${LIST}${index}`;
      const item = branch.get(step);
      if (item === undefined) throw bad(`has no ${shownPath([name + step])}, and one behind it`);
      list.push(plainData(item, name + step));
    }
    return list;
  }
  const data = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of branch) {
    if (!key.startsWith(MAP)) throw contradiction(name + key);
    data[key.slice(MAP.length)] = plainData(value, name + key);
  }
  return data;
}

function contradiction(key: string): SopsError {
  return bad(`has keys that contradict ${shownPath([key])}`);
}
