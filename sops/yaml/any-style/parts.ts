import type { CST } from "yaml";
import type { Failure } from "../scalar-value.ts";

/** Whether a document begins with a `---`. */
export function isMarked(token: CST.Document | null): boolean {
  return token?.start.some(({ type }) => type === "doc-start") === true;
}

/** One document of a file, and the marks around it. */
export interface Part {
  readonly token: CST.Document | null;
  /** Where the `...` of the document before stands, and that of the last one. */
  readonly before: number | null;
  behind: number | null;
  /** Where its text ends. */
  end: number;
}

/** What go-yaml reads of directives. */
const DIRECTIVE = /^%(?:YAML 1\.1|TAG !(?:[\w-]*!)? [\w\-;/?:@&=+$,.!~*'()[\]]+)[ \t]*$/;

/**
 * The documents of a file.
 *
 * @throws SopsError `unsupported` for what go-yaml refuses between them.
 */
export function splitDocuments(
  tokens: readonly CST.Token[],
  length: number,
  failure: Failure,
): Part[] {
  const parts: Part[] = [];
  let indicator: number | null = null;
  const begin = (token: CST.Document | null) => {
    parts.push({ token, before: indicator, behind: null, end: length });
    indicator = null;
  };
  const closeLast = (offset: number) => {
    const last = parts.at(-1);
    if (last !== undefined && last.end === length) last.end = offset;
  };
  const directives = new Set<string>();
  for (const token of tokens) {
    if (token.type === "directive") {
      const [name = "", handle = ""] = token.source.split(/\s+/);
      const kind = name === "%TAG" ? `${name} ${handle}` : name;
      if (!DIRECTIVE.test(token.source) || directives.has(kind)) {
        const what = "has a directive that sops refuses: leave it out";
        throw failure("unsupported", token.offset, what);
      }
      directives.add(kind);
    } else if (token.type === "document") {
      directives.clear();
      closeLast(token.offset);
      if (!isMarked(token) && (parts.length > 0 || token.value === undefined)) {
        const what = token.value === undefined ? "ends here that has not begun" : "begins here";
        throw failure("unsupported", token.offset, `a document ${what}, without a \`---\``);
      }
      begin(token);
    } else if (token.type === "doc-end") {
      closeLast(token.offset);
      indicator = token.offset;
    }
  }
  const last = parts.at(-1);
  if (last === undefined) begin(null);
  else last.behind = indicator;
  return parts;
}
