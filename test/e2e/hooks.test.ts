import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import {
  copied,
  scaffolded,
  secret,
  untilTheEnd,
  type Ended,
  type Scaffolded,
} from "./scaffolded.ts";

/**
 * Every way of making a commit in which git gives pre-commit no chance, or none that counts. A row
 * says how plaintext is brought in and how that ends; the test then pastes what was printed, pushes,
 * pastes again when the push is refused, and looks at every object that the remote got.
 */

const MARKER = "wombat-7731-quartz";
const DB = "clusters/homelab/secrets/db.sops.yaml";
const WEB = "clusters/homelab/apps/web/web.yaml";
const OTHER = "clusters/homelab/other.md";

/** Commits without any hook: what another machine, or another tool, may have made. */
function unguarded(repository: Scaffolded, ...args: string[]): void {
  repository.must("-c", "core.hooksPath=/dev/null", "commit", "-q", ...args);
}

/** What a branch brings: something to encrypt, something a person must move, a key to leave out. */
interface Carrier {
  readonly name: string;
  readonly path: string;
  readonly content: (repository: Scaffolded) => string;
}

const CARRIERS: Readonly<Record<"encryptable" | "misplaced" | "key", Carrier>> = {
  encryptable: { name: "a Secret a rule takes", path: DB, content: () => secret({ a: MARKER }) },
  misplaced: {
    name: "a Secret outside every rule",
    path: WEB,
    content: () => secret({ a: MARKER }, "web"),
  },
  key: {
    name: "an age key",
    path: "notes.txt",
    content: ({ run, home }) => run("cat", [".config/sops/age/keys.txt"], { cwd: home }).stdout,
  },
};

/** What was arranged, by its carrier: each is made once, and then copied. */
const arrangements = new Map<Carrier, Scaffolded>();

/** A remote, a branch `feature` with the carrier in its first commit of two, and `main` beside it. */
function arrange(t: ExecutionContext, carrier: Carrier): Scaffolded {
  const arranged = arrangements.get(carrier) ?? newArrangement(carrier);
  arrangements.set(carrier, arranged);
  return copied(t, arranged);
}

function newArrangement(carrier: Carrier): Scaffolded {
  const repository = scaffolded(untilTheEnd);
  repository.run("git", ["init", "-q", "--bare", "../remote.git"]);
  repository.must("remote", "add", "origin", "../remote.git");
  repository.must("push", "-q", "origin", "main");
  repository.must("switch", "-q", "-c", "feature");
  repository.write(carrier.path, carrier.content(repository));
  repository.must("add", "-f", carrier.path);
  unguarded(repository, "-m", "Bring it");
  repository.write(OTHER, "other\n");
  repository.must("add", OTHER);
  unguarded(repository, "-m", "Other");
  repository.must("switch", "-q", "main");
  repository.write("main.md", "main\n");
  repository.must("add", ".");
  repository.must("commit", "-q", "-m", "Main");
  return repository;
}

/** Something that must not leave the machine, in anything these revisions reach. */
function leaksFrom(repository: Scaffolded, revisions: readonly string[], cwd?: string): boolean {
  const { stdout } = repository.run(
    "sh",
    [
      "-c",
      `git rev-list --objects --no-object-names "$@" | git cat-file --batch --buffer`,
      "sh",
      ...revisions,
    ],
    cwd === undefined ? {} : { cwd },
  );
  if (stdout === "") throw new Error("nothing was read");
  return stdout.includes(MARKER) || /AGE-SECRET-KEY-1[0-9A-Z]{10}/.test(stdout);
}

function treeLeaks(repository: Scaffolded): boolean {
  return leaksFrom(repository, [`${repository.must("rev-parse", "HEAD^{tree}").trim()}`]);
}

/** The commands that were printed, in order. */
function commands({ stderr }: Ended): string[] {
  return [...stderr.matchAll(/^ {6}(\S.*)$/gm)].map(([, command = ""]) => command);
}

/** Pushes the branch, mends it as told where that is refused, and looks at what the remote got. */
function pushMended(t: ExecutionContext, repository: Scaffolded, branch = "main"): void {
  const wasLeaking = leaksFrom(repository, [branch]);
  let push = repository.git("push", "origin", branch);
  t.is(push.status !== 0, wasLeaking, push.stderr);
  if (push.status !== 0) {
    t.notRegex(push.stderr, new RegExp(`${MARKER}|AGE-SECRET-KEY-1[0-9A-Z]{10}`));
    t.regex(push.stderr, /push refused, nothing was sent/);
    const pasted = repository.paste(commands(push));
    t.is(pasted.status, 0, `${push.stderr}\n---\n${pasted.stderr}`);
    push = repository.git("push", "origin", branch);
    t.is(push.status, 0, push.stderr);
  }
  t.false(leaksFrom(repository, ["--all"], join(repository.dir, "../remote.git")));
  t.is(
    repository.must("rev-parse", branch),
    repository.run("git", ["rev-parse", branch], { cwd: join(repository.dir, "../remote.git") })
      .stdout,
  );
}

