import { isUtf8 } from "node:buffer";
import { SopsError } from "../errors.ts";

/**
 * The text of a file. A byte order mark stays in it, so that splicing keeps it.
 *
 * @throws SopsError `syntax` where the bytes are no UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new SopsError("syntax", "is no valid UTF-8 text");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
