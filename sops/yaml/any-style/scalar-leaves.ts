import type { CST, ParsedNode, Scalar } from "yaml";
import type { KeyPath } from "../../token.ts";
import type { Value } from "../../value.ts";
import { blockEnd, bodyOffset, cutText, hasSpacesBelow, isCutOff } from "./block-scalar.ts";
import type { Collection, InCollection } from "../collection.ts";
import type { YamlLeaf } from "../leaf.ts";
import { LeafPlaces } from "./leaf-places.ts";
import { scalarValue, type Failure } from "../scalar-value.ts";
import type { Source } from "./source.ts";
import { canBePlain, type Place } from "../spelling.ts";
import { lostIn } from "../go-yaml/unreadable-block.ts";

/** Where a scalar stands in the tree. */
export interface Seat extends InCollection {
  readonly path: KeyPath;
  /** Where the `-` of an item of a block list stands. */
  readonly itemStart: number | null;
}

/** Makes leaves of the scalars of a file. */
export class ScalarLeaves {
  private readonly source: Source;
  private readonly places: LeafPlaces;
  private readonly failure: Failure;

  constructor(source: Source, failure: Failure) {
    this.source = source;
    this.places = new LeafPlaces(source.text, source.newline, source.step);
    this.failure = failure;
  }

  of(node: Scalar.Parsed, { path, holder, entry, itemStart }: Seat): YamlLeaf {
    const { text } = this.source;
    const token = node.srcToken;
    const { value, cut } = this.valueOf(node, holder);
    const start = token?.offset ?? node.range[0];
    const end =
      token?.type === "block-scalar"
        ? blockEnd(text, token, node)
        : start + (token !== undefined && "source" in token ? token.source.length : 0);
    const place = this.places.placeOf(node, token, holder, end);
    const lost = lostIn(path, value);
    if (token?.type === "block-scalar") this.refuseSpacesBelow(token, place, end);
    const leaf: YamlLeaf = {
      kind: "value",
      path,
      value,
      line: this.lineOf(start),
      form:
        node.type === "PLAIN"
          ? "bare"
          : token?.type === "block-scalar" || !canBePlain(value?.text ?? "", false)
            ? "forced"
            : "quoted",
      alias: null,
      start,
      end,
      itemStart,
      holder,
      entry,
      place,
    };
    if (cut === null && lost === null) return leaf;
    return {
      ...leaf,
      ...(cut !== null && { cutOff: true as const }),
      ...(cut?.gainsBreak === true && { gainsBreak: true as const }),
      ...(lost !== null && { becomesNull: lost }),
    };
  }

  /**
   * The leaf of a value that an alias stands for, at the place of the alias.
   *
   * @param of the leaf under the anchor, where that is one.
   */
  ofAlias(
    node: Scalar.Parsed,
    { path, holder, entry }: Seat,
    at: ParsedNode,
    alias: NonNullable<YamlLeaf["alias"]>,
  ): YamlLeaf {
    const [start, end] = at.range;
    return {
      kind: "value",
      path,
      value: this.valueOf(node, holder).value,
      line: this.lineOf(start),
      form: "bare",
      alias,
      start,
      end,
      itemStart: null,
      holder,
      entry,
      place: this.places.placeOf(null, undefined, holder, end),
    };
  }

  private lineOf(offset: number): number {
    return this.source.lines.lineOf(offset) + 1;
  }

  /** What a scalar is to go-yaml, and how it is cut off where the file ends in it. */
  private valueOf(
    node: Scalar.Parsed,
    holder: Collection | null,
  ): { value: Value | null; cut: ReturnType<typeof cutText> | null } {
    const token = node.srcToken;
    const whole = scalarValue(node, this.failure);
    if (whole === null || !isCutOff(token)) return { value: whole, cut: null };
    const { indent } = this.places.placeOf(node, token, holder, 0);
    const cut = cutText(this.source.text, token, whole.text, indent.length);
    return { value: { ...whole, text: cut.text }, cut };
  }

  private refuseSpacesBelow(token: CST.BlockScalar, place: Place, end: number): void {
    const isBlank = token.source.trim() === "";
    if (isBlank && token.source.includes("\t")) {
      throw this.failure(
        "unsupported",
        bodyOffset(token),
        "has a block of text with nothing but spaces and tabs in it: write it in double quotes",
      );
    }
    const isEmpty = isBlank && /\d/.test(place.header);
    const below = isEmpty ? bodyOffset(token) : end;
    if (!hasSpacesBelow(this.source.text, below, place)) return;
    throw this.failure(
      "unsupported",
      below,
      "has spaces below a block of text that may be part of it: take them out",
    );
  }
}
