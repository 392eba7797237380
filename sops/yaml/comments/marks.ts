import type { CST } from "yaml";
import { bodyOffset } from "../any-style/block-scalar.ts";
import type { Collection } from "../collection.ts";

/** Something on the page that is neither white space nor a comment. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly collection: Collection | null;
  /** A `:` that a value is yet to follow. */
  readonly opensValue: boolean;
  /** A `-` that an item is yet to follow. */
  readonly opensItem?: boolean;
  /** An anchor or a tag, which what it is on is yet to follow. */
  readonly property?: boolean;
  /** A `?`, which a key of any kind is yet to follow. */
  readonly opensKey?: boolean;
  /** The bracket that opens a flow collection: go-yaml loses a comment beside it. */
  readonly opensFlow?: boolean;
  /** The bracket that closes a flow collection: what stands below it is outside. */
  readonly closes?: boolean;
  /** A comma between brackets. */
  readonly comma?: boolean;
  /** A `---` or `...`: then the collection is the top mapping of the document before. */
  readonly parts?: boolean;
}

/**
 * The marks of a document, in no order. The concrete syntax is walked without recursion, so that no depth
 * of nesting overflows the stack.
 *
 * @param previous the top mapping of the document before.
 * @param collections the collections of the document by their tokens.
 */
export function documentMarks(
  root: CST.Document,
  previous: Collection | null,
  collections: ReadonlyMap<unknown, Collection>,
): Mark[] {
  const marks: Mark[] = [];
  const stack: { token: CST.Token; collection: Collection | null }[] = [
    { token: root, collection: null },
  ];
  const source = (tokens: readonly CST.SourceToken[] | undefined, inside: Collection | null) => {
    for (const part of tokens ?? []) {
      if (part.type === "comment") continue;
      if (part.type !== "space" && part.type !== "newline" && part.source.trim() !== "") {
        marks.push({
          start: part.offset,
          end: part.offset + part.source.length,
          collection: part.type === "doc-start" ? previous : inside,
          opensValue: part.type === "map-value-ind",
          opensItem: part.type === "seq-item-ind",
          property: part.type === "anchor" || part.type === "tag",
          opensKey: part.type === "explicit-key-ind",
          opensFlow: part.type === "flow-map-start" || part.type === "flow-seq-start",
          closes: part.type === "flow-map-end" || part.type === "flow-seq-end",
          comma: part.type === "comma",
          parts: part.type === "doc-start",
        });
      }
    }
  };
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token } = next;
    const inside = collections.get(token) ?? next.collection;
    const child = (value: CST.Token | null | undefined) => {
      if (value !== null && value !== undefined) stack.push({ token: value, collection: inside });
    };
    switch (token.type) {
      case "document":
        source(token.start, inside);
        child(token.value);
        source(token.end, inside);
        break;
      case "block-map":
      case "block-seq":
      case "flow-collection":
        if (token.type === "flow-collection") source([token.start], inside);
        for (const item of token.items) {
          source(item.start, inside);
          child(item.key);
          source(item.sep, inside);
          child(item.value);
        }
        if (token.type === "flow-collection") source(token.end, inside);
        break;
      case "block-scalar":
        marks.push({
          start: token.offset,
          end: token.offset + 1,
          collection: inside,
          opensValue: false,
        });
        {
          const body = bodyOffset(token);
          const length = token.source.trimEnd().length;
          if (length > 0) {
            marks.push({
              start: body,
              end: body + length,
              collection: inside,
              opensValue: false,
            });
          }
        }
        break;
      case "alias":
      case "scalar":
      case "single-quoted-scalar":
      case "double-quoted-scalar":
        if (token.source !== "") {
          marks.push({
            start: token.offset,
            end: token.offset + token.source.length,
            collection: inside,
            opensValue: false,
          });
        }
        source(token.end, inside);
        break;
      default:
        break;
    }
  }
  return marks;
}
