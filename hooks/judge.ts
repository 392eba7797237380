import type { Finding, RuleId } from "../findings/finding.ts";
import { candidateOf } from "../findings/candidate/candidate.ts";
import { encryptedFile } from "../findings/sops/encrypted-file.ts";
import { EDIT_LIST, EDIT_NESTED } from "../findings/rules/kubernetes-secret/mends.ts";
import { scan } from "../findings/scan.ts";
import { isNamedSops } from "../findings/sops/sops-name.ts";
import { sopsVerdict } from "../findings/sops/sops-verdict.ts";
import type { SopsCandidate, SopsVerdict } from "../findings/sops/verdict.ts";
import { conflictSides } from "../sops/text/conflict-markers.ts";
import { effectiveSelection } from "../sops/metadata/metadata.ts";
import type { RuleInForce, RulesInForce } from "./rules/rules-in-force.ts";

/** A file to be judged, in whatever place it was found. */
export interface FileToJudge {
  /** Repository-relative text. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The last commit's content at this path, or null. */
  readonly before: Uint8Array | null;
  /** Rules that are not asked. */
  readonly without?: ReadonlySet<RuleId>;
  /** A kustomization makes a Secret of it: readable, it is a leak whatever is in it. */
  readonly feedsSecret?: boolean;
}

/** What the gate found out about one file without any key. */
export interface Judgement {
  readonly inForce: RuleInForce;
  readonly verdict: SopsVerdict;
  /**
   * Leaks in the bytes as they are, and in each side of a conflict that a merge has left. They do not
   * count for a file that is to be encrypted, but for what `secret-not-valid` says.
   */
  readonly leaks: readonly Finding[];
}

/**
 * Judges one file by the creation rules and the findings.
 *
 * @throws BrokenRulesError where a `.sops.yaml` that concerns it cannot be used.
 */
export function judge(file: FileToJudge, rules: RulesInForce): Judgement {
  const { path, bytes } = file;
  const inForce = rules.for(path);
  const leaks = leaksIn(file, rules);
  const verdict = sopsVerdict({
    path,
    bytes,
    ...inForce,
    leaks:
      file.feedsSecret === true ||
      leaks.some(({ rule }) => rule === "plaintext-secret" || rule === "talos-secrets"),
    ...stateBefore(file),
  });
  return { inForce, verdict, leaks: isLeftToSops(verdict) ? leaks.map(byVerdict) : leaks };
}

function isLeftToSops(verdict: SopsVerdict): boolean {
  return verdict.kind === "blocked" && verdict.finding.rule === "sops-unsupported";
}

/**
 * The verdict's commands encrypt the file; a leak's own commands after them would take it out of the
 * commit again. A mend by hand, where encrypting does not help, is still said.
 */
function byVerdict(leak: Finding): Finding {
  const { severity, mend } = leak;
  const isToMove = mend === EDIT_LIST || mend === EDIT_NESTED;
  if (severity !== "error" || (mend.kind === "edit" && !isToMove)) return leak;
  return { ...leak, mend: { kind: "run", commands: [] } };
}

function leaksIn({ path, bytes, without }: FileToJudge, rules: RulesInForce): Finding[] {
  const byPlace = new Map<string, Finding>();
  for (const content of [bytes, ...conflictSides(bytes)]) {
    const options = { encryptedName: () => encryptedName(path, rules) };
    for (const finding of scan(candidateOf(path, content, options), without)) {
      const place = `${finding.rule} ${String(finding.line)}`;
      if (!byPlace.has(place)) byPlace.set(place, finding);
    }
  }
  return [...byPlace.values()];
}

function stateBefore({
  path,
  bytes,
  before,
}: FileToJudge): Pick<SopsCandidate, "before" | "selectionBefore"> {
  if (before === null) return { before: "nothing" };
  // Committed already. Where it is encrypted the verdict does not ask how it was before.
  if (before === bytes) return { before: "plaintext" };
  const verdict = sopsVerdict({
    path,
    bytes: before,
    rule: null,
    below: path,
    indent: null,
    leaks: false,
    before: "nothing",
  });
  switch (verdict.kind) {
    case "encrypted":
      return { before: "encrypted", selectionBefore: effectiveSelection(verdict.metadata) };
    case "unverified":
      return { before: "encrypted" };
    default:
      return { before: isEncryptedAndBroken(path, before) ? "encrypted" : "plaintext" };
  }
}

/** Whether a file is encrypted, and its `sops` block cannot be used. */
function isEncryptedAndBroken(path: string, bytes: Uint8Array): boolean {
  const file = encryptedFile(path, bytes);
  return file !== null && file.metadata === null;
}

/**
 * The name under which a creation rule would take a file that none takes under its own. If one takes it
 * and it is a leak all the same, another name mends nothing.
 */
function encryptedName(path: string, rules: RulesInForce): string | null {
  const renamed = path.replace(/\.(ya?ml)$/, ".sops.$1");
  if (isNamedSops(path) || rules.for(path).rule !== null) return null;
  return rules.for(renamed).rule === null ? null : renamed;
}
