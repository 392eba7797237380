import type { CreationRule } from "../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../sops/errors.ts";
import { formatOf } from "../../sops/format.ts";
import { effectiveSelection, type Metadata } from "../../sops/metadata/metadata.ts";
import { selector } from "../../sops/selection/selection.ts";
import { isSameSelection } from "../../sops/selection/selection-option.ts";
import { plaintextLeaves } from "../../sops/sops-file.ts";
import type { Leaf, StoreFile } from "../../sops/store.ts";
import { isToken, shownPath } from "../../sops/token.ts";
import { isModel } from "../candidate/file-kind.ts";
import { isNamedSops } from "./sops-name.ts";
import {
  blocked,
  isFilledValue,
  selectedValues,
  type SopsCandidate,
  type SopsVerdict,
} from "./verdict.ts";
import { shownName } from "../wording.ts";

/** What is to happen with a file that has a `sops` block. */
export function encryptedVerdict(
  candidate: SopsCandidate,
  file: StoreFile,
  metadata: Metadata,
): SopsVerdict {
  const { path, rule } = candidate;
  try {
    const narrowed = narrowedSelection(candidate, file, metadata);
    if (narrowed !== null) return narrowed;
    const added = plaintextLeaves(file, metadata).map((leaf) => ({
      line: leaf.line,
      path: shownPath(leaf.path),
      kind: leaf.kind,
    }));
    const isReadable = added.length === 0 && !holdsCiphertext(file);
    if (isReadable && rule !== null && selectedValues(rule, file).length > 0) {
      return blocked(
        "sops-rule",
        null,
        `it has a sops block and nothing in it is encrypted, though the creation rule in line ${rule.line} of .sops.yaml would`,
        {
          kind: "edit",
          what: "take the sops block out and stage it again: the commit encrypts it",
        },
      );
    }
    const isSaidToBe = isNamedSops(path) || !isKubernetesObject(file);
    if (isReadable && isSaidToBe && !isModel(path) && holdsReadableValues(file)) {
      return blocked("sops-rule", null, nothingEncrypted(rule), {
        kind: "edit",
        what: howToEncryptOrNot(path, rule),
      });
    }
    const left = rule === null ? undefined : leftBySelection(path, rule, file, metadata);
    if (rule !== null && left !== undefined) {
      return blocked(
        "sops-rule",
        left.line,
        `its own sops block leaves ${shownPath(left.path)} readable, which the creation rule in line ${rule.line} of .sops.yaml encrypts`,
        {
          kind: "on-file",
          commands: ["npx flux-sops decrypt -i FILE", "git add -- FILE"],
        },
      );
    }
    return { kind: "encrypted", file, metadata, added };
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    if (rule === null) return { kind: "unverified" };
    // By a pattern that it cannot read sops encrypts nothing, and says nothing.
    return blocked("sops-broken", null, `its own sops block cannot be used: ${error.message}`, {
      kind: "edit",
      what: holdsCiphertext(file)
        ? "correct the pattern there, and stage it again"
        : "correct the pattern there, or take the sops block out, and stage it again",
    });
  }
}

/**
 * Whether there is anything to read in a file of which nothing is encrypted. A Secret whose values are all
 * empty is as good as encrypted, unless another object in the file has some.
 */
function holdsReadableValues(file: StoreFile): boolean {
  const isSecret = isKubernetesSecret(file);
  return file.leaves.some(
    (leaf) => isFilledValue(leaf) && !(isSecret && BESIDE_VALUES.test(String(leaf.path[0]))),
  );
}

/** What a Secret has beside its values, and other objects beside theirs. */
const BESIDE_VALUES = /^(?:apiVersion|kind|metadata|type|immutable)$/;

/** The MAC is of no use: it fits no more once somebody has edited the file, and there is nothing encrypted under it. */
function howToEncryptOrNot(path: string, rule: CreationRule | null): string {
  const add =
    rule === null
      ? "add a creation rule for it to .sops.yaml"
      : `put a creation rule that encrypts it before the one in line ${rule.line} of .sops.yaml`;
  const name = isNamedSops(path) ? " and give the file a name without .sops" : "";
  return `${add}, take the sops block out (npx flux-sops decrypt -i --ignore-mac), and stage both; or, if it is meant to be readable, take the block out${name}`;
}

function nothingEncrypted(rule: CreationRule | null): string {
  const what = "it has a sops block, and nothing in it is encrypted";
  return rule === null
    ? what
    : `${what}: the creation rule in line ${rule.line} of .sops.yaml takes none of its values`;
}

/**
 * What the selection of the last commit's version takes and the one in the file's own `sops` block does not:
 * somebody has changed that by hand. Where the creation rule leaves it readable as well, that is meant.
 */
function narrowedSelection(
  { rule, selectionBefore }: SopsCandidate,
  file: StoreFile,
  metadata: Metadata,
): SopsVerdict | null {
  const now = effectiveSelection(metadata);
  if (selectionBefore === undefined || isSameSelection(selectionBefore, now)) return null;
  const [took, takes] = [selector(selectionBefore, file), selector(now, file)];
  const byRule = rule === null ? () => true : selector(effectiveSelection(rule), file);
  const left = file.leaves.find(
    (leaf) =>
      leaf.recordsSpelling !== true &&
      leaf.value !== null &&
      leaf.value.text !== "" &&
      !takes(leaf) &&
      took(leaf) &&
      byRule(leaf),
  );
  if (left === undefined) return null;
  const { option, pattern } = selectionBefore;
  return blocked(
    "sops-rule",
    left.line,
    `its own sops block leaves ${left.kind === "comment" ? "a comment" : shownPath(left.path)} readable, which that of the version before encrypts`,
    {
      kind: "edit",
      what: `put ${option}: ${shownName(pattern)} back into the sops block, and stage it again: the commit encrypts it. If it is meant to be readable, let its creation rule say so, and stage .sops.yaml as well`,
    },
  );
}

/**
 * A value that the rule takes and the selection in the file's own `sops` block does not. Rules change, and
 * files keep the selection that they were encrypted with: only what has no other use than to hold secrets
 * counts, the values of a Kubernetes Secret and those of a dotenv file.
 */
function leftBySelection(
  path: string,
  rule: CreationRule,
  file: StoreFile,
  metadata: Metadata,
): Leaf | undefined {
  const isDotenv = formatOf(path) === "dotenv";
  if (!isDotenv && !isKubernetesSecret(file)) return undefined;
  const own = selector(effectiveSelection(metadata), file);
  return selectedValues(rule, file).find(
    (leaf) => !own(leaf) && !isToken(leaf.value?.text ?? "") && (isDotenv || isOfASecret(leaf)),
  );
}

/** Whether one of a file's documents is a Kubernetes Secret, encrypted or not. */
export function isKubernetesSecret({ leaves }: StoreFile): boolean {
  return leaves.some(({ path: [key], value }) => key === "kind" && value?.text === "Secret");
}

/** Whether one of a file's documents is an object of any kind: sops, sent through a whole tree, leaves a block in each. */
function isKubernetesObject({ leaves }: StoreFile): boolean {
  return leaves.some(({ path: [key] }) => key === "kind");
}

/** Whether a value stands where a Kubernetes Secret has its own. */
export function isOfASecret({ path: [key] }: Leaf): boolean {
  return key === "data" || key === "stringData";
}

/** Whether anything in a file is encrypted. */
export function holdsCiphertext({ leaves }: StoreFile): boolean {
  return leaves.some(({ value }) => value !== null && isToken(value.text));
}