interface Row {
  readonly form: string;
  readonly run: (repository: Scaffolded, path: string) => Ended;
  /** How it ends. `refused`: the hook's own words, and the plaintext is in no commit. */
  readonly ends: "refused" | "encrypted" | "warned" | "unseen";
  readonly carriers?: readonly (keyof typeof CARRIERS)[];
  /** Where the user stands, and pastes what is printed. Default: at the top. */
  readonly from?: string;
  /** The branch that it is about. */
  readonly branch?: string;
  /** After a refusal and its mend: nothing is going on any more, nothing is left over. */
  readonly subjects?: readonly string[];
  /** The body of the last commit's message then. */
  readonly body?: string;
}

const ALL = ["encryptable", "misplaced", "key"] as const;
const ONLY_ENCRYPTABLE = ["encryptable"] as const;

/** main gets a change of its own at the path, so that taking over feature's conflicts. */
function conflicting(repository: Scaffolded, path: string): void {
  repository.write(path, "# main's own\n");
  repository.must("add", path);
  unguarded(repository, "-m", "Main's own");
}

/** Takes the other side of a conflict, as `git checkout --theirs` does, and stages it. */
function takeTheirs(repository: Scaffolded, path: string): void {
  repository.write(path, repository.must("show", `feature:${path}`));
  repository.must("add", path);
}

/** In a rebase of main's last commit, before it or behind it, with the plaintext staged. */
function stoppedAtMain(repository: Scaffolded, how: "break" | "edit", path: string): void {
  const script = how === "break" ? "sed -i.bak '1{h;s/.*/break/;G;}'" : "sed -i.bak 1s/pick/edit/";
  repository.run("git", ["rebase", "-i", "HEAD~1"], { env: editor(script) });
  repository.write(path, repository.must("show", `feature:${path}`));
  repository.must("add", path);
}

const editor = (script: string) => ({ GIT_SEQUENCE_EDITOR: script });

