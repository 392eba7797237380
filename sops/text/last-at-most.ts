/**
 * Where the last of some ascending numbers stands that is not above another; -1 where none is. By binary
 * search: a file's comments are asked for one by one.
 */
export function lastAtMost(ascending: readonly number[], most: number): number {
  let low = -1;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? 0) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
