import { isUtf8 } from "node:buffer";
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { SopsError } from "./errors.ts";
import { TOKEN_START } from "./token-start.ts";
import { normalise, type Value } from "./value.ts";

/** Where a value stands: the mapping keys from the root. List positions do not count. */
export type KeyPath = readonly string[];

/** Whether two places are one. */
export function isSamePath(one: KeyPath, other: KeyPath): boolean {
  return one.length === other.length && one.every((key, at) => key === other[at]);
}

/** The parts of `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`. */
export interface Token {
  readonly data: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly type: string;
}

const IV_BYTES = 32;
const IVS_AT_ONCE = 128;
const TAG_BYTES = 16;
const TYPES = new Set(["str", "int", "float", "bool", "bytes", "time", "comment"]);
const BASE64 = "[A-Za-z0-9+/]+={0,2}";
const ANCHORED_AT_START = new RegExp(
  `^ENC\\[AES256_GCM,data:(${BASE64}),iv:(${BASE64}),tag:(${BASE64}),type:([a-z]+)\\]`,
);

/**
 * The additional data of a value: the mapping keys joined by `:`, with a `:` at the end.
 *
 * @see Tree.Encrypt in sops.go
 */
export function additionalData(path: KeyPath): string {
  return `${path.join(":")}:`;
}

/**
 * Reads a token as tolerantly as sops does: whatever follows the closing bracket is passed over.
 * What *counts* as encrypted is {@link isToken}.
 *
 * @see parse() in aes/cipher.go
 */
export function readToken(text: string): Token | null {
  const match = ANCHORED_AT_START.exec(text);
  if (match === null) return null;
  const [, data = "", iv = "", tag = "", type = ""] = match;
  if ([data, iv, tag].some((part) => part.length % 4 !== 0)) return null;
  return {
    data: Buffer.from(data, "base64"),
    iv: Buffer.from(iv, "base64"),
    tag: Buffer.from(tag, "base64"),
    type,
  };
}

/**
 * Whether a scalar's whole text is one well-formed token, with nothing before or after it but the
 * line breaks that a block scalar ends with. Anything else is plaintext, however much of it looks
 * like a token: real sops and Flux read `ENC[…] hunter2` without a word.
 */
export function isToken(text: string): boolean {
  if (!text.startsWith(TOKEN_START)) return false;
  const match = ANCHORED_AT_START.exec(text);
  if (match === null) return false;
  const [{ length }, data = "", iv = "", tag = "", type = ""] = match;
  if (length !== text.length && !/^\n+$/.test(text.slice(length))) return false;
  const ivBytes = decodedLength(iv);
  return (
    decodedLength(data) !== null &&
    decodedLength(tag) === TAG_BYTES &&
    ivBytes !== null &&
    // Old releases wrote other lengths than today's 32 bytes.
    ivBytes >= 12 &&
    ivBytes <= 64 &&
    TYPES.has(type)
  );
}

/** How many bytes a Base64 text stands for; null where its length is none of Base64's. */
function decodedLength(base64: string): number | null {
  if (base64.length % 4 !== 0) return null;
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** Whether a text is the token of a comment: sops makes one an item of the list that it stands in. */
export function isCommentToken(text: string): boolean {
  return text.startsWith("ENC[") && isToken(text) && readToken(text)?.type === "comment";
}

/**
 * Encrypts one value.
 *
 * @param dataKey the file's 32 bytes.
 * @returns the token; the empty text for an empty string or comment, which sops leaves as it is.
 */
export function encryptValue(value: Value, dataKey: Uint8Array, path: KeyPath): string {
  return encryptBound(value, dataKey, additionalData(path));
}

/** {@link encryptValue} with any additional data. */
export function encryptBound(value: Value, dataKey: Uint8Array, additional: string): string {
  if (value.text === "") return "";
  const iv = freshIv();
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv);
  cipher.setAAD(Buffer.from(additional, "utf8"));
  const data = cipher.update(value.text, value.type === "bytes" ? "latin1" : "utf8");
  // GCM holds nothing back: this makes the tag.
  cipher.final();
  const tag = cipher.getAuthTag();
  return formatToken({ data, iv, tag, type: value.type });
}

/** Random bytes that no IV has had yet. */
let unused = Buffer.alloc(0);

/** An IV of its own for each value; drawn many at once, since each draw takes as long as a cipher. */
function freshIv(): Buffer {
  if (unused.length < IV_BYTES) unused = randomBytes(IV_BYTES * IVS_AT_ONCE);
  const iv = unused.subarray(0, IV_BYTES);
  unused = unused.subarray(IV_BYTES);
  return iv;
}

function formatToken(token: Token): string {
  const data = token.data.toString("base64");
  const iv = token.iv.toString("base64");
  const tag = token.tag.toString("base64");
  // Joined, it is one text; a template would keep its parts.
  return ["ENC[AES256_GCM,data:", data, ",iv:", iv, ",tag:", tag, ",type:", token.type, "]"].join(
    "",
  );
}

/**
 * Decrypts one token.
 *
 * @param text a token, or the empty text, which decrypts to itself.
 * @throws SopsError `tampered` when the text is no token, was made with another key or for another
 *   path, or does not parse as its type; `unsupported` when it decrypts to text that is no UTF-8.
 */
export function decryptToken(text: string, dataKey: Uint8Array, path: KeyPath): Value {
  const name = () => `the value at ${shownPath(path)}`;
  const value = decryptIfMadeFor(text, dataKey, path, name);
  if (value === null) {
    throw new SopsError("tampered", `the value at ${shownPath(path)} does not decrypt`);
  }
  return value;
}

/**
 * {@link decryptToken} for a token that may have been made for another path.
 *
 * @param name what an error calls it.
 * @returns null where it was, or was made with another key.
 * @throws SopsError as {@link decryptToken}
 */
export function decryptIfMadeFor(
  text: string,
  dataKey: Uint8Array,
  path: KeyPath,
  name: () => string,
): Value | null {
  const plain = decryptBound(text, dataKey, additionalData(path));
  if (plain === null) return null;
  const { type, bytes } = plain;
  // sops takes such bytes from dotenv and INI files. Changed to U+FFFD, they would be lost.
  if (type !== "bytes" && !isUtf8(bytes)) {
    throw new SopsError(
      "unsupported",
      `${name()} was encrypted from text that is no UTF-8: use sops decrypt`,
    );
  }
  const value = normalise(type, bytes.toString(type === "bytes" ? "latin1" : "utf8"));
  if (value === null) {
    throw new SopsError("tampered", `${name()} does not parse as its type (${type})`);
  }
  return value;
}

/**
 * Decrypts a token with any additional data.
 *
 * @returns null where it does not verify.
 */
export function decryptBound(
  text: string,
  dataKey: Uint8Array,
  additional: string,
): { type: string; bytes: Buffer } | null {
  if (text === "") return { type: "str", bytes: Buffer.alloc(0) };
  const token = readToken(text);
  if (token === null) return null;
  try {
    // Otherwise a tag that was cut short would do.
    const decipher = createDecipheriv("aes-256-gcm", dataKey, token.iv, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(additional, "utf8"));
    decipher.setAuthTag(token.tag);
    const bytes = decipher.update(token.data);
    // GCM holds nothing back: this checks the tag.
    decipher.final();
    return { type: token.type, bytes };
  } catch {
    return null;
  }
}

/** A key path for people: `stringData.password`, control characters escaped. */
export function shownPath(path: KeyPath): string {
  if (path.length === 0) return "the top";
  return path.join(".").replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
}