const ROWS: readonly Row[] = [
  {
    form: "merge, clean",
    run: ({ git }) => git("merge", "--no-ff", "-m", "Merge", "feature"),
    ends: "refused",
    carriers: ALL,
    subjects: ["Merge"],
  },
  {
    form: "merge --no-verify",
    run: ({ git }) => git("merge", "--no-ff", "--no-verify", "-m", "Merge", "feature"),
    ends: "refused",
    subjects: ["Merge"],
  },
  {
    form: "merge from a subfolder",
    run: ({ run, dir }) =>
      run("git", ["merge", "--no-ff", "-m", "Merge", "feature"], { cwd: join(dir, "clusters") }),
    ends: "refused",
    carriers: ALL,
    from: "clusters",
  },
  {
    form: "merge --no-commit, commit",
    run: (repository) => {
      repository.git("merge", "--no-ff", "--no-commit", "feature");
      return repository.git("commit", "-m", "Merge");
    },
    ends: "encrypted",
    subjects: ["Merge"],
  },
  {
    form: "merge --no-commit, commit -n",
    run: (repository) => {
      repository.git("merge", "--no-ff", "--no-commit", "feature");
      return repository.git("commit", "-n", "-m", "Merge");
    },
    ends: "refused",
  },
  {
    form: "merge with a conflict, commit",
    run: (repository, path) => {
      conflicting(repository, path);
      repository.git("merge", "feature");
      takeTheirs(repository, path);
      return repository.git("commit", "-m", "Merge");
    },
    ends: "encrypted",
    subjects: ["Merge"],
  },
  {
    form: "merge with a conflict, merge --continue",
    run: (repository, path) => {
      conflicting(repository, path);
      repository.git("merge", "feature");
      takeTheirs(repository, path);
      return repository.git("merge", "--continue");
    },
    ends: "encrypted",
  },
  {
    form: "merge --squash, commit",
    run: (repository) => {
      repository.must("merge", "--squash", "feature");
      return repository.git("commit", "-m", "Squash");
    },
    ends: "encrypted",
    subjects: ["Squash"],
  },
  {
    form: "merge --squash, commit -n",
    run: (repository) => {
      repository.must("merge", "--squash", "feature");
      return repository.git("commit", "-n", "-m", "Squash");
    },
    ends: "refused",
  },
  {
    form: "merge, fast-forward",
    run: (repository) => {
      repository.must("reset", "-q", "--hard", "origin/main");
      return repository.git("merge", "--ff-only", "feature");
    },
    ends: "unseen",
    carriers: ALL,
  },
  {
    form: "cherry-pick, clean",
    run: ({ git }) => git("cherry-pick", "feature~1"),
    ends: "refused",
    carriers: ALL,
    subjects: ["Bring it"],
  },
  {
    form: "cherry-pick -x -e",
    run: ({ git }) => git("cherry-pick", "-x", "-e", "feature~1"),
    ends: "refused",
  },
  {
    form: "cherry-pick of two",
    run: ({ git }) => git("cherry-pick", "feature~1", "feature"),
    ends: "refused",
    subjects: ["Other", "Bring it"],
  },
  {
    form: "cherry-pick of two, the last one refused",
    run: ({ git }) => git("cherry-pick", "feature", "feature~1"),
    ends: "refused",
    subjects: ["Bring it", "Other"],
  },
  {
    form: "cherry-pick with a conflict, --continue",
    run: (repository, path) => {
      conflicting(repository, path);
      repository.git("cherry-pick", "feature~1");
      takeTheirs(repository, path);
      return repository.git("cherry-pick", "--continue");
    },
    ends: "encrypted",
    subjects: ["Bring it"],
  },
  {
    form: "cherry-pick with a conflict, commit -n",
    run: (repository, path) => {
      conflicting(repository, path);
      repository.git("cherry-pick", "feature~1");
      takeTheirs(repository, path);
      return repository.git("commit", "-n", "--no-edit");
    },
    ends: "refused",
    subjects: ["Bring it"],
  },
  {
    form: "cherry-pick -n, commit",
    run: (repository) => {
      repository.must("cherry-pick", "-n", "feature~1");
      return repository.git("commit", "-m", "Picked");
    },
    ends: "encrypted",
    subjects: ["Picked"],
  },
  {
    form: "cherry-pick -n, commit -n",
    run: (repository) => {
      repository.must("cherry-pick", "-n", "feature~1");
      return repository.git("commit", "-n", "-m", "Picked");
    },
    ends: "refused",
  },
  {
    form: "commit aborted after pre-commit, then cherry-pick",
    run: (repository) => {
      repository.write("note.md", "note\n");
      repository.must("add", "note.md");
      const aborted = repository.run("git", ["commit"], { env: { GIT_EDITOR: "false" } });
      if (aborted.status === 0) throw new Error("it should have been aborted");
      repository.must("rm", "-q", "-f", "note.md");
      return repository.git("cherry-pick", "feature~1");
    },
    ends: "refused",
  },
  {
    form: "revert of a removal",
    run: (repository, path) => {
      removed(repository, path);
      return repository.git("revert", "--no-edit", "HEAD");
    },
    ends: "refused",
    branch: "feature",
    subjects: ['Revert "Remove"'],
  },
  {
    form: "revert -e",
    run: (repository, path) => {
      removed(repository, path);
      return repository.git("revert", "-e", "HEAD");
    },
    ends: "refused",
    branch: "feature",
    subjects: ['Revert "Remove"'],
  },
  {
    form: "revert of two",
    run: (repository, path) => {
      removed(repository, path);
      return repository.git("revert", "--no-edit", "HEAD", "HEAD~1");
    },
    ends: "refused",
    branch: "feature",
    subjects: ['Revert "Other"', 'Revert "Remove"'],
  },
  {
    form: "rebase",
    run: ({ git }) => git("rebase", "main", "feature"),
    ends: "refused",
    branch: "feature",
    carriers: ALL,
    subjects: ["Other", "Bring it"],
  },
  // What users set that changes how git shows its list, or what it takes for one.
  ...["rebase.missingCommitsCheck=error", "core.abbrev=4", "rebase.abbreviateCommands=true"].map(
    (setting): Row => ({
      form: `rebase with ${setting}`,
      run: ({ must, git }) => {
        must("config", ...setting.split("="));
        return git("rebase", "main", "feature");
      },
      ends: "refused",
      branch: "feature",
      subjects: ["Other", "Bring it"],
    }),
  ),
  {
    form: "rebase from a subfolder",
    run: ({ run, must, dir }) => {
      must("switch", "-q", "feature");
      return run("git", ["rebase", "main"], { cwd: join(dir, "clusters") });
    },
    ends: "refused",
    branch: "feature",
    carriers: ALL,
    from: "clusters",
  },
  {
    form: "rebase --apply from a subfolder",
    run: ({ run, must, dir }) => {
      must("switch", "-q", "feature");
      return run("git", ["rebase", "--apply", "main"], { cwd: join(dir, "clusters") });
    },
    ends: "refused",
    branch: "feature",
    carriers: ALL,
    from: "clusters",
  },
  {
    form: "rebase with a conflict, --continue from a subfolder",
    run: (repository, path) => {
      conflicting(repository, path);
      repository.git("rebase", "main", "feature");
      repository.must("checkout", "--theirs", path);
      repository.must("add", path);
      return repository.run("git", ["rebase", "--continue"], {
        cwd: join(repository.dir, "clusters"),
      });
    },
    ends: "refused",
    branch: "feature",
    carriers: ["misplaced"],
    from: "clusters",
  },
  {
    form: "cherry-pick with a conflict, --continue from a subfolder",
    run: (repository, path) => {
      if (repository.git("rev-parse", "--verify", "-q", "CHERRY_PICK_HEAD").status !== 0) {
        conflicting(repository, path);
        repository.git("cherry-pick", "feature~1");
        takeTheirs(repository, path);
      }
      return repository.run("git", ["cherry-pick", "--continue"], {
        cwd: join(repository.dir, "clusters"),
      });
    },
    ends: "refused",
    carriers: ["misplaced"],
    from: "clusters",
  },
  {
    form: "rebase whose last commit is refused",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      repository.must("reset", "-q", "--hard", "feature~1");
      return repository.git("rebase", "main");
    },
    ends: "refused",
    branch: "feature",
    subjects: ["Bring it", "Main"],
  },
  {
    // git before 2.43 then writes the fixup into its list of what is done once more, as the last one.
    // Later ones refuse --continue themselves.
    form: "rebase -i, refused after a fixup, then --continue",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      repository.write("note.md", "note\n");
      repository.must("add", "note.md");
      unguarded(repository, "-m", "Note");
      const refused = repository.run("git", ["rebase", "-i", "origin/main"], {
        env: editor("sed -i.bak '1{h;d;};3{s/pick/fixup/;G;}'"),
      });
      const continued = repository.git("rebase", "--continue");
      return continued.stderr.startsWith("flux-sops:") ? continued : refused;
    },
    ends: "refused",
    branch: "feature",
    subjects: ["Bring it", "Other"],
  },
  {
    form: "rebase with a conflict, --continue",
    run: (repository, path) => {
      conflicting(repository, path);
      repository.git("rebase", "main", "feature");
      repository.must("checkout", "--theirs", path);
      repository.must("add", path);
      return repository.git("rebase", "--continue");
    },
    ends: "refused",
    branch: "feature",
    subjects: ["Other", "Bring it", "Main's own"],
  },
  {
    form: "rebase -i, reword",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      const reword = repository.run("git", ["rebase", "-i", "origin/main"], {
        env: editor("sed -i.bak '1s/pick/reword/'"),
      });
      // git stops at the next commit: it does not look at the index again after `git commit`.
      const next = /would be overwritten: (git rebase --continue)\n/.exec(reword.stderr)?.[1] ?? "";
      return repository.paste([next]);
    },
    ends: "encrypted",
    branch: "feature",
    subjects: ["Other", "Bring it"],
  },
  {
    form: "rebase -i, edit, commit --amend",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      repository.run("git", ["rebase", "-i", "origin/main"], {
        env: editor("sed -i.bak '1s/pick/edit/'"),
      });
      const amend = repository.git("commit", "--amend", "--no-edit");
      repository.must("rebase", "--continue");
      return amend;
    },
    ends: "encrypted",
    branch: "feature",
    subjects: ["Other", "Bring it"],
  },
  {
    form: "rebase -i, edit, add, rebase --continue",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      repository.run("git", ["rebase", "-i", "origin/main"], {
        env: editor("sed -i.bak '1s/pick/edit/'"),
      });
      repository.write("more.md", "more\n");
      repository.must("add", "more.md");
      return repository.git("rebase", "--continue");
    },
    ends: "refused",
    branch: "feature",
    subjects: ["Other", "Bring it"],
  },
  {
    form: "rebase -i, break, commit -n",
    run: (repository, path) => {
      stoppedAtMain(repository, "break", path);
      return repository.git("commit", "-n", "-m", "One's own");
    },
    ends: "refused",
    subjects: ["Main", "One's own"],
  },
  {
    form: "rebase -i, edit, commit -n of a commit of one's own",
    run: (repository, path) => {
      stoppedAtMain(repository, "edit", path);
      return repository.git("commit", "-n", "-m", "One's own");
    },
    ends: "refused",
    subjects: ["One's own", "Main"],
  },
  {
    form: "rebase -i, edit, commit --amend -n with another message",
    run: (repository, path) => {
      stoppedAtMain(repository, "edit", path);
      return repository.git("commit", "--amend", "-n", "-m", "Amended");
    },
    ends: "refused",
    subjects: ["Main", "Scaffold the Flux repository of cluster homelab"],
  },
  {
    form: "rebase -i, fixup onto the plaintext",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      return repository.run("git", ["rebase", "-i", "origin/main"], {
        env: editor("sed -i.bak '2s/pick/fixup/'"),
      });
    },
    ends: "refused",
    branch: "feature",
    subjects: ["Bring it"],
  },
  {
    // As `commit --fixup=amend:` and `--fixup=reword:` have it: the message is that of the fixup.
    form: "rebase -i, fixup -C onto the plaintext",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      return repository.run("git", ["rebase", "-i", "origin/main"], {
        env: editor("sed -i.bak '2s/pick/fixup -C/'"),
      });
    },
    ends: "refused",
    branch: "feature",
    subjects: ["Other"],
  },
  {
    // git has in mind the message of a fixup that was refused, for the next one that it comes to.
    form: "rebase -i, fixup onto the plaintext, and another one later",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      for (const name of ["Note", "Noted"]) {
        repository.write(`${name}.md`, "note\n");
        repository.must("add", `${name}.md`);
        unguarded(repository, "-m", name);
      }
      return repository.run("git", ["rebase", "-i", "origin/main"], {
        env: editor("sed -i.bak '2s/pick/fixup/;4s/pick/fixup/'"),
      });
    },
    ends: "refused",
    branch: "feature",
    subjects: ["Note", "Bring it"],
  },
  {
    form: "rebase -i, squash onto the plaintext",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      return repository.run("git", ["rebase", "-i", "origin/main"], {
        env: editor("sed -i.bak '2s/pick/squash/'"),
      });
    },
    ends: "refused",
    branch: "feature",
    subjects: ["Bring it"],
    body: "Other",
  },
  {
    form: "rebase --apply",
    run: ({ git }) => git("rebase", "--apply", "main", "feature"),
    ends: "refused",
    branch: "feature",
    subjects: ["Other", "Bring it"],
  },
  {
    form: "am",
    run: (repository) => {
      repository.must("format-patch", "-q", "-2", "feature", "-o", "../patches");
      return repository.paste(["git am ../patches/*.patch"]);
    },
    ends: "refused",
    carriers: ["encryptable", "misplaced"],
    subjects: ["Other", "Bring it"],
  },
  {
    form: "am from a subfolder",
    run: (repository) => {
      repository.must("format-patch", "-q", "-2", "feature", "-o", "../patches");
      return repository.paste(["git am ../../patches/*.patch"], join(repository.dir, "clusters"));
    },
    ends: "refused",
    carriers: ["encryptable", "misplaced"],
    from: "clusters",
  },
  ...[
    ["--no-edit"],
    ["-m", "Amended"],
    ["--no-edit", "--reset-author"],
    ["-m", "Amended", "--reset-author"],
    ["--no-edit", "--date=now"],
    ["-m", "Amended", "--allow-empty"],
  ].map((args): Row => ({
    form: `commit --amend ${args.join(" ")} with nothing staged`,
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      repository.must("reset", "-q", "--hard", "HEAD~1");
      return repository.git("commit", "--amend", ...args);
    },
    ends: "encrypted",
    branch: "feature",
  })),
  {
    form: "commit --amend --no-edit with something else staged",
    run: (repository) => {
      repository.must("switch", "-q", "feature");
      repository.must("reset", "-q", "--hard", "HEAD~1");
      repository.write("more.md", "more\n");
      repository.must("add", "more.md");
      return repository.git("commit", "--amend", "--no-edit");
    },
    ends: "encrypted",
    branch: "feature",
  },
  {
    form: "commit --amend --reset-author --no-edit with something else staged",
    run: (repository) => {
      amendable(repository);
      return repository.git("commit", "--amend", "--reset-author", "--no-edit");
    },
    ends: "refused",
    branch: "feature",
    carriers: ["encryptable", "misplaced"],
    subjects: ["Bring it"],
  },
  {
    form: "commit --amend --reset-author -m with something else staged",
    run: (repository) => {
      amendable(repository);
      return repository.git("commit", "--amend", "--reset-author", "-m", "Amended");
    },
    ends: "warned",
    branch: "feature",
    subjects: ["Amended"],
  },
  {
    form: "commit --amend -n",
    run: (repository) => {
      amendable(repository);
      return repository.git("commit", "--amend", "-n", "--no-edit");
    },
    ends: "warned",
    branch: "feature",
  },
  {
    form: "commit --amend -- path",
    run: (repository) => {
      amendable(repository);
      return repository.git("commit", "--amend", "--no-edit", "--", "more.md");
    },
    ends: "encrypted",
    branch: "feature",
  },
  {
    form: "commit --amend of what only a person can mend",
    run: (repository) => {
      if (!existsSync(join(repository.dir, "more.md"))) amendable(repository);
      return repository.git("commit", "--amend", "--no-edit");
    },
    ends: "refused",
    branch: "feature",
    carriers: ["misplaced", "key"],
  },
  {
    form: "commit -n",
    run: (repository, path) => {
      repository.write(path, repository.must("show", `feature:${path}`));
      repository.must("add", "-f", path);
      return repository.git("commit", "-n", "-m", "Unchecked");
    },
    ends: "warned",
    carriers: ALL,
    subjects: ["Unchecked"],
  },
  {
    form: "commit aborted after pre-commit, then other content and commit -n",
    run: (repository, path) => {
      repository.write("note.md", "note\n");
      repository.must("add", "note.md");
      repository.run("git", ["commit"], { env: { GIT_EDITOR: "false" } });
      repository.write(path, repository.must("show", `feature:${path}`));
      repository.must("add", "-f", path);
      return repository.git("commit", "-n", "-m", "Unchecked");
    },
    ends: "warned",
    subjects: ["Unchecked"],
  },
  {
    form: "commit aborted after pre-commit, then HEAD moved and commit -n",
    run: (repository) => {
      amendable(repository);
      repository.run("git", ["commit"], { env: { GIT_EDITOR: "false" } });
      repository.must("reset", "-q", "--soft", "HEAD~1");
      return repository.git("commit", "-n", "-m", "Unchecked");
    },
    ends: "warned",
    branch: "feature",
    subjects: ["Unchecked"],
  },
];

