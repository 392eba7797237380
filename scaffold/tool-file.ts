/** The version in the first lines that the build gives the tool; null where there is none. */
export function toolVersion(tool: Buffer): string | null {
  const head = tool.subarray(0, 400).toString("latin1");
  return /^\/\/ flux-sops (\d+\.\d+\.\d+\S*), /m.exec(head)?.[1] ?? null;
}
