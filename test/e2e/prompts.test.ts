import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { CTRL_C, ENTER, hasTerminal, onTerminal, type Step } from "../terminal.ts";
import { scaffolded, TOOL, type Scaffolded } from "./scaffolded.ts";

const run = hasTerminal ? test.serial : test.serial.skip;

function drive(repository: Scaffolded, args: readonly string[], steps: readonly Step[]) {
  return onTerminal(["node", TOOL, ...args], steps, { cwd: repository.dir, env: repository.env });
}

/** Every prompt of a command, each with an answer that is taken. */
const PROMPTS: Record<string, { args: string[]; steps: Step[] }> = {
  init: {
    args: ["init", "../asked", "--skip-install"],
    steps: [
      ["Name of the cluster", ENTER],
      ["Where will the repository be hosted", ENTER],
      ["Owner of the repository", ENTER],
      ["Name of the repository", ENTER],
      ["Branch that Flux follows", ENTER],
      ["small example application", ENTER],
    ],
  },
  secret: {
    args: ["new", "secret"],
    steps: [
      ["Name of the Secret", `db${ENTER}`],
      ["Namespace", ENTER],
      ["Type", ENTER],
      ["Key", ENTER],
      ["Value of password (not shown", `hunter2-typed${ENTER}`],
      ["Another key", ENTER],
    ],
  },
  workload: {
    args: ["new", "workload"],
    steps: [
      ["Name of the workload", `web${ENTER}`],
      ["Image", ENTER],
      ["Port it listens on", ENTER],
      ["Namespace", ENTER],
      ["Keys of its Secret", ENTER],
    ],
  },
  cluster: { args: ["new", "cluster"], steps: [["Name of the cluster", `prod${ENTER}`]] },
};

/** What was typed wrongly at a prompt, and what is said. */
const WRONG: Record<string, Record<number, [typed: string, says: string]>> = {
  init: {
    0: ["A", "It must be a DNS label"],
    2: ["a b", "It must be letters"],
    4: ["a b", "It must not hold"],
  },
  secret: {
    0: ["Db", "It must be a DNS name"],
    1: ["A", "It must be a DNS label"],
    3: ["a b", "It must be at most 253"],
    5: ["password", "It is given already"],
  },
  workload: {
    0: ["1web", "It must begin with a letter"],
    1: ["A B", "It must be an image"],
    2: ["0", "It must be a number from 1"],
    4: ["a,a", "It must not name a key twice"],
  },
  cluster: { 0: ["A", "It must be a DNS label"] },
};

/** One more would take the default away. */
const erase = (text: string) => "\u007f".repeat(text.length);

for (const [name, { args, steps }] of Object.entries(PROMPTS)) {
  run(
    `${name}: every wrong answer is refused as it is typed, then all is written [needs python3]`,
    (t) => {
      const repository = scaffolded(t);
      const all = steps.flatMap((step, index): Step[] => {
        const wrong = WRONG[name]?.[index];
        return wrong === undefined
          ? [step]
          : [
              [step[0], wrong[0] + ENTER],
              [wrong[1], erase(wrong[0]) + step[1]],
            ];
      });
      const done = drive(repository, args, all);
      t.is(done.status, 0, done.seen);
      t.is(done.left, 0, done.seen);
      t.notRegex(done.seen, /hunter2/);
      const written = {
        init: "../asked/clusters/homelab/secrets.yaml",
        secret: "clusters/homelab/secrets/db.sops.yaml",
        workload: "clusters/homelab/apps/web/deployment.yaml",
        cluster: "clusters/prod/secrets.yaml",
      }[name];
      t.true(existsSync(join(repository.dir, written ?? "")), done.seen);
      if (name === "secret") {
        t.regex(repository.tool("decrypt", written ?? "").stdout, /password: "hunter2-typed"/);
      }
    },
  );

  run(`${name}: Ctrl-C at each prompt writes nothing [needs python3]`, (t) => {
    const repository = scaffolded(t);
    const around = () => readdirSync(join(repository.dir, ".."), { recursive: true }).length;
    const before = around();
    for (const index of steps.keys()) {
      const [message] = steps[index] ?? ["", ""];
      const done = drive(repository, args, [...steps.slice(0, index), [message, CTRL_C]]);
      t.is(done.status, 130, done.seen);
      t.regex(done.seen, /stopped; nothing was written/);
    }
    t.is(around(), before);
    t.is(repository.must("status", "--porcelain"), "");
  });
}
