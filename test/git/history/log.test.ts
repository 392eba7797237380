import test from "ava";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { HistoryLog } from "../../../git/history/log.ts";
import type { LoggedCommit } from "../../../git/history/logged-commit.ts";
import { temporaryRepository, type TemporaryRepository } from "../../temporary-repository.ts";

async function logOf(
  { dir, env }: TemporaryRepository,
  late: () => Promise<unknown> = async () => null,
) {
  const log = new HistoryLog({ cwd: dir, env });
  await late();
  const commits: LoggedCommit[] = [];
  await log.read((some) => commits.push(...some));
  return { log, commits: commits.map(shown) };
}

const shown = ({ commit, parents, isMerge, subject, message, files }: LoggedCommit) => ({
  ...{ commit, parents, isMerge, subject, message, files },
});

test("a log of many chunks: paths of any bytes, wherever a chunk ends; and once more", async (t) => {
  const repository = temporaryRepository(t);
  const count = 1500;
  // A colon at its start looks like what stands before a path, a newline like what stands before that.
  const pathAt = (at: number) => `\n:${"p".repeat(at % 97)}\xff\n${String(at)}`;
  const quoted = (path: string) =>
    path.replace(/[\n\xff]/g, (byte) => (byte === "\n" ? "\\n" : "\\377"));
  const subjectAt = (at: number) => `Change ${"s".repeat(at % 61)}\n\n:100644 body ${String(at)}\n`;
  const stream = Array.from({ length: count }, (_, at) => {
    const subject = subjectAt(at);
    return (
      `commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\n` +
      `data ${String(subject.length)}\n${subject}\n` +
      `deleteall\nM 100644 inline "${quoted(pathAt(at))}"\ndata ${String(String(at).length)}\n${String(at)}\n`
    );
  });
  repository.feed(stream.join(""), "fast-import", "--quiet");
  const { log, commits } = await logOf(repository);
  t.is(commits.length, count);
  const oid = repository.feed("7", "hash-object", "--stdin").toString().trim();
  t.is(commits.find(({ files }) => files[0]?.oid === oid)?.subject, `Change ${"s".repeat(7)}`);
  t.deepEqual(
    commits.map(({ files, message }) => [message, files.map(({ path }) => String(path))]),
    Array.from({ length: count }, (_, at) => [subjectAt(count - 1 - at), [pathAt(count - 1 - at)]]),
  );
  t.deepEqual([...log.again()].map(shown), commits);
});

test("commits that no branch has any more, and Jujutsu keeps to itself, are left out", async (t) => {
  const repository = temporaryRepository(t);
  repository.must("commit", "-q", "--allow-empty", "-m", "One");
  const one = repository.must("rev-parse", "HEAD");
  repository.must("commit", "-q", "--amend", "--allow-empty", "-m", "Two");
  repository.must("update-ref", `refs/jj/keep/${one}`, one);
  t.deepEqual(
    (await logOf(repository)).commits.map(({ subject }) => subject),
    ["Two"],
  );
});

test("commits without files or words, none at all, and a merge", async (t) => {
  const repository = temporaryRepository(t);
  t.deepEqual((await logOf(repository)).commits, []);
  repository.feed("", "commit", "-q", "--allow-empty", "--allow-empty-message", "-F", "-");
  const root = repository.must("rev-parse", "HEAD");
  const nothing = { subject: "", message: "", files: [] };
  const empty = { commit: root, parents: [], isMerge: false, ...nothing };
  t.deepEqual((await logOf(repository)).commits, [empty]);
  repository.must("commit", "-q", "--allow-empty", "-m", "One");
  const one = repository.must("rev-parse", "HEAD");
  repository.must("checkout", "-q", "-b", "side", root);
  repository.must("commit", "-q", "--allow-empty", "-m", "Two");
  const two = repository.must("rev-parse", "HEAD");
  repository.must("merge", "-q", "-s", "ours", "--no-commit", "main");
  repository.write("a", "evil\n");
  repository.must("add", "a");
  repository.must("commit", "-q", "-m", "Merge");
  const { commits } = await logOf(repository);
  const merge = commits.find(({ subject }) => subject === "Merge");
  t.deepEqual(merge?.parents, [two, one]);
  t.deepEqual(
    commits.filter(({ isMerge }) => isMerge),
    [merge],
  );
  t.deepEqual(
    merge?.files.map(({ oid, path }) => [oid, String(path)]),
    [[repository.must("rev-parse", "HEAD:a"), "a"]],
  );
  t.deepEqual(
    commits.map(({ commit }) => commit).sort(),
    [repository.must("rev-parse", "HEAD"), one, two, root].sort(),
  );
});

