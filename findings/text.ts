import { isUtf8 } from "node:buffer";
import { holdsEscape, withoutEscapes } from "./escapes.ts";

type Utf16 = "utf-16le" | "utf-16be";

function utf16Mark(bytes: Uint8Array): Utf16 | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return null;
}

/**
 * Decodes a file's bytes. `exact`: valid UTF-8, or UTF-16 behind a byte order mark, without NUL, else
 * null. `readable`: as `exact`, and Latin-1 for what is no UTF-8 but holds no NUL. Byte order marks
 * are removed.
 */
export function readText(bytes: Uint8Array): { exact: string | null; readable: string | null } {
  if (bytes.length > LONGEST_TEXT) return { exact: null, readable: null };
  const mark = utf16Mark(bytes);
  if (mark !== null) {
    const text = decodeUtf16(bytes, mark);
    const exact = text === null || text.includes("\0") ? null : text;
    return { exact, readable: exact };
  }
  if (bytes.includes(0)) return { exact: null, readable: null };
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(bytes)) return { exact: null, readable: view.toString("latin1") };
  const text = view.toString("utf8");
  const exact = text.startsWith("\ufeff") ? text.slice(1) : text;
  return { exact, readable: exact };
}

/** V8 holds no longer string (2^29 characters); git repositories hold no such text either. */
const LONGEST_TEXT = 0x1fff_0000;

function decodeUtf16(bytes: Uint8Array, mark: Utf16): string | null {
  const swapped = mark === "utf-16be" && bytes.length % 2 === 0;
  try {
    // Node without full ICU knows no utf-16be, so the bytes are swapped instead.
    const data = swapped ? Buffer.from(bytes).swap16() : bytes;
    return new TextDecoder("utf-16le", { fatal: true }).decode(data);
  } catch {
    return null;
  }
}

/**
 * The bytes in which ASCII words can be found: UTF-16 behind a byte order mark turned into UTF-8, and
 * escapes of ASCII characters undone. Lines stay where they are.
 */
export function searchable(bytes: Uint8Array): Buffer {
  const text = inUtf8(bytes);
  if (!holdsEscape(text) || text.includes(0)) return text;
  return Buffer.from(withoutEscapes(text.toString("latin1")), "latin1");
}

function inUtf8(bytes: Uint8Array): Buffer {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (utf16Mark(bytes) === null) return view;
  const { readable } = readText(bytes);
  return readable === null ? view : Buffer.from(readable, "utf8");
}
