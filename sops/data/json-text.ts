import { SopsError } from "../errors.ts";
import type { BlockLayout } from "../json/metadata-block.ts";
import { NumberText, TimeText, type Data } from "./data-tree.ts";

/**
 * Data as JSON.
 *
 * @param layout null for one line.
 * @param indent that of the line which the value begins on.
 * @throws SopsError `cannot-hold`
 */
export function toJson(value: Data, layout: BlockLayout | null, indent = ""): string {
  const inner = indent + (layout?.indent ?? "");
  const enclosed = (open: string, parts: readonly string[], close: string) => {
    if (parts.length === 0) return open + close;
    if (layout === null) return open + parts.join(", ") + close;
    const { newline } = layout;
    return `${open}${newline}${inner}${parts.join(`,${newline}${inner}`)}${newline}${indent}${close}`;
  };
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, Data>)].map(
      ([key, one]) => `${JSON.stringify(key)}: ${toJson(one, layout, inner)}`,
    );
    return enclosed("{", entries, "}");
  }
  if (Array.isArray(value)) {
    const items = value.map((one) => toJson(one as Data, layout, inner));
    return enclosed("[", items, "]");
  }
  if (value instanceof NumberText) {
    // JSON has no infinities.
    if (/^[+-]?(Inf|NaN)$/.test(value.text)) {
      throw new SopsError("cannot-hold", "JSON cannot hold a number that is infinite or none");
    }
    return value.text;
  }
  return JSON.stringify(value instanceof TimeText ? value.text : value);
}
