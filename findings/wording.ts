/** How names from a file are shown in a message: never a value, nothing that moves the cursor. */

const LONGEST_NAME = 60;

/** A key as it may be printed: control characters escaped, long ones cut. */
export function shownName(name: string): string {
  const printable = name.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return printable.length > LONGEST_NAME ? `${printable.slice(0, LONGEST_NAME - 1)}…` : printable;
}

/** `a, b and 3 more` */
export function shownNames(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const first = distinct.slice(0, 3).map(shownName).join(", ");
  return distinct.length > 3 ? `${first} and ${String(distinct.length - 3)} more` : first;
}
