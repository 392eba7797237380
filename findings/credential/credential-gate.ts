import { mayGivePassword } from "./command-line.ts";
import {
  isCredentialName,
  isCredentialValue,
  isCredentialVariable,
  isDigestOfPassword,
  isStrongValue,
  isVagueCredential,
  isVagueName,
} from "./credential.ts";
import { holdsDirective } from "./directive.ts";
import { holdsUrlWithPassword, mayHoldUnnamed } from "./unnamed-credential.ts";

/**
 * Whether a text could hold a literal credential: under a key (`dbPassword:`), as the
 * name in `{name: DB_PASSWORD, value: …}`, at the end of a JSON patch's path, or by its shape. Cheap,
 * and never false where they would find something: what fails it need not be parsed.
 */
export function mayHoldCredential(text: string): boolean {
  if (
    mayHoldUnnamed(text) ||
    holdsDirective(text) ||
    OTHER.some(([word, pattern]) => text.includes(word) && pattern.test(text))
  )
    return true;
  let keys = 0;
  for (const match of text.matchAll(KEY)) {
    // A file of so many is worth a parser's look, and a parser has its limits.
    if ((keys += 1) > MOST_KEYS) return true;
    const end = match.index + match[0].length;
    const name = nameAt(text, match);
    const isValue = (value: string) => isCredentialValue(value) || isDigestOfPassword(name, value);
    if (isCredentialVariable(name) && mayBeValue(text, end, isValue)) return true;
    if (isVagueName(name) && mayBeValue(text, end, (value) => isVagueCredential(name, value)))
      return true;
    if (/(?:^|[^a-z])(?:pass|pwd?)$/i.test(name) && mayBeValue(text, end, isStrongValue))
      return true;
  }
  for (const [, name = ""] of text.matchAll(ARGUMENT)) if (isCredentialName(name)) return true;
  for (const [, name = "", value = ""] of text.matchAll(FLAG)) {
    if (isCredentialName(name) && isStrongValue(value)) return true;
  }
  if (mayGivePassword(text)) return true;
  if (!/\bvalue["']?\s*:/.test(text)) return false;
  for (const [, written = ""] of text.matchAll(NAME)) {
    const name = written.replace(/["'\s,}]+$/, "").replace(/^.*\//, "");
    if (isCredentialVariable(name) || isVagueName(name)) return true;
  }
  return false;
}

const MOST_KEYS = 2000;

const KEY =
  /(?:pass(?:word|wd|phrase|wort)?|pwd?|psk|token(?:[^A-Za-z0-9\n]?value)?|secret|key_?base|(?:api|access|account|admin|app|application|auth|bouncer|consumer|cookie|enc|enroll|hmac|installation|integration|jwt|network|priv|routing|secret|service|session|setup|shared|signing|private|master|encryption|license|user)[^A-Za-z0-9\n]?key)[^A-Za-z0-9\n]?\d?[^A-Za-z0-9\n]{0,2}\s*(?::=|[:=>])/gi;

/** An item of a list that is a flag without its value. */
const ARGUMENT = /[-[,]\s*["']?--([A-Za-z][\w.-]{0,80})["']?\s*(?:,|\n|$)/g;

/** A flag in a command, with its value. */
const FLAG = / --([A-Za-z][\w.-]{0,80})[= ]["']?([^\s"']+)/g;

/** `name: DB_PASSWORD`, and `path: /spec/values/adminPassword` of an operation in a JSON patch. */
const NAME = /(?:name|path(?=["']?\s*:\s*["']?\/))["']?\s*:\s*["']?([^\n,}]{1,200})/gi;

/** A `key:` with a long value. */
const KEY_OF_ITSELF = /\bkey["']?\s*:\s*["']?[0-9A-Za-z+/_-]{16}/;

/** What carries a credential otherwise, each after a word that is looked for first. */
const OTHER: readonly (readonly [word: string, pattern: RegExp])[] = [
  // The provider of External Secrets that has its values in the store itself.
  ["fake", /\bfake\s*:/],
  // Redis's directives, and a chart's values for them.
  ["requirepass", /\brequirepass[^\S\n]+\S/],
  ["masterauth", /\bmasterauth["']?(?:\s*:)?\s*\S/],
  // keepalived's.
  ["auth_pass", /\bauth_pass[^\S\n]+\S/],
  // cloud-init's.
  ["chpasswd", /\bchpasswd["']?\s*:/],
  // Files of logins that stand as values.
  ["netrc", /[._]netrc["']?\s*:/],
  [".pgpass", /\.pgpass["']?\s*:/],
  ["msmtprc", /\bmsmtprc["']?\s*:/],
  ["userlist.txt", /\buserlist\.txt["']?\s*:/],
  ["rclone.conf", /\brclone\.conf["']?\s*:/],
  // Of Homepage's widgets and of ESPHome's API.
  ["widget", KEY_OF_ITSELF],
  ["encryption", KEY_OF_ITSELF],
  // Of an authorization, as Prometheus and Alertmanager have it.
  ["credentials", /\bcredentials["']?\s*:\s*["']?[0-9A-Za-z+/_-]{8}/],
  // Terraform's and Packer's, with a default.
  ["variable", /\bvariable\s+"/],
  // CrowdSec's, with the name of a bouncer.
  ["BOUNCER_KEY_", /\bBOUNCER_KEY_\w+["']?\s*[:=]/],
  // Zigbee's key, as a list of numbers.
  ["network_key", /network_key["']?\s*:\s*[[-]/],
];

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
    // Before a command: `PGPASSWORD=… psql`.
    if (text.charAt(colon - 1) === "=") plain.push(value.replace(/\s.*$/, ""));
    return plain.some((one) => isValue(one) || holdsUrlWithPassword(one));
  }
  const close = value.indexOf(quote, 1);
  const inside = value.slice(1, close);
  if (close === -1 || inside.includes("\\") || value.charAt(close + 1) === quote) return true;
  return isValue(inside) || holdsUrlWithPassword(inside);
}
