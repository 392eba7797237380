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

/** A YAML document (or JSON) that is a mapping. */
export interface Manifest {
  readonly data: Data;
  /** 1-based line of what stands at a path of keys and indexes; of the document where nothing does. */
  lineOf(...path: readonly (string | number)[]): number;
}

/** The mappings of a file, as far as they can be read. */
export interface Manifests {
  readonly manifests: readonly Manifest[];
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
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  const lineAt = lineCounter(text);
  const manifests: Manifest[] = [];
  let isPartial = false;
  for (const { start, part } of parts(text)) {
    if (!wanted(part)) continue;
    const documents = parsed(part);
    isPartial ||= documents === null;
    for (const document of documents ?? []) {
      const data = plain(document);
      if (data === undefined) isPartial = true;
      if (!isData(data)) continue;
      manifests.push(...objectsOf(data, document, (offset) => lineAt(start + offset)));
    }
  }
  return { manifests, isPartial };
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

function parsed(text: string): Document.Parsed[] | null {
  try {
    const composer = new Composer({
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
      merge: true,
    });
    const documents = [...composer.compose(tokens(text))];
    return documents.some(({ errors }) => errors.length > 0) ? null : documents;
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
