import { isRandomValue } from "./credential.ts";
import { isLiteralPassword } from "./literal-password.ts";

/** What an `Authorization` header holds, whatever stands around it. */
const SCHEME = /\b(?:(Basic)|Bearer)\s+([A-Za-z0-9+/=_~-]{8,1000})(?![A-Za-z0-9+/=_~.-])/gi;

/**
 * Whether a text holds what logs somebody in over HTTP: `Basic` with the base64 of `user:password`, `Bearer`
 * with a value drawn at random. Web tokens have a shape of their own.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617
 */
export function holdsAuthorization(text: string): boolean {
  for (const [, basic, value = ""] of text.matchAll(SCHEME)) {
    if (basic === undefined ? isRandomValue(value) : holdsLogin(value)) return true;
  }
  return false;
}

function holdsLogin(base64: string): boolean {
  const text = Buffer.from(base64, "base64").toString("latin1");
  const [, password = ""] = /^[\x21-\x7e]*?:([\x21-\x7e]+)$/.exec(text) ?? [];
  return isLiteralPassword(password);
}
