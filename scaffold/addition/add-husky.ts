import { putJson } from "../../sops/json/put.ts";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
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
    const prepare = entryOf(text, "scripts", "prepare");
    if (prepare === undefined) text = withEntry(text, "scripts", "prepare", "husky || true");
    else if (typeof prepare !== "string" || !/\bhusky\b/.test(prepare)) {
      return byHand('its script "prepare" does not run husky: let it run "husky || true" as well');
    }
    const depends = ["dependencies", "devDependencies"].some(
      (section) => entryOf(text, section, "husky") !== undefined,
    );
    if (!depends) text = withEntry(text, "devDependencies", "husky", HUSKY);
  } catch {
    return byHand(
      `it is no JSON that can be added to: add the script "prepare": "husky || true" and the development dependency husky`,
    );
  }
  return { content: Buffer.concat([mark, Buffer.from(text)]) };
}

function entryOf(text: string, section: string, name: string): unknown {
  const entries = (JSON.parse(text) as Record<string, unknown>)[section];
  return isRecord(entries) ? entries[name] : undefined;
}

function withEntry(text: string, section: string, name: string, value: string): string {
  const entries = (JSON.parse(text) as Record<string, unknown>)[section];
  if (entries !== undefined && !isRecord(entries)) throw new Error(`${section} is no object`);
  const added = putJson(text, [section, name], value);
  // Of two sections of a name npm takes the last one.
  if (entryOf(added, section, name) !== value) throw new Error(`${section} is there twice`);
  return added;
}