function removed(repository: Scaffolded, path: string): void {
  repository.must("switch", "-q", "feature");
  repository.must("rm", "-q", path);
  unguarded(repository, "-m", "Remove");
}

/** On feature's first commit, with something else staged, a second later than it was made. */
function amendable(repository: Scaffolded): void {
  repository.must("switch", "-q", "feature");
  repository.must("reset", "-q", "--hard", "HEAD~1");
  unguarded(repository, "--amend", "--no-edit", "--date=2020-01-01T00:00:00Z");
  repository.write("more.md", "more\n");
  repository.must("add", "more.md");
}

for (const { form, run, ends, branch = "main", subjects = [], ...row } of ROWS) {
  for (const name of row.carriers ?? ONLY_ENCRYPTABLE) {
    const carrier = CARRIERS[name];
    test(`${form}: ${ends} (${carrier.name})`, (t) => {
      const repository = arrange(t, carrier);
      const ended = run(repository, carrier.path);
      t.notRegex(ended.stderr, new RegExp(`${MARKER}|AGE-SECRET-KEY-1[0-9A-Z]{10}`));
      if (ends === "refused") {
        t.not(ended.status, 0, ended.stderr);
        t.regex(ended.stderr, /^flux-sops: .* (stopped before it commits [^ ]+:$|refused)/m);
        if (branch === "main") t.false(treeLeaks(repository));
        const pasted = repository.paste(commands(ended), join(repository.dir, row.from ?? "."));
        t.is(pasted.status, 0, `${ended.stderr}\n---\n${pasted.stdout}${pasted.stderr}`);
        if (/then commit again/.test(ended.stderr)) {
          t.is(run(repository, carrier.path).status, 0);
        }
      } else {
        t.is(ended.status, 0, ended.stderr);
        if (ends === "warned") {
          t.regex(
            ended.stderr,
            /warning: this commit holds what the pre-commit hook encrypts or refuses/,
          );
          if (name === "encryptable" && form === "commit -n") {
            t.true(treeLeaks(repository));
          }
        }
      }
      if (ends !== "warned" && ends !== "unseen") {
        t.false(treeLeaks(repository), ended.stderr);
        t.deepEqual(
          repository
            .must("log", "--format=%s", `-${String(subjects.length)}`)
            .trim()
            .split("\n"),
          subjects.length === 0 ? [""] : [...subjects],
        );
        if (row.body !== undefined)
          t.is(repository.must("log", "-1", "--format=%b").trim(), row.body);
        t.false(repository.must("diff", "HEAD").includes(MARKER));
        for (const left of ["MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge", "rebase-apply"]) {
          t.false(existsSync(join(repository.dir, ".git", left)), left);
        }
        if (name === "encryptable") {
          t.is(repository.must("status", "--porcelain"), "");
          const decrypted = repository.tool("decrypt", carrier.path);
          if (!form.includes("of two")) t.is(decrypted.stdout, carrier.content(repository));
        }
      }
      pushMended(t, repository, branch);
    });
  }
}

