import { conflictSides } from "../sops/conflict-markers.ts";
import type { CreationRule } from "../sops/creation-rules.ts";
import { SopsError } from "../sops/errors.ts";
import { formatOf, type Format } from "../sops/format.ts";
import { effectiveSelection, type Metadata } from "../sops/metadata.ts";
import { compilePattern, selector } from "../sops/selection.ts";
import { isSameSelection, type Selection } from "../sops/selection-option.ts";
import { plaintextLeaves, readSopsFile } from "../sops/sops-file.ts";
import type { Leaf, StoreFile } from "../sops/store.ts";
import { TOKEN_START } from "../sops/token-start.ts";
import { isToken, shownPath } from "../sops/token.ts";
import { isModel, isTemplate } from "./file-kind.ts";
import type { Finding, RuleId } from "./finding.ts";
import { asksFor, singlesOut } from "./asked-for.ts";
import { RESTORE, sopsBroken } from "./sops-broken.ts";
import { readText, searchable } from "./text.ts";
import { shownName } from "./wording.ts";

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

/** Beside secrets, and never encrypted whatever the rules say; a copy of a rule file neither: `.sops.yaml.disabled`. */
const LEFT_ALONE =
  /(^|\/)(kustomization\.ya?ml|Kustomization|README[^/]*|\.gitkeep|\.gitignore|\.gitattributes|\.sops\.ya?ml(?:~|\.[^./]+)?|\.sops\.pub\.asc)$/;
const NAMED_SOPS = /\.sops\.[^/]+$/;

const ENCRYPT_WITH_SOPS: Finding["mend"] = {
  kind: "on-file",
  commands: ["sops encrypt --in-place FILE", "git add -- FILE"],
};

/** Whether a file's name says that it is encrypted. */
export function isNamedSops(path: string): boolean {
  return NAMED_SOPS.test(path) && !LEFT_ALONE.test(path);
}

/**
 * Looks at a file as the gate does: is it encrypted, to be encrypted, or wrong? Files that no rule
 * takes and that hold no SOPS metadata are always `plain`, whatever else is in them.
 */
export function sopsVerdict(candidate: SopsCandidate): SopsVerdict {
  const { path, bytes, rule } = candidate;
  if (LEFT_ALONE.test(path)) return { kind: "plain" };
  const format = formatWithin(path, bytes);
  const expected = isNamedSops(path) || candidate.before === "encrypted";
  if (rule === null && !expected && !mentionsMetadata(bytes)) return { kind: "plain" };
  // By its name, every file that is nothing else is a binary one: this tool itself, an image.
  if (format === "binary" && !expected && !startsAsJson(bytes)) return { kind: "plain" };
  // Many rules take a whole tree. What was left readable on purpose need not be read to stay so.
  if (
    candidate.before === "plaintext" &&
    !candidate.leaks &&
    !expected &&
    !mayHoldMetadata(bytes)
  ) {
    return { kind: "plain" };
  }

  let file: StoreFile;
  let metadata: Metadata | null;
  try {
    ({ file, metadata } = readSopsFile(bytes, format, candidate.indent));
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    if (!expected && !(format === "yaml" && isMeant(candidate))) return { kind: "plain" };
    return blocked("sops-broken", error.line, error.message, {
      kind: "edit",
      what: isEncryptedConflict(bytes) ? RESOLVE : "correct it, then stage it again",
    });
  }
  if (metadata !== null) return encryptedVerdict(candidate, file, metadata);
  if (rule === null) {
    if (!expected || (isModel(path) && candidate.before !== "encrypted")) return { kind: "plain" };
    return blocked(
      "sops-rule",
      null,
      isNamedSops(path)
        ? "its name says it is encrypted, but no creation rule in .sops.yaml takes it"
        : "it was encrypted before, but no creation rule in .sops.yaml takes it any more",
      { kind: "edit", what: "add a creation rule for it to .sops.yaml and stage that too" },
    );
  }
  return plaintextVerdict(candidate, rule, file);
}

