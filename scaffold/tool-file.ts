/** The version in the first lines that the build gives the tool; null where there is none. */
export function toolVersion(tool: Buffer): string | null {
  const head = tool.subarray(0, 400).toString("latin1");
  return /^\/\/ flux-sops (\d+\.\d+\.\d+\S*), /m.exec(head)?.[1] ?? null;
}

/** Compares the three numbers of a version; what is after them has no weight. */
export function isOlderOrSame(present: string, version: string): boolean {
  const [theirs, ours] = [present, version].map((text) => text.split(/[.-]/).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (theirs?.[index] ?? 0) - (ours?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
