import { Composer, Parser, type CST, type Document } from "yaml";
import { SopsError } from "../errors.ts";
import { Lines } from "../lines.ts";
import type { StoreFile } from "../store.ts";
import { readBlockStyle } from "./block-style.ts";
import type { Held } from "./comment-stacks.ts";
import { documentComments } from "./comments.ts";
import {
  commentLeaves,
  documentEnd,
  YamlFile,
  type YamlContent,
  type YamlDocument,
  type YamlLeaf,
} from "./file.ts";
import { isTooDeep } from "./nesting.ts";
import { DocumentReader, type Failure } from "./reader.ts";

/** What go-yaml refuses in a file; the rest of the control characters, and half a surrogate pair. */
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/**
 * Parses a YAML file, all its documents.
 *
 * @param indent the indentation of a block that is appended.
 * @throws SopsError `syntax`, `unsupported`
 */
export function parseYaml(text: string, indent: number): StoreFile {
  const content = readBlockStyle(text) ?? readAnyStyle(text);
  return new YamlFile(text, content, indent, (spliced) => parseYaml(spliced, indent));
}

/**
 * Reads whatever the yaml package reads.
 *
 * @throws SopsError `syntax`, `unsupported`
 */
export function readAnyStyle(text: string): YamlContent {
  const lines = new Lines(text);
  const failure: Failure = (code, offset, message) =>
    new SopsError(code, message, {
      line: lines.lineOf(offset) + 1,
      column: lines.columnOf(offset) + 1,
    });
  const forbidden = text.search(FORBIDDEN);
  if (forbidden !== -1) throw failure("syntax", forbidden, "has a control character");
  const tokens = [...new Parser().parse(text)];
  if (isTooDeep(tokens)) throw failure("unsupported", 0, "is nested too deeply");

  const composed: Document.Parsed[] = [];
  const composer = new Composer({
    keepSourceTokens: true,
    schema: "failsafe",
    version: "1.2",
    merge: false,
    // Checked by the reader: the composer compares every key with every other.
    uniqueKeys: false,
    logLevel: "silent",
  });
  for (const document of composer.compose(tokens, false, text.length)) {
    composed.push(document as Document.Parsed);
  }
  for (const document of composed) {
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw failure("syntax", problem.pos[0], problem.message.split("\n")[0] ?? problem.message);
    }
  }

  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const leaves: YamlLeaf[] = [];
  const empty: Held[] = [];
  const documents: YamlDocument[] = [];
  let rawMetadata: unknown = null;
  const documentTokens = splitDocuments(tokens, text.length);
  for (const [index, document] of composed.entries()) {
    const part = documentTokens[index];
    if (part === undefined) continue;
    const reader = new DocumentReader(text, lines, newline, document, failure);
    const read = reader.read();
    const comments =
      part.token === null
        ? []
        : documentComments(
            lines,
            part.token,
            reader.collections,
            part.leading,
            documentEnd(text, lines, part.end, read.sops),
          );
    const own = commentLeaves(
      comments,
      read.sops,
      lines,
      (comment) => reader.entryOfComment(comment),
      reader.commentPlace,
    );
    leaves.push(...[...read.leaves, ...own].sort((a, b) => a.start - b.start));
    empty.push(...reader.empty);
    documents.push({ end: part.end, flow: read.flow, sops: read.sops });
    if (read.sops !== null) {
      if (index === 0) rawMetadata = read.sops.raw;
    }
  }
  return { leaves, empty, documents, rawMetadata, newline };
}

/** Each document's token, the comments that stand before it, and where its text ends. */
function splitDocuments(
  tokens: readonly CST.Token[],
  length: number,
): { token: CST.Document | null; leading: { start: number; source: string }[]; end: number }[] {
  const parts: {
    token: CST.Document | null;
    leading: { start: number; source: string }[];
    end: number;
  }[] = [];
  let leading: { start: number; source: string }[] = [];
  for (const token of tokens) {
    const last = parts[parts.length - 1];
    if (token.type === "comment") leading.push({ start: token.offset, source: token.source });
    else if (token.type === "document") {
      if (last !== undefined && last.end === length) last.end = token.offset;
      parts.push({ token, leading, end: length });
      leading = [];
    } else if (token.type === "doc-end") {
      if (last !== undefined && last.end === length) last.end = token.offset;
    }
  }
  if (parts.length === 0) parts.push({ token: null, leading, end: length });
  return parts;
}
