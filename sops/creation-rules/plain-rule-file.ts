import { compilePlainPattern } from "../selection/plain-pattern.ts";
import { parseRecipient } from "../age/recipient.ts";
import type { Pattern } from "../selection/key-selection.ts";

/**
 * Which paths the rules of a `.sops.yaml` take, in their order, where it is written as plainly as the
 * scaffolded one: a rule a list item, indented by two, a key a line. Saves a commit without secrets the
 * YAML parser and RE2; `parseRuleFile` says the same of every such file
 * (test/sops/creation-rules/plain-rule-file.test.ts).
 *
 * @returns null for any other file, a broken one included: then `parseRuleFile` has to tell
 */
export function readPlainRuleFile(text: string): readonly Pattern[] | null {
  const reader = new RuleFileReader();
  const isRead = text.split("\n").every((line) => reader.read(line));
  return isRead ? reader.patterns() : null;
}

interface Rule {
  readonly keys: Set<string>;
  pattern: Pattern;
}

const COMMENT = /^ {0,4}#[ -~\u00a0-\ud7ff]*$/;
const FIRST_KEY = /^ {2}- ([a-z_]+): (\S+)$/;
const KEY = /^ {4}([a-z_]+): (\S+)$/;
const RECIPIENT = /^ {6}(age1[a-z0-9]+)(,?)$/;

/** Not to be taken for a number or another type: one of these is in it. No `#`, no `:`. */
const PLAIN_TEXT = /^(?=.*[\\^$/(*])[A-Za-z0-9^(./\\][!"$-9;-~]*$/;

class RuleFileReader {
  readonly #rules: Rule[] = [];
  readonly #sections = new Set<string>();
  /** What the next line may be a part of. */
  #place: "top" | "stores" | "stores.yaml" | "rules" | "recipients" | "more recipients" = "top";

  /** Null where there is none: the folders above are asked then. */
  patterns(): readonly Pattern[] | null {
    const isUnfinished = this.#place === "stores" || this.#place === "stores.yaml";
    return this.#rules.length === 0 || isUnfinished
      ? null
      : this.#rules.map(({ pattern }) => pattern);
  }

  /** Whether the line is one of those that are known. */
  read(line: string): boolean {
    if (this.#place === "stores") return this.#expect(line, /^ {2}yaml:$/, "stores.yaml");
    if (this.#place === "stores.yaml") return this.#expect(line, /^ {4}indent: [1-9]$/, "top");
    if (line === "") return true;
    const [, recipient, comma] = RECIPIENT.exec(line) ?? [];
    if (recipient !== undefined) {
      const isWanted = this.#place === "recipients" || this.#place === "more recipients";
      // Without a comma they would be one.
      if (!isWanted || !isRecipient(recipient)) return false;
      this.#place = comma === "," ? "more recipients" : "rules";
      return true;
    }
    // A list of recipients without any, or with a comma at its end.
    if (this.#place === "recipients" || this.#place === "more recipients") return false;
    if (COMMENT.test(line)) return true;
    if (line === "stores:" || line === "creation_rules:") return this.#begin(line);
    if (this.#place !== "rules") return false;
    const first = FIRST_KEY.exec(line);
    if (first !== null) this.#rules.push({ keys: new Set(), pattern: () => true });
    const [, key = "", value = ""] = first ?? KEY.exec(line) ?? [];
    return this.#set(key, value);
  }

  #begin(line: string): boolean {
    if (this.#sections.has(line)) return false;
    this.#sections.add(line);
    this.#place = line === "stores:" ? "stores" : "rules";
    return true;
  }

  #expect(line: string, pattern: RegExp, next: "stores.yaml" | "top"): boolean {
    this.#place = next;
    return pattern.test(line);
  }

  #set(key: string, value: string): boolean {
    const rule = this.#rules.at(-1);
    if (rule === undefined || rule.keys.has(key)) return false;
    rule.keys.add(key);
    switch (key) {
      case "path_regex": {
        const text = textOf(value);
        const pattern = text === null ? null : compilePlainPattern(text);
        if (pattern !== null) rule.pattern = pattern;
        return pattern !== null;
      }
      case "encrypted_regex": {
        const text = textOf(value);
        return text !== null && compilePlainPattern(text) !== null;
      }
      case "mac_only_encrypted":
        return value === "true" || value === "false";
      case "age":
        if (value !== ">-") return value.split(",").every(isRecipient);
        this.#place = "recipients";
        return true;
      default:
        return false;
    }
  }
}

function textOf(value: string): string | null {
  const quoted = /^'([!-&(-~]+)'$/.exec(value)?.[1];
  return quoted ?? (PLAIN_TEXT.test(value) ? value : null);
}

function isRecipient(text: string): boolean {
  try {
    return /^age1[a-z0-9]+$/.test(text) && parseRecipient(text) === "x25519";
  } catch {
    return false;
  }
}
