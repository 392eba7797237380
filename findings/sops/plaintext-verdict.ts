import type { CreationRule } from "../../sops/creation-rules/creation-rules.ts";
import { formatOf, type Format } from "../../sops/format.ts";
import { effectiveSelection } from "../../sops/metadata/metadata.ts";
import { strayToken } from "../../sops/refuse-leaf.ts";
import { compilePattern } from "../../sops/selection/selection.ts";
import type { StoreFile } from "../../sops/store.ts";
import { isToken } from "../../sops/token.ts";
import { asksFor, singlesOut } from "./asked-for.ts";
import { isModel, isSample, isTemplate } from "../candidate/file-kind.ts";
import type { Finding } from "../finding.ts";
import { RESTORE, sopsBroken } from "./sops-broken.ts";
import { isNamedSops } from "./sops-name.ts";
import { mentionsMetadata } from "./sops-traces.ts";
import { readText } from "../candidate/text.ts";
import { blocked, selectedValues, type SopsCandidate, type SopsVerdict } from "./verdict.ts";

const ENCRYPT_WITH_SOPS: Finding["mend"] = {
  kind: "on-file",
  commands: ["sops encrypt --in-place FILE", "git add -- FILE"],
};

/** What is to happen with a file that has no `sops` block, and that a creation rule takes. */
export function plaintextVerdict(
  candidate: SopsCandidate,
  rule: CreationRule,
  file: StoreFile,
): SopsVerdict {
  const { path, before } = candidate;
  if (isModel(path) && before !== "encrypted" && !isForModels(rule, candidate.below))
    return { kind: "plain" };
  const named = isNamedSops(path);
  const wanted = named || candidate.leaks || before === "encrypted";
  // A file that the last commit has in plaintext, and that is no leak, was left readable on purpose.
  const isNew = takesOnPurpose(rule) && before === "nothing" && mayBeMeant(candidate, rule);
  if (!wanted && !isNew) return { kind: "plain" };
  const selected = selectedValues(rule, file);
  if (!wanted && !asksFor(rule, candidate.below, file, selected)) return { kind: "plain" };
  if (selected.length === 0) {
    if (!named && before !== "encrypted") return { kind: "plain" };
    return blocked(
      "sops-rule",
      null,
      `the creation rule in line ${rule.line} of .sops.yaml encrypts nothing in it`,
      {
        kind: "edit",
        what: "put the values under data or stringData, or give the file a name without .sops",
      },
    );
  }
  const [first] = selected;
  // With a readable value among them it is plaintext, whatever else is wrong with it.
  if (selected.every(({ value }) => isToken(value?.text ?? "")) && first !== undefined) {
    return { kind: "blocked", finding: sopsBroken(strayToken(first), RESTORE) };
  }
  if (rule.foreign.length > 0) {
    return blocked(
      "sops-unsupported",
      null,
      `its creation rule has keys that only sops itself can encrypt to (${rule.foreign.join(", ")})`,
      ENCRYPT_WITH_SOPS,
    );
  }
  if (rule.recipients.length === 0) {
    return blocked(
      "sops-rule",
      null,
      `the creation rule in line ${rule.line} of .sops.yaml names no recipient`,
      { kind: "edit", what: "add one under age: there, and stage that too" },
    );
  }
  return { kind: "encrypt", file, rule };
}

/** Of formats other than YAML, only what a rule singles out: much that lies in a tree is JSON. */
function mayBeMeant({ path, below }: SopsCandidate, rule: CreationRule): boolean {
  const format = formatOf(path);
  if (format === "yaml") return true;
  if (format === "binary" || isSample(path) || OF_A_PROGRAM.test(path)) return false;
  return singlesOut(rule, below);
}

/** What a program looks for under this very name, and could not read encrypted: nobody means those by `secrets/.*`. */
const OF_A_PROGRAM =
  /(?:^|\/)(?:package(?:-lock)?|composer|renovate|[jt]sconfig(?:\.[^/]*)?|devcontainer|\.[^/]*rc)\.json$/;

/**
 * Whether a file that sops cannot read is to be encrypted all the same. A template, a list of patches or
 * settings with tags of their own that merely lie under a rule for much are not ours.
 *
 * @param format in which it was read
 */
export function isMeant(candidate: SopsCandidate, format: Format): boolean {
  const { path, bytes, rule, below, leaks, before } = candidate;
  if (rule === null || !takesOnPurpose(rule)) return false;
  const text = readText(bytes).readable ?? "";
  if (format !== "yaml") {
    if (before !== "nothing" || !mayBeMeant(candidate, rule)) return false;
    // An empty file is no JSON either.
    if (text.trim() === "" || isTemplate(path)) return false;
  } else {
    if (leaks || mentionsMetadata(bytes)) return true;
    if (before === "plaintext") return false;
    if (!singlesOut(rule, below)) return OF_A_SECRET.test(text) && !isTemplate(path);
  }
  const { option, pattern } = effectiveSelection(rule);
  if (option !== "encrypted_regex") return true;
  const takes = compilePattern(pattern);
  return [...text.matchAll(KEY)].some(([, key = ""]) => takes(key));
}

const OF_A_SECRET = /\bstringData\b|\bkind["']?\s*:\s*["']?Secret\b/i;

const KEY = /([^\s"'{}[\],:][^\s"'{}[\],:]{0,100})["']?\s*:/g;

/**
 * Whether a rule is for what encrypted files are made of, too: one for a folder is, or for just that. One for names
 * without an end, as `\.sops\.ya?ml`, is for `db.sops.yaml`, and takes `db.sops.yaml.j2` by chance.
 */
function isForModels(rule: CreationRule, below: string): boolean {
  if (!takesOnPurpose(rule)) return false;
  const takesByChance =
    !rule.pathRegex.endsWith("$") &&
    rule.matches(below.replace(/\.[^./]+$/, "")) &&
    !rule.matches(below.replace(/\.sops(?=\.[^/]*$)/, ""));
  return !takesByChance;
}

/** A rule for everything says how to encrypt, not what: sops users run `sops -e` on some files. */
function takesOnPurpose(rule: CreationRule | null): boolean {
  return rule !== null && rule.pathRegex !== "";
}
