import { candidateOf } from "../findings/candidate/candidate.ts";
import type { Finding } from "../findings/finding.ts";
import { scan } from "../findings/scan.ts";
import type { RulesInForce } from "./rules/rules-in-force.ts";
import { NOT_ASKED_OF_LINKS } from "./unsuspicious.ts";

const AS_FILE: Finding["mend"] = {
  kind: "on-file",
  commands: ["git rm -q --cached -- FILE", "git add -- FILE"],
};

/**
 * What is wrong with a staged symbolic link. git stores the path that it leads to, or whatever else
 * stands there: where links are plain files (`core.symlinks=false`), what is written over one.
 *
 * @param path repository-relative text
 * @throws BrokenRulesError
 */
export function inspectLink(path: string, target: Buffer, rules: RulesInForce): Finding[] {
  const leaks = scan(candidateOf(path, target), NOT_ASKED_OF_LINKS);
  if (!target.includes("\n")) return leaks;
  if (leaks.length > 0) {
    return leaks.map((leak) => ({
      ...leak,
      message: `${leak.message}; and the file is staged as a symbolic link`,
      mend: AS_FILE,
    }));
  }
  if (rules.for(path).rule === null) return [];
  return [
    {
      rule: "sops-rule",
      severity: "error",
      line: null,
      message: "it is staged as a symbolic link, so that its creation rule encrypts nothing in it",
      mend: AS_FILE,
    },
  ];
}
