import type { CST, Scalar } from "yaml";
import { isToken } from "../../token.ts";
import { blockColumn, type Collection } from "../collection.ts";
import { Places } from "../places.ts";
import { bodyOffset } from "./block-scalar.ts";
import { lacksRoom, styleOfToken, type Place, type Style } from "../spelling.ts";

/** Where the scalars of a file stand, and how they are written there. */
export class LeafPlaces {
  private readonly text: string;
  private readonly step: number;
  private readonly places: Places;

  /** @param step the author's indentation. */
  constructor(text: string, newline: string, step: number) {
    this.text = text;
    this.step = step;
    this.places = new Places(newline);
  }

  /**
   * @param node null for an alias, which any value may take the place of.
   * @param end where it ends.
   */
  placeOf(
    node: Scalar.Parsed | null,
    token: CST.Token | undefined,
    holder: Collection | null,
    end: number,
  ): Place {
    const flow = holder !== null && holder.column === null;
    const column = holder === null ? 0 : blockColumn(holder);
    return token?.type === "block-scalar"
      ? this.placeOfBlock(token, flow, column)
      : this.placeOnLine(node, token, flow, column, end);
  }

  private placeOnLine(
    node: Scalar.Parsed | null,
    token: CST.Token | undefined,
    flow: boolean,
    column: number,
    end: number,
  ): Place {
    const isQuoted = token !== undefined && token.type !== "scalar";
    const quote = isQuoted ? this.text.charAt(token.offset) : "";
    const quoted: Style = quote === "'" ? "single" : quote === '"' ? "double" : "plain";
    const style =
      flow && isToken(String(node?.value)) ? styleOfToken(quoted, sourceOf(token)) : quoted;
    const step = Math.max(2, this.step);
    const followed = this.isFollowed(end, column + step);
    return this.places.of({ style, flow, header: "", followed }, column + step, step);
  }

  private placeOfBlock(token: CST.BlockScalar, flow: boolean, column: number): Place {
    const header = this.text.slice(token.offset, bodyOffset(token)).replace(/\r?\n$/, "");
    const indicator = /^[|>][-+]?([1-9])/.exec(header)?.[1];
    const firstLine = /^( *)[^ \r\n]/m.exec(token.source)?.[1];
    const width =
      indicator !== undefined
        ? column + Number(indicator)
        : (firstLine?.length ?? column + this.step);
    const style = header.startsWith("|") ? "literal" : "folded";
    const place = { style, flow, header, followed: false } as const;
    return this.places.of(place, width, Math.max(1, width - column));
  }

  private isFollowed(end: number, indent: number): boolean {
    if (end === this.text.length) return false;
    return !/^\r?\n/.test(this.text.slice(end, end + 2)) || lacksRoom(this.text, end, indent);
  }
}

function sourceOf(token: CST.Token | undefined): string {
  return token !== undefined && "source" in token ? token.source : "";
}
