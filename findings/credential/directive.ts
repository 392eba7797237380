import { isLiteralPassword } from "./literal-password.ts";

/** Directives of programs that are given a password with nothing but a blank before it, each with a word of its own. */
const DIRECTIVES: readonly (readonly [word: string, pattern: RegExp])[] = [
  // A key of BIND, dhcpd or Knot's clients, in base64.
  ['secret "', /(?<=^|[\s{;])secret "([A-Za-z0-9+/]{16,200}={0,2})" ?;/gm],
  // NUT's.
  [
    "MONITOR ",
    /^[ \t]*MONITOR [ \t]*\S+@\S+[ \t]+\d+[ \t]+\S+[ \t]+(\S+)[ \t]+(?:primary|secondary|master|slave)\b/gm,
  ],
  // HAProxy's.
  ["insecure-password ", /\binsecure-password +(\S+)/g],
  ["stats auth ", /^[ \t]*stats auth +[^\s:]+:(\S+)/gm],
  // A bridge of Mosquitto's.
  ["remote_password ", /^[ \t]*remote_password +(\S+)/gm],
  // Of Fluent Bit's outputs.
  ["asswd ", /^[ \t]*http_passwd[ \t]+(\S+)/gim],
  ["oken ", /^[ \t]*splunk_token[ \t]+(\S+)/gim],
  // What a script writes into a .netrc.
  [" login ", /\bmachine \S{1,200} login \S{1,200} password (\S+)/g],
];

/** Whether a directive with a literal password stands in a text of any length. */
export function holdsDirective(text: string): boolean {
  return DIRECTIVES.some(([word, pattern]) => {
    if (!text.includes(word)) return false;
    for (const [, written = ""] of text.matchAll(pattern)) {
      if (isLiteralPassword(written.replace(/^["']|["']$/g, ""))) return true;
    }
    return false;
  });
}
