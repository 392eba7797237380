import type { CreationRule } from "../../sops/creation-rules/creation-rules.ts";
import { effectiveSelection, type Metadata } from "../../sops/metadata/metadata.ts";
import { selector } from "../../sops/selection/selection.ts";
import type { Selection } from "../../sops/selection/selection-option.ts";
import type { Leaf, StoreFile } from "../../sops/store.ts";
import type { Finding, RuleId } from "../finding.ts";

/** A file as the creation rules see it. */
export interface SopsCandidate {
  /** Repository-relative, `/`-separated. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The creation rule that takes the path, or null. */
  readonly rule: CreationRule | null;
  /** The path below the folder of the rule's file, as the rule takes it. */
  readonly below: string;
  /** What the rule's file says of the indentation of a new `sops` block; null for sops's own. */
  readonly indent: number | null;
  /** Whether a leak rule finds plaintext in the file. */
  readonly leaks: boolean;
  /** What the last commit has at this path. */
  readonly before: "encrypted" | "plaintext" | "nothing";
  /** By which the last commit's version is encrypted; absent where it is not, or that cannot be told. */
  readonly selectionBefore?: Selection;
}

/** What is to happen with a file, found without any key. */
export type SopsVerdict =
  /** Nothing of SOPS in it, and nothing to encrypt. */
  | { readonly kind: "plain" }
  /** To be encrypted whole, by its rule. */
  | { readonly kind: "encrypt"; readonly file: StoreFile; readonly rule: CreationRule }
  /** Encrypted already, but for `added`: lines with values or comments in plaintext. */
  | {
      readonly kind: "encrypted";
      readonly file: StoreFile;
      readonly metadata: Metadata;
      readonly added: readonly {
        readonly line: number;
        readonly path: string;
        readonly kind: "value" | "comment";
      }[];
    }
  /** Encrypted in a way that cannot be looked into here. */
  | { readonly kind: "unverified" }
  | { readonly kind: "blocked"; readonly finding: Finding };

/** An error: the file must not be committed as it is. */
export function blocked(
  rule: RuleId,
  line: number | null,
  message: string,
  mend: Finding["mend"],
): SopsVerdict {
  return { kind: "blocked", finding: { rule, severity: "error", line, message, mend } };
}

/** What a rule encrypts of a file. A binary file has no keys to select by: it is encrypted whole under any rule. */
export function selectedValues(rule: CreationRule, file: StoreFile): readonly Leaf[] {
  const selects = selector(effectiveSelection(rule), file);
  return file.leaves.filter(
    (leaf) => isFilledValue(leaf) && (file.singleValue === true || selects(leaf)),
  );
}

/** Whether a leaf is a value with some text: null and the empty one are never encrypted. */
export function isFilledValue({ kind, value }: Leaf): boolean {
  return kind === "value" && value !== null && value.text !== "";
}
