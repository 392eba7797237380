import test from "ava";
import { spawnSync } from "../../bounded-programs.ts";
import { branchNameProblem } from "../../../scaffold/answers/branch-name.ts";

const names = [
  "main", "feature/x", "a.b", "1.0", "ünïcode", "a@b", "x/@/y", "a'b", "$(x)", "a;b", "a&b", '"q"',
  "", "-x", "@", "HEAD", "a b", "a\tb", "a\x7fb", "a..b", "a@{b", "a.", "a/", "/a", "a//b", ".a", "a/.b",
  "a.lock", "a.lock/b", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\\b", "x.lock.y",
]; // prettier-ignore

for (const name of names) {
  test(`${JSON.stringify(name)} is judged as git does`, (t) => {
    // `git branch` also refuses HEAD, which check-ref-format alone lets pass.
    const { status } = spawnSync("git", ["check-ref-format", `refs/heads/${name}`]);
    const taken = status === 0 && !name.startsWith("-") && name !== "HEAD" && name !== "@";
    t.is(branchNameProblem(name) === null, taken);
  });
}
