import { lineStart } from "../text/lines.ts";
import { resolvePlain, type Value } from "../value.ts";

/** How a scalar stands in the text. */
export type Style = "plain" | "single" | "double" | "literal" | "folded";

/** What has to be known of a scalar's place to write another text there. */
export interface Place {
  readonly style: Style;
  /** Inside a flow collection, where a plain scalar may hold no brackets and no comma. */
  readonly flow: boolean;
  /** The header of a block scalar with what stands behind it on its line: `|-  # note`. */
  readonly header: string;
  /** Spaces before each line of a block scalar that takes this place. */
  readonly indent: string;
  /** Whether the header must name the indentation for a first line that starts with a space. */
  readonly indentIndicator: string;
  readonly newline: string;
  /**
   * Whether no block scalar can take the place: a comment or a space stands behind it on its line, or it
   * {@link lacksRoom}.
   */
  readonly followed: boolean;
}

const SPACES_OR_COMMENT = /(?:\r?\n)+(?:[ \t]+(?:\r?\n|$)|( *)#)/y;
const BLOCK_OR_END = /\s*(?:sops:|$)/y;

/**
 * Whether a block of text with that many spaces before its lines has no room in the place of what ends at
 * an offset: it would take in what stands below, a line of spaces or a comment that is indented as far, or
 * lose its line break with the `sops` block where the file ends without one.
 */
export function lacksRoom(text: string, end: number, indent: number): boolean {
  SPACES_OR_COMMENT.lastIndex = end;
  const below = SPACES_OR_COMMENT.exec(text);
  if (below !== null && (below[1]?.length ?? indent) >= indent) return true;
  if (end === text.length || text.endsWith("\n")) return false;
  BLOCK_OR_END.lastIndex = end;
  return BLOCK_OR_END.test(text) && !text.includes("\n---", end);
}

/**
 * A token written in the style of the place that it takes. In a flow collection, where its brackets
 * need quotes, single ones stand for a plain text of the author's, and a rare spelling of the first
 * letter for single quotes: {@link styleOfToken} reads it back.
 */
export function spellToken(token: string, place: Place): string {
  switch (place.style) {
    case "single":
      return place.flow ? `"\\x45${token.slice(1)}"` : `'${token}'`;
    case "double":
      return `"${token}"`;
    case "plain":
      return place.flow ? `'${token}'` : token;
    case "literal":
    case "folded":
      return place.header + place.newline + place.indent + token + place.newline;
  }
}

/** The style that a token in a flow collection stands for: see {@link spellToken}. */
export function styleOfToken(style: Style, source: string): Style {
  if (style === "single") return "plain";
  return style === "double" && source.startsWith('"\\x45NC[') ? "single" : style;
}

/**
 * A value written in the style of the place that it takes, or in the nearest style that can hold
 * it: what comes back is the author's text wherever that was plain, quoted or a literal block.
 */
export function spellValue(value: Value, place: Place): string {
  if (value.type !== "str") return spellTyped(value, place);
  const { text } = value;
  switch (place.style) {
    case "plain":
      if (canBePlain(text, place.flow)) return text;
      // A block that keeps the line breaks at its end would keep those of empty lines below, too.
      return place.flow ||
        place.followed ||
        !text.includes("\n") ||
        text.endsWith("\n\n") ||
        !canBeLiteral(text)
        ? quote(text)
        : spellLiteral(text, place);
    case "single":
      return canBeSingleQuoted(text) ? `'${text.replaceAll("'", "''")}'` : quote(text);
    case "double":
      return quote(text);
    case "literal":
      return canBeLiteral(text) ? spellLiteral(text, place) : spellQuotedInBlock(text, place);
    case "folded":
      if (isOneLine(text)) return spellUnderHeader(text, place);
      return canBeLiteral(text) ? spellLiteral(text, place) : spellQuotedInBlock(text, place);
  }
}

/** Numbers, booleans and times stand plain, as sops writes them. */
function spellTyped(value: Value, place: Place): string {
  const plain =
    value.type === "bool"
      ? value.text.toLowerCase()
      : value.type === "float"
        ? spellFloat(value.text)
        : value.text;
  return place.style === "literal" || place.style === "folded" ? plain + place.newline : plain;
}

/** A float has to be read as one again: `1000` would come back as an integer. */
function spellFloat(text: string): string {
  if (text === "NaN") return ".nan";
  if (text === "+Inf") return ".inf";
  if (text === "-Inf") return "-.inf";
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
}

/**
 * Texts to go-yaml, but booleans and numbers of base 60 to readers of YAML 1.1, as in kubectl and Ansible.
 *
 * @see isOldBool and isBase60Float in go-yaml v3's encode.go
 */
const TYPED_IN_YAML_1_1 =
  /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$/;

/** Whether everybody reads a text without quotes back as the same string: go-yaml writes it so, too. */
export function canBePlain(text: string, flow: boolean): boolean {
  if (
    text === "" ||
    text !== text.trim() ||
    !isPrintable(text) ||
    /[\t\n\r\u0085\u2028\u2029]/.test(text)
  ) {
    // A tab inside is legal, but not everywhere: quote it.
    return false;
  }
  if (/^[,[\]{}#&*!|>'"%@`]/.test(text)) return false;
  if (/^[-?:]([\s]|$)/.test(text)) return false;
  if (/^(---|\.\.\.)(\s|$)/.test(text)) return false;
  if (text.includes(": ") || text.includes(" #") || text.endsWith(":")) return false;
  if (flow && /[,[\]{}]/.test(text)) return false;
  if (flow && /^[-?:]/.test(text)) return false;
  if (TYPED_IN_YAML_1_1.test(text)) return false;
  try {
    return resolvePlain(text)?.type === "str" && text !== "<<";
  } catch {
    return false;
  }
}

function canBeSingleQuoted(text: string): boolean {
  return isPrintable(text) && !/[\n\r\u0085\u2028\u2029]/.test(text);
}

/**
 * Whether a text can stand in a literal block: its last line has something in it. Readers do not agree on whether
 * spaces below a block are part of it.
 */
function canBeLiteral(text: string): boolean {
  let end = text.length;
  while (text[end - 1] === "\n") end -= 1;
  const last = text.slice(lineStart(text, end), end);
  return isPrintable(text) && !/[\r\u0085\u2028\u2029]/.test(text) && /[^ \t]/.test(last);
}

function isOneLine(text: string): boolean {
  const line = text.replace(/\n$/, "");
  return canBeLiteral(text) && !line.includes("\n") && !/^\s/.test(line);
}

function isPrintable(text: string): boolean {
  return !/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(
    text,
  );
}

/** A literal block, under the author's header where that says the right thing about line ends. */
function spellLiteral(text: string, place: Place): string {
  const trailing = /\n*$/.exec(text)?.[0].length ?? 0;
  const chomping = trailing === 0 ? "-" : trailing === 1 ? "" : "+";
  const header = /^[|>]([-+]?)([1-9]?)([-+]?)(.*)$/s.exec(place.header);
  const hasHeader = place.style === "literal" && header !== null;
  const authored = hasHeader ? (header[1] ?? "") + (header[3] ?? "") : "";
  // A header that keeps every line break is right for any number of them but none.
  const fits = hasHeader && (authored === chomping || (authored === "+" && trailing >= 1));
  const needsIndicator = /^\n*[ \t]/.test(text);
  const hasIndicator = hasHeader && (header[2] ?? "") !== "";
  if (fits && (!needsIndicator || hasIndicator)) return body(place.header, text, place);
  const indicator = needsIndicator || hasIndicator ? place.indentIndicator : "";
  const rest = hasHeader ? (header[4] ?? "") : place.style === "folded" ? (header?.[4] ?? "") : "";
  return body(`|${indicator}${chomping}${rest}`, text, place);
}

function spellUnderHeader(text: string, place: Place): string {
  const keepsBreak = !/^[|>][1-9]?-/.test(place.header);
  if (keepsBreak !== text.endsWith("\n")) return spellLiteral(text, place);
  return body(place.header, text, place);
}

function body(header: string, text: string, place: Place): string {
  const lines = text.replace(/\n$/, "").split("\n");
  const indented = lines.map((line) => (line === "" ? "" : place.indent + line));
  const end = place.style === "literal" || place.style === "folded" ? place.newline : "";
  return header + place.newline + indented.join(place.newline) + end;
}

/** A quoted scalar where a block scalar stood: the block's last line break stays. */
function spellQuotedInBlock(text: string, place: Place): string {
  return quote(text) + place.newline;
}

/** A double-quoted scalar on one line. */
export function quote(text: string): string {
  const escaped = text.replace(
    /["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => {
      const named = NAMED_ESCAPES[character];
      if (named !== undefined) return named;
      const code = character.charCodeAt(0);
      return code < 0x100
        ? `\\x${code.toString(16).padStart(2, "0").toUpperCase()}`
        : `\\u${code.toString(16).padStart(4, "0").toUpperCase()}`;
    },
  );
  return `"${escaped}"`;
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\0": "\\0",
};
