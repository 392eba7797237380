import { isLiteralPassword } from "./literal-password.ts";

/** One field, up to what parts it from the next: `;` in ADO.NET, blanks in libpq, `&` in JDBC, `,` in Redis. */
const PASSWORD = /(?<=^|[\s;,?&"'`])(?:password|pwd)\s?=\s?(?:'([^'\n]*)'|([^\s;,&"'`)\]}|]+))/gi;

/** `app:hunter2@tcp(db:3306)/app`, of Go's driver for MySQL. */
const OF_GO = /(?<=^|[\s"'`=])[\w.-]{1,100}:([^\s:@/"'`]{1,200})@(?:tcp|unix)\(/g;

/** What stands beside the password: where it leads, or as whom. */
const COMPANION =
  /(?<=^|[\s;,?&"'`])(?:server|data ?source|host(?:name|addr)?|addr(?:ess)?|user(?: ?id|name)?|uid|database(?:name)?|dbname|initial catalog)\s?=\s?[^\s;,&"'`]|:\/\/|\bjdbc:|^[\w.-]+:\d+,/i;

/**
 * Whether a connection string with a literal password stands in a text: `Server=db;User Id=app;Password=…`,
 * `host=db user=app password=…`, `jdbc:postgresql://db/app?user=app&password=…`, `app:…@tcp(db)/app`.
 *
 * @param text one line of a file, or one value
 */
export function holdsConnectionString(text: string): boolean {
  return mayHoldConnectionString(text) && (COMPANION.test(text) || holdsPassword(text, OF_GO));
}

/** Whether a text of any length could: it holds a password as they do. */
export function mayHoldConnectionString(text: string): boolean {
  return (
    (/(?:password|pwd)\s?=/i.test(text) && holdsPassword(text, PASSWORD)) ||
    (/@(?:tcp|unix)\(/.test(text) && holdsPassword(text, OF_GO))
  );
}

function holdsPassword(text: string, pattern: RegExp): boolean {
  for (const [, quoted, plain] of text.matchAll(pattern)) {
    if (isLiteralPassword(quoted ?? plain ?? "")) return true;
  }
  return false;
}
