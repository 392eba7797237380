import type { CST } from "yaml";

/**
 * How deep a document may be nested. Real files stay below 30. The composer recurses, and near the
 * end of the stack V8 ends the whole process where it compiles a regular expression, without an
 * exception to catch.
 */
export const DEEPEST = 100;

/** Whether documents are nested deeper than can be composed safely. Does not recurse itself. */
export function isTooDeep(tokens: readonly CST.Token[]): boolean {
  const stack: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) return true;
    if (token.type === "document" && token.value) stack.push({ token: token.value, depth });
    if ("items" in token) {
      for (const { key, value } of token.items) {
        if (key) stack.push({ token: key, depth: depth + 1 });
        if (value) stack.push({ token: value, depth: depth + 1 });
      }
    }
  }
  return false;
}
