import type { Node } from "yaml";
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import { isToken } from "../sops/token.ts";
import { isCredentialValue } from "./credential.ts";
import { decodeAround } from "./base64.ts";
import { candidateOf } from "./candidate.ts";
import { linesOfDiff } from "./diff-lines.ts";
import { isSchema } from "./documents.ts";
import { withoutEscapes } from "./escapes.ts";
import { isDiff, isProseOrCode, isTemplate } from "./file-kind.ts";
import type { Candidate, Hit, Mend } from "./finding.ts";
import type { Entry } from "./nodes.ts";
import { Mappings, scalarText, startOf, walk } from "./nodes.ts";
import { SECRET_BASE64 } from "./keywords.ts";
import { linesOf } from "./positions.ts";
import { holdsExpression, isPointer } from "./pointer.ts";
import { isPublicValue } from "./public-value.ts";
import { secretLines } from "./secret-lines.ts";
import type { Section } from "./sections.ts";
import { isSopsDocument } from "./sops-document.ts";
import { terraformSecrets } from "./terraform-secret.ts";
import { WordSearch } from "./word-search.ts";
import { shownName, shownNames } from "./wording.ts";

/** Words of which one stands in every part of a file that holds a Secret. */
const GATE = /\bSecret\b|SecretList|SecretGenerator|secretGenerator|SopsSecret|stringData/;

/**
 * How HelmReleases and Flux Kustomizations refer to a Secret: an item of a list with its name, and nothing
 * below it that could belong to it too. Most mentions of Secrets are such.
 */
const REFERENCE = (() => {
  const value = "[\\w$][\\w.${}[\\]-]*";
  const field = `(?:name|namespace|optional|valuesKey|targetPath): (?:${value}|"${value}"|'${value}')`;
  return new RegExp(
    `^( *)- (?:${field}\\n\\1 {2})*kind: Secret\\n(?:\\1 {2}${field}\\n)*(?!\\1 |[ \\t]*\\n)`,
    "gm",
  );
})();

/** Behind a backslash it may be a line of quoted text, with other lines in it. */
const COMMENT = /^[ \t]*#[^\n\\]*\n/gm;

/**
 * What stands before every value of a Secret: a field for values, `literals`, or what kustomize writes into
 * one. In a Secret alone values may have slipped out.
 */
