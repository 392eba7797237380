/**
 * A JSON Web Token, as Home Assistant and 1Password Connect give them: base64 of `{"alg":`, `{"typ":`, `{"kid":` or
 * `{"ver":`, then of `{"` and a claim.
 */
export const WEB_TOKEN =
  "eyJ(?:hbGciOi|0eXAiOi|raWQiOi|2ZXIiOi)[A-Za-z0-9_-]{5,}\\.ey[IJ][A-Za-z0-9_-]{14,}\\.[A-Za-z0-9_-]{20,}";

const WHOLE = new RegExp(`^${WEB_TOKEN}$`);

/** Whether a token has that shape. */
export function isWebToken(token: string): boolean {
  return WHOLE.test(token);
}

/** As jwt.io and RFC 7519 show it, and Supabase for those who run it at home. */
const WELL_KNOWN = /John Doe|"iat":1516239022|"iss":"joe"|"iss":"supabase-demo"/;

/** Whether a token is one that documentation is full of. */
export function isWellKnownWebToken(token: string): boolean {
  return isWebToken(token) && WELL_KNOWN.test(decoded(token.split(".", 2)[1]));
}

const MADE_UP = /example|test|demo|dummy|sample|user\d|foo|acme|localhost|"123456/i;

/** Whether a token is signed, and no claim of it says that somebody made it up. */
export function isMeantWebToken(token: string): boolean {
  const [head, claims] = token.split(".", 2).map(decoded);
  if (head === undefined || claims === undefined || WELL_KNOWN.test(claims)) return false;
  return (
    isObject(head) &&
    /"alg"\s*:\s*"(?!none")/i.test(head) &&
    isObject(claims) &&
    !MADE_UP.test(claims)
  );
}

function decoded(part = ""): string {
  return Buffer.from(part, "base64url").toString("utf8");
}

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
