import { isToken } from "../sops/token.ts";
import { TOKEN_WORDS } from "./keywords.ts";
import { holdsExpression } from "./pointer.ts";
import { holdsToken, isMasked } from "./token-shapes.ts";
import { WordSearch } from "./word-search.ts";

/**
 * Which names and values are those of a password or token. A guess, made so that it is seldom wrong:
 * a warning about nothing costs as much trust as a missed one.
 */

/** A name that ends in one of these words names a credential … */
const CREDENTIAL_ENDING =
  /(?:^|_)(?:(?:db|pg|my|mysql|sql|postgres|redis|mongo|root|admin|user|smtp|mail|imap|ldap|bind|app|web)?password|[a-z0-9]+_pass|requirepass|passwd|passphrase|passwort|token|api_?key|secret_?key|private_?key|secret_access_?key|auth_?key|master_?key|encryption_?key|license_?key|(?:client|app|jwt|session|cookie|consumer|webhook|shared|hmac|signing|oauth2?|oidc|api|auth)_?secret)(?:_?\d)?$/;

/** … and an environment variable also with one of these. */
const SECRET_ENDING = /(?:^|_)(?<!kube_|tls_|pull_)secret$/;

/** … unless it is one of these: switches, limits and names of things. */
const NOT_A_CREDENTIAL =
  /(?:^|_)(?:automount_.*token|(?:existing|from|use|has|is|no|enable|disable|allow|require|show|hide|reset|forgot|change|change_?me|max|min|num|next|page|continuation|cancellation|public|ssh_?public)_.*)$/;

/** A name that is a secret's as often as that of the Secret or the key which has it: the value has to tell. */
const VAGUE_ENDING =
  /(?:^|_)(?:pass|pwd|secret_key_base|(?:app|cookie|hmac|session|(?:pre)?shared|signing)_?key)$/;