const VALUES =
  /(?<!meta)data["'\\]*\s*[:=]|stringData|literals|ValueAddTransformer|sourceValue|^["']?kind["']?: *["']?Secret\b/im;

/** An operation on such a field, with its path. */
const OPERATION = /\bop["'\\]*\s*:/;
const PATH = "/data";

/** Whether a part of a file could hold a Secret with values: only such is parsed. */
function mayHoldValues({ words }: Section): boolean {
  if (!GATE.test(words)) return false;
  const text = words.replace(COMMENT, "").replace(REFERENCE, "");
  return GATE.test(text) && (VALUES.test(text) || (text.includes(PATH) && OPERATION.test(text)));
}

/** Their schemas and policies name the kind and describe its fields. */
const DESCRIPTIONS = new Set(["CustomResourceDefinition", "ConstraintTemplate"]);

/** Where a Secret has its values. */
const FIELDS: readonly string[] = ["data", "stringData"];

/** As a ConfigMap has it. */
const MISNAMED = "binaryData";

/** Where those fields stand by a slip of the indentation, or of the mind. */
const MISPLACED = ["metadata", "spec"];

/** What else stands at the top of a Secret, slips included. Of anything else the value was to be below `stringData`. */
const NO_VALUE =
  /^(?:\$.*|(?:string|binary)?[-_]?data|apiversion|kind|metadata|type|immutable|sops|status|name|namespace|labels|annotations)$/i;

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Kubernetes Secrets with readable values, wherever a repository holds them: documents of a file,
 * items of a List, generators, patches, annotations, manifests inside other objects, and text that is
 * no YAML.
 */
export function findSecrets(candidate: Candidate): Hit[] {
  if (isDiff(candidate.path)) return inDiff(candidate);
  if (isProseOrCode(candidate.path)) return [];
  return [...inFile(candidate), ...insideBase64(candidate), ...inTerraform(candidate)];
}

function inTerraform(candidate: Candidate): Hit[] {
  return terraformSecrets(candidate.readable ?? "").map(({ offset, key }) => ({
    line: candidate.lineAt(offset),
    message: `Terraform is to make a Secret with a readable value: ${shownName(key)}`,
    mend: { kind: "edit", what: "put a sensitive variable in the value's place" },
  }));
}

function inFile(candidate: Candidate): Hit[] {
  const hits: Hit[] = [];
  for (const section of candidate.sections) {
    if (!mayHoldValues(section) || isSchema(section)) continue;
    if (section.documents === null) hits.push(...byLine(candidate, section));
    else hits.push(...inSection(candidate, section));
  }
  return hits;
}

function byLine(candidate: Candidate, section: Section): Hit[] {
  const isPublic = isTemplate(candidate.path) ? isPublicValue : undefined;
  return secretLines(section.words, isPublic).map(({ line, key }) => ({
    line: section.lineAt(section.offset) + line,
    message: `a Secret in text that is no YAML holds a readable value under ${shownName(key)}`,
    mend: {
      kind: "edit",
      what: "put a variable in the value's place, or make it a YAML file that a creation rule encrypts",
    },
  }));
}

function inDiff({ readable }: Candidate): Hit[] {
  const lines = linesOfDiff(readable ?? "");
  if (lines === null) return [];
  return secretLines(withoutEscapes(lines)).map(({ line, key }) => ({
    line: line + 1,
    message: `a patch shows a Secret with a readable value under ${shownName(key)}`,
    mend: { kind: "leave-out" },
  }));
}

/** So much base64 is looked into behind each place where a Secret begins … */
const BASE64_AFTER = 16 * 1024;
/** … and so often: more of them were put there to waste time. */
const MOST_IN_BASE64 = 50;

const IN_BASE64 = new WordSearch(
  SECRET_BASE64.map(({ text, phase }) => ({ word: text, means: phase })),
);

/** Whole manifests as base64: `binaryData` of a ConfigMap, files in a cloud-init configuration. */
function insideBase64({ searchable }: Candidate): Hit[] {
  const found = IN_BASE64.places(searchable, MOST_IN_BASE64);
  const places = found.filter(({ at, means }) => {
    const { text } = decodeAround(searchable, at, means, BASE64_AFTER);
    return inFile(candidateOf("", Buffer.from(text, "latin1"))).length > 0;
  });
  return linesOf(
    searchable,
    places.map(({ at }) => at),
  ).map((line) => ({
    line,
    message: "the base64 of a Kubernetes Secret with readable values",
    mend: EDIT_NESTED,
  }));
}

function inSection(candidate: Candidate, section: Section): Hit[] {
  const hits: Hit[] = [];
  for (const document of section.documents ?? []) {
    const mappings = new Mappings(document);
    const kinds = mappings.texts(document.contents, "kind");
    if (kinds.length > 0 && kinds.every((kind) => DESCRIPTIONS.has(kind))) continue;
    const reader = new Reader(candidate, section, mappings, document.contents);
    hits.push(...reader.read());
  }
  return hits;
}

/** Reads one document. */
class Reader {
  readonly #candidate: Candidate;
  readonly #section: Section;
  readonly #mappings: Mappings;
  readonly #root: Node | null;
  readonly #hits: Hit[] = [];
  /** Aliases may lead to a node again and again: each Secret is judged once. */
  readonly #judged = new Set<Node>();

  constructor(candidate: Candidate, section: Section, mappings: Mappings, root: Node | null) {
    this.#candidate = candidate;
    this.#section = section;
    this.#mappings = mappings;
    this.#root = mappings.resolve(root);
  }

  read(): Hit[] {
    const root = this.#root;
    if (root === null) return [];
    const isEncrypted = isToken(this.#mappings.textAt(root, "sops", "mac") ?? "");
    if (this.#isSecret(root, false)) this.#judgeSecret(root, this.#mendOfFile(), isEncrypted);
    this.#readList(root, isEncrypted);
    this.#readTemplates(root, isEncrypted);
    this.#readGenerators(root);
    for (const { node } of walk(root)) {
      if (isMap(node)) this.#readMapping(node, isEncrypted);
    }
    for (const section of this.#section.embedded.values()) {
      if (GATE.test(section.words)) this.#hits.push(...inSection(this.#candidate, section));
    }
    return this.#hits;
  }

  #hit(offset: number, message: string, mend: Mend): void {
    this.#hits.push({ line: this.#section.lineAt(offset), message, mend });
  }

  /** Where the Secret is a document of the file, and so renaming the file has it encrypted. */
  #mendOfFile(): Mend {
    const { holder } = this.#section;
    if (holder === LAST_APPLIED) {
      return { kind: "edit", what: `remove the annotation ${LAST_APPLIED}` };
    }
    if (holder === "patch") return EDIT_PATCH;
    if (holder !== null) return EDIT_NESTED;
    const { encryptedName, path } = this.#candidate;
    if (encryptedName === undefined || encryptedName === null || encryptedName === path) {
      return { kind: "leave-out" };
    }
    return { kind: "rename", to: encryptedName };
  }

  /**
   * Whether a mapping is a Kubernetes Secret, or values that a Helm chart makes one of: nothing else has
   * `stringData`, whatever is wrong with its kind, or missing. Without that, a nested one must look like a
   * whole manifest, since references and policies name the kind too.
   */
  #isSecret(node: Node, nested: boolean): boolean {
    if (isStringData(this.#mappings, this.#mappings.at(node, "stringData"))) return true;
    if (!this.#mappings.texts(node, "kind").some((kind) => kind.trim() === "Secret")) return false;
    const versions = this.#mappings.texts(node, "apiVersion");
    if (versions.length > 0 && versions.every((version) => version.includes("/"))) return false;
    if (!nested) return true;
    return versions.length > 0 && isMap(this.#mappings.at(node, "metadata"));
  }

  /** What operators make Secrets of: sops-secrets-operator's templates, and a SealedSecret's. */
  #readTemplates(root: Node, isEncrypted: boolean): void {
    const kind = this.#mappings.textAt(root, "kind");
    if (kind === "SopsSecret") {
      for (const field of ["secretTemplates", "secret_templates"]) {
        for (const item of this.#mappings.items(this.#mappings.at(root, "spec", field))) {
          this.#judgeSecret(item, this.#mendOfFile(), isEncrypted);
        }
      }
    }
    const template = this.#mappings.at(root, "spec", "template");
    if (kind !== "SealedSecret" || template === null) return;
    // What it has under `data` is made for settings beside the sealed values.
    this.#judgeSecret(template, EDIT_SEALED, isEncrypted, ["stringData"]);
  }

  /** A List, whatever is wrong with its kind, or missing; Lists in it; a list of manifests. */
  #readList(root: Node, isEncrypted: boolean): void {
    const open: Node[] = [root];
    const seen = new Set<Node>();
    for (let list = open.pop(); list !== undefined; list = open.pop()) {
      const kind = this.#mappings.textAt(list, "kind");
      if (seen.has(list) || (kind !== null && !/list$/i.test(kind))) continue;
      seen.add(list);
      const items = isSeq(list) ? list : this.#mappings.at(list, "items");
      for (const item of this.#mappings.items(items)) {
        const isSecret = this.#isSecret(item, false);
        const isBare = kind === "SecretList" && this.#mappings.entry(item, "kind") === null;
        if (isSecret || isBare) this.#judgeSecret(item, EDIT_LIST, isEncrypted);
        open.push(item);
      }
    }
  }

  #readMapping(node: Node, isEncrypted: boolean): void {
    if (node !== this.#root && this.#isSecret(node, true)) {
      this.#judgeSecret(node, EDIT_NESTED, isEncrypted);
    }
    // `jsonOp` is the PatchJson6902Transformer's.
    const patch = this.#mappings.at(node, "patch") ?? this.#mappings.at(node, "jsonOp");
    if (patch !== null && isOfSecrets(this.#mappings.textAt(node, "target", "kind"))) {
      this.#readPatchOfSecret(patch);
    }
    const kind = this.#mappings.textAt(node, "kind");
    if (kind === "SecretGenerator") this.#readLiterals(node, MOVE_LITERALS_OF_OBJECT);
    this.#readWritten(node, kind === "ValueAddTransformer" ? "value" : "sourceValue");
    // `/stringData` exists in Secrets only, so such an operation tells by itself what it patches.
    this.#readOperation(node, /^\/stringData(?:\/|$)/);
  }

  /** A patch whose target is a Secret: operations, or a partial Secret that need not name its kind. */
  #readPatchOfSecret(patch: Node): void {
    if (isScalar(patch)) {
      const section = this.#section.embedded.get(patch);
      for (const document of section?.documents ?? []) {
        if (section === undefined) continue;
        const reader = new Reader(
          this.#candidate,
          section,
          new Mappings(document),
          document.contents,
        );
        this.#hits.push(...reader.#readAsPatch());
      }
      return;
    }
    for (const operation of this.#mappings.items(patch)) {
      this.#readOperation(operation, /^\/(?:stringData|data)(?:\/|$)/);
    }
  }

  #readAsPatch(): Hit[] {
    const root = this.#root;
    if (root === null) return [];
    if (isMap(root)) this.#judgeSecret(root, EDIT_PATCH, false);
    for (const operation of this.#mappings.items(root)) {
      this.#readOperation(operation, /^\/(?:stringData|data)(?:\/|$)/);
    }
    return this.#hits;
  }

  /** One operation of a JSON patch (RFC 6902). */
  #readOperation(node: Node, paths: RegExp): void {
    const path = this.#mappings.textAt(node, "path");
    if (path === null || !paths.test(path) || this.#mappings.entry(node, "op") === null) return;
    const value = this.#mappings.entry(node, "value");
    if (value === null || !this.#isReadable(value.value)) return;
    this.#hit(value.offset, "a JSON patch writes a readable value into a Secret", EDIT_PATCH);
  }

  /** A value that kustomize writes into others: a replacement's own, and a ValueAddTransformer's. */
  #readWritten(node: Node, field: "value" | "sourceValue"): void {
    const written = this.#mappings.entry(node, field);
    if (written === null || !this.#isReadable(written.value)) return;
    for (const target of this.#mappings.items(this.#mappings.at(node, "targets"))) {
      const select = field === "value" ? "selector" : "select";
      if (!isOfSecrets(this.#mappings.textAt(target, select, "kind"))) continue;
      const paths = this.#mappings.items(this.#mappings.at(target, "fieldPaths"));
      const path = this.#mappings.textAt(target, "fieldPath") ?? "";
      const all = [path, ...paths.map((one) => (isScalar(one) ? scalarText(one) : ""))];
      if (!all.some((one) => /^\/?(?:stringData|data)(?:[./]|$)/.test(one))) continue;
      this.#hit(written.offset, "kustomize writes a readable value into a Secret", MOVE_WRITTEN);
      return;
    }
  }

  /** kustomize's generators in a kustomization. */
  #readGenerators(root: Node): void {
    for (const generator of this.#listed(this.#mappings.at(root, "secretGenerator"))) {
      this.#readLiterals(generator, MOVE_LITERALS);
    }
  }

  #readLiterals(generator: Node, mend: Mend): void {
    for (const literal of this.#listed(this.#mappings.at(generator, "literals"))) {
      if (!isScalar(literal)) continue;
      const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(scalarText(literal)) ?? [];
      if (!this.#isReadableText(value)) continue;
      const message = `a secretGenerator holds a readable literal: ${shownName(key)}`;
      this.#hit(startOf(literal) ?? 0, message, mend);
      return;
    }
  }

  /** kustomize refuses one item that was to be a list of one, but it is there to be read. */
  #listed(node: Node | null): Node[] {
    return node === null || isSeq(node) ? this.#mappings.items(node) : [node];
  }

  #judgeSecret(node: Node, mend: Mend, isEncrypted: boolean, fields = FIELDS): void {
    if (this.#judged.has(node)) return;
    this.#judged.add(node);
    const readable: { field: string; entry: Entry }[] = [];
    let hidden: Entry | null = null;
    let tokens = 0;
    let isFed = isTemplate(this.#candidate.path);
    for (const own of this.#fieldsOf(node, fields)) {
      const { key: field, value } = own;
      // No mapping, no Secret: but the value is there to be read.
      const entries = isMap(value) ? this.#mappings.entries(value) : [own];
      for (const entry of entries) {
        if (isScalar(entry.value) && isToken(scalarText(entry.value))) tokens += 1;
        else if (this.#isReadable(entry.value) && !this.#isEncryptedFile(field, entry.value)) {
          readable.push({ field, entry });
        } else if (isScalar(entry.value) && holdsExpression(scalarText(entry.value))) {
          isFed = true;
        } else if (isHiddenValue(entry)) hidden ??= entry;
      }
    }
    if (hidden !== null) {
      this.#hit(
        hidden.offset,
        `a Kubernetes Secret has a value that YAML takes for a tag, an anchor, an alias or a comment: ${shownName(hidden.key)}`,
        { kind: "edit", what: "write the value in quotes" },
      );
    }
    const literals = isFed ? readable.filter(({ entry }) => !isPublicEntry(entry)) : readable;
    const first = literals[0];
    if (isEncrypted && tokens > 0) return;
    if (first === undefined) {
      this.#judgeStrays(node);
      return;
    }
    const isRight =
      fields.includes(first.field) && this.#mappings.entry(node, first.field) !== null;
    this.#hit(
      first.entry.offset,
      `a Kubernetes Secret holds readable values under ${first.field}: ` +
        shownNames(literals.map(({ entry }) => entry.key)),
      isRight ? mend : SPELL_RIGHT,
    );
  }

  /** Where a Secret has values, or was to have them. */
  #fieldsOf(node: Node, fields: readonly string[]): Entry[] {
    const names = new Set([...fields, MISNAMED].map(bare));
    return [node, ...MISPLACED.map((name) => this.#mappings.at(node, name))].flatMap((holder) =>
      this.#mappings.entries(holder).filter(({ key }) => names.has(bare(key))),
    );
  }

  /** Values at the top of a Secret, and below a field that it does not have: `string:` for `stringData:`. */
  #judgeStrays(node: Node): void {
    if (this.#mappings.textAt(node, "apiVersion") !== "v1") return;
    const strays = this.#mappings
      .entries(node)
      .filter(({ key }) => !NO_VALUE.test(key))
      .flatMap((own) => (isMap(own.value) ? this.#mappings.entries(own.value) : [own]))
      .filter(({ value }) => isScalar(value) && isCredentialValue(scalarText(value)));
    const [first] = strays;
    if (first === undefined) return;
    this.#hit(
      first.offset,
      `a Kubernetes Secret holds readable values outside data and stringData: ` +
        shownNames(strays.map(({ key }) => key)),
      { kind: "edit", what: "write the values below stringData, indented" },
    );
  }

  /** Flux decrypts an entry of `data` that is the base64 of a SOPS document; not one of `stringData`. */
  #isEncryptedFile(field: string, value: Node | null): boolean {
    if (field !== "data" || !isScalar(value)) return false;
    const text = scalarText(value).trim();
    if (!/^[A-Za-z0-9+/\s]+={0,2}$/.test(text)) return false;
    return isSopsDocument(Buffer.from(text, "base64"));
  }

  /** Whether a value, or anything in it where it is no scalar, is neither empty, encrypted nor a pointer. */
  #isReadable(value: Node | null): boolean {
    if (isScalar(value)) return this.#isReadableText(scalarText(value));
    if (!isMap(value) && !isSeq(value)) return false;
    // `{{ .Values.password }}` without quotes is, to a YAML reader, a mapping in a mapping.
    const [start, end] = value.range ?? [0, 0];
    if (isPointer(this.#section.slice(start, end))) return false;
    for (const { node } of walk(value)) {
      if (isScalar(node) && this.#isReadableText(scalarText(node))) return true;
    }
    return false;
  }

  #isReadableText(text: string): boolean {
    const shell = isTemplate(this.#candidate.path);
    if (text.trim() === "" || isToken(text) || isPointer(text, { shell })) return false;
    return !(shell && holdsExpression(text) && !/default|:-/.test(text));
  }
}

/** The kind in a target: kustomize takes it as a pattern. */
function isOfSecrets(kind: string | null): boolean {
  return /\bSecret\b/.test(kind ?? "");
}

/** `string_data` and `stringdata` are one slip. */
function bare(field: string): string {
  return field.replace(/[-_]/g, "").toLowerCase();
}

function isPublicEntry({ key, value }: Entry): boolean {
  return isScalar(value) && isPublicValue(key, scalarText(value));
}

/** A mapping as Secrets have it, and not the schema of one. */
function isStringData(mappings: Mappings, values: Node | null): boolean {
  if (!isMap(values)) return false;
  const names = new Set(mappings.entries(values).map(({ key }) => key));
  return !["additionalProperties", "properties", "$ref"].some((name) => names.has(name));
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

const EDIT_LIST: Mend = {
  kind: "edit",
  what: "split the List into documents separated by --- and name the file so that a creation rule takes it",
};

const EDIT_PATCH: Mend = {
  kind: "edit",
  what: "move the patch to a file of its own that a creation rule encrypts, and name it under patches: - path:",
};

/** No creation rule for Secrets would encrypt it either. */
const SPELL_RIGHT: Mend = {
  kind: "edit",
  what: "spell the field data or stringData, at the top of the Secret",
};

const MOVE_LITERALS: Mend = {
  kind: "edit",
  what: "move the literals to a file that a creation rule encrypts, and name it under envs:",
};

/** Flux decrypts the envs of no object. */
const MOVE_LITERALS_OF_OBJECT: Mend = {
  kind: "edit",
  what: "move the literals to a file that a creation rule encrypts, and name it under envs: in a secretGenerator: of the kustomization",
};

const MOVE_WRITTEN: Mend = {
  kind: "edit",
  what: "write the value into the Secret itself, in a file that a creation rule encrypts",
};

const EDIT_SEALED: Mend = {
  kind: "edit",
  what: "seal the value with kubeseal, under encryptedData",
};

const EDIT_NESTED: Mend = {
  kind: "edit",
  what: "move the Secret to a file of its own that a creation rule encrypts",
};
