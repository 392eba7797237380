// `npm run bench`: a commit without secrets in a scaffolded repository, beside the same
// commit with its hooks off and beside one whose husky hook only runs `node -e 0`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, report, timed } from "./timing.ts";

const TOOL = fileURLToPath(new URL("../dist/flux-sops.mjs", import.meta.url));
const RUNS = 10;

const folder = mkdtempSync(join(tmpdir(), "flux-sops-bench-"));
const env = {
  PATH: process.env["PATH"],
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.com",
};

function repository(name: string): string {
  const cwd = join(folder, name);
  timed("node", [TOOL, "init", cwd, "--yes", "--skip-install"], { cwd: folder, env });
  return cwd;
}

function commit(cwd: string, number: number, ...options: string[]): number {
  writeFileSync(join(cwd, "note.yaml"), `kind: ConfigMap\nnumber: ${number}\n`);
  timed("git", ["add", "note.yaml"], { cwd, env });
  return timed("git", [...options, "commit", "-q", "-m", "Note"], { cwd, env });
}

try {
  const ours = repository("ours");
  const floor = repository("floor");
  for (const hook of ["pre-commit"]) {
    writeFileSync(join(floor, ".husky", hook), "node -e 0\n");
  }
  rmSync(join(floor, ".husky/prepare-commit-msg"), { force: true });
  const times = { gate: [] as number[], off: [] as number[], bare: [] as number[] };
  for (let run = 0; run < RUNS; run += 1) {
    times.gate.push(commit(ours, run * 2));
    times.off.push(commit(ours, run * 2 + 1, "-c", "core.hooksPath=/dev/null"));
    times.bare.push(commit(floor, run));
  }
  report("commit without secrets", median(times.gate), "hooks off", median(times.off));
  report("commit without secrets", median(times.gate), "husky with node -e 0", median(times.bare));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
