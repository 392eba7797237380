import { readFileSync, rmSync, writeFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { prePush } from "../../../hooks/push/pre-push.ts";
import { TOOL_PATH } from "../../../git/tool-command.ts";
import { isPushRefused, pushWords } from "../../../hooks/push/push-words.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

const { identity, recipient } = await generateKeyPair();

/** A repository with one commit, which the remote has, and nothing that mends or refuses by itself. */
function repository(t: ExecutionContext) {
  const { dir, env, git, must, write } = temporaryRepository(t);
  const short = (name: string): string => must("rev-parse", name).slice(0, 12);
  const commit = (path: string, content: string, message = `Change ${path}`): string => {
    write(path, content);
    must("add", "-f", ".");
    must("commit", "-q", "-m", message);
    return short("HEAD");
  };
  commit("README.md", "# Flux\n");
  const base = must("rev-parse", "HEAD");
  const saidAt = async (before: string, url: string, refs: readonly string[]) => {
    const lines = refs.map((ref) => `${ref} ${must("rev-parse", ref)} refs/heads/main ${before}\n`);
    const push = await prePush({ cwd: dir, env }, ["origin", url], lines.join(""));
    if (push === null) return [];
    const words = await pushWords(push);
    t.is(isPushRefused(push), words.includes("push refused"));
    return words.split("\n");
  };
  return {
    ...{ dir, git, must, write, short, commit, base },
    /** What is said of refs that are pushed onto the first commit, or another one, in lines. */
    async said(...refs: string[]): Promise<string[]> {
      return saidAt(base, ".", refs);
    },
    saidAt,
  };
}

const END = [
  "Then push again.",
  "Only if a finding is wrong: allow it under allow: in .flux-sops.yaml, with rule:, path: and reason:, and commit that.",
  "",
];

/** The lines behind `To mend REF` up to the next empty one. */
function mendOf(lines: readonly string[], ref: string): string[] {
  const from = lines.findIndex((line) => line.startsWith(`To mend ${ref},`));
  return from === -1 ? [] : lines.slice(from, lines.indexOf("", from));
}

test("one bad commit: all that is said", async (t) => {
  const { commit, said, short, base } = repository(t);
  t.deepEqual(await said("refs/heads/main"), []);
  const bad = commit("key.txt", `${identity}\n`);
  t.deepEqual(await said("refs/heads/main"), [
    "flux-sops: push refused, nothing was sent. What is wrong:",
    "",
    "  key.txt:1  age-key",
    "    an age private key",
    `    in ${bad} (Change key.txt)`,
    "",
    "To mend refs/heads/main, make the commit anew; the old one stays in the reflog:",
    `      git reset -q --soft ${base.slice(0, 12)} &&`,
    "      git reset -q -- key.txt &&",
    `      { git diff --cached --quiet || git commit -q -C ${bad}; }`,
    "",
    ...END,
  ]);
  // By another name of it that is pushed beside, nothing more is to do.
  t.deepEqual(await said("refs/heads/main", "HEAD"), await said("refs/heads/main"));
  t.is(short("HEAD"), bad);
});

test("several commits: as one, with their messages as git commit reads them", async (t) => {
  const { commit, said, must, base } = repository(t);
  const from = base.slice(0, 12);
  commit("a.md", "a\n");
  const good = must("rev-parse", "HEAD").slice(0, 12);
  commit("key.txt", `${identity}\n`);
  must("rm", "-q", "key.txt");
  const tip = commit("b.md", "b\n");
  const mend = (options: string, first = good) => [
    `To mend refs/heads/main, make the commits from the first bad one on anew, as one; the old ones stay in the reflog, as ${tip}:`,
    `      git reset -q --soft ${first} &&`,
    `      { git diff --cached --quiet || git log --no-show-signature${options} --reverse --format=%B ${first}..${tip} | git commit -q -F -; }`,
  ];
  t.not(good, from);
  t.deepEqual(mendOf(await said("refs/heads/main"), "refs/heads/main"), mend(""));
  must("config", "i18n.commitEncoding", "ISO-8859-1");
  t.deepEqual(mendOf(await said("refs/heads/main"), "refs/heads/main"), mend(""));
  must("config", "i18n.logOutputEncoding", "UTF-16");
  t.deepEqual(
    mendOf(await said("refs/heads/main"), "refs/heads/main"),
    mend(" --encoding=ISO-8859-1"),
  );
  must("config", "--unset", "i18n.commitEncoding");
  t.deepEqual(mendOf(await said("refs/heads/main"), "refs/heads/main"), mend(" --encoding=UTF-8"));
});

test("a key in a message: it is not taken over", async (t) => {
  const { commit, said, base } = repository(t);
  const bad = commit("a.md", "a\n", `Use ${identity}`);
  const lines = await said("refs/heads/main");
  t.deepEqual(lines.slice(2, 5), [
    "  (no file)  age-key",
    "    an age private key, in the message of a commit",
    `    in ${bad} (Use AGE-SECRET-KEY-...)`,
  ]);
  t.deepEqual(mendOf(lines, "refs/heads/main"), [
    "To mend refs/heads/main, make the commit anew, with a new message; the old one stays in the reflog:",
    `      git reset -q --soft ${base.slice(0, 12)} &&`,
    "      { git diff --cached --quiet || git commit; }",
  ]);
  t.false(lines.join("\n").includes(identity));
});

test("many branches, findings and commits: the first ones, and how many more", async (t) => {
  const { commit, said, must, write } = repository(t);
  for (let file = 0; file < 52; file += 1) write(`keys/${String(file).padStart(2, "0")}`, identity);
  const first = commit("a.md", "a\n", "One");
  const others = [2, 3, 4].map((count) => {
    must("rm", "-q", "-r", "--cached", "keys");
    must("commit", "-q", "-m", "Back");
    return commit("a.md", `${count}\n`, `Again ${count}`);
  });
  const names = [1, 2, 3, 4, 5, 6].map((count) => `refs/heads/b${count}`);
  for (const name of names) must("branch", name.slice("refs/heads/".length));
  const lines = await said(...names, "refs/heads/main");
  t.is(lines.filter((line) => /^ {2}keys\/\d\d:1 {2}age-key$/.test(line)).length, 50);
  t.true(lines.includes("  and 2 more"));
  const shown = [
    `${first} (One)`,
    ...others.slice(0, 2).map((one, at) => `${one} (Again ${at + 2})`),
  ];
  t.true(lines.includes(`    in ${shown.join(", ")} and 1 more`), lines[4]);
  // What is checked out goes first, and no branch is left for it.
  t.deepEqual(
    lines.filter((line) => line.startsWith("To mend")).map((line) => line.split(/[ ,]/)[2]),
    ["refs/heads/main", ...names.slice(0, 4)],
  );
  t.false(mendOf(lines, "refs/heads/main").some((line) => line.includes("git switch")));
  t.is(mendOf(lines, "refs/heads/b1")[1], "      git switch b1 &&");
});

test("branches of names like a tag's or another branch's, and a tag by the name of its object", async (t) => {
  const { commit, saidAt, must, base } = repository(t);
  must("config", "remote.origin.url", "url");
  const said = (...refs: readonly string[]) => saidAt(base, "url", refs);
  const bad = commit("key.txt", `${identity}\n`);
  must("update-ref", "refs/heads/refs/tags/v1", "HEAD");
  must("update-ref", "refs/remotes/other/refs/heads/side", "HEAD");
  must("switch", "-q", "-c", "good", base);
  commit("good.md", "good\n");
  const lines = await said("refs/heads/refs/tags/v1", "refs/remotes/other/refs/heads/side");
  t.is(mendOf(lines, "refs/heads/refs/tags/v1")[1], "      git switch refs/tags/v1 &&");
  t.is(
    mendOf(lines, "refs/remotes/other/refs/heads/side")[1],
    `      git switch --detach ${bad} &&`,
  );
  must("tag", "-a", "bad", "-m", `Release\n\n${identity}`);
  const tag = await said(must("rev-parse", "bad"));
  t.true(
    tag.some((line) => line.endsWith("an age private key, in the message of a tag")),
    tag.join("\n"),
  );
  // The commit that it names is as it should be.
  t.false(tag.some((line) => line.startsWith("To mend ")));
});

test("what is staged, a merge that is under way, and what is no branch", async (t) => {
  const { commit, said, must, write, base } = repository(t);
  const bad = commit("key.txt", `${identity}\n`);
  write("more.md", "more\n");
  must("add", "more.md");
  const staged = [
    "What is staged would go into the new commit: to keep it apart, git stash before these commands,",
    "and git stash pop --index after them.",
  ];
  t.deepEqual((await said("refs/heads/main")).slice(-5), [...staged, ...END]);
  must("reset", "-q", "--hard");
  must("tag", "v1");
  must("update-ref", "refs/notes/commits", "HEAD");
  must("branch", "side", base);
  must("switch", "-q", "side");
  commit("side.md", "side\n");
  const other = await said("refs/tags/v1", "refs/notes/commits", "refs/heads/main");
  t.deepEqual(mendOf(other, "refs/tags/v1"), [
    "To mend refs/tags/v1, remove the tag, mend what it names, and tag it again:",
    "      git tag -d -- v1",
  ]);
  t.deepEqual(mendOf(other, "refs/notes/commits"), [
    "To mend refs/notes/commits, which is no branch, leave it out of what you push, or take the secret out of it.",
  ]);
  t.deepEqual(mendOf(other, "refs/heads/main").slice(1, 3), [
    "      git switch main &&",
    `      git reset -q --soft ${base.slice(0, 12)} &&`,
  ]);
  must("merge", "-q", "--no-commit", "--no-ff", bad);
  const later = await said("refs/heads/main");
  t.deepEqual(mendOf(later, "refs/heads/main"), [
    "To mend refs/heads/main, conclude the merge first (git merge --continue, or --abort) and push again: then its commands are printed.",
  ]);
  t.is(later.filter((line) => line.startsWith("To mend ")).length, 1);
});

test("a rebase by git am's means is called a rebase; a message left behind is under way in no sense", async (t) => {
  const { commit, said, must, git, write, base, short } = repository(t);
  commit("key.txt", `${identity}\n`);
  const tip = commit("shared.md", "main\n");
  must("switch", "-q", "-c", "side", base);
  commit("shared.md", "side\n");
  t.not(git("rebase", "--apply", "main").status, 0);
  t.deepEqual(mendOf(await said("refs/heads/main"), "refs/heads/main"), [
    "To mend refs/heads/main, conclude the rebase first (git rebase --continue, or --abort) and push again: then its commands are printed.",
  ]);
  must("rebase", "--abort");
  must("switch", "-q", "main");
  write(".git/MERGE_MSG", "left behind\n");
  t.is(short("main"), tip);
  t.is(mendOf(await said("refs/heads/main"), "refs/heads/main").length, 4);
});

test("a branch that another worktree has is mended there, one whose worktree is gone is switched to all the same", async (t) => {
  const { dir, commit, said, must, base } = repository(t);
  const folder = `${dir}/the other`;
  commit(TOOL_PATH, "// the gate\n");
  commit("key.txt", `${identity}\n`);
  must("branch", "side");
  must("worktree", "add", "-q", folder, "side");
  must("reset", "-q", "--hard", base);
  const there = mendOf(await said("refs/heads/side"), "refs/heads/side");
  t.is(there[1], `      (cd '${folder}' &&`);
  t.regex(there.at(-1) ?? "", /\)$/);
  const damaged = async () => mendOf(await said("refs/heads/side"), "refs/heads/side")[1];
  // Also inside of this one, where git would find this one.
  const link = readFileSync(`${folder}/.git`);
  rmSync(`${folder}/.git`);
  t.is(await damaged(), "      git switch --ignore-other-worktrees side &&");
  writeFileSync(`${folder}/.git`, `gitdir: ${dir}/none\n`);
  t.is(await damaged(), "      git switch --ignore-other-worktrees side &&");
  writeFileSync(`${folder}/.git`, link);
  t.is(await damaged(), there[1]);
  rmSync(folder, { recursive: true });
  const gone = mendOf(await said("refs/heads/side"), "refs/heads/side");
  t.is(gone[1], "      git switch --ignore-other-worktrees side &&");
  t.regex(gone.at(-1) ?? "", /\}$/);
  must("init", "-q", folder);
  t.deepEqual(
    mendOf(await said("refs/heads/side"), "refs/heads/side"),
    gone,
    "of another repository",
  );
});

