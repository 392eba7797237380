import { isAlias, isMap, type Alias, type ParsedNode } from "yaml";
import type { Failure } from "../scalar-value.ts";

/** The anchors of one document, as far as it has been read. */
export class Anchors {
  private readonly named = new Map<string, ParsedNode>();
  private readonly targets = new Map<Alias, ParsedNode>();
  private readonly failure: Failure;

  constructor(failure: Failure) {
    this.failure = failure;
  }

  /** Whether an alias could stand for something by now. */
  get any(): boolean {
    return this.named.size > 0;
  }

  /** Takes the anchor of a node, a key's too; one of the same name stands for it from here on. */
  note(node: Exclude<ParsedNode, Alias.Parsed>): void {
    if (node.anchor !== undefined) this.named.set(node.anchor, node);
  }

  /**
   * What an alias stands for.
   *
   * An anchor may be given anew further down: an alias that is read again there keeps to its first one.
   *
   * @throws SopsError `syntax` where there is no such anchor above.
   */
  targetOf(alias: Alias.Parsed): ParsedNode {
    const target = this.targets.get(alias) ?? this.named.get(alias.source);
    if (target === undefined) {
      throw this.failure("syntax", alias.range[0], "an alias without an anchor");
    }
    this.targets.set(alias, target);
    return target;
  }

  /** Whether a node is a mapping, or an alias of one. */
  isMapping(node: ParsedNode | null): boolean {
    return isMap(isAlias(node) ? (this.targets.get(node) ?? this.named.get(node.source)) : node);
  }
}
