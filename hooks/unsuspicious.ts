import { suspectedRules } from "../findings/prefilter.ts";
import { pathText } from "../git/path.ts";
import type { RulesInForce } from "./rules-in-force.ts";
import type { StagedFile } from "./staged.ts";

const TOKEN = "ENC[AES256_GCM,";

/** Most files end here: no rule takes them, and no word in them is a leak rule's keyword. */
export function isUnsuspicious({ entry, bytes, before }: StagedFile, rules: RulesInForce): boolean {
  const path = pathText(entry.path);
  return (
    !/\.sops\.[^/]+$/.test(path) &&
    !bytes.includes(TOKEN) &&
    before?.includes(TOKEN) !== true &&
    suspectedRules(path, bytes).size === 0 &&
    rules.for(path).rule === null
  );
}
