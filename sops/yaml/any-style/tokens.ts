import { CST, Lexer, Parser } from "yaml";
import type { RawComment } from "../comments/texts.ts";
import { TOO_LARGE } from "../file.ts";
import { FlowReading } from "../go-yaml/flow-reading.ts";
import { GoYamlScan } from "../go-yaml/go-yaml-scan.ts";
import type { Refusal } from "../go-yaml/go-yaml-word.ts";

/**
 * How deep a document may be nested. Real files stay below 30. The composer recurses, and near the
 * end of the stack V8 ends the whole process where it compiles a regular expression, without an
 * exception to catch.
 */
export const DEEPEST = 100;

/**
 * How many marks, words and gaps a text may have: each takes a good part of a kilobyte to compose. A
 * manifest of a megabyte has some 200,000.
 */
const MOST_LEXEMES = 400_000;

/** How many documents it may have: each is given a sops block of its own, of a kilobyte or more. */
const MOST_DOCUMENTS = 1_000;

/** A text in double quotes that would be the same in single ones. */
const SIMPLY_QUOTED = /^"[^"'\\\r\n]*"$/;

/**
 * The yaml package reads a text in double quotes character by character, and keeps 30 bytes for each until
 * somebody looks at it: most could stand in single quotes.
 */
function inSimplestQuotes(lexeme: string): string {
  return SIMPLY_QUOTED.test(lexeme) ? `'${lexeme.slice(1, -1)}'` : lexeme;
}

/** The yaml package deletes members of the items of lists in brackets, which makes each several times as large. */
function slim(document: CST.Document): void {
  const open: CST.Token[] = document.value === undefined ? [] : [document.value];
  for (let token = open.pop(); token !== undefined; token = open.pop()) {
    if (!("items" in token)) continue;
    for (const [index, { start, key, sep, value }] of token.items.entries()) {
      for (const inner of [key, value]) {
        if (inner !== undefined && inner !== null && "items" in inner) open.push(inner);
      }
      if (token.type !== "flow-collection" || key !== undefined || sep !== undefined) continue;
      if (value !== undefined) token.items[index] = { start: start.slice(), value };
    }
  }
}

/** Everything in a text. */
export interface Tokens {
  /** Of those in double quotes, some stand as if in single ones. */
  readonly tokens: readonly CST.Token[];
  /** All comments, in order: in the tokens, the yaml package drops some below an empty value. */
  readonly comments: readonly RawComment[];
  /** What go-yaml refuses in it. */
  readonly refusals: readonly Refusal[];
}

/**
 * The concrete syntax of a text. It is not read beyond what cannot be composed anyway: a megabyte of
 * brackets would fill the memory.
 *
 * @param failure makes the error for what is wrong at an offset.
 */
export function readTokens(
  text: string,
  failure: (code: "syntax" | "unsupported", offset: number, message: string) => Error,
): Tokens {
  const tokens: CST.Token[] = [];
  const comments: RawComment[] = [];
  const parser = new Parser();
  let lexemes = 0;
  let documents = 0;
  let isScalar = false;
  const take = (some: Iterable<CST.Token>) => {
    for (const token of some) {
      if (token.type === "error") throw failure("syntax", token.offset, token.message);
      if (token.type === "document") documents += 1;
      if (documents > MOST_DOCUMENTS) throw failure("unsupported", token.offset, TOO_LARGE);
      if (token.type === "document") slim(token);
      tokens.push(token);
    }
  };
  const flow = new FlowReading(text, failure);
  const scan = new GoYamlScan(text);
  for (const lexeme of new Lexer().lex(text)) {
    // To the lexer, a line left of a collection in brackets ends it: its bracket may come yet.
    if (lexeme === CST.FLOW_END && flow.endsAt(parser.offset)) continue;
    flow.next(lexeme, parser.offset, isScalar);
    scan.next(lexeme, parser.offset, isScalar);
    if (lexeme.startsWith("#") && !isScalar) {
      const end = parser.offset + lexeme.length;
      comments.push({
        start: parser.offset,
        source: lexeme,
        windows: text.startsWith("\r\n", end),
      });
    }
    take(parser.next(isScalar ? lexeme : inSimplestQuotes(lexeme)));
    isScalar = lexeme === CST.SCALAR;
    if (parser.stack.length > DEEPEST) {
      throw failure("unsupported", parser.offset, "is nested too deeply");
    }
    lexemes += 1;
    if (lexemes > MOST_LEXEMES) {
      throw failure("unsupported", parser.offset, TOO_LARGE);
    }
  }
  take(parser.end());
  return { tokens, comments, refusals: scan.end() };
}
