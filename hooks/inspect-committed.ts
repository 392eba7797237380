import type { Finding } from "../findings/finding.ts";
import { plaintextValue } from "../findings/sops/plaintext-value.ts";
import { mendOfUnverified, sopsBroken } from "../findings/sops/sops-broken.ts";
import { recipientsFinding } from "../findings/sops/sops-recipients.ts";
import { isNamedSops } from "../findings/sops/sops-name.ts";
import { pathText } from "../git/path.ts";
import { inspectEncrypted, type Identities } from "./encrypt-entry.ts";
import { judge } from "./judge.ts";
import type { TipFile } from "./range/pushed-tips.ts";
import type { RulesInForce } from "./rules/rules-in-force.ts";
import { orUnderARule } from "./rules/under-a-rule.ts";

/** What is wrong with a file that was committed already. */
export interface CommittedFinding {
  readonly finding: Finding;
  /** Committing it once more is enough: the gate then encrypts it. */
  readonly commitMends: boolean;
}

/** What came of looking at a file that was committed already. */
export interface CommittedInspection {
  readonly findings: readonly CommittedFinding[];
  /** It is encrypted, and nothing here can look into it. */
  readonly isUnverified: boolean;
}

/** Whether a file at a tip has anything to do with encryption. */
export function concernsSops(
  { path, rules }: Pick<TipFile, "path" | "rules">,
  mentionsSops: boolean,
): boolean {
  const name = pathText(path);
  return mentionsSops || isNamedSops(name) || rules.for(name).rule !== null;
}

/**
 * Judges a file as it stands at a pushed tip. A file that was left readable and leaks nothing is
 * fine, as pre-commit has it of files that are there already.
 *
 * @throws BrokenRulesError
 */
export async function inspectCommitted(
  { path, rules }: { readonly path: string; readonly rules: RulesInForce },
  bytes: Buffer,
  identities: () => Promise<Identities>,
): Promise<CommittedInspection> {
  const { verdict, leaks, inForce } = judge({ path, bytes, before: bytes }, rules);
  const byHand = (findings: readonly Finding[]): CommittedFinding[] =>
    orUnderARule(findings, path, bytes, rules).map((finding) => ({ finding, commitMends: false }));
  const verified = (findings: readonly CommittedFinding[]) => ({ findings, isUnverified: false });
  switch (verdict.kind) {
    case "plain":
      return verified(byHand(leaks));
    case "unverified":
      return { findings: byHand(leaks), isUnverified: true };
    case "blocked":
      return verified(byHand([verdict.finding, ...leaks]));
    case "encrypt": {
      const notValid = leaks.filter(({ rule }) => rule === "secret-not-valid");
      const errors = leaks.filter(
        ({ severity, rule }) => severity === "error" && rule !== "secret-not-valid",
      );
      return verified([
        ...(errors.length > 0 ? errors : [inPlaintext()]).map((finding) => ({
          // A leak rule does not know that the file's name is right as it is.
          finding: { ...finding, mend: ENCRYPT },
          commitMends: true,
        })),
        ...byHand(notValid),
      ]);
    }
    case "encrypted": {
      const { file, metadata, added } = verdict;
      const here = await identities();
      const recipients = new Set(metadata.age.map(({ recipient }) => recipient));
      const isUnverified = !here.some(({ recipient }) => recipients.has(recipient));
      const drift = recipientsFinding(metadata, inForce.rule);
      const known = drift === null ? leaks : [drift, ...leaks];
      if (drift?.severity === "error") return { findings: byHand(known), isUnverified };
      const inspection = await inspectEncrypted(file, metadata, added.length > 0, null, here);
      if (inspection.kind === "broken") {
        const what = mendOfUnverified(inspection.decrypts, added);
        return { findings: byHand([sopsBroken(inspection, what), ...known]), isUnverified };
      }
      const commitMends = inspection.kind === "sealed";
      const isLocked = inspection.kind === "unverified";
      const values = added.map((one) => ({ finding: plaintextValue(one, isLocked), commitMends }));
      return { findings: [...values, ...byHand(known)], isUnverified };
    }
  }
}

const ENCRYPT: Finding["mend"] = {
  kind: "on-file",
  commands: ["npx flux-sops encrypt --in-place FILE", "git add -- FILE"],
};

/** What is found where a creation rule encrypts a file, and it is readable. */
export function inPlaintext(): Finding {
  return {
    rule: "plaintext-secret",
    severity: "error",
    line: null,
    message: "it is in plaintext, and its creation rule encrypts it",
    mend: ENCRYPT,
  };
}
