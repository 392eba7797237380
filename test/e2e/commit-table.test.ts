import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { keyPairsOf, plaintextOf } from "./plaintext-of.ts";
import { printedCommands, scaffolded, secret, type Ended, type Scaffolded } from "./scaffolded.ts";

/**
 * Forms of commit × states of the repository: what is in the commit, in the index and on disk
 * afterwards, what `git status` says, and how it ends. hooks.test.ts has the forms in which
 * pre-commit has no say.
 *
 * `E1` is the first text, encrypted; `P2` the second in plaintext; `-` no such file; anything else
 * the very content.
 */

const DB = "clusters/homelab/secrets/db.sops.yaml";
const TEXTS: Readonly<Record<string, string>> = {
  1: secret({ a: "hunter1", b: "same" }),
  2: secret({ a: "hunter2", b: "same" }),
  3: secret({ a: "hunter3", b: "same" }),
  // What tells a Secret is spelled with escapes.
  4: String.raw`{"apiVersion": "v1", "k\u0069nd": "Secr\u0065t",
 "metadata": {"name": "db"}, "string\u0044ata": {"a": "hunter4"}}
`,
  5: "kind: ConfigMap\ndata:\n  a: hunter5\n",
};
type TextName = 1 | 2 | 3 | 4 | 5;
const text = (name: TextName): string => TEXTS[name] ?? "";

const MISSPELT = text(1).replace("stringData", "stringdata");

type Prepare = (repository: Scaffolded) => void;

interface Row {
  readonly form: string;
  readonly state: string;
  /** What its repository has from before, the same for all rows that name it. */
  readonly start?: Prepare;
  readonly prepare?: Prepare;
  /** Arguments after `git commit`, or how it is run. */
  readonly commit: readonly string[] | ((repository: Scaffolded) => Ended);
  /** HEAD, index and disk. */
  readonly then: readonly [head: string, index: string, disk: string];
  /** Default: nothing. */
  readonly status?: string;
  /** Default: 0. */
  readonly exit?: number;
  /** Default: DB. One char per byte. */
  readonly path?: string;
  readonly unborn?: boolean;
  /** What else must hold; a text says what does not. */
  readonly also?: (repository: Scaffolded, ended: Ended) => string | null;
}

/** A step after another. */
const all =
  (...steps: readonly Prepare[]): Prepare =>
  (repository) => {
    for (const step of steps) step(repository);
  };
const disk =
  (content: TextName, path = DB): Prepare =>
  ({ write }) => {
    write(path, text(content));
  };
const stage =
  (content: TextName, path = DB): Prepare =>
  ({ write, must }) => {
    write(path, text(content));
    must("add", "-f", "--", path);
  };
/** HEAD, index and disk are E1. */
const committed: Prepare = all(stage(1), ({ must }) => {
  must("commit", "-q", "-m", "One");
});
/** HEAD and index have a symlink to x; on disk it is gone. */
const linked: Prepare = ({ dir, must, write }) => {
  write("clusters/homelab/secrets/x", "");
  symlinkSync("x", join(dir, DB));
  must("add", DB);
  must("commit", "-q", "-m", "Link");
  rmSync(join(dir, DB));
  rmSync(join(dir, "clusters/homelab/secrets/x"));
};
/** The commit is refused first, and then made once what was printed is done. */
const mendedAsPrinted = ({ git, paste }: Scaffolded): Ended => {
  const refused = git("commit", "-m", "x");
  if (refused.status === 0) throw new Error("it should have been refused");
  paste(printedCommands(refused.stderr, DB));
  return git("commit", "-m", "x");
};
const config =
  (name: string, value: string): Prepare =>
  ({ must }) => {
    must("config", name, value);
  };
const attributes =
  (line: string): Prepare =>
  ({ write, must }) => {
    write(".gitattributes", `${line}\n`);
    must("add", ".gitattributes");
    must("commit", "-q", "-m", "Attributes");
  };
