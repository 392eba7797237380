import type { LineCounter } from "yaml";
import { isMap, isScalar, type Document, type Node } from "yaml";
import { SopsError } from "../errors.ts";
import { isRecord } from "../metadata/metadata-fields.ts";

/** A `.sops.yaml` that is being read: what is needed to say where something in it stands. */
export interface RuleFileText {
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * A mapping of a `.sops.yaml`, its values read as Go's yaml package fills a struct: a key that is
 * missing or null has the zero value, and another type is an error. That a scalar other than text is
 * taken for its own spelling where text belongs (`encrypted_regex: true`) is left out: it is a mistake.
 */
export class RuleFileMapping {
  /** What it is, at the beginning of an error: `creation rule 2`; empty for the file itself. */
  readonly name: string;
  private readonly plain: Readonly<Record<string, unknown>>;
  private readonly node: Node;
  private readonly text: RuleFileText;

  /** @throws SopsError `bad-config` where the node is no mapping. */
  constructor(text: RuleFileText, node: Node, name: string) {
    this.text = text;
    this.node = node;
    this.name = name;
    const plain = plainOf(text, node, name);
    if (!isRecord(plain)) {
      const subject = name === "" ? "" : `${name} `;
      throw new SopsError("bad-config", `${subject}is no mapping`, { line: lineOf(text, node) });
    }
    this.plain = plain;
  }

  /** 1-based. */
  get line(): number {
    return lineOf(this.text, this.node);
  }

  /** Every key and value, for checks that this class does not know. */
  get all(): Readonly<Record<string, unknown>> {
    return this.plain;
  }

  /** @param message what goes on behind the mapping's name: `has no recipients`. */
  failure(message: string, key?: string, cause?: unknown): SopsError {
    const subject = this.name === "" ? "" : `${this.name} `;
    return new SopsError("bad-config", `${subject}${message}`, {
      line: key === undefined ? this.line : this.lineOfKey(key),
      cause,
    });
  }

  /** The empty text where there is none. */
  string(key: string): string {
    const value = this.plain[key] ?? "";
    if (typeof value !== "string" || this.isMistagged(key)) {
      throw this.wrongType(key, "one text: put it into quotes");
    }
    return value;
  }

  /** YAML 1.1's words count too, where Go knows that a boolean is wanted. */
  boolean(key: string): boolean {
    const value = this.plain[key] ?? false;
    if (typeof value === "boolean") return value;
    if (typeof value === "string" && !this.isMistagged(key)) {
      if (/^(?:[yY]|yes|Yes|YES|on|On|ON)$/.test(value)) return true;
      if (/^(?:[nN]|no|No|NO|off|Off|OFF)$/.test(value)) return false;
    }
    throw this.wrongType(key, "true or false, without quotes");
  }

  /** Null where there is none. */
  integer(key: string): number | null {
    const value = this.plain[key] ?? null;
    if (value === null || (typeof value === "number" && Number.isSafeInteger(value))) return value;
    throw this.wrongType(key, "a whole number, without quotes");
  }

  /** The empty list where there is none. */
  list(key: string): readonly unknown[] {
    const value = this.plain[key] ?? [];
    if (!Array.isArray(value)) throw this.wrongType(key, "a list");
    return value;
  }

  /** @param isTextTaken whether one text with commas may stand instead of the list. */
  strings(key: string, isTextTaken: boolean): string[] {
    const value = this.plain[key];
    const parts =
      isTextTaken && typeof value === "string"
        ? [value]
        : isTextTaken && value !== undefined && value !== null && !Array.isArray(value)
          ? null
          : this.list(key);
    if (parts === null) throw this.wrongType(key, "text or a list of texts");
    return parts.flatMap((part) => {
      if (typeof part !== "string") throw this.wrongType(key, "a list of texts");
      return part
        .split(",")
        .map((one) => one.trim())
        .filter((one) => one !== "");
    });
  }

  /**
   * Refuses a list of keys with an empty one among them, as sops does for some kinds of key. A text with
   * nothing in it is an empty list to sops.
   *
   * @param isJoined as sops reads a rule's own: the texts joined by commas; those of a key group one by one.
   */
  refuseEmptyKey(key: string, isJoined: boolean): void {
    const value = this.plain[key];
    if (!Array.isArray(value)) return;
    const texts = isJoined ? [value.join(",")] : value.map(String);
    if (texts.some((text) => text !== "" && text.split(",").some((one) => one.trim() === ""))) {
      throw this.wrongType(key, "a list without empty texts, nor with a comma at the end of one");
    }
  }

  /** A mapping that is the value of a key; null where there is none. */
  mapping(key: string): RuleFileMapping | null {
    const value = this.plain[key] ?? null;
    if (value === null) return null;
    if (!isRecord(value)) throw this.wrongType(key, "a mapping");
    const node = (isMap(this.node) ? this.node.get(key, true) : null) as Node | null | undefined;
    const name = this.name === "" ? key : `${this.name}.${key}`;
    return new RuleFileMapping(this.text, node ?? this.text.document.createNode(value), name);
  }

