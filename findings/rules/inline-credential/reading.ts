import type { Node, Scalar } from "yaml";
import { isMap, isScalar } from "yaml";
import {
  isCredentialName,
  isCredentialVariable,
  isDigestOfPassword,
  isLikelyValue,
  isRandomValue,
  isVagueCredential,
  namesSecretObject,
} from "../../credential/credential.ts";
import type { Hit, Mend } from "../../finding.ts";
import type { Entry } from "../../candidate/nodes.ts";
import { Mappings, scalarText, startOf } from "../../candidate/nodes.ts";
import type { Section } from "../../candidate/sections.ts";
import { holdsUnnamedCredential } from "../../credential/unnamed-credential.ts";
import { possibleCredential } from "./hit.ts";

/** What stands below these names keys and Secrets, or says how to make a secret. */
const REFERENCES =
  /^(?:.*secretKeyRef|.*secretRef|valueFrom|valuesFrom|remoteRef|existingSecret.*|secretKeys?|keyMapping|.*KeyMapping|secretMappings?|envFromSecrets?|annotations|labels|encrypted|.*Selector)$/i;

/** What readings may have in common. */
interface Shared {
  readonly hits: Hit[];
  readonly seen: Set<Node>;
  readonly isValue: (value: string) => boolean;
}

/** One document that is read for literal credentials, and what was found in it. */
export class Reading {
  readonly section: Section;
  readonly mappings: Mappings;
  readonly hits: Hit[];
  /** Mappings and lists that were read as values: an alias may lead there again and again. */
  readonly seen: Set<Node>;
  /** What counts as a value under a credential's name. */
  readonly isValue: (value: string) => boolean;

  constructor(section: Section, mappings: Mappings, shared: Partial<Shared> = {}) {
    this.section = section;
    this.mappings = mappings;
    this.hits = shared.hits ?? [];
    this.seen = shared.seen ?? new Set();
    this.isValue = shared.isValue ?? isLikelyValue;
  }

  /** The same document again, by what counts as a value under a credential's name; what was read stays so. */
  by(isValue: (value: string) => boolean): Reading {
    const { section, mappings, hits, seen } = this;
    return new Reading(section, mappings, { hits, seen, isValue });
  }

  /** The documents that stand as text in a value, each with its root. */
  within(text: Scalar): { reading: Reading; root: Node | null }[] {
    const { hits, isValue } = this;
    const section = this.section.embedded.get(text);
    return (section?.documents ?? []).flatMap((document) => {
      if (section === undefined) return [];
      const reading = new Reading(section, new Mappings(document), { hits, isValue });
      return [{ reading, root: document.contents }];
    });
  }

  hit(offset: number, what: string, name: string, mend: Mend): void {
    this.hitAt(this.section.lineAt(offset), what, name, mend);
  }

  /** @param line of the file, 1-based */
  hitAt(line: number, what: string, name: string, mend: Mend): void {
    this.hits.push(possibleCredential(what, name, line, mend));
  }

  /** @param isVariable whether the name is that of a variable: `APP_SECRET` then holds a secret. */
  isCredential(name: string, value: string, isVariable: boolean): boolean {
    const isNamed = isVariable ? isCredentialVariable(name) : isCredentialName(name);
    return (
      (isNamed && this.isValue(value) && !namesSecretObject(name, value)) ||
      isVagueCredential(name, value) ||
      isDigestOfPassword(name, value) ||
      holdsUnnamedCredential(value)
    );
  }

  entry(entry: Entry, isVariable: boolean, what: string, mend: Mend): void {
    const value = isScalar(entry.value) && !isTagged(entry.value) ? scalarText(entry.value) : "";
    if (this.isCredential(entry.key, value, isVariable)) {
      this.hit(entry.offset, what, entry.key, mend);
    }
  }

  /** `{name: DB_PASSWORD, value: …}`, as containers have their environment. */
  namedValue(node: Node, what: string, mend: Mend): void {
    if (!isMap(node)) return;
    const name = this.mappings.textAt(node, "name");
    const value = this.mappings.entry(node, "value");
    if (name === null || value === null || !isScalar(value.value)) return;
    this.entry({ ...value, key: name }, true, what, mend);
  }

  /** A list of `NAME=value`. */
  assignments(list: Node | null, what: string, mend: Mend): void {
    for (const item of this.mappings.items(list)) {
      if (!isScalar(item)) continue;
      const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(scalarText(item)) ?? [];
      if (this.isCredential(name, value, true)) this.hit(startOf(item) ?? 0, what, name, mend);
    }
  }
}

/** `!secret NAME` of Home Assistant, `!env_var NAME`: it names the value. Ansible's `!unsafe` stands before a literal. */
export function isTagged({ tag }: Scalar): boolean {
  return /^!(?!unsafe$)[A-Za-z]/.test(tag ?? "");
}

/** Whether what stands below a name only refers to a secret. */
export function isReference(name: string, value: Node | null): boolean {
  return REFERENCES.test(name) && !(isScalar(value) && isRandomValue(scalarText(value)));
}
