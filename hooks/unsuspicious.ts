import { isAmongSecrets } from "../findings/candidate/file-kind.ts";
import type { RuleId } from "../findings/finding.ts";
import { suspectedRules } from "../findings/prefilter/prefilter.ts";
import { pathText } from "../git/path.ts";
import type { StagedFile } from "./commit/staged.ts";
import { TOKEN_START } from "../sops/token-start.ts";

/** Most files end here: no rule takes them, and no word in them is a leak rule's keyword. `isTaken` is asked last. */
export function isUnsuspicious(
  { entry, bytes, before }: StagedFile,
  isTaken: (path: string) => boolean,
): boolean {
  const path = pathText(entry.path);
  return (
    !/\.sops\.[^/]+$/.test(path) &&
    !bytes.includes(TOKEN_START) &&
    before?.includes(TOKEN_START) !== true &&
    suspectedRules(path, bytes).size === 0 &&
    !(before === null && isAmongSecrets(path)) &&
    !isTaken(path)
  );
}

/** Rules that are not for symbolic links: one guesses, the other is about the values of a Secret. */
export const NOT_ASKED_OF_LINKS: ReadonlySet<RuleId> = new Set([
  "inline-credential",
  "secret-not-valid",
]);

/** Most symbolic links end here: no path that one leads to has a line break, or a keyword. */
export function isPlainLink({ bytes }: Pick<StagedFile, "bytes">): boolean {
  return !bytes.includes("\n") && suspectedRules("", bytes, NOT_ASKED_OF_LINKS).size === 0;
}
