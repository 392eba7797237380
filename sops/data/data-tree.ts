import { SopsError } from "../errors.ts";
import type { TreePath } from "./tree-path.ts";

/** A number as its digits: no precision is lost on the way from one format to another. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A time of YAML, in RFC 3339: in other formats it is a text. */
export class TimeText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Plaintext data, free of any format. */
export type Data =
  null | boolean | string | NumberText | TimeText | readonly Data[] | ReadonlyMap<string, Data>;

/** A value below further keys and list positions that are not there yet. */
export function below(path: TreePath, value: Data): Data {
  return path.reduceRight<Data>(
    (inner, part) => (typeof part === "number" ? [inner] : new Map([[part, inner]])),
    value,
  );
}

/** Whether a value is a mapping or list with nothing in it. */
export function isEmpty(value: Data): boolean {
  return value instanceof Map ? value.size === 0 : Array.isArray(value) && value.length === 0;
}

/** Whether two values are the same, with their types, and the keys in the same order. */
export function sameData(one: Data, other: Data | undefined): boolean {
  if (one instanceof NumberText) return other instanceof NumberText && one.text === other.text;
  if (one instanceof TimeText) return other instanceof TimeText && one.text === other.text;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => sameData(item as Data, other[index] as Data))
    );
  }
  if (one instanceof Map) {
    if (!(other instanceof Map) || one.size !== other.size) return false;
    const others = [...(other as ReadonlyMap<string, Data>)];
    return [...(one as ReadonlyMap<string, Data>)].every(([key, value], index) => {
      const [otherKey, otherValue] = others[index] ?? [];
      return key === otherKey && sameData(value, otherValue);
    });
  }
  return one === other;
}

/** What stands at a path of a document; undefined where there is nothing. */
export function dataAt(root: Data, path: TreePath): Data | undefined {
  let current: Data | undefined = root;
  for (const part of path) {
    if (current instanceof Map) {
      current = typeof part === "string" ? (current.get(part) as Data | undefined) : undefined;
    } else if (Array.isArray(current)) {
      current = typeof part === "number" ? (current[part] as Data | undefined) : undefined;
    } else return undefined;
  }
  return current;
}

/** The text of a single value where a format has text only; null for what is not one value. */
export function scalarText(value: Data): string | null {
  if (value === null) return "null";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  return value instanceof NumberText || value instanceof TimeText ? value.text : null;
}

/** The entries of a mapping that holds single values only. */
export function pairs(value: Data, place: string): [string, string][] {
  if (!(value instanceof Map)) return [];
  return [...(value as ReadonlyMap<string, Data>)].map(([key, one]) => {
    const text = scalarText(one);
    if (text === null) {
      throw new SopsError("cannot-hold", `${place} cannot hold ${key}, which is no single value`);
    }
    return [key, text];
  });
}
