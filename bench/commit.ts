// `npm run bench`: a commit without secrets in a scaffolded repository, beside the same commit with
// its hooks off, beside one whose husky hook only runs `node -e 0`, and beside pre-commit with one hook
// that looks for Secrets by a pattern (less than a hook of one's own would take); the hook alone, as husky runs it, beside
// `node -e 0` and the calls to git that it cannot avoid; and 1,000 staged Secrets in one commit.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { realTool } from "../test/installed-tools.ts";
import { inPlace, TOOL, type Place } from "./place.ts";
import { report, sideBySide, timed } from "./timing.ts";

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

/**
 * An hour later each time. Within the second of the last commit the gate cannot tell a commit from its
 * amendment, and judges both: only scripts are that fast.
 */
let date = 1_700_000_000;

function stage(cwd: string, { env }: Place): void {
  number += 1;
  writeFileSync(join(cwd, "note.yaml"), `kind: ConfigMap\nnumber: ${number}\n`);
  timed("git", ["add", "note.yaml"], { cwd, env });
}

function commit(cwd: string, place: Place, ...options: string[]): number {
  stage(cwd, place);
  date += 3600;
  const env = { ...place.env, GIT_AUTHOR_DATE: `@${date} +0000` };
  return timed("git", [...options, "commit", "-q", "-m", "Note"], { cwd, env });
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
  const inHook = { cwd: ours, env: { ...env, GIT_INDEX_FILE: ".git/index" } };
  const [gate = NaN, off = NaN, bare = NaN, hook = NaN, plumbing = NaN, theirs = NaN] = sideBySide(
    RUNS,
    [
      () => commit(ours, place),
      () => commit(ours, place, "-c", "core.hooksPath=/dev/null"),
      () => commit(floor, place),
      () => {
        stage(ours, place);
        return timed("sh", ["-e", ".husky/pre-commit"], inHook);
      },
      () => {
        stage(ours, place);
        return (
          timed("node", ["-e", "0"], inHook) +
          timed("git", ["diff-index", "--cached", "--raw", "-z", "HEAD"], inHook) +
          timed("git", ["cat-file", "--batch", "--buffer"], {
            ...inHook,
            input: "HEAD\n:0:note.yaml\nHEAD:note.yaml\n:0:.sops.yaml\n",
          })
        );
      },
      ...(framework === null ? [] : [() => commit(framework, place)]),
    ],
  );
  const what = "commit without secrets";
  report(what, gate, "hooks off", off, null);
  report(what, gate, "husky with node -e 0", bare, 1.4);
  if (framework === null) console.log("pre-commit is not installed: nothing to compare with");
  else report(what, gate, "pre-commit", theirs, 1);
  report("the hook alone", hook, "node -e 0 and git's plumbing", plumbing, 1.5);
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
