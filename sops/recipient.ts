import { Encrypter } from "age-encryption";
import { SopsError } from "./errors.ts";

/** How a recipient string is opened: by this engine, or only by the real sops. */
export type RecipientKind = "x25519" | "hybrid" | "plugin" | "ssh";

/**
 * Checks one age recipient, checksum included.
 *
 * @param text `age1…`, `age1pq1…`, `age1NAME1…` or `ssh-…`, without white space around it.
 * @throws SopsError `bad-key` when it is none of these or its Bech32 checksum is wrong.
 * @see parseRecipient in sops's age/keysource.go
 */
export function parseRecipient(text: string): RecipientKind {
  if (text.startsWith("ssh-")) return "ssh";
  if (!text.startsWith("age1")) {
    throw new SopsError("bad-key", `${shown(text)} is no age recipient: one starts with age1`);
  }
  const hybrid = text.startsWith("age1pq1");
  if (!hybrid && text.indexOf("1", 4) !== -1) return "plugin";
  try {
    new Encrypter().addRecipient(text);
  } catch {
    throw new SopsError(
      "bad-key",
      `${shown(text)} is no valid age recipient: its checksum is wrong, so it was mistyped or cut off`,
    );
  }
  return hybrid ? "hybrid" : "x25519";
}

/** A recipient is public, but what was given as one may be a private key pasted by mistake. */
function shown(text: string): string {
  if (/^AGE-SECRET-KEY/i.test(text)) return "a private key (AGE-SECRET-KEY-…)";
  const printable = text.replace(/[^\x21-\x7e]/g, "?");
  return printable.length > 24 ? `"${printable.slice(0, 20)}…"` : `"${printable}"`;
}
