import test from "ava";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lookAtCommit } from "../../../hooks/commit/nothing-to-do.ts";
import { temporaryRepository, type TemporaryRepository } from "../../temporary-repository.ts";

const RULES = "creation_rules:\n  - path_regex: ^secrets/.*\\.yaml$\n  - path_regex: ^others/\n";
/** The same, and nothing that is read at a glance. */
const RULES_IN_FLOW = '{"creation_rules": [{"path_regex": "^secrets/.*\\\\.yaml$"}]}\n';

/** A repository with one commit, and one harmless file staged. */
function repositoryWith(t: Parameters<typeof temporaryRepository>[0], rules: string) {
  const repository = temporaryRepository(t);
  repository.write(".sops.yaml", rules);
  repository.must("add", ".");
  repository.must("commit", "-q", "-m", "Begin");
  stage(repository, "a.yaml", "a: 1\n");
  return repository;
}

function stage(repository: TemporaryRepository, name: string, content: string): void {
  repository.write(name, content);
  repository.must("add", name);
}

/** As `git commit` runs the hook. */
async function look(
  { dir, env }: TemporaryRepository,
  more: NodeJS.ProcessEnv = {},
): Promise<boolean> {
  const context = { cwd: dir, env: { ...env, GIT_INDEX_FILE: ".git/index", ...more } };
  return (await lookAtCommit(context)).nothingToDo;
}

for (const [how, rules] of [
  ["plainly", RULES],
  ["otherwise", RULES_IN_FLOW],
] as const) {
  test(`a harmless file is nothing to do, one that a rule takes is: rules written ${how}`, async (t) => {
    const repository = repositoryWith(t, rules);
    t.true(await look(repository));
    const head = repository.must("rev-parse", "HEAD");
    t.deepEqual(readdirSync(join(repository.dir, ".git/flux-sops")), [`judged-${head}`]);
    stage(repository, "secrets/a.yaml", "a: 1\n");
    t.false(await look(repository));
    t.deepEqual(readdirSync(join(repository.dir, ".git/flux-sops")), []);
    repository.must("rm", "-qf", "secrets/a.yaml");
    // The nearest rules count.
    stage(repository, "sub/secrets/a.yaml", "a: 1\n");
    t.true(await look(repository));
    stage(repository, "sub/.sops.yaml", rules);
    t.false(await look(repository));
  });
}

test("rules that are broken are for the whole gate, and so are what leaks and what says how to judge", async (t) => {
  const repository = repositoryWith(t, RULES);
  for (const [name, content] of [
    ["b.yaml", "kind: Secret\nstringData:\n  a: b\n"],
    ["b.sops.yaml", "a: 1\n"],
    [".flux-sops.yaml", "allow: []\n"],
    [".sops.yaml", `${RULES}    age: age1wrong\n`],
    [".sops.yaml", `${RULES}# \u0000\n\u00ff: [\n`],
  ] as const) {
    stage(repository, name, content);
    t.false(await look(repository), name);
    repository.must("reset", "-q", "--", name);
    t.true(await look(repository), name);
  }
});

test("what was encrypted is for the whole gate when it is not any more, and so is a new file among secrets", async (t) => {
  const repository = repositoryWith(t, RULES);
  const token = "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]";
  stage(repository, "c.yaml", `a: ${token}\n`);
  t.false(await look(repository));
  repository.must("commit", "-q", "-m", "Encrypted");
  stage(repository, "c.yaml", "a: 1\n");
  t.false(await look(repository));
  repository.must("commit", "-q", "-m", "Readable");
  stage(repository, "c.yaml", "a: 2\n");
  t.true(await look(repository));
  stage(repository, "sub/secrets/token", "1\n");
  t.false(await look(repository));
  repository.must("commit", "-q", "-m", "Token");
  stage(repository, "sub/secrets/token", "2\n");
  t.true(await look(repository));
});

test("a symbolic link that leads to what is no path is for the whole gate", async (t) => {
  const repository = repositoryWith(t, RULES);
  for (const [target, answer] of [
    ["../a", true],
    ["AGE-SECRET-KEY-1", false],
    ["two\nlines", false],
  ] as const) {
    const oid = repository.feed(target, "hash-object", "-w", "--stdin").toString().trim();
    repository.must("update-index", "--add", "--cacheinfo", `120000,${oid},link`);
    t.is(await look(repository), answer, target);
  }
});

test("what an amended commit has brought is judged by the rules that stand there", async (t) => {
  const repository = repositoryWith(t, RULES);
  stage(repository, "sub/.sops.yaml", RULES);
  repository.must("commit", "-q", "-m", "Rules");
  stage(repository, "sub/secrets/a.yaml", "a: 1\n");
  repository.must("commit", "-q", "-m", "Readable");
  stage(repository, "a.yaml", "a: 2\n");
  t.true(await look(repository));
  const date = repository.must("log", "-1", "--date=raw", "--format=%ad");
  t.false(await look(repository, { GIT_AUTHOR_DATE: `@${date}` }));
});

test("what is done in the middle of something else is for the whole gate", async (t) => {
  const repository = repositoryWith(t, RULES);
  const gitDir = join(repository.dir, ".git");
  t.true(await look(repository));
  const head = repository.must("rev-parse", "HEAD");
  for (const name of ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "SQUASH_MSG"]) {
    writeFileSync(join(gitDir, name), `${head}\n`);
    t.false(await look(repository), name);
    rmSync(join(gitDir, name));
    t.true(await look(repository), name);
  }
  mkdirSync(join(gitDir, "rebase-merge"));
  t.false(await look(repository));
});

test("what stands in the place of a rule file and is none leaves the file to the whole gate, or is none", async (t) => {
  const repository = repositoryWith(t, RULES);
  const link = repository.feed("../.sops.yaml", "hash-object", "-w", "--stdin").toString().trim();
  for (const [mode, oid, answer] of [
    // A symlink is read as rules, which it is not.
    ["120000", link, false],
    ["160000", repository.must("rev-parse", "HEAD"), true],
  ] as const) {
    repository.must("update-index", "--add", "--cacheinfo", `${mode},${oid},sub/.sops.yaml`);
    repository.must("commit", "-q", "-m", "Odd", "--no-verify");
    stage(repository, "sub/a.yaml", "a: 1\n");
    t.is(await look(repository), answer, mode);
    repository.must("reset", "-q", "--hard", "HEAD~");
    stage(repository, "a.yaml", "a: 1\n");
  }
});

test("a path that takes two lines is for the whole gate, others are looked at whatever is in them", async (t) => {
  const repository = repositoryWith(t, RULES);
  for (const [folder, answer] of [
    ["with space", true],
    ["1:secret", true],
    ["two\nlines", false],
  ] as const) {
    stage(repository, `${folder}/.sops.yaml`, RULES);
    repository.must("commit", "-q", "-m", "Rules", "--no-verify");
    stage(repository, `${folder}/b.yaml`, "a: 1\n");
    t.is(await look(repository), answer, folder);
    stage(repository, `${folder}/secrets/b.yaml`, "a: 1\n");
    t.false(await look(repository), folder);
    repository.must("reset", "-q", "--hard");
  }
});