test("what another hook stages after pre-commit, as lefthook's stage_fixed does, is refused", (t) => {
  const repository = scaffolded(t);
  const gate = repository.read(".husky/pre-commit");
  const format = `grep -q formatted ${DB} || echo '# formatted' >>${DB}\n`;
  repository.write(".husky/pre-commit", `${format}${gate}git add ${DB}\n`);
  repository.write(DB, secret({ a: MARKER }));
  repository.must("add", ".");
  const commit = repository.git("commit", "-m", "Secret");
  t.not(commit.status, 0, commit.stderr);
  t.regex(commit.stderr, /plaintext-secret\n.*staged anew by another hook/);
  t.deepEqual(commands(commit), ["git commit"]);
  const again = repository.git("commit", "-m", "Secret");
  t.is(again.status, 0, again.stderr);
  t.false(treeLeaks(repository));
  t.is(repository.must("status", "--porcelain"), "");
  t.is(repository.tool("decrypt", DB).stdout, `${secret({ a: MARKER })}# formatted\n`);
});

test("plaintext in the place of what an aborted commit passed is refused by commit -n once, then it is one's own wish", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: MARKER }));
  repository.must("add", ".");
  t.not(repository.run("git", ["commit"], { env: { GIT_EDITOR: "false" } }).status, 0);
  repository.write(DB, secret({ a: `${MARKER}-again` }));
  repository.must("add", ".");
  const commits = [1, 2].map(() => repository.git("commit", "-n", "-m", "Unchecked"));
  t.deepEqual(
    commits.map(({ status, stderr }) => [status, /staged anew by another hook/.test(stderr)]),
    [
      [1, true],
      [0, false],
    ],
  );
});

