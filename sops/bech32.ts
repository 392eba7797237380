const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/**
 * Whether a Bech32 string's checksum is right (BIP 173, without its limit of 90 characters).
 *
 * Written out here, and not taken from age-encryption, because that package brings elliptic-curve
 * code along, and this runs in every commit.
 *
 * @param text all upper or all lower case.
 */
export function isBech32(text: string): boolean {
  if (text !== text.toLowerCase() && text !== text.toUpperCase()) return false;
  const lower = text.toLowerCase();
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || lower.length - separator - 1 < 6) return false;
  const prefix = [...lower.slice(0, separator)].map((character) => character.charCodeAt(0));
  const values = [...lower.slice(separator + 1)].map((character) => CHARSET.indexOf(character));
  if (values.includes(-1)) return false;
  const expanded = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31)];
  return polymod([...expanded, ...values]) === 1;
}

function polymod(values: readonly number[]): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATOR.entries()) {
      if ((top >> bit) & 1) checksum ^= generator;
    }
  }
  return checksum >>> 0;
}

/**
 * The bytes in a Bech32 string that {@link isBech32} holds for.
 *
 * @see convertBits in BIP 173's reference code
 */
export function bech32Bytes(text: string): Uint8Array {
  const lower = text.toLowerCase();
  const bytes: number[] = [];
  let bits = 0;
  let buffer = 0;
  for (const character of lower.slice(lower.lastIndexOf("1") + 1, -6)) {
    buffer = ((buffer << 5) | CHARSET.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((buffer >> bits) & 0xff);
  }
  return Uint8Array.from(bytes);
}
