import type { Document } from "yaml";
import { lineCounter } from "../../flux/line-counter.ts";
import type { Candidate } from "../finding.ts";
import type { Section } from "./sections.ts";
import { fullBudget, sectionsOf } from "./sections.ts";
import { readText, searchable } from "./text.ts";

/**
 * Wraps a file for the rules. Nothing is computed before a rule asks for it.
 *
 * @param path repository-relative, `/`-separated, decoded as UTF-8.
 * @param bytes the whole content: of an index entry, a blob or a worktree file.
 */
export function candidateOf(
  path: string,
  bytes: Uint8Array,
  options: { encryptedName?: () => string | null } = {},
): Candidate {
  return new LazyCandidate(path, bytes, options.encryptedName);
}

class LazyCandidate implements Candidate {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly #encryptedName: (() => string | null) | undefined;
  readonly #budget = fullBudget();
  #text: { exact: string | null; readable: string | null } | undefined;
  #searchable: Uint8Array | undefined;
  #sections: readonly Section[] | undefined;
  #documents: readonly Document.Parsed[] | null | undefined;
  #lineAt: ((offset: number) => number) | undefined;

  constructor(path: string, bytes: Uint8Array, encryptedName?: () => string | null) {
    this.path = path;
    this.bytes = bytes;
    this.#encryptedName = encryptedName;
  }

  get encryptedName(): string | null {
    return this.#encryptedName?.() ?? null;
  }

  get text(): string | null {
    this.#text ??= readText(this.bytes);
    return this.#text.exact;
  }

  get readable(): string | null {
    this.#text ??= readText(this.bytes);
    return this.#text.readable;
  }

  get searchable(): Uint8Array {
    this.#searchable ??= searchable(this.bytes);
    return this.#searchable;
  }

  get sections(): readonly Section[] {
    if (this.#sections === undefined) {
      const text = this.readable;
      this.#sections =
        text === null ? [] : sectionsOf(text, this.#budget, (offset) => this.lineAt(offset));
    }
    return this.#sections;
  }

  get documents(): readonly Document.Parsed[] | null {
    if (this.#documents === undefined) {
      this.#documents = this.text === null ? null : allOrNothing(this.sections);
    }
    return this.#documents;
  }

  lineAt(offset: number): number {
    this.#lineAt ??= lineCounter(this.readable ?? "");
    return this.#lineAt(offset);
  }
}

function allOrNothing(sections: readonly Section[]): readonly Document.Parsed[] | null {
  const documents: Document.Parsed[] = [];
  for (const section of sections) {
    const parsed = section.documents;
    if (parsed === null) return null;
    documents.push(...parsed);
  }
  return documents;
}
