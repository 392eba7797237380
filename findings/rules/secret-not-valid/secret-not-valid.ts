import { isMap, isScalar, type Node, type Scalar } from "yaml";
import { TOKEN_START } from "../../../sops/token-start.ts";
import { readToken } from "../../../sops/token.ts";
import { resolvePlain, UnrepresentableError } from "../../../sops/value.ts";
import { isSchema } from "../../candidate/documents.ts";
import { isModel, isProseOrCode, isSample, isTemplate } from "../../candidate/file-kind.ts";
import type { Candidate, Hit, Rule } from "../../finding.ts";
import { KEYWORDS } from "../../prefilter/keywords.ts";
import { Mappings, scalarText, startOf, type Entry } from "../../candidate/nodes.ts";
import { holdsExpression, isPointer } from "../../credential/pointer.ts";
import type { Section } from "../../candidate/sections.ts";
import { typeProblem } from "./secret-types.ts";
import { shownKey, shownName } from "../../wording.ts";

const GATE = /\bSecret(?:List)?\b/;

/** Every other manifest refers to a Secret. A Secret itself has the version `v1` too, without a group. */
const CORE_VERSION = /(?<![\w./-])v1(?![\w./-])/;

/** Flux then adds the keys to an object that is there, and need not have them all. */
const MERGED = "kustomize.toolkit.fluxcd.io/ssa";

/**
 * What `flux build kustomization` prints for values that are encrypted.
 *
 * @see maskSopsData in flux2's internal/build/build.go
 */
const MASKS: ReadonlySet<string> = new Set(["**SOPS**", '{"mask":"**SOPS**"}']);

/**
 * What is found: Secrets that the API server refuses, so that Flux stops at them, as far as the file
 * tells. Of an encrypted one it sees the keys, the type, and which values were no text when they were
 * encrypted; of a readable one, which the gate is about to encrypt, the values too. Also one that holds
 * a mask, which would be encrypted as if it were the value, and given to the cluster.
 *
 * A patch of a Secret looks like one, and is judged alike: what stands in it ends up in a Secret.
 *
 * @see ValidateSecret in k8s.io/kubernetes's pkg/apis/core/validation
 */
export const secretNotValid: Rule = {
  id: "secret-not-valid",
  severity: "error",
  keywords: KEYWORDS["secret-not-valid"],
  find,
};

function find(candidate: Candidate): Hit[] {
  const { path } = candidate;
  // What a template or a sample becomes is not known here.
  if (isProseOrCode(path) || isTemplate(path) || isModel(path) || isSample(path)) return [];
  return candidate.sections.flatMap((section) =>
    GATE.test(section.words) && CORE_VERSION.test(section.words) && !isSchema(section)
      ? (section.documents ?? []).flatMap((document) => {
          const mappings = new Mappings(document);
          return secretsIn(mappings, mappings.resolve(document.contents)).flatMap((secret) =>
            new Judge(section, mappings, secret).judge(),
          );
        })
      : [],
  );
}

/** A document, or the items of a List. */
function secretsIn(mappings: Mappings, root: Node | null): Node[] {
  const kind = mappings.textAt(root, "kind");
  const isVersion1 = mappings.textAt(root, "apiVersion") === "v1";
  if (root === null || kind === null || !isVersion1) return [];
  if (kind === "Secret") return [root];
  if (!kind.endsWith("List")) return [];
  const items = mappings.items(mappings.at(root, "items"));
  return kind === "SecretList" ? items : items.flatMap((item) => secretsIn(mappings, item));
}

/** Judges one Secret. */
class Judge {
  readonly #section: Section;
  readonly #mappings: Mappings;
  readonly #secret: Node;
  readonly #hits: Hit[] = [];

  constructor(section: Section, mappings: Mappings, secret: Node) {
    this.#section = section;
    this.#mappings = mappings;
    this.#secret = secret;
  }

  judge(): Hit[] {
    this.#judgeName();
    for (const field of ["data", "stringData"] as const) {
      const values = this.#mappings.entry(this.#secret, field);
      if (values === null || isNull(values.value)) continue;
      if (!isMap(values.value)) {
        if (!this.#isTemplated(values.value)) {
          this.#hit(
            values,
            `${field} of a Secret is no mapping`,
            "write KEY: VALUE lines under it",
          );
        }
        continue;
      }
      for (const entry of this.#mappings.entries(values.value)) this.#judgeValue(field, entry);
    }
    this.#judgeType();
    return this.#hits;
  }

