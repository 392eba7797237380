import { isAmongSecrets } from "../findings/file-kind.ts";
import { suspectedRules } from "../findings/prefilter.ts";
import { pathText } from "../git/path.ts";
import type { StagedFile } from "./staged.ts";
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
