import { decodeAround } from "./base64.ts";
import type { Candidate, Hit, Rule } from "./finding.ts";
import { isProseOrCode } from "./file-kind.ts";
import {
  KEYWORDS,
  OPENVPN_KEY,
  PRIVATE_KEY_BASE64,
  TUNNEL_TOKEN,
  WIREGUARD_FIELDS,
} from "./keywords.ts";
import { linesOf, positionsOf } from "./positions.ts";

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

/** Every line of a key but its last is longer. */
const SHORTEST_LINE = 32;

/** A row of `x` or a repeated word is a placeholder. */
const FEWEST_DIFFERENT = 16;

/**
 * What is found: private keys in PEM (PKCS #1, SEC 1, PKCS #8), OpenSSH's and PuTTY's files, PGP
 * private key blocks, cosign's and Nebula's, OpenVPN's static keys; indented, commented out, quoted, inside
 * JSON with `\n`, and as the base64 of such a file; and WireGuard's keys in its own configuration. A header
 * alone, or one with dots or words after it, is no key.
 *
 * One protected by a passphrase (`ENCRYPTED PRIVATE KEY`, `Proc-Type: 4,ENCRYPTED`) is found too: in
 * a repository everyone who reads it can guess at it for ever.
 */
export const privateKey: Rule = {
  id: "private-key",
  severity: "error",
  title: "private key (PEM, OpenSSH, PGP, PuTTY, WireGuard)",
  why:
    "Whoever holds it can pose as the server, user or author that it stands for. One that left the " +
    "machine must be replaced; taking it out of the repository again is not enough.",
  keywords: KEYWORDS["private-key"],
  binary: true,
  find,
  examples: {
    hits: [
      { path: "rsa.pem", content: "{{PEM_RSA}}\n", lines: [1] },
      { path: "sec1.pem", content: "# made today\n{{PEM_EC}}\n", lines: [2] },
      { path: "pkcs8.key", content: "{{PEM_PKCS8}}\n", lines: [1] },
      { path: "ed25519.key", content: "{{PEM_ED25519}}\n", lines: [1] },
      { path: "locked.key", content: "{{PEM_ENCRYPTED}}\n", lines: [1] },
      { path: "legacy.key", content: "{{PEM_LEGACY_ENCRYPTED}}\n", lines: [1] },
      { path: "id_ed25519", content: "{{OPENSSH}}\n", lines: [1] },
      { path: "me.asc", content: "{{PGP}}\n", lines: [1] },
      { path: "me.ppk", content: "{{PUTTY}}\n", lines: [1] },
      { path: "values.yaml", content: "tls:\n  key: |\n    {{PEM_PKCS8}}\n", lines: [3] },
      { path: "key.json", content: '{\n  "private_key": "{{PEM_PKCS8:json}}"\n}\n', lines: [2] },
      {
        path: "wg0.conf",
        content:
          "[Interface]\nAddress = 10.0.0.2/32\nPrivateKey = {{WIREGUARD}}\n\n[Peer]\nPublicKey = {{WIREGUARD}}\nPresharedKey={{WIREGUARD}}\n",
        lines: [3, 7],
      },
      {
        path: "vpn.yaml",
        content:
          "kind: ConfigMap\ndata:\n  wg0.conf: |\n    [Interface]\n    PrivateKey = {{WIREGUARD}}\n",
        lines: [5],
      },
      { path: "php.json", content: '{"private_key":\n"{{PEM_PKCS8:php}}"}\n', lines: [2] },
      { path: "dotnet.json", content: '{"private_key":\n"{{PEM_PKCS8:dotnet}}"}\n', lines: [2] },
      { path: "escaped.yaml", content: 'a: "{{PEM_PKCS8:escaped2}}"\n', lines: [1] },
      { path: "crlf.pem", content: "{{PEM_RSA:crlf}}\r\n", lines: [1] },
      { path: "notes.md", content: "Use this:\n\n```\n{{PEM_PKCS8}}\n```\n", lines: [4] },
      { path: "a.txt", content: "tls.key: {{PEM_PKCS8:base64}}\n", lines: [1] },
      { path: "b.txt", content: "tls.key: {{x+PEM_RSA:base64}}\n", lines: [1] },
      { path: "c.txt", content: "tls.key: {{xy+OPENSSH:base64}}\n", lines: [1] },
      { path: "folded.txt", content: "{{PEM_PKCS8:folded}}\n", lines: [1] },
      { path: "backup.tar", content: "id\0\0{{PEM_RSA}}\0\0", lines: [1] },
      { path: "cosign.key", content: "{{COSIGN}}\n", lines: [1] },
      { path: "old/cosign.key", content: "{{COSIGN_OLD}}\n", lines: [1] },
      { path: "nebula/ca.key", content: "{{NEBULA}}\n", lines: [1] },
      { path: "id_ssh2", content: "{{SSH2}}\n", lines: [1] },
      {
        path: "cert.pem",
        content: `-----BEGIN ARGO TUNNEL TOKEN-----\n${"eyJ6b25lSUQiOiIwMWFiMjNjZDQ1ZWY2N2FiODljZCIsImFjY291bnRJRCI6IjBm".repeat(2)}\n-----END ARGO TUNNEL TOKEN-----\n`,
        lines: [1],
      },
      { path: "ta.key", content: "#\n# 2048 bit OpenVPN static key\n#\n{{OPENVPN}}\n", lines: [4] },
      { path: "commented.yaml", content: "a: b\n{{PEM_PKCS8:commented}}\n", lines: [2] },
      { path: "mail.txt", content: "You wrote:\n{{PEM_RSA:quoted}}\n", lines: [2] },
      { path: "list.yaml", content: "key:\n{{PEM_PKCS8:listed}}\n", lines: [2] },
    ],
    misses: [
      {
        path: "wg0.conf",
        content: `[Interface]\nPrivateKey = \${PRIVATE_KEY}\n#PrivateKey = ${"x".repeat(43)}=\n[Peer]\nPublicKey = {{WIREGUARD}}\n`,
      },
      {
        path: "public.ppk",
        content: "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\n",
      },
      {
        path: "docs/short.ppk",
        content: "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nAAAAgQDB1...\n",
      },
      { path: "wg0.sops.conf", content: "[Interface]\nPrivateKey = {{TOKEN}}\n" },
      { path: "docs/vpn.md", content: "    PrivateKey = {{WIREGUARD}}\n" },
      {
        path: "docs/words.txt",
        content:
          "-----BEGIN PRIVATE KEY-----\nand then follow sixty or more letters of plain words without any stop between them at all\n",
      },
      { path: "tpm.key", content: "{{TSS2}}\n" },
      {
        path: "sample.yaml",
        content:
          "# -----BEGIN PRIVATE KEY-----\n# MIIEpAIBAAKCAQEA...\n# -----END PRIVATE KEY-----\n",
      },
      { path: "tls.crt", content: "{{PEM_CERTIFICATE}}\n" },
      { path: "rsa.pub", content: "{{PEM_PUBLIC}}\n" },
      { path: "id_ed25519.pub", content: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@example\n" },
      {
        path: "docs/tls.md",
        content: "The file begins with `-----BEGIN PRIVATE KEY-----`, then comes base64 text.\n",
      },
      {
        path: "example.yaml",
        content:
          "key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIEpAIBAAKCAQEA...\n  -----END RSA PRIVATE KEY-----\n",
      },
      {
        path: "placeholder.pem",
        content: `-----BEGIN PRIVATE KEY-----\n${"XXXX".repeat(20)}\n-----END PRIVATE KEY-----\n`,
      },
      {
        path: "scan.sh",
        content:
          "grep -rl -e '-----BEGIN OPENSSH PRIVATE KEY-----' \"$HOME\"/.ssh/id_a /etc/ssh/keys/one/two/three/four/five/six\n",
      },
      {
        path: "secret.asc",
        content:
          "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBhYmNkZWZnaGlqa2xtbm9w\n-----END AGE ENCRYPTED FILE-----\n",
      },
    ],
  },
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
  if (!isProseOrCode(candidate.path)) places.push(...wireguardKeys(bytes));
  if (places.length === 0) return [];
  const lines = candidate.readable === null ? [null] : linesOf(bytes, places);
  return lines.map((line) => ({ line, message: "a private key", mend: { kind: "leave-out" } }));
}

/** `PrivateKey = …` and `PresharedKey = …`, as wg-quick and systemd-networkd have them: 32 bytes in base64. */
function wireguardKeys(bytes: Uint8Array): number[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return WIREGUARD_FIELDS.flatMap((field) => [...positionsOf(bytes, field)]).filter((at) => {
    const [, key = ""] =
      /^\w+[ \t]*=[ \t]*([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)/.exec(
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
