import type { Scalar } from "yaml";
import type { SopsError } from "../errors.ts";
import { resolvePlain, UnrepresentableError, type Value } from "../value.ts";
import { OWN_TAG } from "./problem-words.ts";

/** Makes the error for what is wrong at an offset. */
export type Failure = (
  code: "syntax" | "unsupported",
  offset: number,
  message: string,
) => SopsError;

/** Tags that leave a scalar a string; real sops writes `!!merge` before every `<<`. */
const TEXT_TAGS = new Set(["tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"]);

/** What YAML itself has tags for; any other may be a password. */
const YAML_TAG =
  /^tag:yaml\.org,2002:(?:binary|bool|float|int|map|null|omap|pairs|seq|set|timestamp)$/;

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
    throw failure(
      "unsupported",
      node.range[0],
      YAML_TAG.test(tag) ? `has a value with the tag ${tag}` : OWN_TAG,
    );
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

/** What a scalar of the `sops` block is as plain data: see `metadata-fields.ts`. */
export function plainValue(value: Value | null): boolean | string | Date | null {
  if (value?.type === "bool") return value.text === "True";
  if (value?.type === "time") return new Date(value.text);
  return value?.text ?? null;
}
