import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { KeyPair } from "../../sops/age/identity.ts";
import { keyPairsOf, plaintextOf, type Reading } from "./plaintext-of.ts";
import { COMMITS, FILES, SET_ASIDE, type CommitForm, type Step } from "./random-steps.ts";
import type { Ended, Scaffolded } from "./scaffolded.ts";

/** Every secret value that these tests write has this in it. */
const MARK = /mk7q[0-9]+z/;

/** These commit what is chosen while they run, or what HEAD has already. */
const CHOOSING: ReadonlySet<CommitForm> = new Set([
  "commit -p",
  "commit -i path",
  "commit --interactive",
  "commit --amend --only",
]);

type Readings = ReadonlyMap<string, Reading>;

/** A repository that random steps are done to; after each the invariants are looked at. */
export class RandomRepository {
  readonly #repository: Scaffolded;
  readonly #base: string;
  readonly #remote: string;
  #pairs: readonly KeyPair[] = [];
  #marks = 0;
  /** Whether a commit with `--no-verify` may have brought plaintext: then only pushes are guarded. */
  #tainted = false;
  readonly log: string[] = [];

  constructor(repository: Scaffolded, config: readonly string[]) {
    this.#repository = repository;
    for (const setting of config) {
      const [name = "", value = ""] = setting.split("=");
      repository.must("config", name, value);
    }
    this.#base = repository.must("rev-parse", "HEAD").trim();
    this.#remote = join(repository.dir, "../remote.git");
    repository.run("git", ["init", "-q", "--bare", this.#remote]);
    repository.must("remote", "add", "origin", this.#remote);
    this.#arrangeForeign();
  }

  /** A branch of another machine where no gate is: plaintext in every second commit. */
  #arrangeForeign(): void {
    const { must } = this.#repository;
    must("switch", "-q", "-c", "foreign");
    for (const [n, file] of [FILES[0], FILES[4], FILES[2]].entries()) {
      this.#repository.write(file, this.#content(file, n));
      must("add", "--", file);
      must("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", `foreign ${String(n)}`);
    }
    must("format-patch", "-q", "-1", "foreign~2", "-o", "../patches");
    must("switch", "-q", "main");
  }

  async start(): Promise<void> {
    this.#pairs = await keyPairsOf(this.#repository);
  }

  #mark(): string {
    return `mk7q${String(++this.#marks)}z`;
  }

  #content(path: string, style: number): string {
    const [a, b, c] = [this.#mark(), this.#mark(), this.#mark()];
    const lines = ((): string[] => {
      if (path.endsWith(".env")) return [`# ${a}`, `A=${b}`, `B="${c} x"`];
      if (path.endsWith(".json")) return ["{", `  "a": "${a}",`, `  "b": ["${b}", 1, null]`, "}"];
      if (path.endsWith(".md")) return ["# Notes", "", `Line ${String(style)}`];
      const head = ["apiVersion: v1", "kind: Secret", "metadata:", "  name: s", "stringData:"];
      const bodies = [
        [`  a: ${a}`, `  b: "${b}"`],
        [`  a: |`, `    ${a}`, `    ${b}`, `  # ${c}`, `  c: '${c}'`],
        // Not folded: that comes back as the same value, in another layout.
        [`  a: ${a}`, `  b: |-`, `    ${b}`, "", `    ${c}`],
        [`  b: ${a} # ${b}`],
        [`  a: ${a}`, `  b: ${b}`, `  c: ${c}`, `  d: ""`],
      ];
      return [...head, ...(bodies[style % bodies.length] ?? [])];
    })();
    const end = style === 5 ? "\r\n" : "\n";
    return lines.join(end) + end;
  }

  /** Reads every file of the worktree, or of a tree or the index by `:` or `REV:`. */
  async #read(where: string | null): Promise<Readings> {
    const readings = new Map<string, Reading>();
    for (const path of FILES) {
      const bytes = where === null ? this.#onDisk(path) : this.#blob(`${where}${path}`);
      if (bytes !== null) readings.set(path, await this.#reading(path, bytes));
    }
    return readings;
  }

  #onDisk(path: string): Buffer | null {
    const location = join(this.#repository.dir, path);
    return existsSync(location) ? readFileSync(location) : null;
  }

  #blob(name: string): Buffer | null {
    const { status, stdout } = this.#repository.git("cat-file", "blob", name);
    return status === 0 ? Buffer.from(stdout) : null;
  }

  #reading(path: string, bytes: Buffer): Promise<Reading> {
    return plaintextOf(path, bytes, this.#pairs);
  }

