import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { copied, scaffolded, secret, type Scaffolded } from "./scaffolded.ts";

/**
 * A commit of 50 Secrets, killed: the gate alone or git and everything it started, at any call that
 * changes something or at any moment. Then nothing is lost, nothing is in a commit in plaintext, and
 * `doctor --fix` or the same commit again leaves everything as if nothing had happened.
 */
const KILLS = Number(process.env["FLUX_SOPS_KILLS"] ?? 8);
const SEED = Number(process.env["FLUX_SOPS_SEED"] ?? Date.now()) % 1e6;
const PRELOAD = fileURLToPath(new URL("kill-at-call.mjs", import.meta.url));
/** No Base64, so that no ciphertext holds it by chance. */
const MARK = "mk-7q";

const FILES = Array.from({ length: 50 }, (_, n) =>
  n % 10 === 9
    ? `clusters/homelab/apps/a${String(n)}/x.sops.env`
    : `clusters/homelab/secrets/s${String(n)}.sops.yaml`,
);
const content = (path: string, n: number): string =>
  path.endsWith(".env") ? `A=${MARK}${String(n)}\n` : secret({ a: `${MARK}${String(n)}` });

const FORMS: Readonly<Record<string, readonly string[]>> = {
  commit: [],
  "commit -a": ["-a"],
  "commit -- path": ["--", "clusters"],
};

/** 50 files staged; every second one is there already, encrypted, and was edited. */
function arranged(t: Parameters<typeof scaffolded>[0]): Scaffolded {
  const repository = scaffolded(t);
  const write = (n: number, text: string): void => {
    repository.write(FILES[n] ?? "", text);
  };
  FILES.forEach((path, n) => {
    if (n % 2 === 0) write(n, content(path, 1000 + n));
  });
  repository.must("add", "-A");
  repository.must("commit", "-q", "-m", "Before");
  FILES.forEach((path, n) => {
    write(n, content(path, n));
  });
  repository.must("add", "-A");
  return repository;
}

