import { isRandomValue, isStrongValue } from "./credential.ts";
import { isLiteralPassword } from "./literal-password.ts";

/** What an `Authorization` header holds, whatever stands around it; `token` is Gitea's, and a common word. */
const SCHEME =
  /(?:(authorization["']?[:=]\s*["']?)|\b)(?:(Basic)|(Bearer)|token)\s+([A-Za-z0-9+/=_~-]{8,1000})(?![A-Za-z0-9+/=_~.-])/gi;

/**
 * Whether a text holds what logs somebody in over HTTP: `Basic` with the base64 of `user:password`, `Bearer`
 * with a value drawn at random. Web tokens have a shape of their own.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617
 */
export function holdsAuthorization(text: string): boolean {
  for (const [, name, basic, bearer, value = ""] of text.matchAll(SCHEME)) {
    if (basic !== undefined) {
      if (holdsLogin(value)) return true;
    } else if (name !== undefined ? isToken(value) : bearer !== undefined && isRandomValue(value)) {
      return true;
    }
  }
  return false;
}

/** Behind the header's name nothing but a token stands, even where it looks like a commit's or has a word in it. */
function isToken(value: string): boolean {
  if (isRandomValue(value) || /^[0-9a-f]{40}$/.test(value)) return true;
  return /^(?=.*[a-z])(?=.*[A-Z])\w{20,}$/.test(value) && isStrongValue(value);
}

/** A login in UTF-8, as RFC 7617 has it: nearly all that is no base64 of one is no UTF-8 either. */
function holdsLogin(base64: string): boolean {
  const text = Buffer.from(base64, "base64").toString("utf8");
  const [, password = ""] = /^[^\p{C}\ufffd:]*:([^\p{C}\ufffd]+)$/u.exec(text) ?? [];
  return isLiteralPassword(password);
}
