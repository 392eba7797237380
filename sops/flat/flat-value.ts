import type { Value } from "../value.ts";

/**
 * A value in a format that knows nothing but strings: what sops writes there for what came from
 * another format.
 *
 * @see ValToString in sops's stores/stores.go
 */
export function flatText(value: Value): string {
  switch (value.type) {
    case "bool":
      return value.text === "True" ? "true" : "false";
    case "float":
      return floatText(value.text);
    case "time":
      return value.text.replace(/\.\d+/, "");
    default:
      return value.text;
  }
}

/** Go's format `G` with the fewest digits, and at least one behind the point. */
function floatText(text: string): string {
  const number = Number(text);
  if (!Number.isFinite(number) || Object.is(number, -0)) return text === "-0" ? "-0.0" : text;
  const [digits = "0", exponent = "0"] = number.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const sign = power < 0 ? "-" : "+";
    return `${digits}E${sign}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return text.includes(".") ? text : `${text}.0`;
}
