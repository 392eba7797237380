import { candidateOf } from "../../findings/candidate/candidate.ts";
import { secretNotValid } from "../../findings/rules/secret-not-valid/secret-not-valid.ts";
import { printable } from "../../git/escape.ts";
import type { Format } from "../../sops/format.ts";
import { complain } from "../terminal/complain.ts";

/**
 * Says what the API server refuses of a Secret that was written, so that Flux would stop at it: encrypted, it shows
 * that to nobody any more, `git commit` included.
 */
export function sayWhatIsNotValid(path: string, plaintext: string, format: Format): void {
  if (format !== "yaml" && format !== "json") return;
  for (const { message, mend } of secretNotValid.find(candidateOf(path, Buffer.from(plaintext)))) {
    const what = mend.kind === "edit" ? `: ${mend.what}` : "";
    complain(`${printable(path)}: written, but the API server will refuse it: ${message}${what}`);
  }
}
