import { type JsonMember, type JsonNode, parseJson } from "../../sops/json/parse.ts";
import type { Addition } from "../plan/plan.ts";

/** The version of husky that a scaffolded repository asks for, as package.json spells it. */
const HUSKY = "^9.1.7";

const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

/**
 * Adds to a `package.json` what turns the hooks on in a new clone: husky, and the `prepare` script
 * that runs it. Nothing else, and nothing where both are there.
 */
export function addHusky(present: Buffer): Addition {
  // npm passes over it.
  const mark = present.subarray(0, 3).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : Buffer.of();
  let text = present.subarray(mark.length).toString("utf8");
  const byHand = (what: string): Addition => ({ content: null, byHand: what });
  try {
    const prepare = scriptOf(objectOf(parseJson(text)), "prepare");
    if (prepare === undefined) text = withMember(text, "scripts", "prepare", "husky || true");
    else if (!/\bhusky\b/.test(prepare)) {
      return byHand('its script "prepare" does not run husky: let it run "husky || true" as well');
    }
    const root = objectOf(parseJson(text));
    const depends = ["dependencies", "devDependencies"].some(
      (key) => memberOf(root, key)?.value.kind === "object" && has(root, key, "husky"),
    );
    if (!depends) text = withMember(text, "devDependencies", "husky", HUSKY);
  } catch {
    return byHand(
      `it is no JSON that can be added to: add the script "prepare": "husky || true" and the development dependency husky`,
    );
  }
  return { content: Buffer.concat([mark, Buffer.from(text)]) };
}

type JsonObject = Extract<JsonNode, { kind: "object" }>;

function objectOf(node: JsonNode | undefined): JsonObject {
  if (node?.kind !== "object") throw new Error("no object");
  return node;
}

function memberOf(object: JsonObject, key: string): JsonMember | undefined {
  // Of two of a name, npm takes the last one.
  return object.members.findLast((member) => member.key === key);
}

function has(root: JsonObject, key: string, name: string): boolean {
  return memberOf(objectOf(memberOf(root, key)?.value), name) !== undefined;
}

function scriptOf(root: JsonObject, name: string): string | undefined {
  const scripts = memberOf(root, "scripts");
  if (scripts === undefined) return undefined;
  const script = memberOf(objectOf(scripts.value), name)?.value;
  if (script === undefined) return undefined;
  return script.kind === "scalar" && script.value?.type === "str" ? script.value.text : "";
}

/** Puts `"name": "value"` into the object under a top key, which is made when it is not there. */
function withMember(text: string, key: string, name: string, value: string): string {
  const root = objectOf(parseJson(text));
  const parent = memberOf(root, key);
  const entry = `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  if (parent !== undefined) return appendMember(text, objectOf(parent.value), entry);
  const { indent, lineBreak } = layoutOf(text, root);
  const block = `${JSON.stringify(key)}: {${lineBreak}${indent}${indent}${entry}${lineBreak}${indent}}`;
  return appendMember(text, root, block);
}

function appendMember(text: string, object: JsonObject, entry: string): string {
  const last = object.members.at(-1);
  const { lineBreak, indent } = layoutOf(text, objectOf(parseJson(text)));
  if (last === undefined) {
    const own = indentOfLine(text, object.start);
    return splice(
      text,
      object.start,
      object.end,
      `{${lineBreak}${own}${indent}${entry}${lineBreak}${own}}`,
    );
  }
  const isOnOneLine = !text.slice(object.start, last.keyStart).includes("\n");
  const gap = isOnOneLine ? " " : lineBreak + indentOfLine(text, last.keyStart);
  return splice(text, last.value.end, last.value.end, `,${gap}${entry}`);
}

function layoutOf(text: string, root: JsonObject): { indent: string; lineBreak: string } {
  const first = root.members[0];
  return {
    indent: (first === undefined ? "" : indentOfLine(text, first.keyStart)) || "  ",
    lineBreak: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

function indentOfLine(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1, at))?.[0] ?? "";
}

function splice(text: string, from: number, to: number, put: string): string {
  return text.slice(0, from) + put + text.slice(to);
}
