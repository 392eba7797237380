import { SopsError } from "../errors.ts";
import type { KeyPath } from "../token.ts";
import { shownPath } from "../token.ts";
import type { Value } from "../value.ts";
import { readNumber, readString } from "./parse.ts";

/**
 * The usual spelling of a value: numbers as sops writes them, strings with no more escapes than
 * they need.
 *
 * @throws SopsError `unsupported` for a number that JSON does not have.
 */
export function spellJson(value: Value, path: KeyPath): string {
  switch (value.type) {
    case "int":
      return value.text;
    case "float": {
      const number = Number(value.text);
      if (!Number.isFinite(number)) {
        throw new SopsError(
          "unsupported",
          `the value at ${shownPath(path)} is a number that JSON does not have`,
        );
      }
      return Object.is(number, -0) ? "-0" : String(number);
    }
    case "bool":
      return value.text === "True" ? "true" : "false";
    case "bytes":
      // As Go writes a value of bytes.
      return JSON.stringify(Buffer.from(value.text, "latin1").toString("base64"));
    default:
      return JSON.stringify(value.text);
  }
}

/** Whether a recorded spelling is one of this value, as sops reads it. */
export function spells(source: string, value: Value): boolean {
  try {
    if (source.startsWith('"')) {
      JSON.parse(source);
      return value.type === "str" && readString(source) === value.text;
    }
  } catch {
    return false;
  }
  if (!/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/.test(source)) return false;
  const read = readNumber(source);
  return read?.type === value.type && read.text === value.text;
}
