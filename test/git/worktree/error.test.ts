import test from "ava";
import { pathFromText } from "../../../git/path.ts";
import { errorCode, WorktreeError, writeProblem } from "../../../git/worktree/error.ts";
import { systemError } from "../../other-fs.ts";

test("what is wrong with a file is said with what to do, and the system's word where nothing is known", (t) => {
  const said = (problem: WorktreeError["problem"], cause?: unknown) =>
    new WorktreeError(problem, pathFromText("a.yaml"), cause).message;
  t.regex(said("read-only-file"), /^a\.yaml is read-only: make it writable/);
  t.regex(
    said("of-another-user"),
    /^a\.yaml is another user's, .*: have it given to you \(chown\)/,
  );
  t.regex(
    said("read-only-folder"),
    /^a\.yaml .*its folder is read-only: make the folder writable$/,
  );
  t.regex(said("disk-full", systemError("ENOSPC")), /^a\.yaml .*the disk is full: make room[^(]*$/);
  t.regex(said("not-a-file"), /^a\.yaml is no regular file .*: stage it again$/);
  t.regex(said("unusual-name"), /^a\.yaml has filter attributes and a name .*: rename it$/);
  t.is(said("failed"), "a.yaml cannot be replaced in the worktree");
  t.is(said("failed", systemError("EIO")), "a.yaml cannot be replaced in the worktree (EIO)");
  t.is(said("failed", new Error("x")), "a.yaml cannot be replaced in the worktree");
});

test("of what the system says, it is known what to do", (t) => {
  for (const [codes, problem] of [
    [["EACCES", "EPERM", "EROFS"], "read-only-folder"],
    [["ENOSPC", "EDQUOT", "EFBIG"], "disk-full"],
    [["ENOENT", "ENOTDIR", "ELOOP"], "not-a-file"],
    [["EIO"], "failed"],
  ] as const) {
    for (const code of codes) {
      t.is(writeProblem(pathFromText("a.yaml"), systemError(code)).problem, problem, code);
    }
  }
});

test("it keeps what has caused it", (t) => {
  const cause = systemError("EIO");
  const [error, other] = [cause, undefined].map(
    (one) => new WorktreeError("failed", pathFromText("a.yaml"), one),
  );
  t.like(error, { name: "WorktreeError", cause });
  t.false(Object.hasOwn(other ?? {}, "cause"));
});

test("an error that has no code has an empty one", (t) => {
  t.is(errorCode(systemError("EIO")), "EIO");
  for (const other of [null, undefined, "EIO", new Error("x"), { code: 5 }])
    t.is(errorCode(other), "");
});