/** `dbPassword`, `DB-PASSWORD`, `db.password` → `db_password`. */
function normalised(name: string): string {
  return name
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

export function isCredentialName(name: string): boolean {
  const words = normalised(name);
  return CREDENTIAL_ENDING.test(words) && !NOT_A_CREDENTIAL.test(words);
}

/** For environment variables and dotenv files, where `APP_SECRET=…` holds a secret, not its name. */
export function isCredentialVariable(name: string): boolean {
  const words = normalised(name);
  return isCredentialName(name) || (SECRET_ENDING.test(words) && !NOT_A_CREDENTIAL.test(words));
}

/** What only tells of a secret, as `checksum/secret` among the annotations of a pod. */
const OF_A_SECRET = /(?:^|_)(?:checksum|digest|fingerprint|hash|sha\d*|version)(?:_|$)/;

/** Whether a name and a value, where the name alone is not telling: `secret: Zk3vQ8r2LmN9pXw1`. */
export function isVagueCredential(name: string, value: string): boolean {
  return isVagueName(name) && isRandomValue(value);
}

function isVagueName(name: string): boolean {
  const words = normalised(name);
  return (
    (VAGUE_ENDING.test(words) || SECRET_ENDING.test(words)) &&
    !NOT_A_CREDENTIAL.test(words) &&
    !OF_A_SECRET.test(words)
  );
}

const PLACEHOLDER =
  /^(?:[x*.#_-]+|<.*>|\[.*\]|your.*|my[-_ ]?(?:password|secret|token)|(?:change|replace|fill)[-_ ]?(?:me|this|it)?.*|todo.*|tbd|test|testing|example|placeholder|redacted|dummy|none|null|nil|true|false|yes|no|on|off|enabled|disabled|default|secret|password|token|string|undefined)$/i;

/** The name of a Secret, of a key in one, of a variable or of a file, where a password might stand. */
const REFERENCE_LIKE =
  /^(?:[a-z0-9.-]+[.-](?:secrets?|creds|credentials?|passwords?|tokens?|keys?|auth)|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?:\.{0,2}|~)\/[^\s]*|file:.*|env:.*|vault:.*|secret:.*|[a-z][a-z0-9+.-]*:\/\/[^\s]*)$/;

/**
 * Whether a value under a credential's name is a literal one.
 *
 * @param value the scalar's text, without quotes.
 */
export function isCredentialValue(value: string): boolean {
  const text = value.trim();
  if (text.length < 4 || text.length > 10_000) return false;
  if (isToken(value) || holdsExpression(text)) return false;
  // Programs expand these themselves: `$NAME`, Grafana's `$__env{NAME}`, Frigate's `{NAME}`.
  if (/^(?:\$(?:[A-Za-z_]\w*|__\w+\{.*\})|\{[A-Za-z_]\w*\})$/.test(text)) return false;
  if (/^[\d.,]{1,5}[a-z]{0,2}$/i.test(text)) return false;
  if (/\s/.test(text) && !text.startsWith("-----BEGIN")) return false;
  return !PLACEHOLDER.test(text) && !REFERENCE_LIKE.test(text);
}

const URL_WITH_PASSWORD =
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s:/"'`]*:([^\s@/"'`]+)@[^\s"'`]/gi;

/** Of a template or a format (`%s`, `%PASSWORD%`, and no `%2F`), or the word itself. */
const IN_PLACE_OF_PASSWORD = /[$<{]|%(?![0-9A-Fa-f]{2})|^(?:[A-Z_]+|pass|passwd)$/;

/** Whether a URL with a literal password stands in a text: `postgres://user:hunter2@host/db`. */
export function holdsUrlWithPassword(text: string): boolean {
  if (!text.includes("://")) return false;
  for (const [, password = ""] of text.slice(0, LONGEST_TEXT).matchAll(URL_WITH_PASSWORD)) {
    if (password.length >= 4 && !IN_PLACE_OF_PASSWORD.test(password) && !PLACEHOLDER.test(password))
      return true;
  }
  return false;
}

const LONGEST_TEXT = 2000;

/** Whether a text holds what needs no name to tell what it is: a token of a known shape, a URL with a password. */
export function holdsUnnamedCredential(text: string): boolean {
  return holdsToken(text) || holdsUrlWithPassword(text);
}

/**
 * Whether such a value looks made up or drawn at random: where nothing but a name tells that it is one, a
 * word is more likely to be one.
 */
export function isStrongValue(value: string): boolean {
  const text = value.trim();
  if (text.length < 8 || text.length > 500) return false;
  return /[A-Za-z]/.test(text) && /\d/.test(text) && isCredentialValue(text);
}

/** Names of commits and fingerprints of keys in hexadecimal digits, and public keys in DER. */
const PUBLIC = /^(?:[0-9a-f]{40}$|MCowBQYDK2V|MFkwEwYHKoZI|MIIBIjANBgkq)/;

/**
 * Whether a value is drawn at random for sure, as `openssl rand` and password managers draw: hexadecimal digits,
 * or letters of both cases and digits that make no words. Names of Secrets have no capitals, and those of other
 * things have words in them.
 */
export function isRandomValue(value: string): boolean {
  const text = value.trim().replace(/^base64:/, "");
  if (text.length < 16 || isMasked(text) || !isStrongValue(text)) return false;
  if (PUBLIC.test(text)) return false;
  if (/^[0-9a-f]{32,}$/.test(text)) return true;
  if (!/^[A-Za-z0-9+/=_~!@#%^&*-]+$/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) {
    return false;
  }
  const dividers = text.match(/[-_/]/g)?.length ?? 0;
  const words = text.match(/[A-Z]?[a-z]+|[A-Z]+/g) ?? [];
  const longestWord = Math.max(...words.map((word) => word.length));
  return dividers <= text.length / 8 && longestWord <= Math.max(5, text.length / 5);
}

/**
 * Whether a text could hold what the functions above look for, under a key (`dbPassword:`), as the
 * name in `{name: DB_PASSWORD, value: …}`, at the end of a JSON patch's path, or by its shape. Cheap,
 * and never false where they would find something: what fails it need not be parsed.
 */
export function mayHoldCredential(text: string): boolean {
  if (mayHoldUnnamed(text) || FAKE_STORE.test(text)) return true;
  let keys = 0;
  for (const match of text.matchAll(KEY)) {
    // A file of so many is worth a parser's look, and a parser has its limits.
    if ((keys += 1) > MOST_KEYS) return true;
    const end = match.index + match[0].length;
    const name = nameAt(text, match);
    if (isCredentialVariable(name) && mayBeValue(text, end, isCredentialValue)) return true;
    if (isVagueName(name) && mayBeValue(text, end, isRandomValue)) return true;
  }
  for (const [, name = ""] of text.matchAll(ARGUMENT)) if (isCredentialName(name)) return true;
  if (!/\bvalue["']?\s*:/.test(text)) return false;
  for (const [, written = ""] of text.matchAll(NAME)) {
    const name = written.replace(/["'\s,}]+$/, "").replace(/^.*\//, "");
    if (isCredentialVariable(name) || isVagueName(name)) return true;
  }
  return false;
}

const MOST_KEYS = 2000;

const KEY =
  /(?:pass(?:word|wd|phrase|wort)?|pwd|token|secret|key_?base|(?:api|access|app|auth|cookie|hmac|secret|session|shared|signing|private|master|encryption|license)[^A-Za-z0-9\n]?key)[^A-Za-z0-9\n]?\d?[^A-Za-z0-9\n]{0,2}\s*[:=]/gi;

/** An item of a list that is a flag without its value. */
const ARGUMENT = /[-[,]\s*["']?--([A-Za-z][\w.-]{0,80})["']?\s*(?:,|\n|$)/g;

/** `name: DB_PASSWORD`, and `path: /spec/values/adminPassword` of an operation in a JSON patch. */
const NAME = /(?:name|path(?=["']?\s*:\s*["']?\/))["']?\s*:\s*["']?([^\n,}]{1,200})/gi;

/** Whether a text could hold a URL with a password, or a token with a shape of its own. */
export function mayHoldUnnamed(text: string): boolean {
  if (/:\/\/[^\s/:]*:[^\s/@]+@/.test(text)) return true;
  return IN_TOKENS.places(Buffer.from(text, "latin1"), 1).length > 0;
}

const IN_TOKENS = new WordSearch(TOKEN_WORDS.map((word) => ({ word, means: "token" })));

/** The provider of External Secrets that has its values in the store itself. */
const FAKE_STORE = /\bfake\s*:/;

/** The whole key of which a match of KEY is the end. */
function nameAt(text: string, match: RegExpExecArray): string {
  let start = match.index;
  while (start > 0 && match.index - start < 200 && /[\w.-]/.test(text.charAt(start - 1)))
    start -= 1;
  return text.slice(start, match.index) + match[0].replace(/[^A-Za-z0-9]+$/, "");
}

/** Longer values are no credentials: `isCredentialValue`. */
const LONGEST_AHEAD = 10_100;

/** `{value: …}`, in either style. */
const VALUE_BELOW = /^\{?\s*["']?value["']?\s*:/;

/** Whether a literal value could follow a key's colon: on its line, or below. */
function mayBeValue(text: string, colon: number, isValue: (value: string) => boolean): boolean {
  // Not to its end: of a line without one each key would search all the rest.
  const ahead = text.slice(colon, colon + LONGEST_AHEAD);
  const newline = ahead.indexOf("\n");
  const value = (newline === -1 ? ahead : ahead.slice(0, newline)).trim();
  if (value === "" || value.startsWith("#")) {
    if (newline === -1) return false;
    const below = /^\s*([^\n]*)/.exec(ahead.slice(newline, newline + 1000))?.[1] ?? "";
    // Another key, a list or the end of what this one is in: no scalar.
    return VALUE_BELOW.test(below) || !/^(?:[\w."'/-]+\s*:(?=\s|$)|-\s|[#}\]]|$)/.test(below);
  }
  // Blocks, anchors, aliases, tags: for the parser to say.
  if (/^[|>&!*]/.test(value) || VALUE_BELOW.test(value)) return true;
  const quote = /^["']/.exec(value)?.[0];
  if (quote === undefined) {
    const plain = [value, value.replace(/\s#.*$/, ""), value.replace(/[,;}\]].*$/, "")];
    return plain.some((one) => isValue(one) || holdsUrlWithPassword(one));
  }
  const close = value.indexOf(quote, 1);
  const inside = value.slice(1, close);
  if (close === -1 || inside.includes("\\") || value.charAt(close + 1) === quote) return true;
  return isValue(inside) || holdsUrlWithPassword(inside);
}
