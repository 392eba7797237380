import { decodeAround } from "../candidate/base64.ts";
import { isBech32 } from "../../sops/age/bech32.ts";
import type { Candidate, Hit, Rule } from "../finding.ts";
import { AGE_IDENTITY_BASE64, KEYWORDS } from "../prefilter/keywords.ts";
import { linesOf, positionsOf } from "../candidate/positions.ts";

/** 52 characters for 32 bytes (a scalar, or the seed of a hybrid key), 6 of checksum. */
const IDENTITY = /AGE-SECRET-KEY-(?:PQ-)?1([02-9AC-HJ-NP-Z]{58})/gi;

/** What could be an identity of either kind, in UTF-16. */
const LONGEST = "AGE-SECRET-KEY-PQ-1".length + 58;

/** Enough for an identity in base64, folded into short lines and indented. */
const BASE64_AFTER = 512;

/** Names under which age-keygen's output is kept; a damaged identity in there is still one. */
const KEY_FILE =
  /(?:\.agekey|(?:^|\/)(?:[^/]*[._-])?age[._-]?keys?(?:\.txt)?|(?:^|\/)keys?\.txt)$/i;

/**
 * What is found: age identities with a right checksum, X25519 and post-quantum, upper or lower case,
 * in any file of any kind, in UTF-16, inside base64 (folded or not), broken over lines and spelled with escapes
 * as well.
 * A placeholder such as `AGE-SECRET-KEY-1XXXX…` has no right checksum. In a file named like a key file
 * (`*.agekey`, `age.key`, `keys.txt`) a damaged identity counts too. An identity file that is itself encrypted with
 * a passphrase is not found, nor is a plugin's identity (`AGE-PLUGIN-…`): its secret is elsewhere.
 */
export const ageKey: Rule = {
  id: "age-key",
  severity: "error",
  keywords: KEYWORDS["age-key"],
  find,
};

function find(candidate: Candidate): Hit[] {
  const bytes = candidate.searchable;
  const places: number[] = [];
  for (const word of ["AGE-SECRET-KEY-", "age-secret-key-"]) {
    for (const at of positionsOf(bytes, word)) {
      const text = Buffer.from(bytes.subarray(at, at + LONGEST)).toString("latin1");
      const long = Buffer.from(bytes.subarray(at, at + 2 * LONGEST)).toString("latin1");
      if (identityIn(joined(long)) !== null || isDamaged(candidate.path, text)) places.push(at);
    }
    for (const at of positionsOf(bytes, [...word].join("\0"))) {
      const text = Buffer.from(bytes.subarray(at, at + 2 * LONGEST)).toString("utf16le");
      if (identityIn(text) !== null) places.push(at);
    }
  }
  places.push(...insideBase64(bytes));
  if (places.length === 0) return [];
  const lines = candidate.readable === null ? [null] : linesOf(bytes, places);
  return lines.map((line) => ({
    line,
    message: "an age private key",
    mend: { kind: "leave-out" },
  }));
}

/** An identity is found by either half of its first letters, on two lines maybe: the first one counts. */
function insideBase64(bytes: Uint8Array): number[] {
  const found: { at: number; identity: string }[] = [];
  for (const { text, phase } of AGE_IDENTITY_BASE64) {
    for (const at of positionsOf(bytes, text)) {
      const identity = identityIn(decodeAround(bytes, at, phase, BASE64_AFTER).text);
      if (identity !== null) found.push({ at, identity });
    }
  }
  found.sort((a, b) => a.at - b.at);
  return found
    .filter((one, index) => {
      const before = found[index - 1];
      return before?.identity !== one.identity || one.at - before.at > BASE64_AFTER;
    })
    .map(({ at }) => at);
}

/** Without line breaks and what stands around them: indentation, quotes, marks of a quotation or a comment. */
function joined(text: string): string {
  return text.replace(/\\[nrt]|[\s"'`\\+>#]/g, "");
}

function identityIn(text: string): string | null {
  for (const [identity] of text.matchAll(IDENTITY)) {
    if (isBech32(identity)) return identity;
  }
  return null;
}

function isDamaged(path: string, text: string): boolean {
  if (!KEY_FILE.test(path)) return false;
  const body = /^AGE-SECRET-KEY-(?:PQ-)?1([A-Z0-9]{40,})/i.exec(text)?.[1] ?? "";
  return new Set(body).size > 10;
}
