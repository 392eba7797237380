import { constants } from "node:buffer";
import { Composer, isNode, Lexer, Parser, type Document } from "yaml";
import { isData, listAt, textAt, type Data } from "./data.ts";
import { documentMarkers } from "./document-markers.ts";
import { lineCounter } from "./line-counter.ts";

/** Nested more deeply than this, text is not read: the parser recurses. */
const DEEPEST = 100;

/** Lexical tokens that are read of one document: some 10,000 lines. */
const MOST_TOKENS = 100_000;

/** Aliases that one document may use, so that it cannot grow without bounds. */
const MOST_ALIASES = 100;

/** Line breaks to go-yaml, as they were to YAML 1.1, and none to the parser here. */
const OLD_BREAKS = /\r(?!\n)|[\u0085\u2028\u2029]/g;

/** A YAML document (or JSON) that is a mapping. */
export interface Manifest {
  readonly data: Data;
  /** 1-based line of what stands at a path of keys and indexes; of the document where nothing does. */
  lineOf(...path: readonly (string | number)[]): number;
}

/** The mappings of a file, as far as they can be read. */
export interface Manifests {
  readonly manifests: readonly Manifest[];
  /** What is left of documents with errors in them: go-yaml takes some that the parser here does not. */
  readonly damaged: readonly Manifest[];
  /** Whether a document was left out: it is no YAML, or too much of it. */
  readonly isPartial: boolean;
}

/**
 * Reads the documents of a file, each object in a `List` for itself. Never throws, whatever the bytes
 * are.
 *
 * @param wanted only documents whose text it takes are parsed
 */
export function readManifests(
  bytes: Uint8Array,
  wanted: (text: string) => boolean = () => true,
): Manifests {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    return { manifests: [], damaged: [], isPartial: true };
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .replace(OLD_BREAKS, "\n");
  const lineAt = lineCounter(text);
  const manifests: Manifest[] = [];
  const damaged: Manifest[] = [];
  let isPartial = false;
  for (const { start, part } of parts(text)) {
    if (!wanted(part)) continue;
    const documents = parsed(part);
    const isDamaged = documents?.some(({ errors }) => errors.length > 0) !== false;
    isPartial ||= isDamaged;
    for (const document of documents ?? []) {
      const data = plain(document);
      if (data === undefined) isPartial = true;
      if (!isData(data)) continue;
      const objects = objectsOf(data, document, (offset) => lineAt(start + offset));
      (isDamaged ? damaged : manifests).push(...objects);
    }
  }
  return { manifests, damaged, isPartial };
}

/** The text cut at its document markers. */
function* parts(text: string): Generator<{ start: number; part: string }> {
  let start = 0;
  for (const marker of documentMarkers(text)) {
    yield { start, part: text.slice(start, marker) };
    start = marker;
  }
  yield { start, part: text.slice(start) };
}

function objectsOf(
  data: Data,
  document: Document.Parsed,
  lineAt: (offset: number) => number,
): Manifest[] {
  const lineOf = (path: readonly (string | number)[]): number => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : (document.contents?.range[0] ?? 0);
    return lineAt(offset);
  };
  const isList =
    (textAt(data, "kind") ?? "").endsWith("List") && textAt(data, "sops", "mac") === null;
  const items = isList ? listAt(data, "items") : [];
  if (items.length === 0) return [{ data, lineOf: (...path) => lineOf(path) }];
  return items.flatMap((item, index) =>
    isData(item) ? [{ data: item, lineOf: (...path) => lineOf(["items", index, ...path]) }] : [],
  );
}

function plain(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown;
  } catch {
    return undefined;
  }
}

/** Null where it is too much, or too deep. */
function parsed(text: string): Document.Parsed[] | null {
  try {
    const composer = new Composer({
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
      merge: true,
    });
    return [...composer.compose(tokens(text))];
  } catch {
    return null;
  }
}

class GivenUp extends Error {}

function* tokens(text: string) {
  const parser = new Parser();
  let left = MOST_TOKENS;
  for (const lexeme of new Lexer().lex(text)) {
    left -= 1;
    if (left < 0) throw new GivenUp();
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) throw new GivenUp();
  }
  yield* parser.end();
}
