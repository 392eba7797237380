import { formatOf, type Format } from "../../sops/format.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { searchable } from "../candidate/text.ts";

/** What a file's bytes say of its encryption before it is read. */

/** Cheap: whether a file may hold SOPS metadata, in any format. */
export function mentionsMetadata(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.includes(TOKEN_START)) return false;
  return ["sops:", '"sops"', "sops_mac", "[sops]"].some((word) => buffer.includes(word));
}

/** Whether a file may hold SOPS metadata, however little of it is left and however it is spelled. */
export function mayHoldMetadata(bytes: Uint8Array): boolean {
  return searchable(bytes).includes("sops");
}

/** How the encrypted form of a binary file begins. */
export function startsAsJson(bytes: Uint8Array): boolean {
  return /^\s*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString("latin1"));
}

/** The format of a file's content: an ending of no format may have switched off an encrypted one, `db.sops.yaml.disabled`. */
export function formatWithin(path: string, bytes: Uint8Array): Format {
  const [, before = path] = /^(.*\.sops\.[^./]+)\.[^./]+$/.exec(path) ?? [];
  const isBinary = startsAsJson(bytes) && !before.endsWith(".json");
  const isSwitchedOff = formatOf(path) === "binary" && !isBinary && mentionsMetadata(bytes);
  return formatOf(isSwitchedOff ? before : path);
}
