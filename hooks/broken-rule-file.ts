import type { Finding } from "../findings/finding.ts";
import type { BrokenRulesError } from "./rules-in-force.ts";

/** What is found where the rule file of a folder cannot be used, and all else is looked at. */
export function brokenRuleFile({ reason, line }: BrokenRulesError): Finding {
  return {
    rule: "sops-rule",
    severity: "error",
    line,
    message: `it cannot be used, and nothing below it can be committed: ${reason}`,
    mend: { kind: "edit", what: "correct it, or give it another name where it is no rule file" },
  };
}
