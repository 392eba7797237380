import { createHash } from "node:crypto";
import { GitError } from "./errors.ts";

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

const emptyBlobs = {
  sha1: blobOid("sha1", Buffer.alloc(0)),
  sha256: blobOid("sha256", Buffer.alloc(0)),
};

/** Whether this names the empty blob. */
export function isEmptyBlob(oid: string): boolean {
  return oid === emptyBlobs.sha1 || oid === emptyBlobs.sha256;
}
