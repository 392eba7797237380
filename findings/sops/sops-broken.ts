import type { Finding } from "../finding.ts";

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

export const RESTORE = "restore the encrypted file";
const DECRYPT = "decrypt it (npx flux-sops decrypt --in-place --ignore-mac)";

/**
 * How a file that does not verify is mended.
 *
 * @param decrypts whether each of its ciphertexts does by itself.
 * @param added what stands in it in plaintext: with values among that, no file is decrypted.
 */
export function mendOfUnverified(
  decrypts: boolean,
  added: readonly { readonly kind: "value" | "comment"; readonly path: string }[],
): string {
  if (!decrypts) return RESTORE;
  const readable = added.filter(({ kind }) => kind === "value").map(({ path }) => path);
  return readable.length === 0
    ? `${RESTORE}, or ${DECRYPT}, correct it and stage it`
    : `${RESTORE}, or take out what is readable (${readable.join(", ")}), ${DECRYPT}, put that in again and stage it`;
}
