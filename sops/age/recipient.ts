import { decodeBech32 } from "./bech32.ts";
import { SopsError } from "../errors.ts";

/** How a recipient string is opened: by this engine, or only by the real sops. */
export type RecipientKind = "x25519" | "hybrid" | "plugin" | "ssh";

const X25519_BYTES = 32;
/** An ML-KEM-768 key and an X25519 key. */
const HYBRID_BYTES = 1184 + 32;

/**
 * Checks one age recipient, checksum included.
 *
 * @param text `age1…`, `age1pq1…`, `age1NAME1…` or `ssh-…`, without white space around it.
 * @throws SopsError `bad-key` when it is none of these or its Bech32 checksum is wrong.
 * @see parseRecipient in sops's age/keysource.go
 */
export function parseRecipient(text: string): RecipientKind {
  if (/^age1.*[ \n]/.test(text)) {
    const what = text.includes("\n") ? "a line break" : "a space";
    throw new SopsError(
      "bad-key",
      `${shown(text)} holds ${what}: put a comma between two recipients`,
    );
  }
  if (/[\x00-\x1f\x7f-\x9f]/.test(text)) throw badRecipient(text);
  if (text.startsWith("ssh-")) return "ssh";
  if (!text.startsWith("age1")) {
    throw new SopsError("bad-key", `${shown(text)} is no age recipient: one starts with age1`);
  }
  const hybrid = text.startsWith("age1pq1");
  if (!hybrid && text.indexOf("1", 4) !== -1) return "plugin";
  const decoded = decodeBech32(text);
  const [prefix, length] = hybrid ? ["age1pq", HYBRID_BYTES] : ["age", X25519_BYTES];
  if (decoded?.prefix !== prefix || decoded.bytes.length !== length) throw badRecipient(text);
  return hybrid ? "hybrid" : "x25519";
}

/** For what looks like a recipient and is none. */
export function badRecipient(text: string): SopsError {
  return new SopsError(
    "bad-key",
    `${shown(text)} is no valid age recipient: its checksum is wrong, so it was mistyped or cut off`,
  );
}

/** A recipient is public, but what was given as one may be a private key pasted by mistake. */
function shown(text: string): string {
  if (/^AGE-SECRET-KEY/i.test(text)) return "a private key (AGE-SECRET-KEY-…)";
  const printable = text.replace(/[^\x20-\x7e]/g, "?");
  return printable.length > 24 ? `"${printable.slice(0, 20)}…"` : `"${printable}"`;
}
