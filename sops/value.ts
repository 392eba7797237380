/**
 * A leaf of a SOPS document. `text` is the form that is encrypted and that the MAC covers, whatever
 * the spelling in the file was: `True`, `511` for `0777`, `1.1` for `1.10`.
 *
 * @see ToBytes in sops.go and Encrypt in aes/cipher.go of the original
 */
export interface Value {
  readonly type: "str" | "int" | "float" | "bool" | "time" | "bytes" | "comment";
  readonly text: string;
}

const TRUE = new Set(["true", "True", "TRUE"]);
const FALSE = new Set(["false", "False", "FALSE"]);
const NULL = new Set(["", "~", "null", "Null", "NULL"]);
const NOT_A_NUMBER = new Set([".nan", ".NaN", ".NAN"]);
const INFINITY = new Set([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"]);
const MINUS_INFINITY = new Set(["-.inf", "-.Inf", "-.INF"]);
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Thrown for what the original refuses too; the message says what that is. */
export class UnrepresentableError extends Error {
  override readonly name = "UnrepresentableError";
}

/**
 * Reads a plain (unquoted) YAML scalar exactly as go-yaml v3 does, which is neither YAML 1.1 nor 1.2.
 *
 * @returns null for a YAML null.
 * @throws UnrepresentableError for an integer that sops cannot hold, or a time that it cannot write.
 * @see resolve() in go-yaml v3's resolve.go
 */
export function resolvePlain(source: string): Value | null {
  if (NULL.has(source)) return null;
  const first = source.charAt(0);
  if (!"-+.0123456789tTfF".includes(first)) return { type: "str", text: source };
  if (TRUE.has(source)) return { type: "bool", text: "True" };
  if (FALSE.has(source)) return { type: "bool", text: "False" };
  if (NOT_A_NUMBER.has(source)) return { type: "float", text: "NaN" };
  if (INFINITY.has(source)) return { type: "float", text: "+Inf" };
  if (MINUS_INFINITY.has(source)) return { type: "float", text: "-Inf" };
  if (/[tTfF]/.test(first)) return { type: "str", text: source };
  if (first === ".") return resolveLeadingDot(source);

  const time = parseTimestamp(source);
  if (time !== null) {
    if (/[-+]2[45]:\d\d$/.test(time)) {
      throw new UnrepresentableError("a time 24 hours away from UTC");
    }
    return { type: "time", text: time };
  }
  const digits = source.replaceAll("_", "");
  const integer = parseGoInteger(source.includes("_") ? digits : source);
  if (integer !== null) {
    if (integer >= MIN_INT64 && integer <= MAX_INT64) {
      return { type: "int", text: integer.toString() };
    }
    // Go's ParseUint takes no sign.
    if (integer > 0n && integer <= MAX_UINT64 && !source.includes("+")) {
      throw new UnrepresentableError("an integer from 2^63 to 2^64-1");
    }
  }
  if (FLOAT.test(digits)) {
    const number = Number(digits);
    if (Number.isFinite(number)) return { type: "float", text: formatFloat(number) };
  }
  return { type: "str", text: source };
}

/** A plain scalar that starts with a dot goes through Go's ParseFloat, whose syntax is its own. */
function resolveLeadingDot(source: string): Value {
  if (/^\.\d+(_\d+)*([eE][-+]?\d+(_\d+)*)?$/.test(source)) {
    const number = Number(source.replaceAll("_", ""));
    if (Number.isFinite(number)) return { type: "float", text: formatFloat(number) };
  }
  return { type: "str", text: source };
}

/**
 * Go's ParseInt with base 0 on text without underscores: decimal, `0x`, `0b`, `0o`, and a leading `0`
 * for octal. go-yaml's own `0o` and `0b` forms have a sign behind these.
 */
function parseGoInteger(source: string): bigint | null {
  const signed = /^(0[bo])([-+])(\d+)$/.exec(source);
  if (signed !== null) return parseGoInteger(`${signed[2]}${signed[1]}${signed[3]}`);
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(
    source,
  );
  if (match === null) return null;
  const [, sign, hex, binary, octal, decimal] = match;
  const magnitude =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : octal !== undefined
          ? BigInt(`0o${octal}`)
          : BigInt(decimal ?? "0");
  return sign === "-" ? -magnitude : magnitude;
}

/**
 * The shortest decimal that reads back as the same number, never with an exponent.
 *
 * @param value a finite number.
 * @see strconv.FormatFloat(value, 'f', -1, 64)
 */
export function formatFloat(value: number): string {
  if (Object.is(value, -0)) return "-0";
  const shortest = value.toString();
  const match = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(shortest);
  if (match === null) return shortest;
  const [, sign = "", lead = "", fraction = "", exponentText = "0"] = match;
  const digits = lead + fraction;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return sign + digits.padEnd(exponent + 1, "0");
}

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)| +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?)?$/;

