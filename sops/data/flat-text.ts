import { spellDotenv } from "../dotenv/document.ts";
import { SopsError } from "../errors.ts";
import { spellIniKey } from "../ini/key.ts";
import { spellIniValue } from "../ini/value.ts";
import { pairs, type Data } from "./data-tree.ts";
import { commentLines, placedComments } from "./held-comments.ts";
import type { DataComments } from "./read-comments.ts";

/** Data as dotenv. */
export function toDotenv(root: Data, comments: DataComments): string {
  const { above, behind } = placedComments(comments.get(root));
  const entries = pairs(root, "dotenv").map(
    ([key, value]) => `${commentsBefore(above.get(key), "#")}${key}=${spellDotenv(value)}\n`,
  );
  return entries.join("") + commentsBefore(behind, "#");
}

/** Data as INI. */
export function toIni(root: Data, comments: DataComments): string {
  if (!(root instanceof Map)) throw new SopsError("cannot-hold", "INI needs sections");
  return [...(root as ReadonlyMap<string, Data>)]
    .map(([name, section]) => {
      if (!(section instanceof Map)) {
        throw new SopsError("cannot-hold", `INI holds sections only, and ${name} is none`);
      }
      const { above } = placedComments(comments.get(section as Data));
      const lines = pairs(section as Data, "INI").map(([key, value]) => {
        const spelling = spellIniValue(value) ?? value;
        return `${commentsBefore(above.get(key), "; ")}${spellIniKey(key)} = ${spelling}\n`;
      });
      return `[${name}]\n${lines.join("")}`;
    })
    .join("\n");
}

function commentsBefore(texts: readonly string[] = [], mark: "#" | "; "): string {
  return texts.length === 0 ? "" : `${commentLines(texts, mark)}\n`;
}
