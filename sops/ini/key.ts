import { SopsError } from "../errors.ts";
import { trim } from "./space.ts";

/**
 * Reads the name of a key.
 *
 * @param line from its first character that is no white space, its line break included.
 * @returns the name and the offset behind the `=` or `:`; the message of an error.
 * @see readKeyName in gopkg.in/ini.v1's parser.go
 */
export function readKeyName(line: string): { name: string; behind: number } | string {
  const quote = quoteOf(line);
  const close = quote === "" ? 0 : line.indexOf(quote, quote.length);
  if (close === -1) return "has a key without its closing quote";
  const from = close + quote.length;
  const delimiter = line.slice(from).search(/[=:]/);
  if (delimiter === -1) return "has a line without = or :, which sops does not accept";
  const end = from + delimiter;
  const name = trim(quote === "" ? line.slice(0, end) : line.slice(quote.length, close));
  if (name === "") return "has a key without a name";
  return { name, behind: end + 1 };
}

function quoteOf(line: string): "" | '"' | '"""' | "`" {
  if (line.startsWith("`")) return "`";
  if (!line.startsWith('"')) return "";
  return line.startsWith('"""') && Buffer.byteLength(line.slice(0, 7)) > 6 ? '"""' : '"';
}

/**
 * The spelling of a key: bare where it can be, else in quotes.
 *
 * @throws SopsError `cannot-hold`
 */
export function spellIniKey(name: string): string {
  const spellings = [name, `\`${name}\``, `"${name}"`];
  const spelled = spellings.find((one) => {
    const key = /^[#;[\s]/.test(one) ? "" : readKeyName(`${one} = x\n`);
    return typeof key === "object" && key.name === name && key.behind === one.length + 2;
  });
  if (spelled === undefined || name === "-" || trim(name) !== name || name.includes("\n")) {
    throw new SopsError("cannot-hold", "INI has no spelling for this key");
  }
  return spelled;
}
