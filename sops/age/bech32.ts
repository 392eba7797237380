const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM_WORDS = 6;

/**
 * Whether a Bech32 string's checksum is right (BIP 173, without its limit of 90 characters).
 *
 * @param text all upper or all lower case.
 */
export function isBech32(text: string): boolean {
  return words(text) !== null;
}

/**
 * What a Bech32 string holds.
 *
 * @returns null where its checksum is wrong, or its last bits are no padding.
 * @see convertBits in BIP 173's reference code
 */
export function decodeBech32(text: string): { prefix: string; bytes: Uint8Array } | null {
  const decoded = words(text);
  if (decoded === null) return null;
  const bytes: number[] = [];
  let bits = 0;
  let buffer = 0;
  for (const word of decoded.words) {
    buffer = ((buffer << 5) | word) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((buffer >> bits) & 0xff);
  }
  const padding = buffer & ((1 << bits) - 1);
  if (bits >= 5 || padding !== 0) return null;
  return { prefix: decoded.prefix, bytes: Uint8Array.from(bytes) };
}

/** Bytes as a Bech32 string, in lower case. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const data: number[] = [];
  let bits = 0;
  let buffer = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      data.push((buffer >> bits) & 31);
    }
  }
  if (bits > 0) data.push((buffer << (5 - bits)) & 31);
  const sum = polymod([...expand(prefix), ...data, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checksum = [25, 20, 15, 10, 5, 0].map((shift) => (sum >>> shift) & 31);
  return `${prefix}1${[...data, ...checksum].map((word) => CHARSET.charAt(word)).join("")}`;
}

/** The prefix in lower case, and the 5-bit words of the data without the checksum. */
function words(text: string): { prefix: string; words: readonly number[] } | null {
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return null;
  const lower = text.toLowerCase();
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || lower.length - separator - 1 < CHECKSUM_WORDS) return null;
  const prefix = lower.slice(0, separator);
  const values = [...lower.slice(separator + 1)].map((character) => CHARSET.indexOf(character));
  if (values.includes(-1) || polymod([...expand(prefix), ...values]) !== 1) return null;
  return { prefix, words: values.slice(0, -CHECKSUM_WORDS) };
}

function expand(prefix: string): number[] {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function polymod(values: readonly number[]): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < GENERATOR.length; bit += 1) {
      if ((top >> bit) & 1) checksum ^= GENERATOR[bit] ?? 0;
    }
  }
  return checksum >>> 0;
}
