import { chmodSync, existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { spawnSync } from "../../bounded-programs.ts";
import { writeBlobs } from "../../../git/objects/blobs.ts";
import { GitError } from "../../../git/errors.ts";
import { indexEntries } from "../../../git/index/entries.ts";
import { pathFromText, type GitPath } from "../../../git/path.ts";
import {
  refreshIndex,
  replaceEntries,
  type Replacement,
} from "../../../git/index/replace-entries.ts";
import { openRepository, type OpenedRepository } from "../../../git/repository/open.ts";
import { withIndexFile } from "../../../git/environment.ts";
import { runGit } from "../../../git/run.ts";
import type { TemporaryRepository } from "../../temporary-repository.ts";
import { hostileNames } from "../hostile-names.ts";
import { openedRepository, type Opened } from "../opened-repository.ts";

/** The replacement of whatever is staged at a path. */
async function replacing(
  open: OpenedRepository,
  name: string,
  content: string,
): Promise<Replacement> {
  const [entry] = await indexEntries(open, new Set([name as GitPath]));
  const [to] = await writeBlobs(open, [Buffer.from(content)]);
  if (entry === undefined || to === undefined) throw new Error(`nothing is staged at ${name}`);
  return { path: entry.path, mode: entry.mode, from: entry.oid, to };
}

const listing = ({ must }: TemporaryRepository): string => must("ls-files", "-s", "-v", "-z");

for (const objectFormat of ["sha1", "sha256"] as const) {
  test(`contents change, modes and bits stay (${objectFormat})`, async (t) => {
    const repository = await openedRepository(t, { objectFormat });
    const { must, write, open } = repository;
    const names = ["assumed", "both", "executable", "plain", "skipped"];
    for (const name of names) write(name, name, name === "executable" ? 0o755 : 0o644);
    write("untouched", "untouched");
    must("add", ".");
    must("update-index", "--assume-unchanged", "assumed", "both");
    must("update-index", "--skip-worktree", "skipped", "both");
    const before = listing(repository);
    const replacements = await Promise.all(
      names.map((name) => replacing(open, name, `new ${name}`)),
    );
    await replaceEntries(open, replacements);
    for (const name of names) t.is(must("show", `:${name}`), `new ${name}`);
    const expected = replacements.reduce((text, { from, to }) => text.replace(from, to), before);
    t.is(listing(repository), expected);
    t.false(existsSync(path.join(open.gitDir, "index.lock")));
    await replaceEntries(open, []);
  });
}

test("hostile names", async (t) => {
  const repository = await openedRepository(t);
  const { must, write, open } = repository;
  for (const name of hostileNames) write(Buffer.from(name, "latin1"), `old ${name}`);
  must("add", "-A");
  const entries = await indexEntries(open);
  const oids = await writeBlobs(
    open,
    entries.map((entry) => Buffer.from(`new ${entry.path}`)),
  );
  const replacements = entries.map((entry, i) => ({
    path: entry.path,
    mode: entry.mode,
    from: entry.oid,
    to: oids[i] ?? "",
  }));
  await replaceEntries(open, replacements);
  t.deepEqual(
    (await indexEntries(open)).map((entry) => [entry.path, entry.oid]),
    replacements.map((replacement) => [replacement.path, replacement.to]),
  );
});

test("entries that are not as they were read stop everything", async (t) => {
  const repository = await openedRepository(t);
  const { must, git, write, open } = repository;
  write("fine", "fine");
  write("conflict", "base");
  must("add", ".");
  must("commit", "-qm", "base");
  must("switch", "-qc", "other");
  write("conflict", "theirs");
  must("commit", "-qam", "theirs");
  must("switch", "-q", "main");
  write("conflict", "ours");
  must("commit", "-qam", "ours");
  t.is(git("merge", "other").status, 1);
  write("intended", "content");
  must("add", "-N", "intended");
  must("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
  const link = must("hash-object", "-w", "fine");
  must("update-index", "--add", "--cacheinfo", `120000,${link},link`);
  const fine = await replacing(open, "fine", "new");
  const before = listing(repository);
  const wrong: Replacement[] = [
    await replacing(open, "conflict", "new"),
    await replacing(open, "intended", "new"),
    await replacing(open, "module", "new"),
    await replacing(open, "link", "new"),
    { ...fine, from: fine.to },
    { ...fine, mode: "100755" },
    { ...fine, path: pathFromText("gone") },
    { ...fine, path: pathFromText("../fine") },
    { ...fine, path: pathFromText(".git/config") },
  ];
  for (const replacement of wrong) {
    const error = await t.throwsAsync(replaceEntries(open, [fine, replacement]), {
      instanceOf: GitError,
    });
    t.is(error.code, "entry-changed");
    t.is(listing(repository), before);
  }
  await replaceEntries(open, [fine]);
  t.is(must("show", ":fine"), "new");
});

test("a locked index fails with nothing changed", async (t) => {
  const repository = await openedRepository(t);
  const { must, write, open } = repository;
  write("f", "x");
  must("add", ".");
  const replacement = await replacing(open, "f", "new");
  const before = listing(repository);
  writeFileSync(path.join(open.gitDir, "index.lock"), "");
  const error = await t.throwsAsync(replaceEntries(open, [replacement]), { instanceOf: GitError });
  t.is(error.code, "command-failed");
  t.regex(error.message, /index\.lock.*File exists/);
  t.is(listing(repository), before);
});

/** A git that fails when its arguments and environment satisfy a shell condition. */
function failingGit(repository: TemporaryRepository, condition: string): NodeJS.ProcessEnv {
  const bin = path.join(repository.dir, "../bin");
  repository.write(
    "../bin/git",
    `#!/bin/sh\nif ${condition}; then echo "fatal: made to fail" >&2; exit 128; fi\nPATH="${repository.env["PATH"] ?? ""}" exec git "$@"\n`,
  );
  chmodSync(path.join(bin, "git"), 0o755);
  return { ...repository.env, PATH: `${bin}:${repository.env["PATH"] ?? ""}` };
}

test("when a bit cannot be restored, the content goes back too", async (t) => {
  const repository = await openedRepository(t);
  const { must, write, open } = repository;
  write("f", "old");
  must("add", ".");
  must("update-index", "--skip-worktree", "f");
  const replacement = await replacing(open, "f", "new");
  // Fails once: the undo needs the same call.
  const mark = path.join(repository.dir, "../failed");
  const env = failingGit(
    repository,
    `[ "$2" = --skip-worktree ] && [ ! -e "${mark}" ] && : >"${mark}"`,
  );
  const before = listing(repository);
  await t.throwsAsync(replaceEntries({ ...open, env }, [replacement]), { message: /made to fail/ });
  t.true(existsSync(mark));
  t.is(listing(repository), before);
});

test("an undo that fails says what to do", async (t) => {
  const repository = await openedRepository(t);
  const { must, write, open } = repository;
  write("f\n", "old");
  must("add", ".");
  must("update-index", "--skip-worktree", "f\n");
  const replacement = await replacing(open, "f\n", "new");
  const env = failingGit(repository, `[ "$2" = --skip-worktree ]`);
  const error = await t.throwsAsync(replaceEntries({ ...open, env }, [replacement]), {
    instanceOf: GitError,
  });
  t.is(error.code, "undo-failed");
  t.regex(error.message, /stage these files again: "f\\n"$/);
});

test("an entry git silently ignores is noticed and undone", async (t) => {
  const repository = await openedRepository(t);
  const { must, write, open } = repository;
  write("f", "old");
  must("add", ".");
  const replacement = await replacing(open, "f", "new");
  // Exit status 0 and nothing done, as for an illegal path.
  const bin = path.join(repository.dir, "../bin");
  write(
    "../bin/git",
    `#!/bin/sh\ncase "$*" in *--index-info) exit 0 ;; esac\nPATH="${repository.env["PATH"] ?? ""}" exec git "$@"\n`,
  );
  chmodSync(path.join(bin, "git"), 0o755);
  const env = { ...repository.env, PATH: `${bin}:${repository.env["PATH"] ?? ""}` };
  const error = await t.throwsAsync(replaceEntries({ ...open, env }, [replacement]), {
    instanceOf: GitError,
  });
  t.is(error.code, "unexpected-output");
});

test("where git takes one entry of two, it is noticed, and both are as before", async (t) => {
  const repository = await openedRepository(t);
  const { must, write, open } = repository;
  for (const name of ["a", "b"]) write(name, `old ${name}`);
  must("add", ".");
  const before = listing(repository);
  const replacements = [await replacing(open, "a", "new a"), await replacing(open, "b", "new b")];
  const size = `100644 ${replacements[0]?.to ?? ""}\ta\0`.length;
  const bin = path.join(repository.dir, "../bin");
  const own = `PATH="${repository.env["PATH"] ?? ""}"`;
  write(
    "../bin/git",
    `#!/bin/sh\n${own}\ncase "$*" in *--index-info) head -c ${size} | git "$@" ;; *) exec git "$@" ;; esac\n`,
    0o755,
  );
  const env = { ...repository.env, PATH: `${bin}:${repository.env["PATH"] ?? ""}` };
  const error = await t.throwsAsync(replaceEntries({ ...open, env }, replacements), {
    instanceOf: GitError,
  });
  t.is(error.code, "unexpected-output");
  t.is(listing(repository), before);
});

/** A partial commit as git prepares it: next-index-1.lock to commit from, index.lock for after. */
async function partialCommit(t: ExecutionContext): Promise<Opened> {
  const repository = await openedRepository(t);
  const { must, write, open, dir } = repository;
  write("a", "PLAIN a");
  write("b", "PLAIN b");
  write("c", "PLAIN c");
  must("add", ".");
  const index = readFileSync(open.indexFile);
  writeFileSync(path.join(open.gitDir, "next-index-1.lock"), index);
  writeFileSync(path.join(open.gitDir, "index.lock"), index);
  const env = { ...repository.env, GIT_INDEX_FILE: path.join(open.gitDir, "next-index-1.lock") };
  const hook = await openRepository({ cwd: dir, env });
  return { ...repository, open: hook };
}

async function oidsIn(open: OpenedRepository, file: string): Promise<Record<string, string>> {
  const entries = await indexEntries(withIndexFile(open, path.join(open.gitDir, file)));
  return Object.fromEntries(entries.map((entry) => [entry.path, entry.oid]));
}

test("a partial commit changes both indexes git has prepared, not the real one", async (t) => {
  const { open } = await partialCommit(t);
  t.is(open.nextIndexFile, path.join(open.gitDir, "index.lock"));
  const real = readFileSync(path.join(open.gitDir, "index"));
  const replacement = await replacing(open, "a", "ENC");
  await replaceEntries(open, [replacement]);
  await refreshIndex(open);
  t.is((await oidsIn(open, "next-index-1.lock"))["a"], replacement.to);
  t.is((await oidsIn(open, "index.lock"))["a"], replacement.to);
  t.deepEqual(readFileSync(path.join(open.gitDir, "index")), real);
});

test("in the future index only entries that hold the same blob change", async (t) => {
  const { open, feed } = await partialCommit(t);
  const [a, b] = [await replacing(open, "a", "ENC"), await replacing(open, "b", "ENC b")];
  const other = withIndexFile(open, path.join(open.gitDir, "index.lock"));
  const newer = feed("newer", "hash-object", "-w", "--stdin").toString().trim();
  await runGit(other, ["update-index", "--cacheinfo", `100644,${newer},a`]);
  await replaceEntries(open, [a, b]);
  t.like(await oidsIn(open, "next-index-1.lock"), { a: a.to, b: b.to });
  t.like(await oidsIn(open, "index.lock"), { a: newer, b: b.to });
});

test("when the future index cannot be written, the first is undone", async (t) => {
  const { open } = await partialCommit(t);
  const replacements = [await replacing(open, "a", "ENC"), await replacing(open, "b", "ENC b")];
  const before = await oidsIn(open, "next-index-1.lock");
  writeFileSync(path.join(open.gitDir, "index.lock.lock"), "");
  await t.throwsAsync(replaceEntries(open, replacements), { message: /index\.lock\.lock/ });
  t.deepEqual(await oidsIn(open, "next-index-1.lock"), before);
  t.deepEqual(await oidsIn(open, "index.lock"), before);
});

test("refreshing makes git see that nothing differs", async (t) => {
  const { must, git, write, open } = await openedRepository(t);
  write("f", "old");
  write("edited", "old");
  must("add", ".");
  await replaceEntries(open, [await replacing(open, "f", "new")]);
  write("f", "new");
  t.is(git("diff-files", "--quiet", "--", "f").status, 1);
  write("edited", "and edited");
  await refreshIndex(open);
  t.is(git("diff-files", "--quiet", "--", "f").status, 0);
  t.is(git("diff-files", "--quiet", "--", "edited").status, 1);
});

test("a filter that goes by the user's locale gives what it gave when the file was staged", async (t) => {
  const { must, git, write, open } = await openedRepository(t);
  write(".gitattributes", "f filter=locale\n");
  must("config", "filter.locale.clean", 'cat; echo "$LC_ALL"');
  write("f", "old\n");
  must("add", ".");
  write("f", "old\n");
  await refreshIndex({ ...open, env: { ...open.env, LC_ALL: "de_DE.UTF-8" } });
  t.is(git("diff-files", "--quiet", "--", "f").status, 1, "of another locale");
  write("f", "old\n");
  await refreshIndex(open);
  t.is(git("diff-files", "--quiet", "--", "f").status, 0);
});

test("what a partial commit leaves as the index is refreshed, too", async (t) => {
  const { open, env, write, dir } = await partialCommit(t);
  await replaceEntries(open, [await replacing(open, "a", "ENC")]);
  write("a", "ENC");
  await refreshIndex(open);
  for (const name of ["next-index-1.lock", "index.lock"]) {
    const { status } = spawnSync("git", ["diff-files", "--quiet"], {
      cwd: dir,
      env: { ...env, GIT_INDEX_FILE: path.join(open.gitDir, name) },
    });
    t.is(status, 0, name);
  }
});

test("where git cannot refresh, nothing is lost, and so nothing is said", async (t) => {
  const { must, git, write, open, feed } = await openedRepository(t);
  write("f", "old");
  must("add", ".");
  await replaceEntries(open, [await replacing(open, "f", "new")]);
  write("f", "new");
  write(".git/index.lock", "");
  await refreshIndex(open);
  t.is(git("diff-files", "--quiet", "--", "f").status, 1);
  unlinkSync(path.join(open.gitDir, "index.lock"));
  const oid = must("hash-object", "-w", "f");
  feed(`100644 ${oid} 1\tconflict\n100644 ${oid} 2\tconflict\n`, "update-index", "--index-info");
  await refreshIndex(open);
  t.is(git("diff-files", "--quiet", "--", "f").status, 0);
});

test("an entry folded away in a sparse index", async (t) => {
  const { must, write, open } = await openedRepository(t);
  for (const name of ["in/f", "out/f", "out/g"]) write(name, name);
  must("add", ".");
  must("commit", "-qm", "x");
  must("sparse-checkout", "set", "--cone", "--sparse-index", "in");
  t.regex(must("ls-files", "--sparse", "-s"), /^040000 /m);
  await replaceEntries(open, [await replacing(open, "out/f", "new")]);
  must("commit", "-qm", "y");
  t.is(must("ls-tree", "-r", "--name-only", "HEAD"), "in/f\nout/f\nout/g");
  t.is(must("show", "HEAD:out/f"), "new");
  t.is(must("status", "--porcelain"), "");
});

test("index formats and settings that change how git keeps its index", async (t) => {
  for (const setting of [
    ["core.splitIndex", "true"],
    ["index.version", "4"],
    ["core.untrackedCache", "true"],
    ["index.skipHash", "true"],
  ] as const) {
    const repository = await openedRepository(t);
    const { must, write, open } = repository;
    must("config", ...setting);
    for (const name of ["a", "b", "c/d"]) write(name, name);
    must("add", ".");
    must("commit", "-qm", "x");
    write("b", "staged");
    must("add", ".");
    await replaceEntries(open, [await replacing(open, "b", "new")]);
    await refreshIndex(open);
    must("commit", "-qm", "y");
    t.is(must("ls-tree", "-r", "--name-only", "HEAD"), "a\nb\nc/d", setting[0]);
    t.is(must("show", "HEAD:b"), "new", setting[0]);
  }
});
