import { isRandomValue, isStrongValue } from "./credential.ts";
import { isLiteralPassword } from "./literal-password.ts";

/** What an `Authorization` header holds, whatever stands around it; `token` is Gitea's, and a common word. */
const SCHEME =
  /(?:(authorization["']?[:=]\s*["']?)|\b)(?:(Basic)|(Bearer)|token)\s+([A-Za-z0-9+/=_~-]{8,1000})(?![A-Za-z0-9+/=_~.-])/gi;

/**
 * Headers that services of their own have for a token, as curl, a proxy (`proxy_set_header NAME VALUE`) and OpenTelemetry
 * (`OTEL_EXPORTER_OTLP_HEADERS=api-key=…`) are given them.
 */
const OWN_HEADER =
  /-(key|apikey|token|team)(?:["']?[:=]["']?\s?|\s["']?)([A-Za-z0-9+/=_~-]{16,200})(?![A-Za-z0-9+/=_~.-])/gi;

/** What stands before that, looked for afterwards: at each word of a text it would take long. Behind `/` it is an image's name. */
const BEFORE = /(?<![\w/-])(?:x(?:-[a-z0-9]{1,20}){0,3}|private|job|deploy|api|access)$/i;
const BEFORE_KEY = /(?:^|[^a-z])(?:api|auth|access|private|deploy)$/i;

/** In few texts, and found without what `matchAll` costs. */
const ENDING = /[A-Za-z0-9]-(?:[Kk]ey|KEY|[Aa]pi[Kk]ey|[Tt]oken|TOKEN|[Tt]eam)["':= ]/;

function holdsOwnHeader(text: string): boolean {
  if (text.length < SHORTEST || !ENDING.test(text)) return false;
  for (const { index, 1: end = "", 2: value = "" } of text.matchAll(OWN_HEADER)) {
    const before = text.slice(Math.max(0, index - LONGEST_NAME), index);
    const isNamed = BEFORE.test(before) && (!/^key$/i.test(end) || BEFORE_KEY.test(before));
    if (isNamed && isToken(value)) return true;
  }
  return false;
}

/** `api-key=` and sixteen letters. */
const SHORTEST = 24;
const LONGEST_NAME = 80;

/**
 * Whether a text holds what logs somebody in over HTTP: `Basic` with the base64 of `user:password`, `Bearer`
 * with a value drawn at random, `X-Api-Key` and the like with one. Web tokens have a shape of their own.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617
 */
export function holdsAuthorization(text: string): boolean {
  if (holdsOwnHeader(text)) return true;
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