test("what follows the gate in pre-commit runs, also where the end of a pipe is the shell itself, as in ksh", (t) => {
  const repository = scaffolded(t);
  repository.write("../bin/sh", '#!/bin/sh\nexec bash --posix -O lastpipe "$@"\n');
  chmodSync(join(repository.dir, "../bin/sh"), 0o755);
  repository.write(".husky/pre-commit", `${repository.read(".husky/pre-commit")}echo followed\n`);
  const PATH = `${join(repository.dir, "../bin")}:${process.env["PATH"] ?? ""}`;
  const commit = repository.run("git", ["commit", "-qm", "Empty", "--allow-empty"], {
    env: { PATH },
  });
  t.is(commit.status, 0, commit.stderr);
  t.is(commit.stderr, "followed\n");
});

test("what follows the gate in a hook runs, also where the gate has nothing to do, or to say", (t) => {
  const repository = scaffolded(t);
  const { must, read, write, dir } = repository;
  const log = join(dir, "../followed");
  const hooks = ["post-checkout", "post-rewrite", "pre-applypatch", "pre-merge-commit", "pre-push"];
  for (const name of [...hooks, "prepare-commit-msg"]) {
    write(`.husky/${name}`, `${read(`.husky/${name}`)}echo ${name} >>../followed\n`);
  }
  write(".husky/pre-push", `${read(".husky/pre-push")}cat >>../followed\n`);
  const after = (...args: string[]): string[] => {
    writeFileSync(log, "");
    must(...args);
    return readFileSync(log, "utf8").trim().split(/\s+/);
  };
  t.deepEqual(after("commit", "-qam", "Hooks"), ["prepare-commit-msg"]);
  t.deepEqual(after("commit", "-qnm", "Unchecked", "--allow-empty"), ["prepare-commit-msg"]);
  t.deepEqual(after("commit", "-q", "--amend", "--allow-empty", "--no-edit"), [
    "prepare-commit-msg",
    "post-rewrite",
  ]);
  t.deepEqual(after("switch", "-qc", "other"), ["post-checkout"]);
  write("note.md", "note\n");
  must("add", ".");
  must("commit", "-qm", "Note");
  must("format-patch", "-q", "-1", "-o", "..");
  must("switch", "-q", "main");
  must("commit", "-qm", "Main", "--allow-empty");
  t.deepEqual(after("merge", "-q", "--no-edit", "other"), [
    "pre-merge-commit",
    "prepare-commit-msg",
  ]);
  must("reset", "-q", "--hard", "HEAD~1");
  t.deepEqual(after("am", "-q", "../0001-Note.patch"), ["pre-applypatch"]);
  repository.run("git", ["init", "-q", "--bare", "../remote.git"]);
  const head = must("rev-parse", "HEAD").trim();
  const told = ["refs/heads/main", head, "refs/heads/main", "0".repeat(40)];
  t.deepEqual(after("push", "-q", "../remote.git", "main"), ["pre-push", ...told]);
  t.deepEqual(after("push", "-q", "../remote.git", "main"), ["pre-push"]);
});

