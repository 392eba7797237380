import type { Finding } from "./finding.ts";

/**
 * What is found: a file that should be a SOPS document and is none, or one that does not verify.
 *
 * @param at where and what is wrong, without any value.
 * @param what how it is mended, in the imperative.
 */
export function sopsBroken(
  { line, message }: { readonly line: number | null; readonly message: string },
  what: string,
): Finding {
  return { rule: "sops-broken", severity: "error", line, message, mend: { kind: "edit", what } };
}
