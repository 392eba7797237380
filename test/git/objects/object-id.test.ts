import test from "ava";
import { blobOid, isEmptyBlob } from "../../../git/objects/object-id.ts";

test("the empty blob is known in both formats, and nothing else", (t) => {
  for (const format of ["sha1", "sha256"] as const) {
    t.true(isEmptyBlob(blobOid(format, Buffer.alloc(0))));
    t.false(isEmptyBlob(blobOid(format, Buffer.from("\n"))));
  }
});
