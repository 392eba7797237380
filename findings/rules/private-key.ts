import { decodeAround } from "../candidate/base64.ts";
import type { Candidate, Hit, Rule } from "../finding.ts";
import { isProseOrCode } from "../candidate/file-kind.ts";
import {
  KEYWORDS,
  OPENVPN_KEY,
  PRIVATE_KEY_BASE64,
  SIGNING_KEYS,
  TUNNEL_TOKEN,
  WIREGUARD_FIELDS,
} from "../prefilter/keywords.ts";
import { linesOf, positionsOf } from "../candidate/positions.ts";

/**
 * The first line of every private key, whoever writes it: OpenSSL, OpenSSH, GnuPG, cosign, Nebula, the older
 * SSH2, OpenVPN; and of cloudflared's token. One that a TPM has sealed (`TSS2`) opens nothing elsewhere.
 */
const HEADER =
  /-----? ?BEGIN (?:(?!TSS2 )(?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V1|ARGO TUNNEL TOKEN) ?-----?/g;

/** Of which one stands in each of them. */
const HEADER_WORDS = ["PRIVATE KEY", OPENVPN_KEY, TUNNEL_TOKEN];

/** The longest label before the words that are searched for, `-----BEGIN ENCRYPTED SIGSTORE `. */
const BEFORE = 40;

/** Enough of a key to tell that it is one; RSA with 4096 bits is longer, but not needed whole. */
const AFTER = 2000;

/** The shortest key there is, Ed25519 or X25519 in PKCS #8, has 64 characters. */
const SHORTEST_BODY = 60;

/** The private part of an Ed25519 key in PuTTY's format has 48. */
const SHORTEST_PUTTY_BODY = 40;

/** A secret key of signify's has 139 characters, one of minisign's 212; their public keys have 56. */
const SHORTEST_SIGNING_KEY = 130;

/** Every line of a key but its last is longer. */
const SHORTEST_LINE = 32;

/** A row of `x` or a repeated word is a placeholder. */
const FEWEST_DIFFERENT = 16;

/**
 * What is found: private keys in PEM (PKCS #1, SEC 1, PKCS #8), OpenSSH's and PuTTY's files, PGP
 * private key blocks, cosign's and Nebula's, OpenVPN's static keys, minisign's and signify's; indented, commented out, quoted, inside
 * JSON with `\n`, and as the base64 of such a file; and WireGuard's keys in its own configuration. A header
 * alone, or one with dots or words after it, is no key.
 *
 * One protected by a passphrase (`ENCRYPTED PRIVATE KEY`, `Proc-Type: 4,ENCRYPTED`) is found too: in
 * a repository everyone who reads it can guess at it for ever.
 */
export const privateKey: Rule = {
  id: "private-key",
  severity: "error",
  keywords: KEYWORDS["private-key"],
  find,
};

function find(candidate: Candidate): Hit[] {
  const bytes = candidate.searchable;
  const places: number[] = [];
  for (const at of HEADER_WORDS.flatMap((word) => [...positionsOf(bytes, word)])) {
    const start = Math.max(0, at - BEFORE);
    const text = Buffer.from(bytes.subarray(start, at + AFTER)).toString("latin1");
    if (isKeyAt(text, at - start)) places.push(at);
  }
  for (const { text, phase } of PRIVATE_KEY_BASE64) {
    for (const at of positionsOf(bytes, text)) {
      const decoded = decodeAround(bytes, at, phase, 2 * AFTER);
      if (isKeyAt(decoded.text, decoded.wordAt)) places.push(at);
    }
  }
  for (const at of positionsOf(bytes, "PuTTY-User-Key-File-")) {
    const text = Buffer.from(bytes.subarray(at, at + 2 * AFTER)).toString("latin1");
    const [, body] = text.split("Private-Lines:", 2);
    if (body !== undefined && bodyLength(body.replace(/^\s*\d+/, "")) >= SHORTEST_PUTTY_BODY) {
      places.push(at);
    }
  }
  for (const at of SIGNING_KEYS.flatMap((word) => [...positionsOf(bytes, word)])) {
    const start = Math.max(0, at - 2);
    const text = Buffer.from(bytes.subarray(start, at + AFTER)).toString("latin1");
    // Within other base64 it begins none, and there may be many of it. Behind `\n` it does.
    if (/(?<!\\)[A-Za-z0-9+/]$/.test(text.slice(0, at - start))) continue;
    if (bodyLength(text.slice(at - start)) >= SHORTEST_SIGNING_KEY) places.push(at);
  }
  if (!isProseOrCode(candidate.path)) places.push(...wireguardKeys(bytes));
  if (places.length === 0) return [];
  const lines = candidate.readable === null ? [null] : linesOf(bytes, places);
  return lines.map((line) => ({ line, message: "a private key", mend: { kind: "leave-out" } }));
}

/** `PrivateKey = …`, as wg-quick and systemd-networkd have it, `private-key=…`, NetworkManager's: 32 bytes in base64. */
function wireguardKeys(bytes: Uint8Array): number[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return WIREGUARD_FIELDS.flatMap((field) => [...positionsOf(bytes, field)]).filter((at) => {
    const [, key = ""] =
      /^[\w-]+[ \t]*=[ \t]*([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)/.exec(
        view.toString("latin1", at, at + 80),
      ) ?? [];
    return new Set(key).size >= FEWEST_DIFFERENT;
  });
}

/** Before each line of what is commented out, quoted in a mail, or an item of a list. */
const LINE_MARK = /^[ \t]*(?:[>#*;|-]|\/\/)+[ \t]/gm;

/** Whether the words at a place in the text are those of a key's first line. */
function isKeyAt(text: string, wordAt: number): boolean {
  for (const header of text.matchAll(HEADER)) {
    const end = header.index + header[0].length;
    if (header.index <= wordAt && wordAt < end) {
      return bodyLength(text.slice(end)) >= SHORTEST_BODY;
    }
  }
  return false;
}

/** Number of base64 characters that a text begins with, after PEM headers such as `Proc-Type:`. */
function bodyLength(text: string): number {
  const lines = text
    .replace(/\\+[nrt]/g, "\n")
    .replace(/["'`,\\]/g, " ")
    .replace(LINE_MARK, "")
    .replace(/^[ \t]*[A-Za-z-]+:[ \t].*$/gm, "");
  let body = "";
  for (const word of lines.split(/\s+/)) {
    if (word === "" || word === "+") continue;
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(word)) break;
    body += word;
    // Words of prose are made of these characters too, but are short; a key's last line may be.
    if (word.length < SHORTEST_LINE) break;
  }
  return new Set(body).size < FEWEST_DIFFERENT ? 0 : body.length;
}