const other: Prepare = ({ write, must }) => {
  write("other.txt", "other\n");
  must("add", "other.txt");
};
const raw = (name: string): Buffer => Buffer.from(name, "latin1");

/** A content that is staged without a file on disk, as plumbing does. */
function stageBlob({ run, must }: Scaffolded, path: string, content: string): void {
  const oid = run("git", ["hash-object", "-w", "--stdin"], { input: content }).stdout.trim();
  must("update-index", "--add", "--cacheinfo", `100644,${oid},${path}`);
}

/** Conflicts in DB between E1 changed here and there. */
const conflicted: Prepare = all(committed, (repository) => {
  const { must, git } = repository;
  must("switch", "-q", "-c", "side");
  all(disk(2))(repository);
  must("commit", "-qam", "Two");
  must("switch", "-q", "main");
  all(disk(3))(repository);
  must("commit", "-qam", "Three");
  git("merge", "side");
});

const abort =
  (...args: readonly string[]) =>
  ({ run }: Scaffolded): Ended =>
    run("git", ["commit", ...args], { env: { GIT_EDITOR: "false" } });
const answer =
  (answers: string, ...args: readonly string[]) =>
  ({ run, write }: Scaffolded): Ended => {
    write("../answers", answers);
    return run("sh", ["-c", 'exec git commit -m x "$@" <../answers', "sh", ...args]);
  };

const HOSTILE: Readonly<Record<string, string>> = {
  spaces: " lead and trail .sops.yaml",
  "a newline": "new\nline.sops.yaml",
  quotes: `'single' "double" \`tick\`.sops.yaml`,
  "a leading dash": "-rf.sops.yaml",
  "shell characters": "$(touch pwned);&|>.sops.yaml",
  globs: "*[a]?.sops.yaml",
  "pathspec magic": ":(top)x.sops.yaml",
  "no UTF-8": "latin1-\xe4\xff.sops.yaml",
  "250 bytes": `${"n".repeat(240)}.sops.yaml`,
  "a control character": "\x1b[31m.sops.yaml",
};