  /** Does one step. @throws Error with what invariant does not hold */
  async take(step: Step): Promise<void> {
    const { write, git } = this.#repository;
    const path = "file" in step ? (FILES[step.file] ?? FILES[0]) : FILES[0];
    const location = join(this.#repository.dir, path);
    switch (step.do) {
      case "write":
        write(path, this.#content(path, step.style));
        break;
      case "edit": {
        const bytes = this.#onDisk(path);
        if (bytes === null) break;
        const { text, state } = await this.#reading(path, bytes);
        if (state !== "broken") write(path, text.replace(MARK, this.#mark()));
        break;
      }
      case "append":
        // Into the encrypted file as it is, too.
        if (existsSync(location) && path.endsWith(".yaml")) {
          const text = readFileSync(location, "utf8");
          const name = `n${String(this.#marks)}`;
          write(path, text.replace("stringData:\n", `stringData:\n  ${name}: ${this.#mark()}\n`));
        } else if (existsSync(location) && path.endsWith(".md")) {
          write(path, `${readFileSync(location, "utf8")}more ${String(++this.#marks)}\n`);
        }
        break;
      case "remove":
        rmSync(location, { force: true });
        break;
      case "chmod":
        if (existsSync(location)) chmodSync(location, statSync(location).mode ^ 0o111);
        break;
      case "move": {
        const to = FILES[step.to] ?? FILES[0];
        const isAlike = path.split(".").pop() === to.split(".").pop();
        const target = join(this.#repository.dir, to);
        if (isAlike && existsSync(location) && !existsSync(target)) {
          write(to, "");
          renameSync(location, target);
          git("add", "-A", "--", path, to);
        }
        break;
      }
      case "add":
        git("add", "-A", "--", path);
        break;
      case "add -N":
        git("add", "-N", "--", path);
        break;
      case "unstage":
        git("reset", "-q", "--", path);
        break;
      case "add -A":
        git("add", "-A");
        break;
      case "add -p":
        this.#answering(["add", "-p"], step.answers);
        break;
      case "set aside":
        git(...SET_ASIDE[step.how], "-q");
        break;
      case "branch":
        git("switch", "-q", "-c", `b${String(step.n)}`);
        break;
      case "switch":
        git("switch", "-q", ["main", "b0", "b1"][step.n] ?? "main");
        break;
      case "push":
        git("push", "-q", "--force", "origin", "HEAD:refs/heads/main");
        break;
      case "commit":
        await this.#commit(step, path);
        break;
    }
    if (step.do !== "commit") this.log.push(JSON.stringify(step));
    this.#nothingLeaked();
  }

  async #commit(step: Step & { do: "commit" }, path: string): Promise<void> {
    const { git } = this.#repository;
    const args = COMMITS[step.form].map((argument) =>
      argument
        .replace("{path}", path)
        .replace("{commit}", `HEAD~${String(step.n)}`)
        .replace("{n}", String(step.n))
        .replace("{branch}", ["main", "b0", "b1", "main"][step.n] ?? "main")
        .replace("{patch}", "../patches/0001-foreign-0.patch"),
    );
    const isCommit = args.includes("commit") && !step.form.includes("aborted");
    if (isCommit && !step.verify) args.push("--no-verify");
    if (args.includes("--") && !step.verify) args.pop();
    const head = git("rev-parse", "HEAD").stdout;
    // It would take away the hooks: SECURITY.md names branches without the gate.
    if (step.form === "revert" && this.#isBase(`HEAD~${String(step.n)}`)) return;
    const [disk, index, inHead] = [
      await this.#read(null),
      await this.#read(":"),
      await this.#read("HEAD:"),
    ];
    const status = git("status", "--porcelain").stdout;
    const ended = this.#answering(args, step.answers);
    this.log.push(
      `${step.form} ${args.join(" ")} -> ${String(ended.status)}\n${status.replace(/^/gm, "    ")}${ended.stderr.replace(/^/gm, "    ")}`,
    );
    if (/internal error/.test(ended.stderr)) throw new Error("the gate crashed");
    if (MARK.test(ended.stderr)) throw new Error("a secret was printed");
    if (isCommit && !step.verify) {
      if (ended.status === 0) this.#tainted = true;
      return;
    }
    // git writes the files of the commits it applies; those that were dirty are nobody's but ours.
    const dirtyOnly = !step.form.startsWith("commit");
    this.#nothingLost(disk, await this.#read(null), dirtyOnly ? inHead : null, step.form);
    const moved = git("rev-parse", "HEAD").stdout !== head;
    if (isCommit && ended.status === 0) {
      await this.#asMeant(step.form, path, { disk, index });
    } else if (isCommit && moved) {
      throw new Error("a commit was made, though git says it failed");
    } else if (isCommit && ended.status !== 0) {
      this.#unchanged(step.form, index, await this.#read(":"), ended);
    }
    if (!this.#tainted) await this.#verifies();
  }

  /** What is on disk reads as before, or is what git has put in the place of a clean file. */
  #nothingLost(
    before: Readings,
    after: Readings,
    committed: Readings | null,
    form: CommitForm,
  ): void {
    for (const [path, was] of before) {
      if (committed !== null && committed.get(path)?.text === was.text) continue;
      // Gone from HEAD and the index by a revert or a pick, or merged: git refuses to touch dirty files.
      if (/abort$/.test(form) && !form.startsWith("commit")) continue;
      const now = after.get(path);
      if (now?.text === was.text) continue;
      // An autostash puts a file back with the line ends that .gitattributes asks for.
      if (committed !== null && now?.text === was.text.replaceAll("\r", "")) continue;
      if (was.state === "broken" && now?.state === "encrypted") continue;
      // What is staged and in the way of `cherry-pick -n` stays, between the marks of a conflict.
      if (committed !== null && now !== undefined && holdsLinesOf(now.text, was.text)) continue;
      throw new Error(`${path} was ${was.state} and lost something on disk`);
    }
  }

  /** The commit holds what was staged, or named; encrypted; and the index nothing in plaintext. */
  async #asMeant(
    form: CommitForm,
    path: string,
    { disk, index }: { readonly disk: Readings; readonly index: Readings },
  ): Promise<void> {
    const committed = await this.#read("HEAD:");
    const staged = await this.#read(":");
    const named = form.includes("path") ? new Set([path, "docs/notes.md"]) : null;
    if (named !== null && !form.includes("two paths") && path !== "docs/notes.md") {
      named.delete("docs/notes.md");
    }
    for (const [file, one] of committed) {
      const isNamed = named?.has(file) === true || form.includes(" -a");
      if (one.state !== "encrypted" && MARK.test(one.text)) {
        throw new Error(`${file} is committed in plaintext`);
      }
      const meant = isNamed ? disk.get(file) : named === null ? index.get(file) : undefined;
      if (CHOOSING.has(form) || meant === undefined) continue;
      if (meant.state === "broken") continue;
      // autocrlf stores other line ends than the file on disk has.
      if (one.text.replaceAll("\r", "") !== meant.text.replaceAll("\r", "")) {
        throw new Error(`${file} is committed with another content than was meant`);
      }
    }
    for (const [file, one] of staged) {
      if (one.state === "encrypted" || !MARK.test(one.text)) continue;
      if (form === "commit --amend --only") continue;
      if (named !== null && !named.has(file) && form !== "commit -i path") continue;
      throw new Error(`${file} is in the index in plaintext after the commit`);
    }
  }

  /** Whether a revision is the commit that brought the gate. */
  #isBase(revision: string): boolean {
    return this.#repository.git("rev-parse", revision).stdout.trim() === this.#base;
  }

  #unchanged(form: CommitForm, before: Readings, after: Readings, ended: Ended): void {
    if (!ended.stderr.includes("nothing was changed")) return;
    for (const [path, was] of before) {
      const now = after.get(path);
      if (now?.text !== was.text || now.state !== was.state) {
        throw new Error(`${form} was refused, and ${path} changed in the index`);
      }
    }
  }

  /** Every encrypted file of HEAD decrypts, and its MAC holds. */
  async #verifies(): Promise<void> {
    for (const [path, { state }] of await this.#read("HEAD:")) {
      if (state === "broken") throw new Error(`${path} is broken in HEAD`);
    }
  }

  #nothingLeaked(): void {
    if (!this.#tainted) {
      // stash keeps what is not committed yet, and no hook runs for it; push refuses it.
      const reachable = this.#objects(this.#repository.dir, [
        "--exclude=refs/heads/foreign",
        "--exclude=refs/stash",
        "--all",
        "HEAD",
      ]);
      if (MARK.test(reachable)) throw new Error("plaintext is in an object that a ref reaches");
    }
    if (MARK.test(this.#objects(this.#remote, ["--all"]))) throw new Error("plaintext was pushed");
  }

  #objects(cwd: string, revisions: readonly string[]): string {
    const { stdout, status, stderr } = this.#repository.run(
      "sh",
      [
        "-c",
        'base=$1; shift; git rev-list --objects --no-object-names "$@" --not $base | git cat-file --batch --buffer',
        "sh",
        cwd === this.#remote ? "" : this.#base,
        ...revisions,
      ],
      { cwd },
    );
    if (status !== 0) throw new Error(`objects could not be read: ${stderr}`);
    return stdout;
  }

  /** From a file: a pipe that git does not read would break. */
  #answering(args: readonly string[], answers: readonly boolean[]): Ended {
    this.#repository.write("../answers", answers.map((yes) => (yes ? "y\n" : "n\n")).join(""));
    return this.#repository.run("sh", ["-c", 'exec git "$@" <../answers', "sh", ...args]);
  }
}

function holdsLinesOf(text: string, part: string): boolean {
  const lines = new Set(text.split(/\r?\n/));
  return part.split(/\r?\n/).every((line) => lines.has(line));
}
