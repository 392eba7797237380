import type { Place } from "./spelling.ts";

/** The places of a file's values. They are few: one for each column and style. */
export class Places {
  private readonly known = new Map<string, Place>();
  private readonly newline: string;

  constructor(newline: string) {
    this.newline = newline;
  }

  /**
   * @param width how many spaces stand before each line of a block there.
   * @param indicator what its header says of them where it has to.
   */
  of(
    { style, flow, header, followed }: Omit<Place, "indent" | "indentIndicator" | "newline">,
    width: number,
    indicator: number,
  ): Place {
    const name = `${style} ${String(flow)} ${String(followed)} ${width} ${indicator} ${header}`;
    let place = this.known.get(name);
    if (place === undefined) {
      place = {
        style,
        flow,
        header,
        indent: " ".repeat(width),
        indentIndicator: String(indicator),
        newline: this.newline,
        followed,
      };
      this.known.set(name, place);
    }
    return place;
  }
}
