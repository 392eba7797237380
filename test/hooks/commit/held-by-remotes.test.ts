import test from "ava";
import type { FileFinding } from "../../../hooks/commit/file-finding.ts";
import { sortByRemotes } from "../../../hooks/commit/held-by-remotes.ts";
import type { NewContent } from "../../../hooks/commit/replace-staged.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

test("what a remote-tracking branch holds is warned of, and what it does not is refused or encrypted", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  write("old", "old\n");
  must("add", ".");
  must("commit", "-q", "-m", "Old");
  must("update-ref", "refs/remotes/origin/main", "HEAD");
  write("new", "new\n");
  must("add", ".");
  must("commit", "-q", "-m", "New");
  const [old, fresh] = [must("rev-parse", "HEAD:old"), must("rev-parse", "HEAD:new")];
  const finding = (blob: string, severity: "error" | "warning") =>
    ({ blob, severity }) as FileFinding;
  const content = (oid: string) => ({ entry: { oid } }) as NewContent;

  const sorted = await sortByRemotes(await openRepository({ cwd: dir, env }), {
    findings: [finding(old, "error"), finding(fresh, "error"), finding(fresh, "warning")],
    contents: [content(old), content(fresh)],
  });
  t.deepEqual(sorted, {
    errors: [finding(fresh, "error")],
    warnings: [finding(fresh, "warning"), finding(old, "warning")],
    contents: [content(fresh)],
    heldContents: [content(old)],
  });
});
