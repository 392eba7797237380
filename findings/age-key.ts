import { decodeAround } from "./base64.ts";
import { isBech32 } from "../sops/age/bech32.ts";
import type { Candidate, Hit, Rule } from "./finding.ts";
import { AGE_IDENTITY_BASE64, KEYWORDS } from "./keywords.ts";
import { linesOf, positionsOf } from "./positions.ts";

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
  title: "age private key",
  why:
    "The key opens every file that was ever encrypted to it, in the whole history of the repository. " +
    "One that left the machine must be replaced, and every secret it opened changed.",
  keywords: KEYWORDS["age-key"],
  binary: true,
  find,
  examples: {
    hits: [
      {
        path: "age.agekey",
        content: "# created: 2025-01-01T00:00:00Z\n# public key: {{AGE_RECIPIENT}}\n{{AGE_KEY}}\n",
        lines: [3],
      },
      { path: "notes/setup.md", content: "Put this there:\n\n    {{AGE_KEY}}\n", lines: [3] },
      { path: "keys/pq.txt", content: "{{AGE_PQ_KEY}}\n", lines: [1] },
      { path: "lower.txt", content: "key = {{AGE_KEY:lower}}\n", lines: [1] },
      { path: "run.sh", content: '#!/bin/sh\nexport SOPS_AGE_KEY="{{AGE_KEY}}"\n', lines: [2] },
      { path: "joined.json", content: '{"key":"# x\\n{{AGE_KEY}}\\n"}\n', lines: [1] },
      { path: "two.txt", content: "{{AGE_KEY}}\n\n{{AGE_PQ_KEY}}\n", lines: [1, 3] },
      // A Secret's `data`, at each of the three alignments.
      { path: "a.txt", content: "age.agekey: {{AGE_KEY:base64}}\n", lines: [1] },
      { path: "b.txt", content: "age.agekey: {{x+AGE_KEY:base64}}\n", lines: [1] },
      { path: "c.txt", content: "age.agekey: {{xy+AGE_KEY:base64}}\n", lines: [1] },
      { path: "d.txt", content: "age.agekey: {{AGE_PQ_KEY:base64}}\n", lines: [1] },
      // What `base64 age.agekey` prints: the fold falls into the key's first letters, so that the line
      // below is the one named.
      { path: "e.txt", content: "{{AGE_KEY_FILE:folded}}\n", lines: [3] },
      { path: "f.yaml", content: "key: |\n  {{AGE_KEY_FILE:folded}}\n", lines: [4] },
      { path: "utf16.txt", content: "\n{{AGE_KEY:utf16}}", lines: [2] },
      { path: "utf16.img", content: "\0\0\u0001{{AGE_KEY:utf16}}\0", lines: [null] },
      { path: "powershell.txt", content: "{{AGE_KEY_FILE:utf16bom}}", lines: [3] },
      { path: "disk.img", content: "\0\0\u0001{{AGE_KEY}}\0\0", lines: [null] },
      { path: "age.key", content: "{{AGE_KEY:damaged}}\n", lines: [1] },
      { path: "escaped.json", content: '{\n"key": "{{AGE_KEY:escaped}}"}\n', lines: [2] },
      { path: "broken-over-lines.txt", content: "Key:\n{{AGE_KEY:lines}}\n", lines: [2] },
      {
        path: "broken-over-lines.yaml",
        content: "a:\n  b: >-\n    {{AGE_PQ_KEY:lines}}\n",
        lines: [3],
      },
      { path: "broken-in-quotes.py", content: "k = '{{AGE_KEY:quotedlines}}'\n", lines: [1] },
      { path: "escaped.yaml", content: 'a:\n  b: "AGE\\x2dSECRET{{AGE_KEY:rest}}"\n', lines: [2] },
    ],
    misses: [
      { path: "docs/broken-over-lines.md", content: "{{AGE_KEY:damagedlines}}\n" },
      {
        path: "README.md",
        content: "A key looks like `AGE-SECRET-KEY-1…` or AGE-SECRET-KEY-1XXX.\n",
      },
      { path: "docs/keys.txt", content: `AGE-SECRET-KEY-1${"X".repeat(58)}\n` },
      { path: "docs/other.md", content: "{{AGE_KEY:damaged}}\n" },
      { path: "age.pub", content: "{{AGE_RECIPIENT}}\n" },
      { path: ".sops.yaml", content: "creation_rules:\n  - age: {{AGE_RECIPIENT}}\n" },
      { path: "empty.agekey", content: "" },
      { path: "plugin.agekey", content: "AGE-PLUGIN-YUBIKEY-1QQQQQQQQQQQQQQQQQQQQQQ\n" },
      {
        path: "locked.agekey",
        content:
          "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCg==\n-----END AGE ENCRYPTED FILE-----\n",
      },
      {
        path: "pattern.ts",
        content: "const KEY = /AGE\\x2dSECRET\\u002dKEY-1[\\x30-\\x7a]{58}/;\n",
      },
      { path: "check.sh", content: 'grep -q AGE-SECRET-KEY- "$1" && echo QUdFLVNFQ1JFVC1LRVkt\n' },
    ],
  },
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
