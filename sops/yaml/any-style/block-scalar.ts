import type { CST, Scalar } from "yaml";
import type { Place } from "../spelling.ts";

/** Whether the file ends within a block without a line break: then its value ends without one. */
export function isCutOff(token: CST.Token | undefined): token is CST.BlockScalar {
  return token?.type === "block-scalar" && token.source !== "" && !token.source.endsWith("\n");
}

/**
 * What go-yaml reads from a block that the file ends in without a line break, and whether a line
 * break behind it would add one.
 *
 * @param file the whole text.
 * @param text what the yaml package reads: it adds the break, but where the last line is empty.
 * @param indent of the block's lines.
 */
export function cutText(
  file: string,
  token: CST.BlockScalar,
  text: string,
  indent: number,
): { text: string; gainsBreak: boolean } {
  const { source } = token;
  const last = source.slice(source.lastIndexOf("\n") + 1);
  const isEmpty = last.trim() === "" && (last.length <= indent || source.trim() === "");
  if (/^[|>][1-9]?\+/.test(file.slice(token.offset))) {
    const isAdded = !isEmpty || !source.includes("\n");
    return { text: isAdded ? text.slice(0, -1) : text, gainsBreak: true };
  }
  const gainsBreak = !isEmpty && text.endsWith("\n");
  return { text: gainsBreak ? text.slice(0, -1) : text, gainsBreak };
}

/**
 * Whether spaces stand below a block that may be part of it: go-yaml takes some lines of spaces into a
 * block that the yaml package leaves out of it.
 *
 * @param end where the block ends.
 */
export function hasSpacesBelow(file: string, end: number, { indent, header }: Place): boolean {
  const rest = file.slice(end);
  const empty = /^(?: *\r?\n)* */.exec(rest)?.[0] ?? "";
  const lines = empty.split(/\r?\n/);
  const last = lines.pop() ?? "";
  const isLast = last !== "" && empty === rest;
  const isKept = isLast && header.includes("+");
  if (isLast) lines.push(last);
  return isKept || lines.some(({ length }) => length > indent.length);
}

/** Where the lines of a block scalar begin. */
export function bodyOffset(token: CST.BlockScalar): number {
  const last = token.props[token.props.length - 1];
  if (last === undefined || !("offset" in last) || !("source" in last)) return token.offset;
  return last.offset + String(last.source).length;
}

/** Where the text of a block ends. */
export function blockEnd(file: string, token: CST.BlockScalar, node: Scalar.Parsed): number {
  const begin = bodyOffset(token);
  const end = begin + token.source.length;
  // Line breaks behind a block that keeps them are part of its value.
  return Math.max(end, /\+/.test(file.slice(token.offset, begin)) ? node.range[1] : end);
}
