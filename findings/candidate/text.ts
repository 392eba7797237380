import { isAscii, isUtf8 } from "node:buffer";
import { holdsEscape, withoutEscapes } from "./escapes.ts";

type Utf16 = "utf-16le" | "utf-16be";

function utf16Mark(bytes: Uint8Array): Utf16 | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] !== 0 && bytes[1] !== 0) return null;
  return withoutMark(bytes);
}

/** UTF-16 without a byte order mark: every other byte of its beginning is 0, but for few, and no others. */
function withoutMark(bytes: Uint8Array): Utf16 | null {
  const sample = Math.min(bytes.length, SAMPLE) & ~1;
  const zeros = [0, 0];
  for (let at = 0; at < sample; at += 1) {
    if (bytes[at] === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  if (sample < 8 || Math.min(even, odd) > 0 || Math.max(even, odd) < 0.4 * sample) return null;
  return odd > 0 ? "utf-16le" : "utf-16be";
}

const SAMPLE = 1024;

/**
 * Decodes a file's bytes. `exact`: valid UTF-8, or UTF-16, without NUL, else null. `readable`: as
 * `exact`, and Latin-1 for what is no UTF-8 but holds no NUL; of text between NULs with blanks for them.
 * Byte order marks are removed. A lone carriage return is a line break, as it is in YAML, and so are
 * those breaks of Unicode that Kubernetes' YAML reader knows, where a key or an item follows.
 */
export function readText(bytes: Uint8Array): { exact: string | null; readable: string | null } {
  // Nearly all files, and the fastest to read.
  if (isPlain(bytes)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    return { exact: text, readable: text };
  }
  const { exact, readable } = decoded(bytes);
  if (readable === null || !RARE_BREAK.test(readable)) return { exact, readable };
  const text = readable.replace(RARE_BREAKS, "\n");
  return { exact: exact === null ? null : text, readable: text };
}

function isPlain(bytes: Uint8Array): boolean {
  const isShort = bytes.length <= LONGEST_TEXT;
  return isShort && isAscii(bytes) && !bytes.includes(0) && !bytes.includes(CARRIAGE_RETURN);
}

const CARRIAGE_RETURN = 13;
const RARE_BREAK = /[\r\u0085\u2028\u2029]/;
const RARE_BREAKS = /\r(?!\n)|[\u0085\u2028\u2029](?=[ \t]*(?:[\w"'][\w."'/-]*:|-|#|$))/gm;

function decoded(bytes: Uint8Array): { exact: string | null; readable: string | null } {
  if (bytes.length > LONGEST_TEXT) return { exact: null, readable: null };
  const mark = utf16Mark(bytes);
  if (mark !== null) {
    const text = decodeUtf16(bytes, mark);
    const readable = text === null || text.includes("\0") ? null : text;
    return { exact: bytes.length % 2 === 0 ? readable : null, readable };
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.includes(0)) {
    const text = isPaddedText(bytes) ? view.toString(isUtf8(bytes) ? "utf8" : "latin1") : null;
    const readable = text?.replaceAll("\0", " ") ?? null;
    return { exact: null, readable };
  }
  if (!isUtf8(bytes)) return { exact: null, readable: view.toString("latin1") };
  const text = view.toString("utf8");
  const exact = text.startsWith("\ufeff") ? text.slice(1) : text;
  return { exact, readable: exact };
}

/** Text between NULs: a tar archive of text files, a file that a crash has left with zeros at its end. */
function isPaddedText(bytes: Uint8Array): boolean {
  return !bytes.some((byte) => byte < 0x20 && !MAY_BE_IN_TEXT.has(byte));
}

/** NUL, tab, line feed, form feed, carriage return, and what begins a terminal's colours. */
const MAY_BE_IN_TEXT: ReadonlySet<number> = new Set([0, 9, 10, 12, 13, 27]);

/** V8 holds no longer string (2^29 characters); git repositories hold no such text either. */
const LONGEST_TEXT = 0x1fff_0000;

function decodeUtf16(bytes: Uint8Array, mark: Utf16): string | null {
  // An editor or a shell may have added a line break of one byte.
  const whole = bytes.subarray(0, bytes.length & ~1);
  try {
    // Node without full ICU knows no utf-16be, so the bytes are swapped instead.
    const data = mark === "utf-16be" ? Buffer.from(whole).swap16() : whole;
    return new TextDecoder("utf-16le", { fatal: true }).decode(data);
  } catch {
    return null;
  }
}

/** Whether bytes hold no text that could be read by line. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.includes(0) && readText(bytes).readable === null;
}

/**
 * The bytes in which ASCII words can be found: UTF-16 turned into UTF-8, and
 * escapes of ASCII characters undone. Lines stay where they are.
 */
export function searchable(bytes: Uint8Array): Buffer {
  const text = utf8Bytes(bytes);
  if (!holdsEscape(text) || text.includes(0)) return text;
  return Buffer.from(withoutEscapes(text.toString("latin1")), "latin1");
}

/** A file's bytes; of UTF-16 the same text in UTF-8. */
export function utf8Bytes(bytes: Uint8Array): Buffer {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (utf16Mark(bytes) === null) return view;
  const { readable } = readText(bytes);
  return readable === null ? view : Buffer.from(readable, "utf8");
}