const ROWS: readonly Row[] = [
  // Forms.
  { form: "commit", state: "new", prepare: stage(1), commit: [], then: ["E1", "E1", "E1"] },
  {
    form: "commit",
    state: "unborn branch",
    prepare: stage(1),
    commit: [],
    then: ["E1", "E1", "E1"],
    unborn: true,
  },
  {
    form: "commit -- path",
    state: "unborn branch",
    prepare: stage(1),
    commit: ["--", "clusters"],
    // The rules are not in this commit: it would be one that nobody can check.
    exit: 1,
    then: ["-", "P1", "P1"],
    status: "*",
    unborn: true,
  },
  {
    form: "commit",
    state: "from a subfolder",
    prepare: stage(1),
    commit: ({ run, dir }) =>
      run("git", ["commit", "-m", "x"], { cwd: join(dir, "clusters/homelab") }),
    then: ["E1", "E1", "E1"],
  },
  {
    form: "commit",
    state: "staged ≠ disk",
    start: committed,
    prepare: all(stage(2), disk(3)),
    commit: [],
    then: ["E2", "E2", "P3"],
    status: ` M ${DB}\n`,
  },
  {
    form: "commit",
    state: "only on disk",
    start: committed,
    prepare: disk(2),
    commit: [],
    exit: 1,
    then: ["E1", "E1", "P2"],
    status: ` M ${DB}\n`,
  },
  {
    form: "commit -a",
    state: "only on disk",
    start: committed,
    prepare: disk(2),
    commit: ["-a"],
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit -a",
    state: "staged ≠ disk",
    start: committed,
    prepare: all(stage(2), disk(3)),
    commit: ["-a"],
    then: ["E3", "E3", "E3"],
  },
  {
    form: "commit -a",
    state: "not tracked",
    prepare: all(disk(1), other),
    commit: ["-a"],
    then: ["-", "-", "P1"],
    status: `?? ${DB}\n`,
  },
  {
    form: "commit -p, yes",
    state: "only on disk",
    start: committed,
    prepare: disk(2),
    commit: answer("a\n", "-p"),
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit -p, no",
    state: "only on disk",
    start: committed,
    prepare: disk(2),
    commit: answer("d\n", "-p"),
    exit: 1,
    then: ["E1", "E1", "P2"],
    status: ` M ${DB}\n`,
  },
  {
    form: "commit -i path",
    state: "staged ≠ disk, another staged",
    start: committed,
    prepare: all(stage(2), disk(3), other),
    commit: ["-i", "--", DB],
    then: ["E3", "E3", "E3"],
  },
  {
    form: "commit -- path",
    state: "staged ≠ disk, another staged",
    start: committed,
    prepare: all(stage(2), disk(3), other),
    commit: ["--", DB],
    then: ["E3", "E3", "E3"],
    status: "A  other.txt\n",
  },
  {
    form: "commit -o path",
    state: "only on disk",
    start: committed,
    prepare: disk(2),
    commit: ["-o", DB],
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit -- folder",
    state: "only on disk",
    start: committed,
    prepare: disk(2),
    commit: ["--", "clusters"],
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit -- another path",
    state: "staged",
    start: committed,
    prepare: all(stage(2), other),
    commit: ["--", "other.txt"],
    then: ["E1", "P2", "P2"],
    status: `M  ${DB}\n`,
  },
  {
    form: "commit --pathspec-from-file",
    state: "only on disk",
    start: committed,
    prepare: all(disk(2), ({ write }) => {
      write("../paths", `${DB}\n`);
    }),
    commit: ["--pathspec-from-file=../paths"],
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit --amend",
    state: "nothing staged",
    start: committed,
    commit: ["--amend"],
    then: ["E1", "E1", "E1"],
  },
  {
    form: "commit --amend",
    state: "staged",
    start: committed,
    prepare: stage(2),
    commit: ["--amend"],
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit --amend -a",
    state: "only on disk",
    start: committed,
    prepare: disk(2),
    commit: ["--amend", "-a"],
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit --amend -- path",
    state: "staged ≠ disk, another staged",
    start: committed,
    prepare: all(stage(2), disk(3), other),
    commit: ["--amend", "--", DB],
    then: ["E3", "E3", "E3"],
    status: "A  other.txt\n",
  },
  {
    form: "commit --fixup",
    state: "staged",
    start: committed,
    prepare: stage(2),
    commit: ({ git }) => git("commit", "--fixup=HEAD"),
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit --squash",
    state: "staged",
    start: committed,
    prepare: stage(2),
    commit: ["--squash=HEAD"],
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit -C HEAD",
    state: "staged",
    start: committed,
    prepare: stage(2),
    commit: ({ git }) => git("commit", "-C", "HEAD"),
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit --allow-empty",
    state: "nothing staged",
    start: committed,
    commit: ["--allow-empty"],
    then: ["E1", "E1", "E1"],
  },
  {
    form: "commit --dry-run",
    state: "staged",
    start: committed,
    prepare: stage(2),
    commit: ["--dry-run"],
    then: ["E1", "P2", "P2"],
    status: `M  ${DB}\n`,
  },
  {
    form: "commit, aborted in the editor",
    state: "staged",
    start: committed,
    prepare: stage(2),
    commit: abort(),
    exit: 1,
    then: ["E1", "E2", "E2"],
    status: `M  ${DB}\n`,
  },
  {
    form: "commit -a, aborted in the editor",
    state: "only on disk",
    start: committed,
    prepare: disk(2),
    commit: abort("-a"),
    exit: 1,
    then: ["E1", "E1", "E2"],
    status: ` M ${DB}\n`,
  },
  {
    form: "commit -- path, aborted in the editor",
    state: "staged ≠ disk",
    start: committed,
    prepare: all(stage(2), disk(3)),
    commit: abort("--", DB),
    exit: 1,
    then: ["E1", "P2", "E3"],
    status: `MM ${DB}\n`,
  },
  {
    form: "commit",
    state: "put back to what HEAD has",
    start: committed,
    prepare: all(stage(1), other),
    commit: [],
    then: ["E1", "E1", "E1"],
    also: ({ must }) =>
      must("show", "--name-only", "--format=", "HEAD") === "other.txt\n" ? null : "it changed",
  },

  // Index entries of every kind.
  {
    form: "commit",
    state: "intent to add",
    prepare: all(
      disk(1),
      ({ must }) => {
        must("add", "-N", DB);
      },
      other,
    ),
    commit: [],
    then: ["-", "", "P1"],
    status: ` A ${DB}\n`,
  },
  ...(["-a", "-- path"] as const).map((form): Row => ({
    form: `commit ${form}`,
    state: "intent to add",
    prepare: all(disk(1), ({ must }) => {
      must("add", "-N", DB);
    }),
    commit: form === "-a" ? ["-a"] : ["--", DB],
    then: ["E1", "E1", "E1"],
  })),
  {
    form: "commit",
    state: "renamed",
    start: committed,
    prepare: ({ must }) => {
      must("mv", DB, `${DB}.sops.yaml`);
    },
    commit: [],
    path: `${DB}.sops.yaml`,
    then: ["E1", "E1", "E1"],
    also: ({ must }) =>
      must("rev-parse", `HEAD~1:${DB}`) === must("rev-parse", `HEAD:${DB}.sops.yaml`)
        ? null
        : "another ciphertext",
  },
  {
    form: "commit",
    state: "renamed and edited",
    start: committed,
    prepare: all(
      ({ must }) => {
        must("mv", DB, `${DB}.sops.yaml`);
      },
      stage(2, `${DB}.sops.yaml`),
    ),
    commit: [],
    path: `${DB}.sops.yaml`,
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit",
    state: "a copy, diff.renames=copies",
    start: committed,
    prepare: all(config("diff.renames", "copies"), stage(1, `${DB}.sops.yaml`)),
    commit: [],
    path: `${DB}.sops.yaml`,
    then: ["E1", "E1", "E1"],
  },
  {
    form: "commit",
    state: "a symlink became a file",
    start: linked,
    prepare: stage(1),
    commit: [],
    then: ["E1", "E1", "E1"],
  },
  {
    form: "commit",
    state: "a file became a symlink",
    start: committed,
    prepare: ({ dir, must }) => {
      rmSync(join(dir, DB));
      symlinkSync("/etc/hostname", join(dir, DB));
      must("add", DB);
    },
    commit: [],
    then: ["/etc/hostname", "/etc/hostname", "*"],
    also: ({ must }) => (must("ls-files", "-s", DB).startsWith("120000 ") ? null : "no symlink"),
  },
  {
    form: "commit",
    state: "a file over a symlink, core.symlinks=false",
    start: linked,
    prepare: all(config("core.symlinks", "false"), stage(1)),
    commit: mendedAsPrinted,
    then: ["E1", "E1", "E1"],
    also: ({ must }) => (must("ls-tree", "HEAD", DB).startsWith("100644 ") ? null : "a symlink"),
  },
  {
    form: "commit",
    state: "a file that is no Secret over a symlink, core.symlinks=false",
    start: linked,
    prepare: all(config("core.symlinks", "false"), stage(5)),
    commit: [],
    exit: 1,
    then: ["x", "P5", "P5"],
    status: `M  ${DB}\n`,
  },
  {
    form: "commit --amend",
    state: "a file that is no Secret over a symlink, core.symlinks=false",
    start: linked,
    prepare: all(config("core.symlinks", "false"), stage(5)),
    commit: ["--amend", "--no-edit"],
    exit: 1,
    then: ["x", "P5", "P5"],
    status: `M  ${DB}\n`,
  },
  {
    form: "commit",
    state: "a symlink that leads to a key",
    prepare: ({ dir, must, run }) => {
      const key = run("grep", ["-o", "AGE-SECRET-KEY-1.*", "../home/.config/sops/age/keys.txt"]);
      mkdirSync(join(dir, "clusters/homelab/secrets"), { recursive: true });
      symlinkSync(key.stdout.trim(), join(dir, DB));
      must("add", DB);
    },
    commit: [],
    exit: 1,
    then: ["-", "*", "*"],
    status: `A  ${DB}\n`,
    also: ({ tool }) =>
      tool("check").stdout.includes("db.sops.yaml:1  age-key") ? null : "unseen",
  },
  {
    form: "commit",
    state: "only the mode",
    start: committed,
    prepare: all(
      ({ must }) => {
        must("update-index", "--chmod=+x", DB);
      },
      config("core.fileMode", "false"),
    ),
    commit: [],
    then: ["E1", "E1", "E1"],
    also: ({ must }) => (must("ls-tree", "HEAD", DB).startsWith("100755 ") ? null : "mode lost"),
  },
  {
    form: "commit",
    state: "the mode and the content",
    start: committed,
    prepare: all(
      stage(2),
      ({ must }) => {
        must("update-index", "--chmod=+x", DB);
      },
      config("core.fileMode", "false"),
    ),
    commit: [],
    then: ["E2", "E2", "E2"],
    also: ({ must }) => (must("ls-tree", "HEAD", DB).startsWith("100755 ") ? null : "mode lost"),
  },
  {
    form: "commit",
    state: "deleted",
    start: committed,
    prepare: ({ must }) => {
      must("rm", "-q", DB);
    },
    commit: [],
    then: ["-", "-", "-"],
  },
  {
    form: "commit",
    state: "deleted from the index, in plaintext on disk",
    start: committed,
    prepare: all(disk(2), ({ must }) => {
      must("rm", "-q", "-f", "--cached", DB);
    }),
    commit: [],
    then: ["-", "-", "P2"],
    status: `?? ${DB}\n`,
  },
  {
    form: "commit",
    state: "staged, then deleted on disk",
    start: committed,
    prepare: all(stage(2), ({ dir }) => {
      rmSync(join(dir, DB));
    }),
    commit: [],
    then: ["E2", "E2", "-"],
    status: ` D ${DB}\n`,
  },
  {
    form: "commit",
    state: "skip-worktree",
    start: committed,
    prepare: (repository) => {
      repository.must("update-index", "--skip-worktree", DB);
      stageBlob(repository, DB, text(2));
      repository.must("update-index", "--skip-worktree", DB);
    },
    commit: [],
    then: ["E2", "E2", "E1"],
    also: ({ must }) => (must("ls-files", "-v", DB).startsWith("S ") ? null : "the bit is gone"),
  },
  {
    form: "commit",
    state: "assume-unchanged",
    start: committed,
    prepare: all(stage(2), ({ must }) => {
      must("update-index", "--assume-unchanged", DB);
    }),
    commit: [],
    then: ["E2", "E2", "E2"],
    also: ({ must }) => (must("ls-files", "-v", DB).startsWith("h ") ? null : "the bit is gone"),
  },
  {
    form: "commit -a",
    state: "assume-unchanged, edited on disk",
    start: committed,
    prepare: all(
      ({ must }) => {
        must("update-index", "--assume-unchanged", DB);
      },
      disk(2),
      other,
    ),
    commit: ["-a"],
    then: ["E1", "E1", "P2"],
  },
  ...(["false", "true"] as const).map((folded): Row => ({
    form: "commit",
    state: `outside a sparse checkout, index.sparse=${folded}`,
    start: committed,
    prepare: all(config("index.sparse", folded), (repository) => {
      repository.must("sparse-checkout", "set", "--cone", "talos", ".husky", ".flux-sops");
      stageBlob(repository, DB, text(2));
      repository.must("update-index", "--skip-worktree", DB);
    }),
    commit: [],
    then: ["E2", "E2", "-"],
  })),
  {
    form: "commit",
    state: "a submodule beside it",
    prepare: all(stage(1), ({ dir, must, run, home }) => {
      run("git", ["clone", "-q", dir, join(home, "inner")]);
      must(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        join(home, "inner"),
        "inner",
      );
    }),
    commit: [],
    then: ["E1", "E1", "E1"],
    also: ({ must }) => (must("ls-tree", "HEAD", "inner").startsWith("160000 ") ? null : "no link"),
  },
  {
    form: "commit",
    state: "in conflict",
    start: conflicted,
    commit: [],
    exit: 128,
    then: ["E3", "-", "*"],
    status: `UU ${DB}\n`,
  },
  {
    form: "commit -a",
    state: "in conflict, with markers",
    start: conflicted,
    commit: ["-a"],
    exit: 1,
    then: ["E3", "-", "*"],
    status: `UU ${DB}\n`,
  },
  {
    form: "commit",
    state: "a conflict resolved in plaintext",
    start: conflicted,
    prepare: stage(2),
    commit: [],
    then: ["E2", "E2", "E2"],
  },
  {
    form: "commit",
    state: "a file in the place of a folder",
    prepare: all(
      stage(1, `${DB}/inner.sops.yaml`),
      ({ must, dir }) => {
        must("commit", "-q", "-m", "Folder");
        rmSync(join(dir, DB), { recursive: true });
        must("rm", "-q", "-r", "--cached", DB);
      },
      stage(2),
    ),
    commit: [],
    then: ["E2", "E2", "E2"],
  },

  // How git keeps things.
  ...(
    [
      ["core.splitIndex", "true"],
      ["index.version", "4"],
      ["core.untrackedCache", "true"],
      ["core.preloadIndex", "false"],
      ["core.trustctime", "false"],
      ["core.quotePath", "false"],
      ["core.commentChar", ";"],
      ["diff.external", "false"],
      ["diff.relative", "true"],
      ["color.ui", "always"],
      ["status.showUntrackedFiles", "no"],
      ["commit.verbose", "true"],
      ["core.bigFileThreshold", "10"],
      ["fetch.writeCommitGraph", "true"],
    ] as const
  ).map(([name, value]): Row => ({
    form: "commit",
    state: `${name}=${value}`,
    start: committed,
    prepare: all(config(name, value), stage(2)),
    commit: [],
    then: ["E2", "E2", "E2"],
  })),
  {
    form: "commit -- path",
    state: "split index",
    start: committed,
    prepare: all(config("core.splitIndex", "true"), stage(2), disk(3), other),
    commit: ["--", DB],
    then: ["E3", "E3", "E3"],
    status: "A  other.txt\n",
  },
  {
    form: "commit",
    state: "core.ignorecase, two names",
    start: committed,
    prepare: all(config("core.ignorecase", "true"), (repository) => {
      stageBlob(repository, DB.replace("/db", "/DB"), text(2));
    }),
    commit: [],
    path: DB.replace("/db", "/DB"),
    then: ["E2", "E2", "-"],
    status: "*",
    also: ({ must }) => (must("ls-tree", "HEAD", DB) === "" ? "the other is gone" : null),
  },
  {
    form: "commit",
    state: "a replace ref hides the plaintext",
    prepare: all(stage(1), ({ must, run }) => {
      const harmless = run("git", ["hash-object", "-w", "--stdin"], { input: "a: 1\n" });
      must("replace", must("rev-parse", `:${DB}`).trim(), harmless.stdout.trim());
    }),
    commit: [],
    then: ["E1", "E1", "E1"],
  },
  {
    form: "commit",
    state: "GIT_LITERAL_PATHSPECS, GIT_ICASE_PATHSPECS set",
    prepare: stage(1),
    commit: ({ run }) =>
      run("git", ["commit", "-m", "x"], {
        env: { GIT_LITERAL_PATHSPECS: "1", GIT_TRACE: "1", GIT_FLUSH: "1" },
      }),
    then: ["E1", "E1", "E1"],
  },

  {
    form: "commit",
    state: "spelled with escapes, outside every rule",
    prepare: stage(4, "apps/db.json"),
    commit: [],
    path: "apps/db.json",
    exit: 1,
    then: ["-", "P4", "P4"],
    status: "A  apps/db.json\n",
  },
  {
    form: "commit -- path",
    state: "spelled with escapes, outside every rule",
    prepare: all(stage(4, "apps/db.yml"), other),
    commit: ["--", "apps"],
    path: "apps/db.yml",
    exit: 1,
    then: ["-", "P4", "P4"],
    status: "A  apps/db.yml\nA  other.txt\n",
  },
  {
    form: "commit",
    state: "spelled with escapes",
    prepare: stage(4),
    commit: [],
    then: ["E4", "E4", "E4"],
  },

  {
    form: "commit",
    state: "its field is misspelt, so that its rule encrypts nothing",
    prepare: ({ write, must }) => {
      write("clusters/homelab/secrets/typo.yaml", MISSPELT);
      must("add", "clusters");
    },
    commit: [],
    path: "clusters/homelab/secrets/typo.yaml",
    exit: 1,
    then: ["-", MISSPELT, MISSPELT],
    status: "A  clusters/homelab/secrets/typo.yaml\n",
  },

  // Attributes: git stores another form than lies on disk.
  {
    form: "commit",
    state: "text eol=crlf",
    prepare: all(attributes("*.yaml text eol=crlf"), ({ write, must }) => {
      write(DB, text(1).replaceAll("\n", "\r\n"));
      must("add", DB);
    }),
    commit: [],
    then: ["E1", "E1", "*"],
    also: ({ read }) =>
      /ENC\[[^]*\r\n/.test(read(DB)) && !/[^\r]\n/.test(read(DB)) ? null : "other line ends",
  },
  {
    form: "commit",
    state: "core.autocrlf=true",
    prepare: all(attributes("*.yaml text"), config("core.autocrlf", "true"), ({ write, must }) => {
      write(DB, text(1).replaceAll("\n", "\r\n"));
      must("add", DB);
    }),
    commit: [],
    then: ["E1", "E1", "*"],
    also: ({ read }) => (/ENC\[[^]*\r\n/.test(read(DB)) ? null : "other line ends"),
  },
  {
    form: "commit",
    state: "working-tree-encoding=UTF-16LE",
    prepare: all(attributes("*.yaml text working-tree-encoding=UTF-16LE"), ({ write, must }) => {
      write(DB, Buffer.from(text(1), "utf16le"));
      must("add", DB);
    }),
    commit: [],
    then: ["E1", "E1", "*"],
    also: ({ dir }) =>
      readFileSync(join(dir, DB)).toString("utf16le").includes("ENC[") ? null : "not UTF-16",
  },
  {
    form: "commit",
    state: "a filter",
    prepare: all(
      attributes("*.yaml filter=shout"),
      config("filter.shout.clean", "sed s/HUNTER/hunter/"),
      config("filter.shout.smudge", "sed s/hunter/HUNTER/"),
      ({ write, must }) => {
        write(DB, text(1).replace("hunter", "HUNTER"));
        must("add", DB);
      },
    ),
    commit: [],
    then: ["E1", "E1", "E1"],
  },
  {
    form: "commit",
    state: "ident and a diff driver that fails",
    prepare: all(attributes("*.yaml ident diff=no"), config("diff.no.command", "false"), stage(1)),
    commit: [],
    then: ["E1", "E1", "E1"],
  },

  // Hostile names, and places that are swapped.
  ...Object.entries(HOSTILE).flatMap(([state, name]): Row[] => {
    const path = `clusters/homelab/secrets/${name}`;
    const prepare: Prepare = ({ dir, must }) => {
      writeFileSync(
        Buffer.concat([raw(`${Buffer.from(dir).toString("latin1")}/`), raw(path)]),
        text(1),
      );
      must("add", "clusters");
    };
    // As for sops: a dot in a pattern takes every character but that one.
    const isTaken = !name.includes("\n");
    const row = {
      state: `a name with ${state}`,
      prepare,
      path,
      then: isTaken ? (["E1", "E1", "E1"] as const) : (["-", "P1", "P1"] as const),
      exit: isTaken ? 0 : 1,
      status: isTaken ? "" : "*",
    } as const;
    return [
      { ...row, form: "commit", commit: [] },
      { ...row, form: "commit -- path", commit: ["--", "clusters"] },
    ];
  }),
  {
    form: "commit",
    state: "its folder is a symlink by now",
    prepare: all(stage(1), ({ dir }) => {
      renameSync(join(dir, "clusters/homelab/secrets"), join(dir, "../elsewhere"));
      symlinkSync(join(dir, "../elsewhere"), join(dir, "clusters/homelab/secrets"));
    }),
    commit: [],
    then: ["E1", "E1", "P1"],
    status: "*",
    also: ({ dir }, { stderr }) =>
      readFileSync(join(dir, "../elsewhere/db.sops.yaml"), "utf8") === text(1) &&
      stderr.includes("db.sops.yaml is no file on the disk any more")
        ? null
        : "followed, or not said",
  },
  {
    form: "commit",
    state: "the file is a symlink by now",
    prepare: all(stage(1), ({ dir }) => {
      renameSync(join(dir, DB), join(dir, "../elsewhere"));
      symlinkSync(join(dir, "../elsewhere"), join(dir, DB));
    }),
    commit: [],
    then: ["E1", "E1", "P1"],
    status: "*",
  },
];

for (const row of ROWS) {
  const { form, state, start, prepare, commit, then, path = DB, exit = 0, status = "" } = row;
  test(`${form} | ${state}: ${then.join(" ")}, exit ${String(exit)}`, async (t) => {
    const repository = scaffolded(t, { commit: row.unborn !== true, prepare: start });
    const { must, dir, git } = repository;
    if (row.unborn === true) {
      must("config", "user.name", "Author");
      must("config", "user.email", "author@example.com");
    }
    prepare?.(repository);
    const ended =
      typeof commit === "function" ? commit(repository) : git("commit", "-m", "x", ...commit);
    t.is(ended.status, exit, ended.stderr);
    t.notRegex(ended.stderr, /hunter|internal error/);
    const pairs = await keyPairsOf(repository);
    const shown = async (bytes: Buffer | null): Promise<string> => {
      if (bytes === null) return "-";
      const reading = await plaintextOf(path, bytes, pairs);
      const known = Object.keys(TEXTS).find((name) => TEXTS[name] === reading.text);
      if (known === undefined || reading.state === "broken") return reading.text;
      return `${reading.state === "encrypted" ? "E" : "P"}${known}`;
    };
    const onDisk = Buffer.concat([Buffer.from(`${dir}/`), raw(path)]);
    const [head, index, worktree] = [
      await shown(treeBlob(repository, "HEAD", path)),
      await shown(treeBlob(repository, "index", path)),
      await shown(exists(onDisk) ? readFileSync(onDisk) : null),
    ];
    t.deepEqual(
      [head, then[1] === "*" ? "*" : index, then[2] === "*" ? "*" : worktree],
      [...then],
      ended.stderr,
    );
    if (status !== "*") t.is(must("status", "--porcelain", "-uall"), status);
    t.is(row.also?.(repository, ended) ?? null, null);
  });
}

/** What HEAD (or the index) has at a path; asked for by a list, since no argument can be any byte. */
function treeBlob({ dir, env }: Scaffolded, of: "HEAD" | "index", path: string): Buffer | null {
  const git = (...args: string[]) =>
    spawnSync("git", args, { cwd: dir, env, encoding: "latin1" }).stdout;
  const list = of === "HEAD" ? git("ls-tree", "-r", "-z", "HEAD") : git("ls-files", "-s", "-z");
  const line = list.split("\0").find((one) => one.slice(one.indexOf("\t") + 1) === path);
  const oid = line === undefined ? null : /[0-9a-f]{40,}/.exec(line)?.[0];
  if (oid === null || oid === undefined || / [123]\t/.test(line ?? "")) return null;
  return Buffer.from(git("cat-file", "blob", oid), "latin1");
}

function exists(location: Buffer): boolean {
  try {
    readFileSync(location);
    return true;
  } catch {
    return false;
  }
}