test("git mv is said of a file that is there, or will be: on a branch that is checked out by then", async (t) => {
  const { dir, commit, said, must, base } = repository(t);
  const [folder, move] = [`${dir}/the other`, "      git mv -- app.yaml app.sops.yaml &&"];
  const none = "      git reset -q -- app.yaml &&";
  commit(TOOL_PATH, "// the gate\n");
  commit(
    ".sops.yaml",
    `creation_rules:\n  - path_regex: \\.sops\\.yaml$\n    encrypted_regex: ^(data|stringData)$\n    age: ${recipient}\n`,
  );
  commit(
    "app.yaml",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: hunter2\n",
  );
  const isSaid = async (ref: string, line: string): Promise<void> => {
    const lines = mendOf(await said(ref), ref);
    t.true(lines.includes(line), lines.join("\n"));
  };
  await isSaid("refs/heads/main", move);
  rmSync(`${dir}/app.yaml`);
  await isSaid("refs/heads/main", none);
  must("branch", "side");
  must("reset", "-q", "--hard", base);
  await isSaid("refs/heads/side", move);
  must("worktree", "add", "-q", folder, "side");
  await isSaid("refs/heads/side", move);
  rmSync(`${folder}/app.yaml`);
  await isSaid("refs/heads/side", none);
});

