import fc from "../seeded-fast-check.ts";

/** The files that random repositories hold. */
export const FILES = [
  "clusters/homelab/secrets/db.sops.yaml",
  "clusters/homelab/secrets/a 'b' é.yaml",
  "clusters/homelab/apps/web/-x.sops.env",
  "clusters/homelab/apps/conf.sops.json",
  "docs/notes.md",
] as const;

/** Ways of committing; `{path}` and `{commit}` are filled in. */
export const COMMITS = {
  commit: ["commit", "-m", "x"],
  "commit -a": ["commit", "-a", "-m", "x"],
  "commit -p": ["commit", "-p", "-m", "x"],
  "commit -i path": ["commit", "-m", "x", "-i", "--", "{path}"],
  "commit -- path": ["commit", "-m", "x", "--", "{path}"],
  "commit -- two paths": ["commit", "-m", "x", "--", "{path}", "docs/notes.md"],
  "commit --amend": ["commit", "--amend", "--no-edit"],
  "commit --amend -a": ["commit", "--amend", "-a", "-m", "y"],
  "commit --amend -- path": ["commit", "--amend", "--no-edit", "--", "{path}"],
  "commit --allow-empty": ["commit", "--allow-empty", "-m", "x"],
  "commit, aborted": ["-c", "core.editor=false", "commit"],
  "commit -a, aborted": ["-c", "core.editor=false", "commit", "-a"],
  "cherry-pick": ["cherry-pick", "{commit}"],
  "cherry-pick -n": ["cherry-pick", "-n", "{commit}"],
  "cherry-pick --continue": ["cherry-pick", "--continue"],
  "cherry-pick of foreign": ["cherry-pick", "foreign~{n}"],
  "cherry-pick --abort": ["cherry-pick", "--abort"],
  revert: ["revert", "--no-edit", "{commit}"],
  "revert --abort": ["revert", "--abort"],
  "merge --no-ff": ["merge", "--no-ff", "--no-edit", "{branch}"],
  "merge --squash of foreign": ["merge", "--squash", "foreign"],
  "merge --continue": ["merge", "--continue"],
  "merge --abort": ["merge", "--abort"],
  rebase: ["rebase", "{branch}"],
  "rebase --apply": ["rebase", "--apply", "{branch}"],
  "rebase --continue": ["rebase", "--continue"],
  "rebase --abort": ["rebase", "--abort"],
  am: ["am", "{patch}"],
  "commit --interactive": ["commit", "--interactive", "-m", "x"],
  "commit --fixup": ["commit", "--fixup={commit}"],
  "commit --amend --only": ["commit", "--amend", "--only", "-m", "z"],
  "revert -n": ["revert", "-n", "{commit}"],
  "cherry-pick -n of foreign": ["cherry-pick", "-n", "foreign~{n}"],
  "merge --no-commit": ["merge", "--no-ff", "--no-commit", "{branch}"],
  "merge -X theirs": ["merge", "-X", "theirs", "--no-edit", "{branch}"],
  "merge of two": ["merge", "--no-edit", "b0", "b1"],
  "rebase --autosquash": ["-c", "sequence.editor=true", "rebase", "-i", "--autosquash", "{commit}"],
  "rebase --rebase-merges": ["rebase", "--rebase-merges", "{branch}"],
  "rebase --exec": ["rebase", "--exec", "git commit -q --amend --no-edit", "{commit}"],
  "rebase -X theirs": ["rebase", "-X", "theirs", "{branch}"],
  "rebase --skip": ["rebase", "--skip"],
  "rebase --quit": ["rebase", "--quit"],
  "am --abort": ["am", "--abort"],
} as const;

export type CommitForm = keyof typeof COMMITS;

/** What puts edits aside, takes them back, or carries them to another branch. */
export const SET_ASIDE = {
  stash: ["stash", "push"],
  "stash -u": ["stash", "push", "-u"],
  "stash -k": ["stash", "push", "-k"],
  "stash pop": ["stash", "pop"],
  "stash pop --index": ["stash", "pop", "--index"],
  "stash apply --index": ["stash", "apply", "--index"],
  "switch -m": ["switch", "-m", "b0"],
} as const;

/** What someone does to a repository. Numbers choose among what there is. */
export type Step =
  | { readonly do: "write" | "edit" | "append"; readonly file: number; readonly style: number }
  | { readonly do: "remove" | "add" | "unstage" | "add -N" | "chmod"; readonly file: number }
  | { readonly do: "add -p"; readonly answers: readonly boolean[] }
  | { readonly do: "add -A" | "push" }
  | { readonly do: "set aside"; readonly how: keyof typeof SET_ASIDE }
  | { readonly do: "move"; readonly file: number; readonly to: number }
  | { readonly do: "branch" | "switch"; readonly n: number }
  | {
      readonly do: "commit";
      readonly form: CommitForm;
      readonly file: number;
      readonly n: number;
      readonly verify: boolean;
      readonly answers: readonly boolean[];
    };

const file = fc.nat(FILES.length - 1);
const answers = fc.array(fc.boolean(), { maxLength: 6 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("write" as const, "edit" as const, "edit" as const, "append" as const),
      file,
      style: fc.nat(5),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "add" as const,
        "add" as const,
        "add" as const,
        "unstage" as const,
        "add -N" as const,
        "remove" as const,
        "chmod" as const,
      ),
      file,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("add -p" as const), answers }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("add -A" as const, "push" as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("set aside" as const),
      how: fc.constantFrom(...(Object.keys(SET_ASIDE) as (keyof typeof SET_ASIDE)[])),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("move" as const), file, to: file }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("branch" as const, "switch" as const),
      n: fc.nat(2),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("commit" as const),
      form: fc.oneof(
        fc.constantFrom("commit" as const, "commit -a" as const, "commit -- path" as const),
        fc.constantFrom(...(Object.keys(COMMITS) as CommitForm[])),
      ),
      file,
      n: fc.nat(3),
      verify: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
      answers,
    }),
  },
);

/** A repository's settings and what is done to it. */
export interface Story {
  readonly config: readonly string[];
  readonly steps: readonly Step[];
}

export const story: fc.Arbitrary<Story> = fc.record({
  config: fc.subarray([
    "core.autocrlf=true",
    "core.splitIndex=true",
    "core.untrackedCache=true",
    "core.ignorecase=true",
    "index.version=4",
    "commit.verbose=true",
    "diff.noprefix=true",
    "diff.renames=copies",
    "merge.conflictStyle=diff3",
    "rerere.enabled=true",
    "rebase.autoStash=true",
  ]),
  steps: fc.array(step, { minLength: 6, maxLength: 24, size: "max" }),
});
