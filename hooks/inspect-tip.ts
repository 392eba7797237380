import type { Finding } from "../findings/finding.ts";
import { plaintextValue } from "../findings/plaintext-value.ts";
import { recipientsFinding } from "../findings/sops-recipients.ts";
import { isNamedSops } from "../findings/sops-verdict.ts";
import { pathText } from "../git/path.ts";
import { inspectEncrypted, type Identities } from "./encrypt-entry.ts";
import { judge } from "./judge.ts";
import type { TipFile } from "./pushed-tips.ts";
import type { RulesInForce } from "./rules-in-force.ts";

/** What is wrong with a file that was committed already. */
export interface CommittedFinding {
  readonly finding: Finding;
  /** Committing it once more is all that it takes: the gate encrypts it then. */
  readonly commitMends: boolean;
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
): Promise<CommittedFinding[]> {
  const { verdict, leaks, inForce } = judge({ path, bytes, before: bytes }, rules);
  const byHand = (findings: readonly Finding[]): CommittedFinding[] =>
    findings.map((finding) => ({ finding, commitMends: false }));
  switch (verdict.kind) {
    case "plain":
    case "unverified":
      return byHand(leaks);
    case "blocked":
      return byHand([verdict.finding, ...leaks]);
    case "encrypt": {
      const errors = leaks.filter(({ severity }) => severity === "error");
      return (errors.length > 0 ? errors : [inPlaintext()]).map((finding) => ({
        finding,
        commitMends: true,
      }));
    }
    case "encrypted": {
      const { file, metadata, added } = verdict;
      const drift = recipientsFinding(metadata, inForce.rule);
      if (drift !== null) return byHand([drift, ...leaks]);
      const inspection = await inspectEncrypted(
        file,
        metadata,
        added.length > 0,
        null,
        await identities(),
      );
      if (inspection.kind === "broken") {
        return byHand([broken(inspection.line, inspection.message), ...leaks]);
      }
      const commitMends = inspection.kind === "sealed";
      return [
        ...added.map((one) => ({ finding: plaintextValue(one), commitMends })),
        ...byHand(leaks),
      ];
    }
  }
}

function inPlaintext(): Finding {
  return {
    rule: "plaintext-secret",
    severity: "error",
    line: null,
    message: "it is in plaintext, and its creation rule encrypts it",
    mend: { kind: "edit", what: "commit it again, and git commit encrypts it" },
  };
}

function broken(line: number | null, message: string): Finding {
  return {
    rule: "sops-broken",
    severity: "error",
    line,
    message,
    mend: { kind: "edit", what: "restore the encrypted file, or decrypt it and correct it" },
  };
}
