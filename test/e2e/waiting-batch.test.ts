import test from "ava";
import { chmodSync, existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { recordedGit } from "./recorded-git.ts";
import { scaffolded, type Ended, type Scaffolded } from "./scaffolded.ts";

const PLAIN = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {a: hunter2}\n";

const DIFF_INDEX =
  "diff-index --cached --raw -z --no-abbrev --no-renames --ignore-submodules=none --end-of-options HEAD --";

const FOLDER = ".git/flux-sops";

/**
 * Runs the gate as `.husky/pre-commit` does, and somebody behind the pipe: node's own calls to git are
 * written down.
 *
 * @param behind commands of a shell that stand in for `cat PIPE | git cat-file …`; the pipe is `$ask`
 */
function gateWith(repository: Scaffolded, behind: string): Ended & { readonly calls: string[] } {
  const { env, calls } = recordedGit(repository);
  const ended = repository.run(
    "sh",
    [
      "-c",
      `seen=${FOLDER}/seen-$$ ask=${FOLDER}/ask-$$
      mkdir -p ${FOLDER} && rm -f ${FOLDER}/* && ln .git/index $seen
      { GIT_INDEX_FILE=$seen git ${DIFF_INDEX} && printf 'whole\\0' && { ${behind}
      } } | PATH="$RECORDED" node .flux-sops/flux-sops.cjs hook pre-commit --seen $$`,
    ],
    { env: { GIT_INDEX_FILE: ".git/index", RECORDED: env.PATH } },
  );
  return { ...ended, calls: calls() };
}

const CAT_FILE = "git cat-file --batch --buffer";

test("what is staged is read by the git that waits, and node starts none", (t) => {
  const repository = scaffolded(t);
  repository.write("note.md", "1\n");
  repository.must("add", "note.md");
  const { status, stderr, calls } = gateWith(
    repository,
    `mkfifo $ask; cat $ask | tee ../asked | ${CAT_FILE}`,
  );
  t.is(status, 0, stderr);
  t.deepEqual(calls, []);
  const [head, oid, ...around] = repository.read("../asked").trimEnd().split("\n");
  t.is(head, "HEAD");
  t.is(oid, repository.must("rev-parse", ":note.md").trim());
  t.true(around.includes(":0:.sops.yaml"));
  t.deepEqual(readdirSync(join(repository.dir, FOLDER)), [
    `judged-${repository.must("rev-parse", "HEAD").trim()}`,
  ]);
});

const BEHIND: Readonly<Record<string, { readonly behind: string; readonly isTaken: boolean }>> = {
  "git answers": { behind: `mkfifo $ask; cat $ask | ${CAT_FILE}`, isTaken: true },
  "git says nothing": { behind: "mkfifo $ask; cat $ask >/dev/null", isTaken: false },
  "git is cut short within a file": {
    behind: `mkfifo $ask; cat $ask | ${CAT_FILE} | head -c 400`,
    isTaken: false,
  },
  "git is cut short between files": {
    behind: `mkfifo $ask; cat $ask | head -n 2 | ${CAT_FILE}`,
    isTaken: false,
  },
  "git says too much": {
    behind: `mkfifo $ask; { cat $ask; echo HEAD; } | ${CAT_FILE}`,
    isTaken: false,
  },
  "git does not know the file": {
    behind: "mkfifo $ask; sed 's/$/ missing/' $ask",
    isTaken: false,
  },
  "there is no pipe": { behind: ":", isTaken: false },
  "there is a file": { behind: `echo HEAD >$ask; cat $ask | ${CAT_FILE}`, isTaken: false },
  "nobody reads": { behind: "mkfifo $ask", isTaken: false },
};

for (const [what, { behind, isTaken }] of Object.entries(BEHIND)) {
  test(`a Secret is refused, behind the pipe: ${what}`, (t) => {
    const repository = scaffolded(t);
    repository.write("web.yaml", PLAIN);
    repository.must("add", "web.yaml");
    const { status, stderr, calls } = gateWith(repository, behind);
    t.is(status, 1, stderr);
    t.regex(stderr, /web\.yaml:\d+ {2}plaintext-secret/);
    // What the gate looks up besides is its own business.
    const asksAgain = calls.some((call) => call.startsWith("cat-file --batch --buffer"));
    t.is(asksAgain, !isTaken, calls.join("\n"));
  });
}

test("more is asked for than a pipe takes: node asks by itself", (t) => {
  const repository = scaffolded(t);
  for (let number = 0; number < 120; number += 1) {
    repository.write(`notes/n${String(number)}.md`, `${String(number)}\n`);
  }
  repository.must("add", "notes");
  const { status, stderr, calls } = gateWith(
    repository,
    `mkfifo $ask; cat $ask | ${CAT_FILE} & sleep 3; : <>$ask`,
  );
  t.is(status, 0, stderr);
  t.deepEqual(calls, ["cat-file --batch --buffer .git/index"]);
});

const LATE = 'case "$1" in diff-index) sleep 2 ;; esac';

for (const [what, first] of Object.entries({ "git is at the pipe": "", "git comes late": LATE })) {
  test(`node fails at once, and ${what}: the commit is refused, and nobody waits for ever`, (t) => {
    const repository = scaffolded(t);
    repository.write("note.md", "1\n");
    repository.must("add", "note.md");
    const bin = join(repository.dir, "../bin");
    repository.write("../bin/node", "#!/bin/sh\nsleep 1\nexit 3\n");
    chmodSync(join(bin, "node"), 0o755);
    const { env } = recordedGit(repository, first);
    const { status, stderr } = repository.run("git", ["commit", "-q", "-m", "Note"], {
      env: {
        GIT_EXEC_PATH: env.GIT_EXEC_PATH,
        PATH: [bin, process.env["PATH"] ?? ""].join(delimiter),
      },
    });
    t.is(status, 1);
    t.regex(stderr, /pre-commit script failed \(code 3\)/);
    const left = readdirSync(join(repository.dir, FOLDER));
    t.false(
      left.some((name) => name.startsWith("ask-")),
      left.join(" "),
    );
  });
}

test("a pipe that a killed commit has left is taken away when nobody can be waiting any more", (t) => {
  const repository = scaffolded(t);
  const pipes = ["ask-1", "ask-2"].map((name) => join(repository.dir, FOLDER, name));
  repository.run("mkfifo", pipes);
  utimesSync(pipes[0] ?? "", 1, 1);
  repository.write("note.md", "1\n");
  repository.must("add", "note.md");
  repository.must("commit", "-q", "-m", "Note");
  t.deepEqual(
    pipes.map((pipe) => existsSync(pipe)),
    [false, true],
  );
});

test("a pipe that a killed commit has left stands in nobody's way", (t) => {
  const repository = scaffolded(t);
  repository.write("note.md", "1\n");
  repository.must("add", "note.md");
  // Whatever number the shell gets: mkfifo finds the name taken.
  const { env } = recordedGit(repository);
  writeFileSync(
    join(repository.dir, "../exec/mkfifo"),
    '#!/bin/sh\nPATH=/usr/bin:/bin\nmkfifo "$1"\nexec mkfifo "$1"\n',
  );
  chmodSync(join(repository.dir, "../exec/mkfifo"), 0o755);
  const { status, stderr } = repository.run("git", ["commit", "-q", "-m", "Note"], {
    env: { GIT_EXEC_PATH: env.GIT_EXEC_PATH },
  });
  t.is(status, 0, stderr);
  t.true(existsSync(join(repository.dir, FOLDER)));
  t.false(readdirSync(join(repository.dir, FOLDER)).some((name) => name.startsWith("ask-")));
});
