import type { Node } from "yaml";
import { isScalar, isSeq } from "yaml";
import type { Mend } from "../../finding.ts";
import type { Mappings } from "../../candidate/nodes.ts";
import { scalarText, startOf } from "../../candidate/nodes.ts";
import { shownName } from "../../wording.ts";
import type { Found } from "./found.ts";
import { EDIT_PATCH, MOVE_WRITTEN } from "./mends.ts";
import type { SecretValues } from "./values.ts";

/** `/stringData` exists in Secrets only, so such an operation tells by itself what it patches. */
export const PATHS_OF_SECRETS = /^\/stringData(?:\/|$)/;

/** Of a patch whose target is a Secret. */
export const PATHS_IN_SECRET = /^\/(?:stringData|data)(?:\/|$)/;

/** What kustomize itself writes into the Secrets that it builds, in one document. */
export class KustomizeValues {
  readonly #mappings: Mappings;
  readonly #values: SecretValues;

  constructor(mappings: Mappings, values: SecretValues) {
    this.#mappings = mappings;
    this.#values = values;
  }

  /** One operation of a JSON patch (RFC 6902). */
  operation(node: Node, paths: RegExp): Found[] {
    const path = this.#mappings.textAt(node, "path");
    if (path === null || !paths.test(path) || this.#mappings.entry(node, "op") === null) return [];
    const value = this.#mappings.entry(node, "value");
    if (value === null || !this.#values.isReadable(value.value)) return [];
    const message = "a JSON patch writes a readable value into a Secret";
    return [{ offset: value.offset, message, mend: EDIT_PATCH }];
  }

  /** A value that is written into others: a replacement's own, and a ValueAddTransformer's. */
  written(node: Node, field: "value" | "sourceValue"): Found[] {
    const written = this.#mappings.entry(node, field);
    if (written === null || !this.#values.isReadable(written.value)) return [];
    const select = field === "value" ? "selector" : "select";
    const targets = this.#mappings.items(this.#mappings.at(node, "targets"));
    if (!targets.some((target) => this.#isInSecret(target, select))) return [];
    const message = "kustomize writes a readable value into a Secret";
    return [{ offset: written.offset, message, mend: MOVE_WRITTEN }];
  }

  /** The first readable literal of a secretGenerator, or of a SecretGenerator object. */
  literals(generator: Node, mend: Mend): Found[] {
    for (const literal of this.listed(this.#mappings.at(generator, "literals"))) {
      if (!isScalar(literal)) continue;
      const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(scalarText(literal)) ?? [];
      if (!this.#values.isReadableText(value)) continue;
      const message = `a secretGenerator holds a readable literal: ${shownName(key)}`;
      return [{ offset: startOf(literal) ?? 0, message, mend }];
    }
    return [];
  }

  /** kustomize refuses one item that was to be a list of one, but it is there to be read. */
  listed(node: Node | null): Node[] {
    return node === null || isSeq(node) ? this.#mappings.items(node) : [node];
  }

  #isInSecret(target: Node, select: string): boolean {
    if (!isOfSecrets(this.#mappings.textAt(target, select, "kind"))) return false;
    const paths = this.#mappings.items(this.#mappings.at(target, "fieldPaths"));
    const path = this.#mappings.textAt(target, "fieldPath") ?? "";
    const all = [path, ...paths.map((one) => (isScalar(one) ? scalarText(one) : ""))];
    return all.some((one) => /^\/?(?:stringData|data)(?:[./]|$)/.test(one));
  }
}

/** The kind in a target: kustomize takes it as a pattern. */
export function isOfSecrets(kind: string | null): boolean {
  return /\bSecret\b/.test(kind ?? "");
}
