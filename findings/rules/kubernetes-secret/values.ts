import type { Node } from "yaml";
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import { isToken } from "../../../sops/token.ts";
import { isCredentialValue, isLiteralCredential } from "../../credential/credential.ts";
import { isTemplate } from "../../candidate/file-kind.ts";
import type { Mend } from "../../finding.ts";
import type { Entry, Mappings } from "../../candidate/nodes.ts";
import { scalarText, walk } from "../../candidate/nodes.ts";
import { holdsExpression, isPointer } from "../../credential/pointer.ts";
import { isPublicValue } from "../../credential/public-value.ts";
import type { Section } from "../../candidate/sections.ts";
import { isWhollyEncrypted } from "../../sops/encrypted-file.ts";
import { shownKey, shownName, shownNames } from "../../wording.ts";
import type { Found } from "./found.ts";
import { SPELL_RIGHT } from "./mends.ts";

/** Where a Secret has its values. */
const FIELDS: readonly string[] = ["data", "stringData"];

/** As a ConfigMap has it. */
const MISNAMED = "binaryData";

/** Where those fields stand by a slip of the indentation, or of the mind. */
const MISPLACED = ["metadata", "spec"];

/** What else stands at the top of a Secret, slips included. Of anything else the value was to be below `stringData`. */
const NO_VALUE =
  /^(?:\$.*|(?:string|binary)?[-_]?data|apiversion|kind|metadata|type|immutable|sops|status|name|namespace|labels|annotations)$/i;

/** A field of a Secret that has values, or was to have them. */
interface Field extends Entry {
  /** Whether it is one of those where a Secret has them. */
  readonly isInPlace: boolean;
}

/** The values of the Secrets in one document, and which of them are readable. */
export class SecretValues {
  /** In a template an expression may feed what looks like a value. */
  readonly #inTemplate: boolean;
  readonly #section: Section;
  readonly #mappings: Mappings;

  /** @param path of the file. */
  constructor(path: string, section: Section, mappings: Mappings) {
    this.#inTemplate = isTemplate(path);
    this.#section = section;
    this.#mappings = mappings;
  }

