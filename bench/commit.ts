// `npm run bench`: a commit without secrets in a scaffolded repository, beside the same commit with
// its hooks off, beside one whose husky hook only runs `node -e 0`, and beside pre-commit with one hook
// that looks for Secrets by a pattern (less than a hook of one's own would take); the hook alone, as husky runs it, beside
// `node -e 0` and the calls to git that it cannot avoid; and 1,000 staged Secrets in one commit.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { realTool } from "../test/installed-tools.ts";
import { inPlace, TOOL, type Place } from "./place.ts";
import { median, report, timed } from "./timing.ts";

const RUNS = 15;
const SECRETS = 1000;
/** Real sops is timed on a part, one process a file, and scaled. */
const SOPS_FILES = 100;

function repository({ folder, env }: Place, name: string): string {
  const cwd = join(folder, name);
  timed("node", [TOOL, "init", cwd, "--yes", "--skip-install"], { cwd: folder, env });
  return cwd;
}

let number = 0;

function stage(cwd: string, { env }: Place): void {
  number += 1;
  writeFileSync(join(cwd, "note.yaml"), `kind: ConfigMap\nnumber: ${number}\n`);
  timed("git", ["add", "note.yaml"], { cwd, env });
}

function commit(cwd: string, place: Place, ...options: string[]): number {
  stage(cwd, place);
  return timed("git", [...options, "commit", "-q", "-m", "Note"], { cwd, env: place.env });
}

/** A repository whose one hook is pre-commit's, or null where that is not installed. */
function withPreCommit({ folder, env }: Place): string | null {
  const cwd = join(folder, "pre-commit");
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  if (!folders.some((one) => existsSync(join(one, "pre-commit")))) return null;
  timed("git", ["init", "-q", cwd], { cwd: folder, env });
  const hook = `{id: secrets, name: secrets, language: pygrep, entry: "^kind: Secret", types: [yaml]}`;
  writeFileSync(
    join(cwd, ".pre-commit-config.yaml"),
    `repos:\n  - repo: local\n    hooks:\n      - ${hook}\n`,
  );
  timed("git", ["add", "."], { cwd, env });
  timed("pre-commit", ["install"], { cwd, env });
  return cwd;
}

function compareCommits(place: Place): void {
  const { env } = place;
  const ours = repository(place, "ours");
  const floor = repository(place, "floor");
  writeFileSync(join(floor, ".husky/pre-commit"), "node -e 0\n");
  rmSync(join(floor, ".husky/prepare-commit-msg"), { force: true });
  const framework = withPreCommit(place);
  const gate: number[] = [];
  const off: number[] = [];
  const bare: number[] = [];
  const theirs: number[] = [];
  const hook: number[] = [];
  const plumbing: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    gate.push(commit(ours, place));
    off.push(commit(ours, place, "-c", "core.hooksPath=/dev/null"));
    bare.push(commit(floor, place));
    if (framework !== null) theirs.push(commit(framework, place));
    stage(ours, place);
    const inHook = { cwd: ours, env: { ...env, GIT_INDEX_FILE: ".git/index" } };
    hook.push(timed("sh", ["-e", ".husky/pre-commit"], inHook));
    plumbing.push(
      timed("node", ["-e", "0"], inHook) +
        timed("git", ["diff-index", "--cached", "--raw", "-z", "HEAD"], inHook) +
        timed("git", ["cat-file", "--batch", "--buffer"], {
          ...inHook,
          input: "HEAD\n:0:note.yaml\nHEAD:note.yaml\n:0:.sops.yaml\n",
        }),
    );
  }
  const what = "commit without secrets";
  report(what, median(gate), "hooks off", median(off), null);
  report(what, median(gate), "husky with node -e 0", median(bare), 1.4);
  if (framework === null) console.log("pre-commit is not installed: nothing to compare with");
  else report(what, median(gate), "pre-commit", median(theirs), 1);
  report("the hook alone", median(hook), "node -e 0 and git's plumbing", median(plumbing), 1.5);
}

function compareSecrets(place: Place): void {
  const { folder, env } = place;
  const cwd = repository(place, "secrets");
  const secrets = "clusters/homelab/secrets/many";
  mkdirSync(join(cwd, secrets), { recursive: true });
  const write = (name: string, index: number) => {
    const values = ["user", "password", "token", "url", "port"].map(
      (key) => `  ${key}: "${key} ${index}"\n`,
    );
    writeFileSync(
      join(cwd, secrets, name),
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s${index}\nstringData:\n${values.join("")}`,
    );
  };
  for (let index = 0; index < SECRETS; index += 1) write(`s${index}.sops.yaml`, index);
  timed("git", ["add", "."], { cwd, env });
  const ours = timed("git", ["commit", "-q", "-m", "Secrets"], { cwd, env });
  const sops = realTool("sops");
  if (sops === null) {
    console.log("real sops is not installed: nothing to compare with");
    return;
  }
  const keys = {
    cwd,
    env: { ...env, SOPS_AGE_KEY_FILE: join(folder, ".config/sops/age/keys.txt") },
  };
  let theirs = 0;
  for (let index = 0; index < SOPS_FILES; index += 1) {
    write(`t${index}.sops.yaml`, index);
    theirs += timed(sops, ["encrypt", "-i", `${secrets}/t${index}.sops.yaml`], keys);
  }
  const scaled = (theirs * SECRETS) / SOPS_FILES;
  report("commit of 1,000 Secrets", ours, "sops encrypt -i, one process each", scaled, null);
}

await inPlace((place) => {
  compareCommits(place);
  compareSecrets(place);
});
