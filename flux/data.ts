/** Plain data as it comes out of YAML. */
export type Data = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping. */
export function isData(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a path of keys, or undefined. */
export function valueAt(data: unknown, ...path: readonly string[]): unknown {
  let value = data;
  for (const key of path) {
    if (!isData(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The text at a path of keys; numbers and booleans are none. */
export function textAt(data: unknown, ...path: readonly string[]): string | null {
  const value = valueAt(data, ...path);
  return typeof value === "string" ? value : null;
}

/** The list at a path of keys; empty where there is none. */
export function listAt(data: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = valueAt(data, ...path);
  return Array.isArray(value) ? value : [];
}