  /**
   * What is wrong with one Secret.
   *
   * @param mend of values that are readable where a Secret has them.
   * @param isEncrypted whether its document is an encrypted file. That says itself which values of a Secret are
   *   encrypted, and knows nothing of those that stand where a Secret has none.
   */
  judge(node: Node, mend: Mend, isEncrypted: boolean, fields = FIELDS): Found[] {
    const readable: { field: Field; entry: Entry }[] = [];
    let hidden: Entry | null = null;
    let glued: Entry | null = null;
    let tokens = 0;
    let isFed = this.#inTemplate;
    for (const field of this.#fieldsOf(node, fields)) {
      // No mapping, no Secret: but the value is there to be read.
      const entries = isMap(field.value) ? this.#mappings.entries(field.value) : [field];
      for (const entry of entries) {
        if (isScalar(entry.value) && isToken(scalarText(entry.value))) tokens += 1;
        else if (this.isReadable(entry.value) && !isEncryptedFile(field.key, entry.value)) {
          readable.push({ field, entry });
        } else if (isScalar(entry.value) && holdsExpression(scalarText(entry.value))) {
          isFed = true;
        } else if (isHiddenValue(entry)) hidden ??= entry;
        else if (this.#isGlued(entry)) glued ??= entry;
      }
    }
    const found: Found[] = [];
    if (glued !== null) found.push(gluedValue(glued));
    if (hidden !== null) found.push(hiddenValue(hidden));
    const literals = readable.filter(
      ({ field, entry }) =>
        !(isEncrypted && tokens > 0 && field.isInPlace) && !(isFed && isPublicEntry(entry)),
    );
    const [first] = literals;
    if (first === undefined) {
      return [...found, ...this.#strays(node), ...(isEncrypted ? [] : this.#beside(node, mend))];
    }
    const names = shownNames(literals.map(({ entry }) => entry.key));
    found.push({
      offset: first.entry.offset,
      message: `a Kubernetes Secret holds readable values under ${first.field.key}: ${names}`,
      mend: first.field.isInPlace ? mend : SPELL_RIGHT,
    });
    return found;
  }

  /** Whether a value, or anything in it where it is no scalar, is neither empty, encrypted nor a pointer. */
  isReadable(value: Node | null): boolean {
    if (isScalar(value)) return this.isReadableText(scalarText(value));
    if (!isMap(value) && !isSeq(value)) return false;
    // `{{ .Values.password }}` without quotes is, to a YAML reader, a mapping in a mapping.
    const [start, end] = value.range ?? [0, 0];
    if (isPointer(this.#section.slice(start, end))) return false;
    for (const { node } of walk(value)) {
      if (isScalar(node) && this.isReadableText(scalarText(node))) return true;
    }
    return false;
  }

  isReadableText(text: string): boolean {
    const shell = this.#inTemplate;
    if (text.trim() === "" || isToken(text) || isPointer(text, { shell })) return false;
    return !(shell && holdsExpression(text) && !/default|:-/.test(text));
  }

  /** Whether a value is a part of its key: `{password:hunter2}`, `{password=hunter2}`. */
  #isGlued({ key, value }: Entry): boolean {
    const at = key.search(/[:=]/);
    if (at < 1 || (value !== null && !(isScalar(value) && scalarText(value) === ""))) return false;
    return this.isReadableText(key.slice(at + 1));
  }

  /** Where a Secret has values, or was to have them. */
  #fieldsOf(node: Node, fields: readonly string[]): Field[] {
    const names = new Set([...fields, MISNAMED].map(bare));
    return [node, ...MISPLACED.map((name) => this.#mappings.at(node, name))].flatMap((holder) =>
      this.#mappings
        .entries(holder)
        .filter(({ key }) => names.has(bare(key)))
        .map((entry) => ({ ...entry, isInPlace: holder === node && fields.includes(entry.key) })),
    );
  }

  /** Values at the top of a Secret, and below a field that it does not have: `string:` for `stringData:`. */
  #strays(node: Node): Found[] {
    if (this.#mappings.textAt(node, "apiVersion") !== "v1") return [];
    const strays = this.#mappings
      .entries(node)
      .filter(({ key }) => !NO_VALUE.test(key))
      .flatMap((own) => (isMap(own.value) ? this.#mappings.entries(own.value) : [own]))
      .filter(({ value }) => isScalar(value) && isCredentialValue(scalarText(value)));
    const [first] = strays;
    if (first === undefined) return [];
    const names = shownNames(strays.map(({ key }) => key));
    return [
      {
        offset: first.offset,
        message: `a Kubernetes Secret holds readable values outside data and stringData: ${names}`,
        mend: { kind: "edit", what: "write the values below stringData, indented" },
      },
    ];
  }

  /**
   * Credentials beside `kind: Secret`, where that is a mark and the file no object: so Terraform's secrets are marked,
   * for tools that look for Secrets in plaintext.
   */
  #beside(node: Node, mend: Mend): Found[] {
    const isMark =
      this.#mappings.textAt(node, "kind") === "Secret" &&
      ["apiVersion", "metadata"].every((name) => this.#mappings.entry(node, name) === null);
    if (!isMark) return [];
    const found = [...walk(node)].flatMap(({ node: value, key, keyOffset }) => {
      if (key === null || keyOffset === null || !isScalar(value)) return [];
      return isLiteralCredential(key, scalarText(value)) ? [{ key, offset: keyOffset }] : [];
    });
    const [first] = found;
    if (first === undefined) return [];
    const names = shownNames(found.map(({ key }) => key));
    return [
      { offset: first.offset, message: `a file of secrets holds readable values: ${names}`, mend },
    ];
  }
}

/** Flux decrypts an entry of `data` that is the base64 of a SOPS document; not one of `stringData`. */
function isEncryptedFile(field: string, value: Node | null): boolean {
  if (field !== "data" || !isScalar(value)) return false;
  const text = scalarText(value).trim();
  if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(text)) return false;
  return isWhollyEncrypted(Buffer.from(text, "base64"));
}

/** `string_data` and `stringdata` are one slip. */
function bare(field: string): string {
  return field.replace(/[-_]/g, "").toLowerCase();
}

function isPublicEntry({ key, value }: Entry): boolean {
  return isScalar(value) && isPublicValue(key, scalarText(value));
}

/**
 * Whether what looks like a value is none to a YAML reader: `!Passw0rd`, `&Passw0rd`, `*Passw0rd`,
 * `#Passw0rd` without quotes. The value is empty then, so nothing would encrypt it.
 */
function isHiddenValue({ value, written }: Entry): boolean {
  if (isAlias(written)) return value === null;
  if (!isScalar(written) || scalarText(written) !== "" || written.source?.trim() !== "")
    return false;
  if (written.anchor !== undefined || /^!(?!!)/.test(written.tag ?? "")) return true;
  const comment = written.comment ?? "";
  return !/\s/.test(comment) && isCredentialValue(comment);
}

function hiddenValue({ key, offset }: Entry): Found {
  return {
    offset,
    message: `a Kubernetes Secret has a value that YAML takes for a tag, an anchor, an alias or a comment: ${shownName(key)}`,
    mend: { kind: "edit", what: "write the value in quotes" },
  };
}

function gluedValue({ key, offset }: Entry): Found {
  return {
    offset,
    message: `a Kubernetes Secret has a readable value in the key ${shownKey(key)}`,
    mend: { kind: "edit", what: "write a colon and a blank before the value" },
  };
}
