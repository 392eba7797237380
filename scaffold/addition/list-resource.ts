import { type Document, isMap, isScalar, isSeq, type Node, parseAllDocuments } from "yaml";
import { newlineOf } from "../../sops/text/lines.ts";
import { appendAtEnd, appendTo } from "./yaml-insertion.ts";

/**
 * Adds an entry to `resources` of a kustomization.yaml by inserting text: comments and layout stay.
 *
 * @returns the same text where the entry is there already; null where only its owner can add it
 *   (several documents, aliases, something unexpected).
 */
export function listResource(text: string, entry: string): string | null {
  const [document, ...more] = parseAllDocuments(text);
  if (document === undefined || !("contents" in document) || more.length > 0) return null;
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  const lineBreak = newlineOf(text);
  const pair = document.contents.items.find(
    ({ key }) => isScalar(key) && key.value === "resources",
  );
  const before = contentOf(document);
  if (before === null) return null;
  const value = (pair?.value ?? null) as Node | null;
  const listed = isSeq(value) ? (value.toJSON() as unknown[]) : [];
  const spellings = [entry, `./${entry}`, `${entry}/`, `./${entry}/`];
  if (listed.some((item) => spellings.includes(String(item)))) return text;

  let added: string | null = null;
  if (pair === undefined) {
    added = appendAtEnd(text, ["resources:", `  - ${entry}`]);
  } else if (isSeq(value)) {
    const [begin, end] = value.range ?? [0, 0];
    const last = value.items.at(-1) as Node | undefined;
    if (value.flow === true && last === undefined) {
      // With a comment in it, only its owner knows where an entry belongs.
      if (!/^\[\s*\]$/.test(text.slice(begin, end))) return null;
      const at = text.slice(0, begin).trimEnd().length;
      added = `${text.slice(0, at)}${lineBreak}  - ${entry}${text.slice(end)}`;
    } else if (value.flow === true) {
      const at = last?.range?.[1] ?? end;
      added = `${text.slice(0, at)}, ${entry}${text.slice(at)}`;
    } else {
      added = appendTo(text, value, [`- ${entry}`]);
    }
  } else if (value === null || (isScalar(value) && value.value === null)) {
    const key = pair.key as Node;
    const colon = text.indexOf(":", key.range?.[1] ?? 0);
    const written = isScalar(value) ? (value.source ?? "") : "";
    if (colon !== -1 && written === "") {
      const at = colon + 1;
      const lineEnd = text.indexOf("\n", at);
      const end = lineEnd === -1 ? text.length : lineEnd;
      const head = text.slice(0, end).replace(/\r$/, "");
      added = `${head}${lineBreak}  - ${entry}${text.slice(head.length) || lineBreak}`;
    }
  }
  // What was inserted must be read back as meant, whatever the text looks like.
  return added !== null && saysSo(added, before, listed, entry) ? added : null;
}

/** Null where an alias in it stands for nothing. */
function contentOf(document: Document): object | null {
  try {
    return document.toJS() as object;
  } catch {
    return null;
  }
}

function saysSo(text: string, before: object, listed: unknown[], entry: string): boolean {
  const [document, ...more] = parseAllDocuments(text);
  if (document === undefined || more.length > 0 || document.errors.length > 0) return false;
  const expected = { ...before, resources: [...listed, entry] };
  const sorted = (value: object) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const after = document.toJS() as object;
  return JSON.stringify(sorted(after)) === JSON.stringify(sorted(expected));
}
