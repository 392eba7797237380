import {
  Document,
  isMap,
  isPair,
  isSeq,
  visit,
  type Node,
  type Scalar,
  type ScalarTag,
} from "yaml";
import { resolvePlain } from "../value.ts";
import { DEFAULT_INDENT } from "../yaml/metadata-block.ts";
import { NumberText, TimeText, type Data } from "./data-tree.ts";
import { commentLines, placedComments } from "./held-comments.ts";
import { toJson } from "./json-text.ts";
import { NO_COMMENTS, type DataComments } from "./read-comments.ts";

/** A time stands without quotes. */
const TIME: ScalarTag = {
  tag: "tag:yaml.org,2002:timestamp",
  default: true,
  identify: (value) => value instanceof TimeText,
  resolve: (text) => text,
  stringify: ({ value }: Scalar<unknown>) => (value as TimeText).text,
};

/**
 * Data as YAML, laid out as sops does.
 *
 * @param indent null for sops's own.
 */
export function toYaml(
  value: Data,
  indent: number | null,
  comments: DataComments = NO_COMMENTS,
): string {
  const document = new Document(plain(value), { compat: "yaml-1.1", customTags: [TIME] });
  if (comments.size > 0) addComments(document.contents, value, comments);
  visit(document, {
    Scalar: (_key, node) => {
      const { value } = node;
      if (typeof value === "string" && needsQuotes(value)) node.type = "QUOTE_DOUBLE";
      if (typeof value !== "bigint" || !needsPoint(String(value))) return;
      node.value = Number(value);
      node.minFractionDigits = 1;
    },
  });
  return withEscapes(
    document.toString({
      indent: indent ?? DEFAULT_INDENT,
      lineWidth: 0,
      commentString: (lines) => lines,
    }),
  );
}

function addComments(node: unknown, value: Data, comments: DataComments): void {
  if (!isMap<Scalar, Node>(node) && !isSeq<Node>(node)) return;
  const { above, behind } = placedComments(comments.get(value));
  if (node.items.length === 0 && behind.length > 0) node.commentBefore = commentLines(behind);
  else if (behind.length > 0) node.comment = commentLines(behind);
  for (const [index, [key, one]] of [...(value as ReadonlyMap<string, Data>).entries()].entries()) {
    const entry = node.items[index];
    const own = above.get(key);
    if (entry === undefined) continue;
    if (own !== undefined) (isPair(entry) ? entry.key : entry).commentBefore = commentLines(own);
    addComments(isPair(entry) ? entry.value : entry, one, comments);
  }
}

/**
 * Whether a text stands in double quotes. Of a block with leading spaces the yaml package says that it is
 * indented by 2, whatever is asked, and go-yaml reads no block that begins with a tab.
 */
function needsQuotes(text: string): boolean {
  return /^\n*[ \t]/.test(text) || UNSEEN.test(text) || !isText(text);
}

/** Whether a text without quotes is that to go-yaml, which knows more numbers than the yaml package. */
function isText(text: string): boolean {
  try {
    return resolvePlain(text)?.type === "str";
  } catch {
    return false;
  }
}

/** Data as YAML on one line. */
export function toFlow(value: Data): string {
  return withEscapes(toJson(withPoints(value), null));
}

/** Whether a number is a float whose digits alone go-yaml reads as an integer, which sops does not take. */
function needsPoint(digits: string): boolean {
  try {
    resolvePlain(digits);
    return false;
  } catch {
    return true;
  }
}

function withPoints(value: Data): Data {
  if (value instanceof Map) {
    return new Map([...value].map(([key, one]) => [key as string, withPoints(one as Data)]));
  }
  if (Array.isArray(value)) return value.map((one) => withPoints(one as Data));
  return value instanceof NumberText && needsPoint(value.text)
    ? new NumberText(`${value.text}.0`)
    : value;
}

/** Control characters, line breaks that few programs see, and what go-yaml takes for no text. */
const UNSEEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/** YAML in which such characters stand in double quotes; those that JSON leaves as they are become escapes. */
function withEscapes(yaml: string): string {
  return yaml.replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** For the yaml package, which writes big integers exactly only as BigInt. */
export function plain(value: Data): unknown {
  if (value instanceof Map) {
    return new Map([...value].map(([key, one]) => [key, plain(one as Data)]));
  }
  if (Array.isArray(value)) return value.map((one) => plain(one as Data));
  if (value instanceof NumberText) {
    if (/^-?\d+$/.test(value.text)) return BigInt(value.text);
    return Number(value.text.replace("Inf", "Infinity"));
  }
  return value;
}
