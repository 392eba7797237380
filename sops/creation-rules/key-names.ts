const KEY = "(age1[a-z0-9]+)";
/** A comment that says whose a key is: `# age1…: Ann's laptop`. */
const SAID = new RegExp(`^[ \\t]*#[ \\t]*${KEY}:?[ \\t]+(\\S.*)$`);
/** A key that has its line for itself: perhaps an item of a list, an anchor before it, a comment behind it. */
const ALONE = new RegExp(
  `^[ \\t]*(-[ \\t]+)?(age:[ \\t]+)?(?:&(\\S+)[ \\t]+)?["']?${KEY}["']?,?(?:[ \\t]+#[ \\t]*(.*))?$`,
);
const COMMENT = /^[ \t]*#[ \t]*(.*)$/;

/**
 * Whose the keys in a `.sops.yaml` are, for people: what a comment says of one, on a line of its own (`# age1…: name`),
 * beside the key, or above it where it can be about no other key; or else its anchor.
 */
export function keyNames(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/);
  const said: [string, string][] = [];
  const beside: [string, string][] = [];
  for (const [index, line] of lines.entries()) {
    const [, of = "", name = ""] = SAID.exec(line) ?? [];
    if (name !== "") said.push([of, name.trim()]);
    const [alone, dash, ofRule, anchor = "", key = "", comment = ""] = ALONE.exec(line) ?? [];
    if (alone === undefined) continue;
    const isItem = dash !== undefined && ofRule === undefined;
    const above = isItem ? nameAbove(lines, index) : "";
    const found = [comment.trim(), above, anchor].find((one) => one !== "");
    if (found !== undefined) beside.push([key, found]);
  }
  return new Map([...beside.toReversed(), ...said]);
}

/** A `.sops.yaml` without the lines of their own that say whose a key is. */
export function withoutName(text: string, key: string): string {
  const lines = text.split(/(?<=\n)/);
  return lines.filter((line) => SAID.exec(line.trimEnd())?.[1] !== key).join("");
}

/** Empty where it may be the heading of several items, or a key that was switched off. */
function nameAbove(lines: readonly string[], index: number): string {
  const name = COMMENT.exec(lines[index - 1] ?? "")?.[1] ?? "";
  let next = index + 1;
  while (lines[next]?.trim() === "") next += 1;
  const isHeading = dashEnd(lines[next] ?? "") === dashEnd(lines[index] ?? "");
  return isHeading || name.includes("age1") ? "" : name.trim();
}

/** Where the dash of an item ends; 0 where a line has none. */
function dashEnd(line: string): number {
  return /^[ \t]*-/.exec(line)?.[0].length ?? 0;
}
