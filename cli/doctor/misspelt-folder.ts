/**
 * Which folder was meant by one that is not there: one beside it whose name is that but for a letter too
 * many, too few or in its neighbour's place, for case or for hyphens; or one of the same name elsewhere.
 * A folder that is like none may be one to come, and so may `prod-2` beside `prod-1`. No path begins with a slash.
 *
 * @param folder with a `/` at its end
 * @param folders those that are there, each with a `/` at its end
 */
export function folderMeant(folder: string, folders: ReadonlySet<string>): string | null {
  if (folders.has(folder)) return null;
  if (folder.startsWith("/")) {
    const inside = folder.slice(1);
    return inside !== "" && folders.has(inside) ? inside : null;
  }
  const parts = folder.split("/").slice(0, -1);
  let above = "";
  for (const [index, part] of parts.entries()) {
    if (folders.has(`${above}${part}/`)) {
      above += `${part}/`;
      continue;
    }
    const beside = [...folders].find(
      (one) => one.startsWith(above) && isAlike(part, one.slice(above.length, -1)),
    );
    if (beside === undefined) break;
    const whole = [beside.slice(0, -1), ...parts.slice(index + 1), ""].join("/");
    return folders.has(whole) ? whole : beside;
  }
  return [...folders].find((one) => one.endsWith(`/${folder}`)) ?? null;
}

function isAlike(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a.replace(/[-_.]/g, "") === b.replace(/[-_.]/g, "")) return true;
  const at = [...a].findIndex((letter, index) => letter !== b.charAt(index));
  const differs = at === -1 ? a.length : at;
  if (a.length === b.length) {
    const swapped = a.charAt(differs + 1) + a.charAt(differs) + a.slice(differs + 2);
    return swapped === b.slice(differs);
  }
  const [longer, shorter] = a.length > b.length ? [a, b] : [b, a];
  return (
    /[a-z]/.test(longer.charAt(differs)) &&
    longer.slice(differs + 1) === shorter.slice(differs) &&
    shorter.length >= 3
  );
}