/**
 * A timestamp in one of the four layouts that go-yaml accepts, as RFC 3339 with nanoseconds where
 * there are any.
 *
 * @returns null where the text is no timestamp.
 * @see allowedTimestampFormats in go-yaml v3's resolve.go; time.MarshalText
 */
export function parseTimestamp(source: string): string | null {
  const match = TIMESTAMP.exec(source);
  if (match === null) return null;
  const [, year = "", month = "", day = "", h1, m1, s1, f1, zone = "Z", h2, m2, s2, f2] = match;
  const hour = Number(h1 ?? h2 ?? 0);
  const minute = Number(m1 ?? m2 ?? 0);
  const second = Number(s1 ?? s2 ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return null;
  const daysInMonth = [31, leap(Number(year)) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const days = daysInMonth[Number(month) - 1];
  if (days === undefined || Number(day) < 1 || Number(day) > days) return null;
  const offset = parseOffset(zone);
  if (offset === null) return null;
  const two = (part: string | number) => String(part).padStart(2, "0");
  const nanoseconds = (f1 ?? f2 ?? "").slice(0, 9).replace(/0+$/, "");
  return (
    `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}` +
    `${nanoseconds === "" ? "" : `.${nanoseconds}`}${offset}`
  );
}

/** An offset as Go writes it; null where it takes it for none. It takes 24 hours and 60 minutes, too. */
function parseOffset(zone: string): string | null {
  if (zone === "Z") return zone;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 24 || minutes > 60) return null;
  const all = hours * 60 + minutes;
  const two = (part: number) => String(part).padStart(2, "0");
  return all === 0 ? "Z" : `${zone.charAt(0)}${two(Math.floor(all / 60))}:${two(all % 60)}`;
}

function leap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/**
 * Brings a decrypted value into the one form that the MAC covers: sops parses what it decrypts and
 * hashes the parsed value.
 *
 * @returns null when the text does not parse as its type.
 * @see Decrypt in aes/cipher.go
 */
export function normalise(type: string, text: string): Value | null {
  switch (type) {
    case "str":
    case "bytes":
    case "comment":
      return { type, text };
    case "int": {
      if (!/^[-+]?[0-9]+$/.test(text)) return null;
      const integer = BigInt(text.replace(/^\+/, ""));
      if (integer < MIN_INT64 || integer > MAX_INT64) return null;
      return { type, text: integer.toString() };
    }
    case "float": {
      if (/^[-+]?nan$/i.test(text)) return { type, text: "NaN" };
      const infinite = /^([-+]?)inf(inity)?$/i.exec(text);
      if (infinite !== null) return { type, text: infinite[1] === "-" ? "-Inf" : "+Inf" };
      if (!FLOAT.test(text)) return null;
      const number = Number(text);
      return Number.isFinite(number) ? { type, text: formatFloat(number) } : null;
    }
    case "bool":
      if (/^(1|t|T|TRUE|true|True)$/.test(text)) return { type, text: "True" };
      if (/^(0|f|F|FALSE|false|False)$/.test(text)) return { type, text: "False" };
      return null;
    case "time":
      return parseTimestamp(text) === null ? null : { type, text: parseTimestamp(text) ?? "" };
    default:
      return null;
  }
}
