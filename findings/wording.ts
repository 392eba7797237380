/** How names from a file are shown in a message: never a value, nothing that moves the cursor. */

const LONGEST_NAME = 60;

/** A key as it may be printed: control characters escaped, long ones cut. */
export function shownName(name: string): string {
  return shown(name, LONGEST_NAME);
}

/** `: NAME`; nothing where there is no name. */
export function afterColon(name: string): string {
  return name === "" ? "" : `: ${shownName(name)}`;
}

/** A Secret's key as it may be printed: without the value, where that is a part of it. */
export function shownKey(key: string): string {
  return shownName(key.replace(/([:=])[^]+$/, "$1…"));
}

function shown(name: string, longest: number): string {
  const printable = name.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return printable.length > longest ? `${printable.slice(0, longest - 1)}…` : printable;
}

/** `a, b and 3 more` */
export function shownNames(names: readonly string[]): string {
  return listed(names, shownName);
}

function listed(names: readonly string[], one: (name: string) => string): string {
  const distinct = [...new Set(names)];
  const first = distinct.slice(0, 3).map(one).join(", ");
  return distinct.length > 3 ? `${first} and ${String(distinct.length - 3)} more` : first;
}

const LONGEST_PATH = 200;

/** A path as it may be printed: whole, where it is no longer than anyone's. */
export function shownFile(path: string): string {
  return shown(path, LONGEST_PATH);
}

/** `a, b and 3 more` */
export function shownFiles(paths: readonly string[]): string {
  return listed(paths, shownFile);
}
