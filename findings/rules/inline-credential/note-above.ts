import { isCredentialName, isStrongValue } from "../../credential/credential.ts";
import type { Candidate, Hit } from "../../finding.ts";
import { mentionsMetadata } from "../../sops/sops-traces.ts";
import { possibleCredential } from "./hit.ts";
import { USE_ENCRYPTED_MAPPING } from "./mends.ts";

/** `# admin password: …`, and nothing else in its line. */
const NOTE = /^#[#\s]*([A-Za-z][\w .-]{0,60}?)\s*[:=]\s*["'`]?([^\s"'`]{1,500})["'`]?\s*$/;

/**
 * Credentials in the comments above all else in an encrypted YAML file. They are in no mapping that a
 * rule for a Secret's values takes, so they stay readable, while their author believes the whole file
 * to be encrypted.
 */
export function findNotesAbove({ bytes, readable }: Candidate): Hit[] {
  if (readable === null || !mentionsMetadata(bytes) || !/^sops:/m.test(readable)) return [];
  const hits: Hit[] = [];
  for (const [index, line] of readable.split("\n").entries()) {
    if (!/^(?:#|---|\s*$)/.test(line)) break;
    const [, name = "", value = ""] = NOTE.exec(line) ?? [];
    if (!isCredentialName(name) || !isStrongValue(value)) continue;
    hits.push(possibleCredential("a comment", name, index + 1, USE_ENCRYPTED_MAPPING));
  }
  return hits;
}
