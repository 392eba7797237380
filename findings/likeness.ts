/**
 * Most commits of a GitOps repository are a bot's, and change a version number. No rule tells one digest
 * from another, or one number of several parts, but that five characters are too few for a password
 * (`isCredentialValue`): what is harmless before is harmless after.
 */
const VERSION = /\d+\.\d+(?:\.\d+)+|sha256:[0-9a-f]{64}/g;

/** Beyond this it is no change of a version. */
const LONGEST_CHANGE = 4096;

/** A content with its versions of one sort made all the same, one char per byte. */
export function withoutVersions(bytes: Buffer): string {
  return bytes.toString("latin1").replace(VERSION, (version) => {
    if (version.startsWith("sha256:")) return NO_DIGEST;
    return version.length <= 5 ? "0.0.0" : "00.0.0";
  });
}

/** Each is a version of its own sort, so that none is taken for one of another. */
const NO_DIGEST = `sha256:${"0".repeat(64)}`;

/**
 * Whether two contents have the same `withoutVersions`. Only the bytes between the first and the last
 * difference are looked at, which for neighbours in a pack is the fastest way to tell; where those are
 * many, it says no unasked.
 */
export function areAlike(a: Buffer, b: Buffer): boolean {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let endOfA = a.length;
  let endOfB = b.length;
  while (endOfA > start && endOfB > start && a[endOfA - 1] === b[endOfB - 1]) {
    endOfA -= 1;
    endOfB -= 1;
  }
  // No version reaches beyond the run of letters, digits, dots and colons that it stands in.
  while (start > 0 && isOfVersion(a[start - 1] ?? 0)) start -= 1;
  while (endOfA < a.length && isOfVersion(a[endOfA] ?? 0)) {
    endOfA += 1;
    endOfB += 1;
  }
  if (Math.max(endOfA, endOfB) - start > LONGEST_CHANGE) return false;
  return withoutVersions(a.subarray(start, endOfA)) === withoutVersions(b.subarray(start, endOfB));
}

/** Whether a byte may be part of a version, generously: `0-9`, `.`, `:`, `A-Z`, `a-z`. */
function isOfVersion(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x3a) ||
    byte === 0x2e ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a)
  );
}
