/**
 * Names for `git add`: a folder in place of its files, where nothing else in it has changed.
 *
 * @param wanted paths with `/`, each of them changed
 * @param changed all that has changed
 */
export function wholeFolders(wanted: readonly string[], changed: readonly string[]): string[] {
  const known = new Set(wanted);
  const others = changed.filter((path) => !known.has(path));
  return below("", [...wanted].sort(), others);
}

function below(folder: string, wanted: readonly string[], others: readonly string[]): string[] {
  const named: string[] = [];
  const done = new Set<string>();
  for (const path of wanted) {
    const end = path.indexOf("/", folder.length);
    if (end === -1) {
      named.push(path);
      continue;
    }
    const inner = path.slice(0, end + 1);
    if (done.has(inner)) continue;
    done.add(inner);
    const inside = wanted.filter((one) => one.startsWith(inner));
    const isWhole = inside.length > 1 && !others.some((one) => one.startsWith(inner));
    if (isWhole) named.push(inner.slice(0, -1));
    else named.push(...below(inner, inside, others));
  }
  return named;
}
