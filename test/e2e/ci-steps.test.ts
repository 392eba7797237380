import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { scaffolded, secret, type Scaffolded } from "./scaffolded.ts";

/** What the CI files run, as the runners of each run it: in a checkout with an empty home and no branch. */

interface Workflow {
  readonly jobs: { readonly check: { readonly steps: readonly { readonly run?: string }[] } };
}

interface Pipeline {
  readonly "flux-sops": { readonly script: readonly string[] };
}

/** The range that an event has: what was before it, and behind it; for a push, of which branch (none: a tag). */
type Variables = (before: string, after: string, branch?: string | null) => NodeJS.ProcessEnv;

interface Provider {
  readonly file: string;
  /** Scripts, of which each is a process of its own. */
  scripts(file: unknown): readonly string[];
  /** What a runner sets, or the file's own `env` has from that. */
  readonly push: Variables;
  readonly request: Variables;
}

const NONE = "0".repeat(40);
const GONE = "1".repeat(40);

const inWorkflow = (file: string): Provider => ({
  file,
  scripts: (read) => (read as Workflow).jobs.check.steps.flatMap(({ run }) => run ?? []),
  push: (before, after, branch = "main") => {
    const ref = branch === null ? "refs/tags/v1" : `refs/heads/${branch}`;
    return { BEFORE: before, AFTER: after, REF: ref, MAIN: "main" };
  },
  request: (before, after) => ({
    BEFORE: before,
    AFTER: after,
    REF: "refs/pull/1/merge",
    MAIN: "main",
  }),
});

const PROVIDERS: Readonly<Record<string, Provider>> = {
  github: inWorkflow(".github/workflows/flux-sops.yml"),
  forgejo: inWorkflow(".forgejo/workflows/flux-sops.yml"),
  gitlab: {
    file: ".gitlab-ci.yml",
    scripts: (read) => [(read as Pipeline)["flux-sops"].script.join("\n")],
    push: (before, after, branch = "main") => ({
      CI_COMMIT_BEFORE_SHA: before,
      CI_COMMIT_SHA: after,
      CI_DEFAULT_BRANCH: "main",
      ...(branch !== null && { CI_COMMIT_BRANCH: branch }),
    }),
    request: (before, after) => ({
      CI_COMMIT_BEFORE_SHA: NONE,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: before,
      CI_COMMIT_SHA: after,
      CI_DEFAULT_BRANCH: "main",
    }),
  },
};

/**
 * Whether all steps pass in the checkout of a commit, for each event by its variables; what kustomize builds
 * has a test of its own. A step that reads none of them runs once for all events.
 */
function passes(
  { dir, run, must }: Scaffolded,
  { file, scripts }: Provider,
  commit: string,
  events: readonly NodeJS.ProcessEnv[],
): boolean[] {
  const checkout = join(dir, "../checkout");
  const home = join(dir, "../runner");
  mkdirSync(home, { recursive: true });
  must("worktree", "add", "-q", "--force", "--detach", checkout, commit);
  const text = must("show", `${commit}:${file}`);
  const steps = scripts(parse(text)).map((step) => step.replace(/^.*build\.sh.*$/m, ":"));
  if (steps.length === 0) throw new Error(`no steps in ${file}`);
  const statuses = new Map<string, number>();
  const statusOf = (step: string, variables: NodeJS.ProcessEnv): number => {
    const isRead = Object.keys(variables).some((name) => step.includes(name));
    const key = isRead ? `${JSON.stringify(variables)} ${step}` : step;
    const env = { PATH: process.env["PATH"], HOME: home, CI: "true", ...variables };
    const status =
      statuses.get(key) ?? run("bash", ["-e", "-c", step], { cwd: checkout, env }).status;
    statuses.set(key, status);
    return status;
  };
  const passed = events.map((variables) => steps.every((step) => statusOf(step, variables) === 0));
  must("worktree", "remove", "--force", checkout);
  return passed;
}

