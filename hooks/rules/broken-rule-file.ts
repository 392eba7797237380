import type { Finding } from "../../findings/finding.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { BrokenRulesError } from "./rules-in-force.ts";

/** A rule file that cannot be used, among the files that are looked at. */
export interface InRuleFile<File> {
  readonly file: File;
  readonly finding: Finding;
}

/**
 * What is found where rule files of folders cannot be used, and all else is looked at.
 *
 * @param broken those that were met
 * @param files those that are looked at; what is broken beside them is left out
 */
export function inBrokenRuleFiles<File extends { readonly path: GitPath }>(
  broken: readonly BrokenRulesError[],
  files: readonly File[],
): InRuleFile<File>[] {
  return broken.flatMap((error) => {
    const file = files.find(({ path }) => pathText(path) === error.path);
    return file === undefined ? [] : [{ file, finding: findingOf(error) }];
  });
}

function findingOf({ reason, line }: BrokenRulesError): Finding {
  return {
    rule: "sops-rule",
    severity: "error",
    line,
    message: `it cannot be used, and nothing below it can be committed: ${reason}`,
    mend: { kind: "edit", what: "correct it, or give it another name where it is no rule file" },
  };
}