test("a commit of no branch, and what there is nothing to be done about", async (t) => {
  const { commit, said, must, short, base } = repository(t);
  const bad = commit("key.txt", `${identity}\n`);
  const full = must("rev-parse", "HEAD");
  must("switch", "-q", "-c", "merged", base);
  const more = commit("more.md", "more\n");
  must("merge", "-q", "--no-ff", "-m", "Merge", bad);
  must("switch", "-q", "-c", "good", base);
  commit("good.md", "good\n");
  const lines = await said(full, "refs/heads/merged", "refs/heads/good");
  t.deepEqual(mendOf(lines, full).slice(1, 3), [
    `      git switch --detach ${bad} &&`,
    `      git reset -q --soft ${short(base)} &&`,
  ]);
  // Back to the last good one of its own.
  t.deepEqual(mendOf(lines, "refs/heads/merged").slice(1, 3), [
    "      git switch merged &&",
    `      git reset -q --soft ${more} &&`,
  ]);
  t.is(lines.filter((line) => line.startsWith("To mend ")).length, 2);
});

test("a merge that is forced over what the remote has: it goes back to a commit of its own past", async (t) => {
  const { commit, saidAt, must, base } = repository(t);
  const bad = commit("key.txt", `${identity}\n`);
  must("switch", "-q", "-c", "theirs", base);
  commit("theirs.md", "theirs\n");
  must("switch", "-q", "-c", "merged", base);
  const good = commit("more.md", "more\n");
  must("merge", "-q", "--no-ff", "-m", "Merge", bad);
  const lines = await saidAt(must("rev-parse", "theirs"), ".", ["refs/heads/merged"]);
  t.is(mendOf(lines, "refs/heads/merged")[1], `      git reset -q --soft ${good} &&`);
});

