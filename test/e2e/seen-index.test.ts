import test from "ava";
import {
  linkSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { recordedGit } from "./recorded-git.ts";
import { scaffolded } from "./scaffolded.ts";

const PLAIN = "apiVersion: v1\nkind: Secret\nmetadata: {name: web}\nstringData: {a: hunter2}\n";

/** Of the shell and of node alike. */
const DIFF_INDEX =
  "diff-index --cached --raw -z --no-abbrev --no-renames --ignore-submodules=none --end-of-options HEAD --";

test("a commit without secrets asks git twice, and while node starts of a second name of the index", (t) => {
  const repository = scaffolded(t);
  for (const text of ["1", "2"]) {
    repository.write("note.md", text);
    repository.must("add", "note.md");
    const { env, calls } = recordedGit(repository);
    const { status } = repository.run("git", ["commit", "-q", "-m", text], {
      // With the author and moment of HEAD it could be amending it.
      env: { GIT_EXEC_PATH: env.GIT_EXEC_PATH, GIT_AUTHOR_DATE: `@${text} +0000` },
    });
    t.is(status, 0);
    const [first = "", second = "", ...others] = calls();
    t.regex(first, / \.git\/flux-sops\/seen-\d+$/);
    t.is(first.replace(/ \S+$/, ""), DIFF_INDEX);
    t.is(second, "cat-file --batch --buffer .git/index");
    t.deepEqual(
      others.filter((call) => !call.startsWith("maintenance")),
      [],
    );
    const head = repository.must("rev-parse", "HEAD~1").trim();
    t.deepEqual(readdirSync(join(repository.dir, ".git/flux-sops")), [`judged-${head}`]);
  }
});

const NUMBER = "4711";

interface Told {
  /** What git has printed by the time node reads it, given what it prints. */
  readonly answer: (whole: string) => string;
  /** Which second name there is; default: that of the index as it is. */
  readonly name?: string;
  readonly number?: string;
  /** What else happens to the index. */
  readonly meanwhile?: (index: string) => void;
  readonly isTaken: boolean;
}

const ANSWERS: Readonly<Record<string, Told>> = {
  "a whole answer is taken": { answer: (whole) => `${whole}whole\0`, isTaken: true },
  "nothing, as git has failed": { answer: () => "", isTaken: false },
  "an answer that is cut short": { answer: (whole) => whole, isTaken: false },
  "an answer that is cut short within a path": {
    answer: (whole) => whole.slice(0, -3),
    isTaken: false,
  },
  "an answer that is cut short behind a path that is called whole": {
    answer: (whole) => `${whole.slice(0, whole.indexOf("\0"))}\0whole\0`,
    isTaken: false,
  },
  "an answer about another index": {
    answer: () => "whole\0",
    name: ".git/other-index",
    isTaken: false,
  },
  "an answer about an index that was written into since": {
    answer: () => "whole\0",
    meanwhile: (index) => {
      writeFileSync(index, readFileSync(index));
    },
    isTaken: false,
  },
  "an answer about an index behind a symbolic link": {
    answer: () => "whole\0",
    name: ".git/link",
    isTaken: false,
  },
  "an answer about an index that is gone": { answer: () => "whole\0", name: "", isTaken: false },
  "an answer about something outside of the folder": {
    answer: () => "whole\0",
    number: "../../index",
    isTaken: false,
  },
};

for (const [what, told] of Object.entries(ANSWERS)) {
  const { answer, name, number = NUMBER, meanwhile, isTaken } = told;
  test(`what git has said while node started: ${what}; a Secret is refused`, (t) => {
    const repository = scaffolded(t);
    repository.must("commit", "-q", "--allow-empty", "-m", "So that the folder is there");
    repository.run("cp", [".git/index", ".git/other-index"]);
    repository.write("web.yaml", PLAIN);
    repository.must("add", "web.yaml");
    const index = join(repository.dir, ".git/index");
    utimesSync(index, 1, 1);
    symlinkSync(index, join(repository.dir, ".git/link"));
    const second = join(repository.dir, `.git/flux-sops/seen-${NUMBER}`);
    if (name !== "") linkSync(join(repository.dir, name ?? ".git/index"), second);
    meanwhile?.(index);
    const { env, calls } = recordedGit(repository);
    const whole = repository.must(...DIFF_INDEX.split(" "));
    const hook = repository.run(
      process.execPath,
      [".flux-sops/flux-sops.cjs", "hook", "pre-commit", "--seen", number],
      { env: { ...env, GIT_INDEX_FILE: ".git/index" }, input: answer(whole) },
    );
    t.is(hook.status, 1, hook.stderr);
    t.regex(hook.stderr, /web\.yaml:\d+ {2}plaintext-secret/);
    t.is(
      calls().some((call) => call.startsWith(`${DIFF_INDEX} `)),
      !isTaken,
    );
    t.deepEqual(readdirSync(join(repository.dir, ".git/flux-sops")), []);
    t.is(repository.git("rev-parse", ":web.yaml").status, 0);
  });
}
