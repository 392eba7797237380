import { pathFromText } from "../git/path.ts";

/** The files that say how others are judged. */

/** Settings of the findings, at the top of a repository. */
export const SETTINGS_FILE = pathFromText(".flux-sops.yaml");

/** Whether a path is that of a file with creation rules. */
export function isRuleFile(path: string): boolean {
  return /(?:^|\/)\.sops\.yaml$/.test(path);
}