test("a first commit that is bad, with a clean history merged since: both are one again", async (t) => {
  const { commit, said, must, short } = repository(t);
  must("switch", "-q", "-c", "apart", "main");
  const clean = commit("more.md", "more\n");
  must("switch", "-q", "--orphan", "bad");
  commit("key.txt", `${identity}\n`);
  must("merge", "-q", "--allow-unrelated-histories", "-m", "Merge", "apart");
  const tip = short("HEAD");
  t.deepEqual(mendOf(await said("refs/heads/bad"), "refs/heads/bad"), [
    `To mend refs/heads/bad, make the commits from the first bad one on anew, as one and a merge of what was merged; the old ones stay in the reflog, as ${tip}:`,
    "      git update-ref -d HEAD &&",
    "      git reset -q -- key.txt &&",
    `      { git diff --cached --quiet || git log --no-show-signature --reverse --format=%B ${tip} --not ${clean} | git commit -q -F -; } &&`,
    `      git merge -q -s ours --no-ff --no-edit --allow-unrelated-histories ${clean}`,
  ]);
});

test("a merge that takes nothing of what it merges has a key in its past all the same", async (t) => {
  const { commit, said, must, base } = repository(t);
  const bad = commit("key.txt", `${identity}\n`);
  must("switch", "-q", "-c", "without", base);
  const more = commit("more.md", "more\n");
  must("merge", "-q", "-s", "ours", "-m", "Merge", bad);
  t.is(
    mendOf(await said("refs/heads/without"), "refs/heads/without")[1],
    `      git reset -q --soft ${more} &&`,
  );
});