for (const [name, provider] of Object.entries(PROVIDERS)) {
  test(`${name}: what is clean passes, and plaintext fails, however the runner names what is new`, (t) => {
    const repository = scaffolded(t, { flags: ["--provider", name] });
    const { must, write } = repository;
    const commit = (message: string): string => {
      must("add", "-A", ".");
      must("-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", message);
      return must("rev-parse", "HEAD").trim();
    };
    const first = must("rev-parse", "HEAD").trim();
    write("notes.md", "some\n");
    const clean = commit("Notes");
    const { push, request } = provider;
    const news = [push(first, clean), push(NONE, clean), push(GONE, clean), request(first, clean)];
    t.deepEqual(passes(repository, provider, clean, news), [true, true, true, true]);
    // Committed past the hooks, and taken back by the next commit.
    const path = "clusters/homelab/apps/web/web.yaml";
    write(path, secret({ password: "wombat-7731-quartz" }));
    const leak = commit("Leak");
    // It stands there, also where nothing is new.
    const there = [push(clean, leak), push(leak, leak)];
    t.deepEqual(passes(repository, provider, leak, there), [false, false]);
    must("rm", "-q", path);
    const back = commit("Take it back");
    const events = [
      push(clean, back),
      push(NONE, back),
      push(GONE, back),
      request(clean, back),
      // What was before is not new.
      push(leak, back),
    ];
    t.deepEqual(passes(repository, provider, back, events), [false, false, false, false, true]);
    // A request is checked out as its merge with a branch that has gone on.
    must("switch", "-q", "--detach", clean);
    write("more.md", "more\n");
    const base = commit("More");
    must("-c", "core.hooksPath=/dev/null", "merge", "-q", "--no-edit", back);
    const merge = must("rev-parse", "HEAD").trim();
    t.deepEqual(passes(repository, provider, merge, [request(base, back)]), [false]);
  });
}

for (const [name, provider] of Object.entries(PROVIDERS)) {
  test(`${name}: of a new branch, what the default branch has not is looked at, and not what it held once`, (t) => {
    const repository = scaffolded(t, { flags: ["--provider", name] });
    const { must, write } = repository;
    const path = "clusters/homelab/apps/web/web.yaml";
    const past = (...args: string[]) => must("-c", "core.hooksPath=/dev/null", ...args);
    /** Commits a leak past the hooks, and takes it back. */
    const leakAndBack = (password: string): string => {
      write(path, secret({ password }));
      must("add", path);
      past("commit", "-q", "-m", "Leak");
      must("rm", "-q", path);
      past("commit", "-q", "-m", "Take it back");
      return must("rev-parse", "HEAD").trim();
    };
    const main = leakAndBack("wombat-7731-quartz");
    must("switch", "-q", "-c", "notes");
    write("notes.md", "some\n");
    must("add", "notes.md");
    past("commit", "-q", "-m", "Notes");
    const clean = must("rev-parse", "HEAD").trim();
    const { push } = provider;
    const event = push(NONE, clean, "notes");
    // Without the default branch nothing says what is new.
    t.deepEqual(passes(repository, provider, clean, [event]), [false]);
    must("update-ref", "refs/remotes/origin/main", main);
    const events = [event, push(NONE, clean, "main"), push(NONE, clean, null)];
    t.deepEqual(passes(repository, provider, clean, events), [true, false, false]);
    const leaked = leakAndBack("badger-1188-onyx");
    t.deepEqual(passes(repository, provider, leaked, [push(NONE, leaked, "notes")]), [false]);
  });
}

test("github: what a merge queue has built is checked, from what it was built on", (t) => {
  const { must } = scaffolded(t);
  const workflow = parse(must("show", "HEAD:.github/workflows/flux-sops.yml")) as {
    readonly on: Readonly<Record<string, unknown>>;
    readonly jobs: { readonly check: { readonly steps: readonly { readonly env?: object }[] } };
  };
  t.true("merge_group" in workflow.on);
  const variables = workflow.jobs.check.steps.flatMap(({ env }) => env ?? []);
  t.regex(JSON.stringify(variables), /"BEFORE":"[^"]*github\.event\.merge_group\.base_sha/);
});
