/** What a content begins with that a filter of .gitattributes has put into git in the place of a file. */
const BEGINNINGS = [
  // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
  { filter: "Git LFS", beginning: Buffer.from("version https://git-lfs.github.com/spec/") },
  // https://github.com/AGWA/git-crypt/blob/master/crypto.hpp
  { filter: "git-crypt", beginning: Buffer.from("\0GITCRYPT\0") },
] as const;

/** The filter whose output a content is: the file itself is elsewhere, or encrypted. Null where it is none. */
export function knownFilter(bytes: Uint8Array): "Git LFS" | "git-crypt" | null {
  const found = BEGINNINGS.find(({ beginning }) =>
    beginning.equals(bytes.subarray(0, beginning.length)),
  );
  return found?.filter ?? null;
}