test("good tags beside a bad branch and a bad tag are no trouble", async (t) => {
  const { commit, said, must } = repository(t);
  commit("more.md", "more\n");
  must("tag", "good");
  must("tag", "-a", "bad", "-m", `Release\n\n${identity}`);
  commit("key.txt", `${identity}\n`);
  const lines = await said("refs/heads/main", "refs/tags/good", "refs/tags/bad");
  t.deepEqual(
    lines.flatMap((line) => /^To mend ([^,]+),/.exec(line)?.[1] ?? []),
    ["refs/heads/main", "refs/tags/bad"],
  );
});

test("a key in a message and one in a file: no message is taken over", async (t) => {
  const { commit, said } = repository(t);
  commit("key.txt", `${identity}\n`);
  commit("more.md", "more\n", `Use ${identity}`);
  t.is(
    mendOf(await said("refs/heads/main"), "refs/heads/main").at(-1),
    "      { git diff --cached --quiet || git commit; }",
  );
});

test("a first commit, and a past that nobody at the other side is known to have", async (t) => {
  const { commit, saidAt, must, base } = repository(t);
  const none = "0".repeat(40);
  must("switch", "-q", "--orphan", "new");
  const bad = commit("key.txt", `${identity}\n`);
  t.deepEqual(mendOf(await saidAt(none, ".", ["refs/heads/new"]), "refs/heads/new"), [
    "To mend refs/heads/new, make the commit anew; the old one stays in the reflog:",
    "      git update-ref -d HEAD &&",
    "      git reset -q -- key.txt &&",
    `      { git diff --cached --quiet || git commit -q -C ${bad}; }`,
  ]);
  must("rm", "-q", "key.txt");
  const tip = commit("a.md", "a\n");
  // It was fetched from there, and is there no more.
  must("update-ref", "refs/remotes/origin/main", base);
  const lines = await saidAt(none, "url", ["refs/heads/new"]);
  t.deepEqual(mendOf(lines, "refs/heads/new").slice(1), [
    "      git update-ref -d HEAD &&",
    `      { git diff --cached --quiet || git log --no-show-signature --reverse --format=%B ${tip} | git commit -q -F -; }`,
  ]);
  t.deepEqual(lines.slice(-4), [
    "The other side lacks its main branch, or no remote has its address, so all of the history was looked at.",
    ...END,
  ]);
});

