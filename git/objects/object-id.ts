import { createHash } from "node:crypto";
import { GitError } from "../errors.ts";

/** How a repository names its objects (git-init(1), `--object-format`). */
export type ObjectFormat = "sha1" | "sha256";

/** The format of a full object name in hexadecimal digits. */
export function formatOf(oid: string): ObjectFormat {
  if (/^[0-9a-f]{40}$/.test(oid)) return "sha1";
  if (/^[0-9a-f]{64}$/.test(oid)) return "sha256";
  throw new GitError("unexpected-output", "git printed something that is no object name");
}

/** The name git gives a blob with these bytes (gitformat-loose, "blob SIZE NUL CONTENT"). */
export function blobOid(format: ObjectFormat, content: Uint8Array): string {
  return createHash(format)
    .update(`blob ${String(content.byteLength)}\0`)
    .update(content)
    .digest("hex");
}

/** Written down, since the loading of `node:crypto` takes as long as a call to git. */
const emptyBlobs = {
  sha1: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
  sha256: "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
};

/** The name of the tree without entries: git knows it in every repository. */
export const EMPTY_TREES: Readonly<Record<ObjectFormat, string>> = {
  sha1: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  sha256: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
};

/** Whether this names the empty blob. */
export function isEmptyBlob(oid: string): boolean {
  return oid === emptyBlobs.sha1 || oid === emptyBlobs.sha256;
}
