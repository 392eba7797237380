import {
  isCredentialValue,
  isCredentialVariable,
  isStrongValue,
} from "../../credential/credential.ts";
import type { Candidate, Hit } from "../../finding.ts";
import { isPublicValue } from "../../credential/public-value.ts";
import { secretLines } from "./secret-lines.ts";
import { mentionsMetadata } from "../../sops/sops-traces.ts";
import { shownName } from "../../wording.ts";

/** The `#` before what may be an entry of a mapping, with the blank that editors put behind it. No ciphertext. */
const HASH = /^([ \t]*)#(?![ \t]?ENC\[) ?/;

/** Where notes are written, as `  # owner: alice`. What an editor comments out in the first column keeps its depth. */
const NOTE = /^[ \t]+# ?\S/;

/**
 * Values of Secrets that are commented out in an encrypted file, and readable. A comment is encrypted
 * if the mapping that it stands in is. One below the last key, and indented less, is in no encrypted
 * mapping any more: there it stands if an editor comments lines out in the first column. In a file with
 * nothing encrypted, comments are samples and notes.
 */
export function commentedOut({ bytes, readable }: Candidate): Hit[] {
  if (readable === null || !mentionsMetadata(bytes) || !/^sops:/m.test(readable)) return [];
  const lines = readable.split(/\r?\n/);
  const isComment = lines.map((line) => HASH.test(line));
  if (!isComment.includes(true)) return [];
  const text = lines.map((line) => line.replace(HASH, "$1")).join("\n");
  const isHarmless = (key: string, value: string, line: number): boolean =>
    isComment[line] !== true || isNoSecret(key, value, NOTE.test(lines[line] ?? ""));
  return secretLines(text, isHarmless)
    .filter(({ line }) => isComment[line])
    .map(({ line, key }) => ({
      line: line + 1,
      message: `a value of a Secret that is commented out stays readable: ${shownName(key)}`,
      mend: {
        kind: "edit",
        what: "take the comment out, or indent it as the values above it, so that it is encrypted with them",
      },
    }));
}

/** In a comment, a word of prose or a sample is more likely than in a Secret. */
function isNoSecret(key: string, value: string, isNote: boolean): boolean {
  if (isPublicValue(key, value) || !isCredentialValue(value)) return true;
  return isNote && !isCredentialVariable(key) && !isStrongValue(value);
}