/** The format of a file's content: an ending of no format may have switched off an encrypted one, `db.sops.yaml.disabled`. */
function formatWithin(path: string, bytes: Uint8Array): Format {
  const [, before = path] = /^(.*\.sops\.[^./]+)\.[^./]+$/.exec(path) ?? [];
  const isBinary = startsAsJson(bytes) && !before.endsWith(".json");
  const isSwitchedOff = formatOf(path) === "binary" && !isBinary && mentionsMetadata(bytes);
  return formatOf(isSwitchedOff ? before : path);
}

const RESOLVE =
  "keep the lines you want of either side and decrypt it (npx flux-sops decrypt --in-place --ignore-mac), or take one side as it is (git checkout --ours, or --theirs); then stage it";

/** Whether a merge has left a conflict in an encrypted file. */
function isEncryptedConflict(bytes: Uint8Array): boolean {
  return conflictSides(bytes).length > 0 && searchable(bytes).includes(TOKEN_START);
}

function encryptedVerdict(
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
  const isOfASecret =
    isDotenv ||
    file.leaves.some(({ path: [key], value }) => key === "kind" && value?.text === "Secret");
  if (!isOfASecret) return undefined;
  const own = selector(effectiveSelection(metadata), file);
  return selectedValues(rule, file).find(
    (leaf) =>
      !own(leaf) &&
      !isToken(leaf.value?.text ?? "") &&
      (isDotenv || /^(?:data|stringData)$/.test(String(leaf.path[0]))),
  );
}

function plaintextVerdict(
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
  const isNew = takesOnPurpose(rule) && before === "nothing" && formatOf(path) === "yaml";
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
    const message = `the value at ${shownPath(first.path)} is ciphertext, but the file has no sops block`;
    return { kind: "blocked", finding: sopsBroken({ line: first.line, message }, RESTORE) };
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

/**
 * Whether a file that sops cannot read is to be encrypted all the same. A template, a list of patches or
 * settings with tags of their own that merely lie under a rule for much are not ours.
 */
function isMeant({ path, bytes, rule, below, leaks, before }: SopsCandidate): boolean {
  if (rule === null || !takesOnPurpose(rule)) return false;
  if (leaks || mentionsMetadata(bytes)) return true;
  if (before === "plaintext") return false;
  const text = readText(bytes).readable ?? "";
  if (!singlesOut(rule, below)) return OF_A_SECRET.test(text) && !isTemplate(path);
  const { option, pattern } = effectiveSelection(rule);
  if (option !== "encrypted_regex") return true;
  const takes = compilePattern(pattern);
  return [...text.matchAll(KEY)].some(([, key = ""]) => takes(key));
}

const OF_A_SECRET = /\bstringData\b|\bkind["']?\s*:\s*["']?Secret\b/i;

const KEY = /([^\s"'{}[\],:][^\s"'{}[\],:]{0,100})["']?\s*:/g;

function holdsCiphertext({ leaves }: StoreFile): boolean {
  return leaves.some(({ value }) => value !== null && isToken(value.text));
}

/** A binary file has no keys to select by: it is encrypted whole under any rule. */
function selectedValues(rule: CreationRule, file: StoreFile): readonly Leaf[] {
  const selects = selector(effectiveSelection(rule), file);
  return file.leaves.filter(
    (leaf) =>
      leaf.kind === "value" &&
      leaf.value !== null &&
      leaf.value.text !== "" &&
      (file.singleValue === true || selects(leaf)),
  );
}

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

/** Cheap: whether a file may hold SOPS metadata, in any format. */
export function mentionsMetadata(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.includes(TOKEN_START)) return false;
  return ["sops:", '"sops"', "sops_mac", "[sops]"].some((word) => buffer.includes(word));
}

/** Whether a file may hold SOPS metadata, however little of it is left and however it is spelled. */
function mayHoldMetadata(bytes: Uint8Array): boolean {
  return searchable(bytes).includes("sops");
}

/** How the encrypted form of a binary file begins. */
function startsAsJson(bytes: Uint8Array): boolean {
  return /^\s*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString("latin1"));
}

function blocked(
  rule: RuleId,
  line: number | null,
  message: string,
  mend: Finding["mend"],
): SopsVerdict {
  return { kind: "blocked", finding: { rule, severity: "error", line, message, mend } };
}
