/** A name and its value in a line of settings. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
  readonly isQuoted: boolean;
}

/**
 * `{ user = "x"; password = "…"; }`, `auth: { username: x, password: … }`, `'{"password":"…"}'`, with escaped quotes
 * too. What has no quotes ends at the next blank or sign; with a dot or brackets it is computed.
 */
const PAIR =
  /[{,;]\s*(?:\\?["'])?([A-Za-z][\w.-]{0,80})(?:\\?["'])?\s*[:=]\s*(?:\\?"([^"'\\\n]{1,500})\\?"|'([^'\n]{1,500})'|([^\s"'`\\.,;:$(){}[\]]{1,500})(?=\s*[,;}]))/g;

/** Within such braces names of Secrets and of keys stand beside names. */
const OF_REFERENCE =
  /(?:ref|selector|mappings?|secret_?keys?|labels|annotations)["']?\s*[:=]?\s*\{/i;

/**
 * Labels of metrics and logs, as PromQL and LogQL have them: a name at the brace, `{token="…"}[5m]`, `{token="…"} |=`,
 * other signs beside `=`. A name that begins its line is a block's: `client{password="…"}`.
 */
const SELECTOR =
  /(?<!^\s*)\b\w+\{\s*\w+\s*=\s*\\{0,3}["'][^{}]*\}?|\{[^{}]*\}\s*(?:\[(?:\d+[a-z]|\$)|\|[=~])|\{(?:[^{}]*,)?\s*\w+\s*(?:=~|!=|!~)\s*\\{0,3}["'][^{}]*\}?/g;

/**
 * What has a name within braces on one line.
 *
 * @param line of a text of any format
 */
export function valuesInBraces(line: string): NamedValue[] {
  if (!line.includes("{") || OF_REFERENCE.test(line)) return [];
  const text = line.replace(SELECTOR, "");
  const open = text.indexOf("{");
  if (open === -1) return [];
  return [...text.slice(open).matchAll(PAIR)].map(([, name = "", double, single, plain]) => ({
    name,
    value: double ?? single ?? plain ?? "",
    isQuoted: plain === undefined,
  }));
}
