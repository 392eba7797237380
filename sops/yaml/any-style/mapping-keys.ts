import { isScalar, isSeq, type ParsedNode, type Scalar } from "yaml";
import type { Anchors } from "./anchors.ts";
import { scalarValue, type Failure } from "../scalar-value.ts";

/** The keys of mappings, as go-yaml and sops take them. */
export class MappingKeys {
  private readonly anchors: Anchors;
  private readonly failure: Failure;

  constructor(anchors: Anchors, failure: Failure) {
    this.anchors = anchors;
    this.failure = failure;
  }

  /**
   * The next key of a mapping.
   *
   * @param before the keys before it, which it is added to.
   * @throws SopsError `syntax` where the mapping has it already, as go-yaml; `unsupported` for one that is no
   *   string, as sops.
   */
  next(node: ParsedNode | null, before: Set<string>): string {
    const key = this.keyOf(node);
    if (before.has(key)) {
      throw this.failure("syntax", node?.range[0] ?? 0, "a key of a mapping has to be unique");
    }
    before.add(key);
    return key;
  }

  /** Of a merge key, go-yaml accepts mappings alone, and lists of them. */
  refuseOtherMerge(key: ParsedNode, value: ParsedNode | null): void {
    if (!isScalar(key) || key.type !== "PLAIN" || key.source !== "<<") return;
    const merged = isSeq(value) ? (value.items as (ParsedNode | null)[]) : [value];
    if (merged.every((node) => this.anchors.isMapping(node))) return;
    const what = "has a merge key (<<) without a mapping to merge";
    throw this.failure("unsupported", key.range[0], what);
  }

  private keyOf(node: ParsedNode | null): string {
    if (isScalar(node)) {
      this.anchors.note(node as Scalar.Parsed);
      const value =
        node.source === undefined ? null : scalarValue(node as Scalar.Parsed, this.failure);
      if (value?.type === "str") return value.text;
    }
    throw this.failure(
      "unsupported",
      node?.range[0] ?? 0,
      "has a key that is no string, which sops does not accept: quote it",
    );
  }
}
