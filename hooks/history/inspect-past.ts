import type { RuleId } from "../../findings/finding.ts";
import { encryptedFile } from "../../findings/sops/encrypted-file.ts";
import { CREDENTIAL_FILE_PATHS } from "../../findings/candidate/credential-file-kind.ts";
import { plaintextValue } from "../../findings/sops/plaintext-value.ts";
import { holdsSecret } from "../../findings/secret-source.ts";
import { valuesBesideRefusedBlock } from "../../findings/sops/refused-block.ts";
import { isNamedSops } from "../../findings/sops/sops-name.ts";
import type { SopsVerdict } from "../../findings/sops/verdict.ts";
import { conflictSides } from "../../sops/text/conflict-markers.ts";
import { formatOf } from "../../sops/format.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { inPlaintext, type CommittedFinding } from "../inspect-committed.ts";
import { judge } from "../judge.ts";
import type { RulesInForce } from "../rules/rules-in-force.ts";

/**
 * Looks at a content somewhere in the history, without any key. Only what leaks: what else was wrong
 * in the past does no harm when it is right now; nor does a readable comment in an encrypted file, which
 * is told at the tip. A conflict that a merge has left makes a file unreadable to SOPS, and to nobody
 * else: each side is looked at for itself.
 *
 * @param path repository-relative text
 * @param without rules that are not asked
 * @throws BrokenRulesError
 */
export function inspectPast(
  path: string,
  bytes: Uint8Array,
  rules: RulesInForce,
  without: ReadonlySet<RuleId> = new Set(),
): readonly CommittedFinding[] {
  return [bytes, ...conflictSides(bytes)].flatMap((content) =>
    inspectContent(path, content, rules, without),
  );
}

function inspectContent(
  path: string,
  bytes: Uint8Array,
  rules: RulesInForce,
  without: ReadonlySet<RuleId>,
): readonly CommittedFinding[] {
  const notAsked = new Set<RuleId>([...without, "secret-not-valid"]);
  const { verdict, leaks } = judge({ path, bytes, before: bytes, without: notAsked }, rules);
  const commitMends = verdict.kind === "encrypt";
  const found = leaks.map((finding) => ({ finding, commitMends }));
  if (verdict.kind === "encrypt" && isNamedSops(path) && !leadsToSops(bytes)) {
    const errors = found.filter(({ finding }) => finding.severity === "error");
    return errors.length > 0 ? errors : [{ finding: inPlaintext(), commitMends }];
  }
  if (verdict.kind === "blocked" && isReadableByName(path, bytes, verdict.finding.rule, rules)) {
    const message = "it is in plaintext, and its name says that it is encrypted";
    return [
      { finding: { ...inPlaintext(), message, mend: LEAVE_OUT }, commitMends: false },
      ...found,
    ];
  }
  const values = readableValues(path, bytes, verdict);
  return [
    ...values.map((one) => ({ finding: plaintextValue(one, false), commitMends: true })),
    ...found,
  ];
}

/**
 * The plaintext values of an encrypted file, even if sops and Flux would not take its `sops` block:
 * they pass over such values.
 */
function readableValues(path: string, bytes: Uint8Array, verdict: SopsVerdict) {
  if (verdict.kind === "encrypted") return verdict.added.filter(({ kind }) => kind === "value");
  const isBroken = verdict.kind === "blocked" && verdict.finding.rule === "sops-broken";
  return isBroken ? valuesBesideRefusedBlock(path, bytes) : [];
}

const LEAVE_OUT = { kind: "leave-out" } as const;

/**
 * Whether a file in plaintext has the name of an encrypted one, though no rule takes it any more, or
 * only a rule with keys for sops itself, or it does not parse. Without a rule nobody knows what in YAML
 * was to be encrypted.
 */
function isReadableByName(path: string, bytes: Uint8Array, blockedBy: RuleId, rules: RulesInForce) {
  const isTaken = rules.for(path).rule !== null;
  const isPlain =
    blockedBy === "sops-broken"
      ? (isTaken || formatOf(path) !== "yaml") && !Buffer.from(bytes).includes(TOKEN_START)
      : blockedBy === (isTaken || formatOf(path) === "yaml" ? "sops-unsupported" : "sops-rule");
  return (
    isPlain &&
    isNamedSops(path) &&
    !leadsToSops(bytes) &&
    holdsSecret(bytes, { key: "", value: path }) &&
    !isEncryptedCopy(path, bytes)
  );
}

/** Whether a file is encrypted in another format than its name says: `db.sops.yaml_bak`. */
function isEncryptedCopy(path: string, bytes: Uint8Array): boolean {
  const metadata = encryptedFile(path, bytes)?.metadata ?? null;
  return metadata !== null && Buffer.from(bytes).includes(TOKEN_START);
}

/** Whether a file is looked at for its name, whatever is in it. */
export function isTellingName(path: string): boolean {
  return CREDENTIAL_FILE_PATHS.test(path) || isNamedSops(path);
}

/** What a symbolic link to an encrypted file holds: its path. Of a content alone no mode is known. */
function leadsToSops(bytes: Uint8Array): boolean {
  return (
    bytes.length < 4096 && /^[^\n]*\.sops\.[^/\n]+$/.test(Buffer.from(bytes).toString("latin1"))
  );
}
