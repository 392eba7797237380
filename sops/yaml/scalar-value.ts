import type { Scalar } from "yaml";
import type { SopsError } from "../errors.ts";
import { resolvePlain, UnrepresentableError, type Value } from "../value.ts";

/** Makes the error for what is wrong at an offset. */
export type Failure = (
  code: "syntax" | "unsupported",
  offset: number,
  message: string,
) => SopsError;

/** Tags that leave a scalar a string; real sops writes `!!merge` before every `<<`. */
const TEXT_TAGS = new Set(["tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"]);

/** The tag that go-yaml reads a value without quotes as if it were not there. */
export const NO_TAG = "!";

/**
 * What a scalar is to go-yaml; null is YAML's null.
 *
 * @throws SopsError `unsupported` for what sops does not accept, `syntax` for half a character.
 */
export function scalarValue(node: Scalar.Parsed, failure: Failure): Value | null {
  // The yaml package makes a symbol of a merge key.
  const text = typeof node.value === "symbol" ? node.source : String(node.value);
  const tag = node.tag === NO_TAG ? undefined : node.tag;
  if (tag !== undefined && !TEXT_TAGS.has(tag)) {
    throw failure("unsupported", node.range[0], `has a value with the tag ${printable(tag)}`);
  }
  if (!text.isWellFormed()) {
    throw failure("syntax", node.range[0], "has an escape for half a character");
  }
  if (tag !== undefined || node.type !== "PLAIN") return { type: "str", text };
  try {
    return resolvePlain(text);
  } catch (error) {
    if (error instanceof UnrepresentableError) {
      throw failure(
        "unsupported",
        node.range[0],
        `has ${error.message}, which sops does not accept: quote it`,
      );
    }
    throw error;
  }
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 60);
}