test("what git has said before it is read, and in a folder where a user has asked for less", async (t) => {
  const repository = temporaryRepository(t);
  repository.write("a", "1\n");
  repository.write("sub/b", "2\n");
  repository.must("add", ".");
  repository.must("commit", "-q", "-m", "One more word");
  repository.must("config", "diff.relative", "true");
  const inside = { ...repository, dir: `${repository.dir}/sub` };
  // By then git has ended.
  const { commits } = await logOf(inside, async () => setTimeout(500));
  t.deepEqual(
    commits.map(({ files, isMerge }) => [files.map(({ path }) => String(path)), isMerge]),
    [[["a", "sub/b"], false]],
  );
});

test("what commits put in the place of what was there; of a merge, what no parent has", async (t) => {
  const repository = temporaryRepository(t);
  const change = (path: string, content: string): void => {
    repository.write(path, content);
    repository.must("add", path);
    repository.must("commit", "-q", "-m", `Change ${path}`);
  };
  const name = (revision: string) => repository.must("rev-parse", revision);
  const replacements = async () =>
    (await logOf(repository)).commits.flatMap(({ files }) =>
      files.map(({ path, oid, replaced }) => [String(path), oid, replaced]),
    );
  change("a", "1\n");
  const [base, old] = [name("HEAD"), name("HEAD:a")];
  change("a", "side\n");
  const [side, sideOfA] = [name("HEAD"), name("HEAD:a")];
  repository.must("reset", "-q", "--hard", base);
  change("a b\nc", "new\n");
  const added = ["a b\nc", name("HEAD:a b\nc"), []];
  repository.must("merge", "-q", "-m", "Take over", side);
  const found = await replacements();
  t.is(found.length, 3);
  for (const one of [["a", old, []], added, ["a", sideOfA, [old]]]) {
    t.true(found.some((other) => isDeepStrictEqual(other, one)));
  }
  const head = name("HEAD");
  repository.must("reset", "-q", "--hard", base);
  change("a", "own\n");
  const own = name("HEAD:a");
  repository.must("merge", "-q", "-s", "ours", "--no-commit", head);
  change("a", "resolved\n");
  repository.must("config", "log.showSignature", "true");
  t.deepEqual((await replacements())[0], ["a", name("HEAD:a"), [own, sideOfA]]);
  // Neither is a content of a file: git fetches by name what it does not have in a clone that is partial.
  for (const kind of ["120000", "160000"]) {
    repository.must("update-index", "--cacheinfo", `${kind},${kind === "120000" ? old : base},a`);
    repository.must("commit", "-q", "-m", "Something else");
    change("a", `file after ${kind}\n`);
    t.deepEqual((await replacements())[0], ["a", name("HEAD:a"), []]);
  }
});

test("what fails after the log has begun, and a log that nobody reads", async (t) => {
  const repository = temporaryRepository(t);
  repository.write("a", "1\n");
  repository.must("add", ".");
  repository.must("commit", "-q", "-m", "One");
  const context = { cwd: repository.dir, env: repository.env };
  const fail = (): void => {
    throw new Error("found");
  };
  await t.throwsAsync(new HistoryLog(context).read(fail), { message: "found" });
  new HistoryLog(context).stop();
  const nowhere = new HistoryLog({ ...context, cwd: `${repository.dir}/nowhere` });
  await setTimeout(100);
  await t.throwsAsync(
    nowhere.read(() => undefined),
    { code: "not-a-repository" },
  );
});