  /** The mappings in a list, each with a name of its own. */
  mappings(key: string, name: string): RuleFileMapping[] {
    const nodes = this.itemNodes(key);
    return this.list(key).map((item, index) => {
      const own = `${this.name === "" ? "" : `${this.name}, `}${name} ${index + 1}`;
      const node = nodes[index] ?? this.text.document.createNode(item);
      return new RuleFileMapping(this.text, node, own);
    });
  }

  /**
   * Refuses keys that sops would pass over though they are meant for it: a misspelt selection or
   * path leaves readable what is to be encrypted, or takes the wrong recipients.
   *
   * @param known the keys that sops reads in this mapping.
   * @param elsewhere keys that it reads in another mapping of the file, by what that is.
   * @param oneOf keys of which the mapping can have only one.
   */
  refuseStrayKeys(
    known: readonly string[],
    elsewhere: Readonly<Record<string, string>>,
    oneOf: readonly string[] = [],
  ): void {
    for (const key of Object.keys(this.plain)) {
      if (known.includes(key)) continue;
      const place = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined;
      if (place !== undefined) {
        if (this.isEmpty(key)) continue;
        throw this.failure(`has ${key}, which sops passes over here: it belongs ${place}`, key);
      }
      const meant = spellingsMeantBy(key, known);
      if (meant.length > 0) {
        const mend = this.mendOfMisspelling(meant, oneOf);
        throw this.failure(`has ${JSON.stringify(key)}, which sops passes over: ${mend}`, key);
      }
    }
  }

  private mendOfMisspelling(meant: readonly string[], oneOf: readonly string[]): string {
    const there = meant.find((key) => Object.hasOwn(this.plain, key));
    if (there !== undefined) return `take it out, as ${there} is there too`;
    const isOneOf = meant.some((key) => oneOf.includes(key));
    const other = isOneOf ? oneOf.find((key) => this.string(key) !== "") : undefined;
    return other === undefined
      ? `write ${meant.join(" or ")}`
      : `take it out, as the rule has ${other}, and can have only one of the two`;
  }

  /** Whether a key's value has an anchor: then it is there for aliases. */
  isAnchored(key: string): boolean {
    const value = isMap(this.node) ? (this.node.get(key, true) as unknown) : null;
    return (value as { anchor?: string } | null | undefined)?.anchor !== undefined;
  }

  /** Whether a tag says that a text is of another type, which Go refuses: `!!bool yes`. */
  private isMistagged(key: string): boolean {
    const value = isMap(this.node) ? (this.node.get(key, true) as unknown) : null;
    return isScalar(value) && /^tag:yaml\.org,2002:(?!str$)/.test(value.tag ?? "");
  }

  /** Whether nothing is at a key: then it does not matter that it stands in another place than it should. */
  private isEmpty(key: string): boolean {
    const value = this.plain[key] ?? [];
    return value === "" || (Array.isArray(value) && value.length === 0);
  }

  private itemNodes(key: string): readonly Node[] {
    const list = isMap(this.node) ? (this.node.get(key, true) as unknown) : null;
    const resolved = (list as { resolve?: (document: Document) => unknown } | null)?.resolve?.(
      this.text.document,
    );
    const items = ((resolved ?? list) as { items?: readonly Node[] } | null)?.items;
    return Array.isArray(items) ? items : [];
  }

  /** @param message what goes on behind the name of a key: `must be a list`. */
  failureAt(key: string, message: string): SopsError {
    const subject = this.name === "" ? "" : `${this.name}: `;
    return new SopsError("bad-config", `${subject}${key} ${message}`, {
      line: this.lineOfKey(key),
    });
  }

  private wrongType(key: string, wanted: string): SopsError {
    return this.failureAt(key, `must be ${wanted}`);
  }

  /** That of the key; of the whole mapping where the key comes from one that is merged in. */
  private lineOfKey(key: string): number {
    const pair = isMap(this.node)
      ? this.node.items.find((one) => (one.key as { value?: unknown } | null)?.value === key)
      : undefined;
    return pair === undefined ? this.line : lineOf(this.text, pair.key as Node);
  }
}

function plainOf({ document, lines }: RuleFileText, node: Node, name: string): unknown {
  try {
    return node.toJS(document, { maxAliasCount: 1000 });
  } catch {
    throw new SopsError(
      "bad-config",
      `${name === "" ? "a part" : name} refers to itself or grows too large`,
      { line: lineOf({ document, lines }, node) },
    );
  }
}

function lineOf({ lines }: RuleFileText, node: Node): number {
  const offset = node.range?.[0];
  return offset === undefined ? 1 : lines.linePos(offset).line;
}

/**
 * The one in other case or with other word breaks, or else all with up to a letter in five wrong, but no
 * more than two: `un`, which makes an option its opposite, is as many.
 */
function spellingsMeantBy(key: string, known: readonly string[]): readonly string[] {
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");
  const same = known.find((one) => bare(one) === bare(key));
  if (same !== undefined) return [same];
  return known.filter((one) => {
    const allowed = Math.min(2, Math.floor(one.length / 5));
    return distance(bare(key), bare(one), allowed) <= allowed;
  });
}

/** How many letters are to be put in, taken out or replaced; any number above `most` for more. */
function distance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [at, wanted] of [...other].entries()) {
      const replaced = (row[at] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
