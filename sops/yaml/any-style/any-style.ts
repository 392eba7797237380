import { Composer, CST, type Document } from "yaml";
import { SopsError } from "../../errors.ts";
import { Lines, newlineOf } from "../../text/lines.ts";
import { documentComments } from "../comments/comments.ts";
import { commentLeaves, commentPlace } from "../comments/leaves.ts";
import { documentEnd } from "../comments/owners.ts";
import type { YamlContent, YamlLeaf } from "../leaf.ts";
import { indentStep } from "../metadata-block.ts";
import { isMarked, splitDocuments } from "./parts.ts";
import { problemWords } from "../problem-words.ts";
import { DocumentReader } from "./reader.ts";
import type { Failure } from "../scalar-value.ts";
import type { Source } from "./source.ts";
import { readTokens } from "./tokens.ts";

/** Control characters, and what is no character at all: go-yaml refuses a file with one. */
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** Line breaks to go-yaml alone: what stands behind one in a comment is data to it. */
const OTHER_BREAK = /[\x85\u2028\u2029]|\r(?!\n)/;

/**
 * Reads whatever the yaml package reads.
 *
 * @throws SopsError `syntax`, `unsupported`
 */
export function readAnyStyle(text: string): YamlContent {
  return readAll(text).content;
}

/**
 * The documents of a text that {@link readAnyStyle} reads, as the yaml package composes them with its
 * failsafe schema.
 *
 * @throws SopsError `syntax`, `unsupported`
 */
export function composeDocuments(text: string): readonly Document.Parsed[] {
  return readAll(text).composed;
}

/**
 * The documents of some tokens, their errors in them.
 *
 * @param always whether there is a document where nothing but comments is.
 */
export function composeTokens(
  tokens: readonly CST.Token[],
  always: boolean,
  length: number,
): Document.Parsed[] {
  const composer = new Composer({
    keepSourceTokens: true,
    schema: "failsafe",
    version: "1.2",
    merge: false,
    // To go-yaml, `!!omap`, `!!pairs` and `!!set` are any list or mapping.
    resolveKnownTags: false,
    // Checked by the reader: the composer compares every key with every other.
    uniqueKeys: false,
    logLevel: "silent",
  });
  const { stackTraceLimit } = Error;
  try {
    // An error for each of a hundred thousand anchors would spend its time on stacks that nobody reads.
    Error.stackTraceLimit = 0;
    return [...composer.compose(tokens, always, length)] as Document.Parsed[];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function readAll(text: string): { content: YamlContent; composed: readonly Document.Parsed[] } {
  const lines = new Lines(text);
  const failure: Failure = (code, offset, message) =>
    new SopsError(code, message, lines.placeOf(offset));
  const forbidden = text.search(FORBIDDEN);
  if (forbidden !== -1) throw failure("syntax", forbidden, "has a control character");
  const otherBreak = text.search(OTHER_BREAK);
  if (otherBreak !== -1) {
    const code = text.charCodeAt(otherBreak).toString(16).toUpperCase().padStart(4, "0");
    const what = `has a line break that few programs see (U+${code})`;
    throw failure("unsupported", otherBreak, `${what}: take it out, or write it as an escape`);
  }
  const { tokens, comments: all, refusals } = readTokens(text, failure);
  // Comments alone are a document, too: they are encrypted like others.
  const composed = composeTokens(tokens, all.length > 0, text.length);
  for (const document of composed) {
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw failure("syntax", problem.pos[0], problemWords(problem));
    }
  }

  refuseDropped(tokens, failure);

  const newline = newlineOf(text);
  const source: Source = { text, lines, newline, step: indentStep(text) };
  const parts = splitDocuments(tokens, text.length, failure);
  const read = composed.flatMap((document, index) => {
    const part = parts[index];
    const reader = new DocumentReader(source, document, failure);
    return part === undefined ? [] : [{ part, reader, ...reader.read() }];
  });
  const leavesFromLast: YamlLeaf[][] = [];
  let end = all.length;
  let hasFootBehind = false;
  // From the last document back: each has to know which comments the next one takes from it.
  for (const [index, { part, reader, ...one }] of [...read.entries()].reverse()) {
    const before = read[index - 1];
    const previous = before?.reader.top ?? null;
    let begin = end;
    while (begin > 0 && (all[begin - 1]?.start ?? 0) >= (before?.part.end ?? 0)) begin -= 1;
    const ending = documentEnd(text, lines, part.end, one.sops);
    const comments = documentComments(
      lines,
      all.slice(begin, end),
      part.token,
      reader.collections,
      { top: reader.top, previous },
      part,
      { ...ending, hasFootBehind },
    );
    end = begin;
    hasFootBehind = comments.some(({ owner }) => owner === previous);
    const own = commentLeaves(
      comments,
      one.sops,
      lines,
      (comment) => reader.entryOfComment(comment),
      commentPlace(newline),
    );
    leavesFromLast.push([...one.leaves, ...own].sort((a, b) => a.start - b.start));
  }
  const content: YamlContent = {
    leaves: leavesFromLast.reverse().flat(),
    empty: read.flatMap(({ reader }) => reader.empty),
    documents: read.map(({ part, reader, leaves, flow, sops }) => {
      const hasData = leaves.length > 0 || reader.empty.length > 0;
      const isFollowed = part.end < text.length;
      const isBlockAlone = sops !== null && !hasData && isFollowed && !isMarked(part.token);
      return { end: part.end, top: reader.top, flow, sops, ...(isBlockAlone && { isBlockAlone }) };
    }),
    rawMetadata: read[0]?.sops?.raw ?? null,
    newline,
    refusals,
  };
  return { content, composed };
}

/**
 * The yaml package drops what follows the key behind a `?` without a `:`.
 *
 * @throws SopsError `syntax`
 */
function refuseDropped(tokens: readonly CST.Token[], failure: Failure): void {
  for (const token of tokens) {
    if (token.type !== "document") continue;
    CST.visit(token, ({ key, sep, value }) => {
      if (key === undefined || key === null || value === undefined) return;
      if (sep?.some(({ type }) => type === "map-value-ind") === true) return;
      throw failure("syntax", value.offset, "has a value without a `:` before it");
    });
  }
}