/** A pseudo-random number below 1, the same for the same run of the same seed. */
function random(run: number): number {
  const x = Math.sin(SEED + run * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}

interface Kill {
  readonly form: string;
  readonly whole: boolean;
  /** After so many calls, or so many milliseconds. */
  readonly at: { readonly call: number } | { readonly milliseconds: number };
}

/** Commits in a process group of its own, and kills. */
async function commitAndKill({ dir, env }: Scaffolded, kill: Kill): Promise<void> {
  const child = spawn("git", ["commit", "-q", "-m", "Killed", ...(FORMS[kill.form] ?? [])], {
    cwd: dir,
    detached: true,
    stdio: "ignore",
    env: {
      ...env,
      ...("call" in kill.at
        ? {
            NODE_OPTIONS: `--import=${PRELOAD}`,
            KILL_AT_CALL: String(kill.at.call),
            KILL_WHOLE_GROUP: kill.whole ? "1" : "0",
          }
        : {}),
    },
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  if ("milliseconds" in kill.at) {
    await Promise.race([setTimeout(kill.at.milliseconds), ended]);
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  await ended;
}

/** What is wrong in a repository after a kill and its mend; null when all is well. */
function wrongAfter(repository: Scaffolded, kill: Kill): string | null {
  const { git, tool, dir } = repository;
  const reachable = repository.run("sh", [
    "-c",
    "git rev-list --objects --no-object-names --all | git cat-file --batch --buffer",
  ]).stdout;
  if (reachable.includes(MARK)) return "plaintext is in a commit";
  const killed = FILES.map((path) => repository.read(path));
  const lost = FILES.filter(
    (path, n) => killed[n] !== content(path, n) && killed[n]?.includes("ENC[AES256_GCM,") !== true,
  );
  if (lost.length > 0) return `lost: ${lost.join(", ")}`;

  const before = git("log", "-1", "--format=%s").stdout;
  const status = git("status", "--porcelain", "-uall");
  if (status.status !== 0) return `git status: ${status.stderr}`;
  const locks = readdirSync(join(dir, ".git")).filter((name) => name.endsWith(".lock"));
  if (locks.length > 0) {
    const told = tool("doctor");
    if (told.status !== 1 || !told.stdout.includes(".lock")) return `doctor: ${told.stdout}`;
    const doctor = tool("doctor", "--fix");
    if (doctor.status !== 0) return `doctor --fix: ${doctor.stdout}${doctor.stderr}`;
  }
  if (before === "Killed\n") {
    // The commit was made, and what follows it was killed.
    repository.must("reset", "-q");
  } else {
    // What a commit -a has staged, git has forgotten with its lock.
    const again = git("commit", "-q", "-m", "Again", ...(FORMS[kill.form] ?? []));
    if (again.status !== 0) return `again: ${again.stderr}`;
  }
  const after = git("status", "--porcelain", "-uall").stdout;
  if (after !== "") return `status after: ${after}`;
  // git's own maintenance runs on behind a commit, and holds a lock as long.
  const left = repository.run("sh", [
    "-c",
    "find . -name '.flux-sops-*' -o -name '*.lock' ! -name maintenance.lock -o -name 'replacing-*'",
  ]).stdout;
  if (left !== "") return `left behind: ${left}`;
  const plain = tool("decrypt", ...FILES);
  if (plain.status !== 0) return `decrypt: ${plain.stderr}`;
  const marks = [...plain.stdout.matchAll(/mk-7q(\d+)/g)].map(([, n]) => Number(n));
  if (marks.sort((a, b) => a - b).join() !== FILES.map((_, n) => n).join()) return "values differ";
  return FILES.some((path) => repository.read(path).includes(MARK)) ? "plaintext on disk" : null;
}

test(`killed at any moment, a commit leaves nothing that cannot be mended (${String(KILLS)})`, async (t) => {
  t.log(`FLUX_SOPS_SEED=${String(SEED)}`);
  const model = arranged(t);
  const copy = (): Scaffolded & { remove(): void } => {
    const cleanUps: (() => void)[] = [];
    const repository = copied({ teardown: (one) => void cleanUps.push(one) }, model);
    return {
      ...repository,
      remove: () =>
        void cleanUps.forEach((one) => {
          one();
        }),
    };
  };

  const counting = copy();
  const log = join(counting.home, "calls");
  const start = performance.now();
  const counted = counting.run("git", ["commit", "-q", "-m", "Counted"], {
    env: { NODE_OPTIONS: `--import=${PRELOAD}`, COUNT_CALLS_INTO: log },
  });
  const milliseconds = performance.now() - start;
  t.is(counted.status, 0, counted.stderr);
  const calls = Number(readFileSync(log, "utf8"));
  t.true(calls > 100, `${String(calls)} calls`);
  counting.remove();

  for (let run = 0; run < KILLS; run++) {
    const form = Object.keys(FORMS)[run % 3] ?? "commit";
    const whole = run % 4 < 2;
    const part = random(run);
    const kill: Kill =
      run % 8 < 6
        ? { form, whole, at: { call: 1 + Math.floor(part * calls) } }
        : { form, whole: true, at: { milliseconds: part * milliseconds * 1.2 } };
    const repository = copy();
    await commitAndKill(repository, kill);
    const wrong = wrongAfter(repository, kill);
    t.is(wrong, null, JSON.stringify(kill));
    repository.remove();
  }
});

test("a commit without secrets, too, completes what a killed one left", (t) => {
  const repository = scaffolded(t);
  const path = "clusters/homelab/secrets/db.sops.yaml";
  const plaintext = secret({ a: `${MARK}1` });
  repository.write(path, plaintext);
  repository.must("add", "-A");
  const from = repository.must("rev-parse", `:${path}`).trim();
  // Of another moment than the next commit's, which could else be an amended one.
  repository.must("commit", "-q", "-m", "Secret", "--date", "2020-01-01T00:00:00Z");
  const to = repository.must("rev-parse", `:${path}`).trim();
  const encrypted = repository.read(path);
  t.not(from, to);

  // As if it had been killed before it replaced the file on disk.
  repository.write(path, plaintext);
  const { pid } = spawnSync("true");
  const journal = join(repository.dir, ".git/flux-sops", `replacing-${String(pid)}`);
  writeFileSync(journal, JSON.stringify({ id: "0011223344556677", entries: [{ path, from, to }] }));

  repository.write("note.txt", "nothing to hide\n");
  repository.must("add", "note.txt");
  repository.must("commit", "-q", "-m", "Note");
  t.is(repository.read(path), encrypted);
  t.false(existsSync(journal));
});
