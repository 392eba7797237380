import { SopsError } from "../errors.ts";
import { normalise, parseTimestamp } from "../value.ts";

/**
 * How sops takes the single values of its metadata: a text may stand for a number, and the other way round.
 * In plain data, a time of YAML is a `Date`.
 *
 * @see treeBranchToMetadata in sops's stores/metadata.go, and its WeaklyTypedInput
 */

type Raw = Readonly<Record<string, unknown>>;

/** The text at a key; the empty one where there is none. */
export function textAt(raw: Raw, key: string): string {
  const value = raw[key] ?? "";
  if (typeof value === "object") throw bad(`has a ${key} that is no text`);
  return String(value);
}

/** The list at a key; one entry stands for a list of one. */
export function listAt(raw: Raw, key: string): readonly unknown[] {
  const list = raw[key] ?? [];
  if (Array.isArray(list)) return list;
  if (!isRecord(list)) throw bad(`has ${key === "age" ? "an" : "a"} ${key} that is no list`);
  return Object.keys(list).length === 0 ? [] : [list];
}

/** A boolean: a number or a text may stand for it, too. */
export function isSetAt(raw: Raw, key: string): boolean {
  const value = raw[key] ?? "";
  if (typeof value === "boolean" || value === "") return value === true;
  const read = typeof value === "object" ? null : normalise("bool", String(value));
  if (read === null) throw bad(`has a ${key} that is neither true nor false`);
  return read.text === "True";
}

/** Refuses what stands for no whole number at a key. */
export function refuseNoInteger(raw: Raw, key: string): void {
  const value = raw[key] ?? "";
  if (typeof value === "boolean" || value === "") return;
  if (typeof value === "object" || !/^[-+]?(?:0|[1-9]\d{0,17})$/.test(String(value))) {
    throw bad(`has a ${key} that is no whole number`);
  }
}

/** What sops can compare with its own version; it takes all that begins with `1.` for an old one. */
const NUMBER = "(?:0|[1-9]\\d*)";
const PRERELEASE = `(?:${NUMBER}|\\d*[A-Za-z-][\\dA-Za-z-]*)`;
const BUILD = "[\\dA-Za-z-]+";
const VERSION = new RegExp(
  `^(?:1\\.|v?${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRERELEASE}(?:\\.${PRERELEASE})*)?(?:\\+${BUILD}(?:\\.${BUILD})*)?$)`,
);
/** What sops itself writes, at a tenth of the time that the whole pattern takes to be compiled. */
const RELEASE = /^3\.[1-9]\d?\.\d$/;

/**
 * The version at a key.
 *
 * @see AIsNewerThanB in sops's version/version.go
 */
export function versionAt(raw: Raw, key: string): string {
  const version = textAt(raw, key);
  if (version === "") throw bad("has no version: write version: 3.13.3 there");
  if (RELEASE.test(version)) return version;
  if (!VERSION.test(version)) throw bad("has a version that is none: write version: 3.13.3 there");
  return version;
}

/** The layout of RFC 3339 as Go takes it: an hour may have one digit. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d?:\d\d:\d\d(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)$/;

/** The time at a key, as Go writes it again; null where it is none in RFC 3339. */
export function timeAt(raw: Raw, key: string): string | null {
  const value = raw[key];
  return typeof value === "string" && RFC_3339.test(value) ? parseTimestamp(value) : null;
}

/** Refuses a time that YAML takes for more than a text, as sops 3.13 does. */
export function refuseBareTime(raw: Raw, key: string): void {
  if (raw[key] instanceof Date) {
    throw bad(`has a ${key} without quotes, which is no text to YAML: put it into quotes`);
  }
}

/** Whether plain data is a mapping; a time is none. */
export function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw) && !(raw instanceof Date);
}

/** The error for a `sops` block that sops refuses; the message goes on behind its name. */
export function bad(message: string): SopsError {
  return new SopsError("bad-metadata", `the sops block ${message}`);
}