test("what a warning of commit -n prints mends the commit", (t) => {
  for (const carrier of Object.values(CARRIERS)) {
    const repository = scaffolded(t);
    repository.write(carrier.path, carrier.content(repository));
    repository.write("note.md", "note\n");
    repository.must("add", "-f", carrier.path, "note.md");
    const commit = repository.git("commit", "-n", "-m", "Unchecked");
    t.is(commit.status, 0);
    t.true(leaksFrom(repository, ["HEAD"]));
    const pasted = repository.paste(commands(commit));
    t.is(pasted.status, 0, `${commit.stderr}\n---\n${pasted.stderr}`);
    t.false(leaksFrom(repository, ["HEAD"]), carrier.name);
  }
});

for (const { form, flags, after } of [
  { form: "amended", flags: ["--amend", "--no-edit"] },
  { form: "amended with a message", flags: ["--amend", "-m", "Amended"] },
  { form: "made with the message of the last one", flags: ["-C", "HEAD"] },
  {
    form: "amended after an amend that came to nothing",
    flags: ["--amend", "--no-edit"],
    after: ["commit", "--amend"],
  },
  {
    form: "amended after an amend with -n that came to nothing",
    flags: ["--amend", "--no-edit"],
    after: ["commit", "-n", "--amend"],
  },
]) {
  test(`of plaintext in a commit with -n, ${form}, is told once, for where the user stands`, (t) => {
    const repository = scaffolded(t);
    if (after !== undefined) {
      repository.write("note.md", "note\n");
      repository.must("add", "note.md");
      t.not(repository.run("git", after, { env: { GIT_EDITOR: "false" } }).status, 0);
    }
    repository.write(WEB, secret({ a: MARKER }, "web"));
    repository.must("add", WEB);
    const cwd = join(repository.dir, "clusters");
    const commit = repository.run("git", ["commit", "-n", ...flags], { cwd });
    t.is(commit.status, 0);
    t.is(commit.stderr.match(/^flux-sops: warning/gm)?.length, 1, commit.stderr);
    const pasted = repository.paste(commands(commit), cwd);
    t.is(pasted.status, 0, pasted.stderr);
    t.false(treeLeaks(repository));
  });
}

test("a merge that mixes both sides of an encrypted file: what is printed drops neither", (t) => {
  const repository = scaffolded(t);
  const change = (a: string, b: string) => {
    repository.write(DB, secret({ a, m: "same", n: "same", o: "same", b }));
    repository.must("add", DB);
    repository.must("commit", "-q", "-m", "Change");
  };
  change("old", "old");
  repository.must("switch", "-q", "-c", "feature");
  change("theirs", "old");
  repository.must("switch", "-q", "-c", "ours", "main");
  change("old", "ours");
  const merge = repository.git("merge", "-q", "-X", "theirs", "feature");
  t.regex(merge.stderr, /the MAC does not match/);
  t.not(repository.paste(commands(merge)).status, 0);
  t.is(repository.git("rev-parse", "-q", "--verify", "MERGE_HEAD").status, 0);
  t.is(repository.tool("decrypt", "--in-place", "--ignore-mac", DB).status, 0);
  const pasted = repository.paste(commands(merge));
  t.is(pasted.status, 0, pasted.stderr);
  const { stdout } = repository.tool("decrypt", DB);
  t.is(stdout, secret({ a: "theirs", m: "same", n: "same", o: "same", b: "ours" }));
  t.is(repository.must("status", "--porcelain"), "");
});
