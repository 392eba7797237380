import type { Finding } from "../finding.ts";

/**
 * What is found: a value or comment in plaintext in an encrypted part of an encrypted file. Real
 * sops and Flux pass it over; the gate encrypts it where a key is at hand, and reports it where not.
 *
 * @param added where it stands; `path` names keys, never the value.
 * @param isLocked whether it was tried, and no key on this machine opens the file.
 */
export function plaintextValue(
  added: { readonly line: number; readonly path: string },
  isLocked: boolean,
): Finding {
  const message = `${added.path} holds plaintext in an encrypted file`;
  return {
    rule: "plaintext-value",
    severity: "error",
    line: added.line,
    message: isLocked
      ? `${message}, and no key on this machine opens the file to encrypt it`
      : message,
    mend: {
      kind: "edit",
      what: isLocked
        ? "commit it from a machine that has the key, or take the value out"
        : "take the value out, and put it in again with npx flux-sops edit",
    },
  };
}
