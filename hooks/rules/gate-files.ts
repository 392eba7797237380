import type { IndexEntry } from "../../git/index/entries.ts";
import { pathFromText } from "../../git/path.ts";

/** The files that say how others are judged. */

/** Settings of the findings, at the top of a repository. */
export const SETTINGS_FILE = pathFromText(".flux-sops.yaml");

/** Holds creation rules, for its folder and those below. */
export const RULE_FILE = ".sops.yaml";

/** Whether a path is that of a file with creation rules. */
export function isRuleFile(path: string): boolean {
  return /(?:^|\/)\.sops\.yaml$/.test(path);
}

/**
 * Whether an entry is read as a rule file. A symlink is, though it holds no rules: sops follows it, so
 * passing it over would leave its folder without rules.
 */
export function isRuleEntry({ path, mode, stage }: IndexEntry): boolean {
  return stage === 0 && mode !== "160000" && isRuleFile(path);
}

/** Whether a path is that of a file that was meant to hold creation rules: sops passes over it too. */
export function isMisnamedRuleFile(path: string): boolean {
  return /(?:^|\/)\.sops\.yml$/.test(path);
}

/** What is wrong with such a file. */
export const MISNAMED = "is read by nobody: sops and the gate look for .sops.yaml";

/** What the path of such a file should be. */
export function rightName(path: string): string {
  return path.replace(/yml$/, "yaml");
}

/** The folder that a rule file is for: with a `/` at its end, or empty. */
export function folderOfRules(ruleFile: string): string {
  return ruleFile.slice(0, -RULE_FILE.length);
}
