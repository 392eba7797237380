/** Something that the specification allows, and go-yaml refuses: sops and Flux cannot read a file with it. */
export interface Refusal {
  readonly offset: number;
  /** What it is, and what to do. */
  readonly message: string;
}

const ESCAPE = "has an escape that sops and Flux cannot read: write the character itself";
const NAME =
  "has an anchor or alias whose name sops and Flux cannot read: name it by letters, digits, - and _";
const PART_OF_NAME =
  "has an anchor or alias of whose name sops and Flux take a part: name it by letters, digits, - and _";
const TAG = "has a tag that sops and Flux cannot read: take it out";
const TAG_END = "has a tag that sops and Flux take more into: put a space behind it";
const QUOTE = "has something right behind a closing quote: put a space there";
const OPEN =
  "has text in quotes that does not end before a line which stands too far left: close it, or indent that line";

/** Escapes that go-yaml does not know: of those are the pairs of `\u` that make one character in JSON. */
const UNKNOWN_ESCAPE = /^\\(?:\/|u[dD][89a-fA-F]|U0000[dD][89a-fA-F])/;

/** What may stand right behind the name of an anchor or alias. */
const BEHIND_NAME = /[ \t\r\n?:,\]}%@`]/;

/** go-yaml ends the name there, and reads the rest as something else. */
const KNOWN_BEGINNING = /^[&*][0-9A-Za-z_-]+[?:,\]}%@`]/;
/** What may stand right behind a scalar in quotes. */
const BEHIND_QUOTE = /[ \t\r\n:,\]}]/;

const KNOWN_NAME = /^[&*][0-9A-Za-z_-]+$/;
const KNOWN_TAG =
  /^!(?:<(?:[\w\-;/?:@&=+$,.!~*'()[\]]|%[0-9a-f]{2})+>|(?:[\w\-;/?:@&=+$,.!~*'()[\]]|%[0-9a-f]{2})*)$/i;

/**
 * What go-yaml refuses of an anchor, an alias, a tag, or a scalar in quotes, whatever stands around it.
 *
 * @param offset where it begins in the text
 */
export function* refusalsOfWord(
  text: string,
  lexeme: string,
  offset: number,
): Generator<Refusal, void, undefined> {
  const first = lexeme.charAt(0);
  const behind = text.charAt(offset + lexeme.length);
  if (first === "&" || first === "*") {
    const isKnown = KNOWN_NAME.test(lexeme) && (behind === "" || BEHIND_NAME.test(behind));
    if (!isKnown) yield { offset, message: KNOWN_BEGINNING.test(lexeme) ? PART_OF_NAME : NAME };
  }
  if (first === "!" && !KNOWN_TAG.test(lexeme)) yield { offset, message: TAG };
  if (first === "!" && /[^ \t\r\n]/.test(behind)) yield { offset, message: TAG_END };
  if (/["']/.test(first) && behind !== "" && !BEHIND_QUOTE.test(behind)) {
    yield { offset, message: QUOTE };
  }
  // The lexer ends it there, and takes an escaped quote for the closing one.
  if (first === "'" && lexeme.slice(1, -1).replaceAll("''", "").includes("'")) {
    yield { offset, message: OPEN };
  }
  if (first !== '"') return;
  for (const { index, 0: escape } of lexeme.matchAll(/\\(?:[uU][0-9a-fA-F]{4,8}|[^])/g)) {
    if (index + escape.length === lexeme.length) yield { offset, message: OPEN };
    if (UNKNOWN_ESCAPE.test(escape)) yield { offset: offset + index, message: ESCAPE };
  }
}