  #judgeName(): void {
    const entry = this.#mappings.entry(this.#mappings.at(this.#secret, "metadata"), "name");
    if (entry === null || !isScalar(entry.value) || !isWrongName(scalarText(entry.value))) return;
    this.#hit(
      entry,
      `a Secret cannot have the name ${shownName(scalarText(entry.value))}`,
      "use only lower-case letters, digits, - and . in the name, and a letter or digit at both ends",
    );
  }

  #judgeValue(field: "data" | "stringData", entry: Entry): void {
    const { key, value } = entry;
    const name = shownName(key);
    if (!isKey(key) && !holdsExpression(key)) {
      const what =
        /[:=]./.test(key) && isNull(value)
          ? "write a colon and a blank before the value"
          : "use only letters, digits, -, _ and . in the key";
      this.#hit(entry, `a Secret cannot have the key ${shownKey(key)}`, what);
    } else if (isNull(value) || this.#isTemplated(value)) {
      return;
    } else if (!isScalar(value) || !isText(value)) {
      const what =
        field === "data"
          ? "write the value in Base64, or as text under stringData"
          : this.#howToBeText(value);
      this.#hit(entry, `the value of ${name} under ${field} is no text`, what);
    } else if (field === "data" && !isEncrypted(value) && !isBase64(value)) {
      const what = "write the value in Base64, or as text under stringData";
      this.#hit(entry, `the value of ${name} under data is no Base64`, what);
    } else if (MASKS.has(this.#readable(field, value) ?? "")) {
      this.#hit(
        entry,
        `the value of ${name} under ${field} is what flux build prints in its place`,
        "write the value itself, which flux build does not show",
      );
    }
  }

  #judgeType(): void {
    const entry = this.#mappings.entry(this.#secret, "type");
    const type = entry === null || !isScalar(entry.value) ? null : scalarText(entry.value);
    if (entry === null || type === null) return;
    const annotations = this.#mappings.at(this.#secret, "metadata", "annotations");
    const values = new Map<string, string | null>();
    for (const field of ["data", "stringData"] as const) {
      for (const { key, value } of this.#mappings.entries(this.#mappings.at(this.#secret, field))) {
        if (holdsExpression(key)) return;
        values.set(key, this.#readable(field, value));
      }
    }
    const problem = typeProblem(type, {
      name: this.#mappings.textAt(this.#secret, "metadata", "name"),
      values,
      annotation: (name) => this.#mappings.textAt(annotations, name),
      isMerged: /^merge$/i.test(this.#mappings.textAt(annotations, MERGED) ?? ""),
    });
    if (problem !== null) this.#hit(entry, problem.message, problem.what);
  }

  /** A value as the cluster gets it; null where that is not known here. */
  #readable(field: "data" | "stringData", value: Node | null): string | null {
    if (!isScalar(value) || isEncrypted(value) || this.#isTemplated(value)) return null;
    const text = scalarText(value);
    return field === "data" ? Buffer.from(text, "base64").toString("utf8") : text;
  }

  #howToBeText(value: Node | null): string {
    const what = isScalar(value)
      ? "put quotes around the value"
      : "write the value as one text: in quotes, or below a | after its key";
    return this.#text(value).includes(TOKEN_START) ? `${what}, with npx flux-sops edit` : what;
  }

  /** Something else puts the value in later. */
  #isTemplated(value: Node | null): boolean {
    if (isScalar(value) && isPointer(scalarText(value))) return true;
    return holdsExpression(this.#text(value));
  }

  #text(value: Node | null): string {
    const [start, end] = value?.range ?? [0, 0];
    return this.#section.slice(start, end);
  }

  #hit({ offset, value }: Entry, message: string, what: string): void {
    const line = this.#section.lineAt(offset > 0 ? offset : (startOf(value) ?? 0));
    this.#hits.push({ line, message, mend: { kind: "edit", what } });
  }
}

/** @see IsConfigMapKey in k8s.io/apimachinery's pkg/util/validation */
function isKey(key: string): boolean {
  return /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== "." && !key.startsWith("..");
}

/**
 * Whether no object can have a name. One with other signs in it, or nothing but capitals, is a
 * placeholder for something to put in later.
 *
 * @see NameIsDNSSubdomain in k8s.io/apimachinery's pkg/api/validation
 */
function isWrongName(name: string): boolean {
  if (!/^[A-Za-z0-9._-]{1,253}$/.test(name) || /^[A-Z0-9_.-]+$|__/.test(name)) return false;
  return /[A-Z_]|^[.-]|[.-]$|\.[.-]|-\./.test(name);
}

function isNull(value: Node | null): boolean {
  return value === null || (isScalar(value) && value.value === null);
}

function isEncrypted(value: Node | null): boolean {
  return isScalar(value) && readToken(scalarText(value)) !== null;
}

const TEXT_TAG = /:(?:str|binary|timestamp)$/;
const OTHER_TAG = /^tag:yaml\.org,2002:/;

/** Whether a scalar is text to kustomize, which reads YAML as go-yaml v3 does, or was when encrypted. */
function isText(node: Scalar): boolean {
  const token = readToken(scalarText(node));
  if (token !== null) return !["int", "float", "bool"].includes(token.type);
  if (node.tag !== undefined && OTHER_TAG.test(node.tag)) return TEXT_TAG.test(node.tag);
  if (node.type !== "PLAIN") return true;
  try {
    const type = resolvePlain(node.source ?? "")?.type ?? "str";
    return type === "str" || type === "time";
  } catch (error) {
    if (error instanceof UnrepresentableError) return false;
    throw error;
  }
}

/** As Go's encoding/json decodes it: padded, and line breaks do not count. */
function isBase64(node: Scalar): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(
    scalarText(node).replace(/[\r\n]/g, ""),
  );
}
