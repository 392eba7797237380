import { suspectedRules } from "../findings/prefilter.ts";
import { pathText } from "../git/path.ts";
import type { RulesInForce } from "./rules-in-force.ts";
import type { StagedFile } from "./staged.ts";
import { TOKEN_START } from "../sops/token-start.ts";

/** Most files end here: no rule takes them, and no word in them is a leak rule's keyword. */
export function isUnsuspicious({ entry, bytes, before }: StagedFile, rules: RulesInForce): boolean {
  const path = pathText(entry.path);
  return (
    !/\.sops\.[^/]+$/.test(path) &&
    !bytes.includes(TOKEN_START) &&
    before?.includes(TOKEN_START) !== true &&
    suspectedRules(path, bytes).size === 0 &&
    rules.for(path).rule === null
  );
}