test("tags: of what is no commit, of a past, and with a key in their own message", async (t) => {
  const { commit, said, must, write } = repository(t);
  write("key.txt", `${identity}\n`);
  must("tag", "blob", must("hash-object", "-w", "key.txt"));
  const lines = await said("refs/tags/blob");
  t.deepEqual(lines.slice(2, 7), [
    "  (tagged content):1  age-key",
    "    an age private key",
    "",
    "To mend refs/tags/blob, remove the tag, mend what it names, and tag it again:",
    "      git tag -d -- blob",
  ]);
  commit("a.md", "a\n");
  must("rm", "-q", "--cached", "key.txt");
  must("commit", "-q", "-m", "Take it back");
  must("tag", "-a", "-m", "Past", "past");
  must("tag", "-a", "-m", `Key ${identity}`, "key", "HEAD");
  const past = await said("refs/tags/past", "refs/tags/key", "refs/heads/main");
  t.is(mendOf(past, "refs/tags/past")[1], "      git tag -d -- past");
  t.is(mendOf(past, "refs/tags/key")[1], "      git tag -d -- key");
  t.regex(mendOf(past, "refs/heads/main")[0] ?? "", /anew, as one; the old ones/, "as they are");
});

test("in words how it can be mended, of what stands at the tip alone; as many as are shown, and no more", async (t) => {
  const { commit, said, must, write } = repository(t);
  const secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData: { a: wombat }\n";
  const first = commit("a.yaml", secret, "One");
  const mends = (lines: readonly string[]) => lines.filter((line) => line.startsWith("    To "));
  t.is(mends(await said("refs/heads/main")).length, 1);
  must("rm", "-q", "a.yaml");
  for (let file = 0; file < 49; file += 1) write(`keys/${file}`, identity);
  commit("b.md", "b\n", "Two");
  const past = await said("refs/heads/main");
  t.deepEqual(mends(past), []);
  t.true(past.includes(`    in ${first} (One)`));
  t.false(
    past.some((line) => /^ {2}and \d+ more$/.test(line)),
    "fifty",
  );
  for (const count of [2, 3]) {
    must("rm", "-q", "-r", "--cached", "keys");
    must("commit", "-q", "-m", "Back");
    commit("b.md", `${count}\n`, "Again");
  }
  t.true(
    (await said("refs/heads/main")).some((line) => /\(Two\), .*\(Again\), .*\(Again\)$/.test(line)),
  );
});

test("what the remote has already: a warning, of the tips alone", async (t) => {
  const { commit, saidAt, must, base } = repository(t);
  must("config", "remote.origin.url", "url");
  commit("key.txt", `${identity}\n`);
  must("update-ref", "refs/remotes/origin/old", "HEAD");
  must("switch", "-q", "-c", "new", base);
  const again = commit("again.txt", `${identity}\n`);
  t.deepEqual((await saidAt(base, "url", ["refs/heads/new"])).slice(0, 3), [
    "flux-sops: the remote has this already:",
    "  again.txt:1  age-key",
    "    an age private key",
  ]);
  // Beside what is new it is refused all the same.
  const { identity: other } = await generateKeyPair();
  commit("other.txt", `${other}\n`);
  t.regex((await saidAt(base, "url", ["refs/heads/new"]))[0] ?? "", /push refused/);
  must("reset", "-q", "--hard", again);
  must("rm", "-q", "again.txt");
  // A guess is nobody's to hear of at each push.
  commit("a.md", "https://me:Xk29fjq8s7Lm@db.example.org/\n");
  t.deepEqual(await saidAt(base, "url", ["refs/heads/new"]), [""], again);
});
