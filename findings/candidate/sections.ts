import type { Document, Scalar } from "yaml";
import { Composer, isScalar, Lexer, Parser } from "yaml";
import { documentMarkers } from "../../flux/document-markers.ts";
import { lineCounter } from "../../flux/line-counter.ts";
import { withoutEscapes } from "./escapes.ts";
import { walk } from "./nodes.ts";

/**
 * Nested more deeply than this, text is not parsed. The parser recurses: at some hundreds of levels
 * it runs out of stack, and near the end of the stack V8 aborts the whole process when it compiles a
 * regular expression, which no `catch` sees.
 */
const DEEPEST = 100;

/**
 * Lexical tokens that are parsed of one file, over all its parts: some 20,000 lines, some 0.3 seconds.
 * What lies beyond is judged by line where a rule can.
 */
const MOST_TOKENS = 200_000;

/** What a document costs beside its tokens, in tokens: its schema and directives are set up anew. */
const TOKENS_A_DOCUMENT = 40;

/** Text inside text inside text: a manifest in a patch in a kustomization is one level. */
const DEEPEST_EMBEDDING = 2;

/** What is left of a file's allowance. Shared by its sections and what is embedded in them. */
export interface Budget {
  tokens: number;
}

/** The allowance of a file of which nothing was parsed yet. */
export function fullBudget(): Budget {
  return { tokens: MOST_TOKENS };
}

/**
 * One YAML document's text, with the markers before it: a part of a file, or text that stands as a
 * value in one (an inline patch, an annotation). Parsed on first use, and only then.
 */
export class Section {
  /** Part of the file's text, or the value it is embedded as. */
  readonly text: string;
  /** Where `text` begins in what the nodes' ranges count from; 0 where it is embedded. */
  readonly offset: number;
  /** The key under which the text stands as a value; null for a part of a file. */
  readonly holder: string | null;
  readonly #lineAt: (offset: number) => number;
  readonly #budget: Budget;
  readonly #depth: number;
  #words: string | undefined;
  #trees: readonly Document.Parsed[] | null | undefined;
  #embedded: ReadonlyMap<Scalar, Section> | undefined;

  constructor(
    text: string,
    budget: Budget,
    place: {
      offset: number;
      lineAt: (offset: number) => number;
      holder?: string | null;
      depth?: number;
    },
  ) {
    this.text = text;
    this.offset = place.offset;
    this.holder = place.holder ?? null;
    this.#budget = budget;
    this.#lineAt = place.lineAt;
    this.#depth = place.depth ?? 0;
  }

  /** `text` without escapes, line by line the same: in it a word is found however it is spelled. */
  get words(): string {
    return (this.#words ??= withoutEscapes(this.text));
  }

  /** 1-based line of the file, of an offset as nodes' ranges have it. */
  lineAt(offset: number): number {
    return this.#lineAt(offset);
  }

  /** The text between two offsets as nodes' ranges have them. */
  slice(start: number, end: number): string {
    return this.text.slice(start - this.offset, end - this.offset);
  }

  /** What could be parsed, errors or not; null where it was given up. Usually one document. */
  get trees(): readonly Document.Parsed[] | null {
    if (this.#trees === undefined) {
      this.#trees = parseGuarded(this.text, this.offset, this.#budget);
    }
    return this.#trees;
  }

  /** The documents, or null where the text is no YAML. */
  get documents(): readonly Document.Parsed[] | null {
    const trees = this.trees;
    if (trees === null || trees.some((tree) => tree.errors.length > 0)) return null;
    return trees;
  }

  /** Values that look like YAML or JSON of their own, by their scalar. Empty where `documents` is null. */
  get embedded(): ReadonlyMap<Scalar, Section> {
    this.#embedded ??= this.#findEmbedded();
    return this.#embedded;
  }

  #findEmbedded(): ReadonlyMap<Scalar, Section> {
    const found = new Map<Scalar, Section>();
    if (this.#depth >= DEEPEST_EMBEDDING) return found;
    for (const document of this.documents ?? []) {
      for (const { node, key, keyOffset } of walk(document.contents)) {
        if (!isScalar(node) || typeof node.value !== "string") continue;
        const text = node.value;
        if (!looksStructured(text)) continue;
        const start = node.range?.[0] ?? 0;
        const keyLine = this.lineAt(keyOffset ?? start);
        // The value of a literal block is the file's own lines below its header.
        const firstLine = node.type === "BLOCK_LITERAL" ? this.lineAt(start) + 1 : null;
        const count = lineCounter(text);
        found.set(
          node,
          new Section(text, this.#budget, {
            offset: 0,
            lineAt: (offset) => (firstLine === null ? keyLine : firstLine + count(offset) - 1),
            holder: key ?? "",
            depth: this.#depth + 1,
          }),
        );
      }
    }
    return found;
  }
}

function looksStructured(text: string): boolean {
  if (text.length < 16) return false;
  return text.includes("\n") ? text.includes(":") : /^\s*(?:[[{]|- |[\w.-]+: \S)/.test(text);
}

/**
 * Cuts a file's text at its document markers.
 */
export function sectionsOf(
  text: string,
  budget: Budget,
  lineAt: (offset: number) => number,
): readonly Section[] {
  const sections: Section[] = [];
  let start = 0;
  const cut = (end: number): void => {
    sections.push(new Section(text.slice(start, end), budget, { offset: start, lineAt }));
    start = end;
  };
  for (const marker of documentMarkers(text)) {
    if (!isPrelude(text, start, marker)) cut(marker);
  }
  cut(text.length);
  return sections;
}

/** Whether only directives (`%YAML 1.2`) and comments stand there: they belong to what follows. */
function isPrelude(text: string, start: number, end: number): boolean {
  let lineStart = start;
  while (lineStart < end) {
    const next = text.indexOf("\n", lineStart);
    const lineEnd = next === -1 || next > end ? end : next;
    const line = text.slice(lineStart, lineEnd).trim();
    if (line !== "" && !line.startsWith("#") && !line.startsWith("%")) return false;
    lineStart = lineEnd + 1;
  }
  return true;
}

class GivenUp extends Error {}

function parseGuarded(text: string, offset: number, budget: Budget): Document.Parsed[] | null {
  // An error object a character (`]]]]…`) would spend its time on recording stacks nobody reads.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    // Duplicate keys are no error here: of two `data:` both are looked at.
    const composer = new Composer({
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    return [...composer.compose(guardedTokens(text, offset, budget))];
  } catch {
    return null;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function* guardedTokens(text: string, offset: number, budget: Budget) {
  const parser = new Parser();
  parser.offset = offset;
  budget.tokens -= TOKENS_A_DOCUMENT;
  for (const lexeme of new Lexer().lex(text)) {
    budget.tokens -= 1;
    if (budget.tokens < 0) throw new GivenUp();
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) throw new GivenUp();
  }
  yield* parser.end();
}
