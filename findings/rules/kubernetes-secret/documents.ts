import type { Node } from "yaml";
import { isMap, isScalar, isSeq } from "yaml";
import { isToken } from "../../../sops/token.ts";
import { documentsOf } from "../../candidate/documents.ts";
import type { Candidate, Hit, Mend } from "../../finding.ts";
import { Mappings, walk } from "../../candidate/nodes.ts";
import type { Section } from "../../candidate/sections.ts";
import type { Found } from "./found.ts";
import { isOfSecrets, KustomizeValues, PATHS_IN_SECRET, PATHS_OF_SECRETS } from "./kustomize.ts";
import { namesSecret } from "./may-hold-values.ts";
import {
  EDIT_LIST,
  EDIT_NESTED,
  EDIT_PATCH,
  EDIT_SEALED,
  MOVE_LITERALS,
  MOVE_LITERALS_OF_OBJECT,
} from "./mends.ts";
import { SecretValues } from "./values.ts";

/** Their schemas and policies name the kind and describe its fields. */
const DESCRIPTIONS = new Set(["CustomResourceDefinition", "ConstraintTemplate"]);

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Readable values of Secrets in the documents of a section, and in what is embedded in them. */
export function inSection(candidate: Candidate, section: Section): Hit[] {
  const hits: Hit[] = [];
  for (const document of documentsOf(candidate, section)) {
    const mappings = new Mappings(document);
    const kinds = mappings.texts(document.contents, "kind");
    if (kinds.length > 0 && kinds.every((kind) => DESCRIPTIONS.has(kind))) continue;
    hits.push(...new Reader(candidate, section, mappings, document.contents).read());
  }
  return hits;
}

/** Reads one document. */
class Reader {
  readonly #candidate: Candidate;
  readonly #section: Section;
  readonly #mappings: Mappings;
  readonly #root: Node | null;
  readonly #values: SecretValues;
  readonly #kustomize: KustomizeValues;
  readonly #hits: Hit[] = [];
  /** Aliases may lead to a node again and again: each Secret is judged once. */
  readonly #judged = new Set<Node>();

  constructor(candidate: Candidate, section: Section, mappings: Mappings, root: Node | null) {
    this.#candidate = candidate;
    this.#section = section;
    this.#mappings = mappings;
    this.#root = mappings.resolve(root);
    this.#values = new SecretValues(candidate.path, section, mappings);
    this.#kustomize = new KustomizeValues(mappings, this.#values);
  }

  read(): Hit[] {
    const root = this.#root;
    if (root === null) return [];
    const isEncrypted = isToken(this.#mappings.textAt(root, "sops", "mac") ?? "");
    if (this.#isSecret(root, false)) this.#judge(root, this.#mendOfFile(), isEncrypted);
    this.#readList(root, isEncrypted);
    this.#readTemplates(root, isEncrypted);
    for (const generator of this.#kustomize.listed(this.#mappings.at(root, "secretGenerator"))) {
      this.#keep(this.#kustomize.literals(generator, MOVE_LITERALS));
    }
    for (const { node } of walk(root)) {
      if (isMap(node)) this.#readMapping(node, isEncrypted);
    }
    for (const section of this.#section.embedded.values()) {
      if (namesSecret(section)) this.#hits.push(...inSection(this.#candidate, section));
    }
    return this.#hits;
  }

  #keep(found: readonly Found[]): void {
    for (const { offset, message, mend } of found) {
      this.#hits.push({ line: this.#section.lineAt(offset), message, mend });
    }
  }

  #judge(node: Node, mend: Mend, isEncrypted: boolean, fields?: readonly string[]): void {
    if (this.#judged.has(node)) return;
    this.#judged.add(node);
    this.#keep(this.#values.judge(node, mend, isEncrypted, fields));
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
   * `stringData`, whatever is wrong with its kind, or missing. Without that, a misspelt one (`Kind`, too) must have
   * the version, since Drone's settings have such a kind, and a nested one must look like a whole manifest, since
   * references and policies name the kind too.
   */
  #isSecret(node: Node, nested: boolean): boolean {
    if (isStringData(this.#mappings, this.#mappings.at(node, "stringData"))) return true;
    const versions = this.#mappings.texts(node, "apiVersion");
    const isKind = versions.includes("v1") ? /^\s*secrets?\s*$/i : /^\s*Secret\s*$/;
    const fields = versions.includes("v1") ? ["kind", "Kind"] : ["kind"];
    const kinds = fields.flatMap((field) => this.#mappings.texts(node, field));
    if (!kinds.some((kind) => isKind.test(kind))) return false;
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
          this.#judge(item, this.#mendOfFile(), isEncrypted);
        }
      }
    }
    const template = this.#mappings.at(root, "spec", "template");
    if (kind !== "SealedSecret" || template === null) return;
    // What it has under `data` is made for settings beside the sealed values.
    this.#judge(template, EDIT_SEALED, isEncrypted, ["stringData"]);
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
        if (isSecret || isBare) this.#judge(item, EDIT_LIST, isEncrypted);
        open.push(item);
      }
    }
  }

  #readMapping(node: Node, isEncrypted: boolean): void {
    if (node !== this.#root && this.#isSecret(node, true)) {
      this.#judge(node, EDIT_NESTED, isEncrypted);
    }
    // `jsonOp` is the PatchJson6902Transformer's.
    const patch = this.#mappings.at(node, "patch") ?? this.#mappings.at(node, "jsonOp");
    if (patch !== null && isOfSecrets(this.#mappings.textAt(node, "target", "kind"))) {
      this.#readPatchOfSecret(patch);
    }
    const kind = this.#mappings.textAt(node, "kind");
    if (kind === "SecretGenerator") {
      this.#keep(this.#kustomize.literals(node, MOVE_LITERALS_OF_OBJECT));
    }
    const field = kind === "ValueAddTransformer" ? "value" : "sourceValue";
    this.#keep(this.#kustomize.written(node, field));
    this.#keep(this.#kustomize.operation(node, PATHS_OF_SECRETS));
  }

  /** A patch whose target is a Secret: operations, or a partial Secret that need not name its kind. */
  #readPatchOfSecret(patch: Node): void {
    if (!isScalar(patch)) {
      this.#readOperations(patch);
      return;
    }
    const section = this.#section.embedded.get(patch);
    for (const document of section?.documents ?? []) {
      if (section === undefined) continue;
      const mappings = new Mappings(document);
      const reader = new Reader(this.#candidate, section, mappings, document.contents);
      this.#hits.push(...reader.#readAsPatch());
    }
  }

  #readAsPatch(): Hit[] {
    const root = this.#root;
    if (root === null) return [];
    if (isMap(root)) this.#judge(root, EDIT_PATCH, false);
    this.#readOperations(root);
    return this.#hits;
  }

  #readOperations(patch: Node): void {
    for (const operation of this.#mappings.items(patch)) {
      this.#keep(this.#kustomize.operation(operation, PATHS_IN_SECRET));
    }
  }
}

/** A mapping as Secrets have it, and not the schema of one. */
function isStringData(mappings: Mappings, values: Node | null): boolean {
  if (!isMap(values)) return false;
  const names = new Set(mappings.entries(values).map(({ key }) => key));
  return !["additionalProperties", "properties", "$ref"].some((name) => names.has(name));
}
