import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { FILE_GENERATORS } from "../../scaffold/new/file-generators.ts";
import { QUESTIONS } from "../../scaffold/answers/questions.ts";
import { scaffolded, TOOL } from "../e2e/scaffolded.ts";

function helpOf(...words: readonly string[]) {
  // In a folder without a repository: help needs nothing.
  return helpIn("/", words);
}

function helpIn(cwd: string, words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, ...words, "--help"], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], COLUMNS: "80" },
  });
  return { status, stdout, stderr };
}

const COMMANDS = [...helpOf().stdout.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S/gm)].map(
  ([, name = ""]) => name,
);

const ALL: readonly (readonly string[])[] = [
  ...COMMANDS.map((name) => [name]),
  ["keys", "list"],
  ["keys", "new"],
  ...FILE_GENERATORS.map(({ kind }) => ["new", kind]),
];

test("the help lists the commands of the contract", (t) => {
  for (const name of [
    "init",
    "new",
    "encrypt",
    "exec-env",
    "check",
    "map",
    "keys",
    "doctor",
    "hook",
  ]) {
    t.true(COMMANDS.includes(name), name);
  }
  t.true(COMMANDS.length >= 18);
});

for (const words of ALL) {
  const name = words.join(" ");
  test(`${name} --help says what it does, what each flag is, and gives an example`, (t) => {
    const { status, stdout, stderr } = helpOf(...words);
    t.is(status, 0);
    t.is(stderr, "");
    t.regex(stdout, new RegExp(`^Usage:\\s+flux-sops ${name}\\b`));
    const [about = "", shown = ""] = stdout.split("\nExamples:\n");
    if (name !== "new") t.regex(about.split("\n\n")[1] ?? "", /^[a-z][^]{15,}/, "what it does");
    for (const [line] of about.matchAll(/^ {2}(-|\[?<?[a-z]+>? ).*$/gm)) {
      t.regex(line, /\S {2,}\S/, `without a description: ${line}`);
    }
    const lines = shown.split("\n").filter((line) => line !== "");
    t.true(
      lines.some((line) => line.includes(`flux-sops ${name}`)),
      "an example of it",
    );
    const flags = lines
      .filter((line) => line.includes(`flux-sops ${name}`) && name !== "new")
      .flatMap((line) => line.replace(/'[^']*'| -- .*/g, "").match(/ -(-[a-z][-a-z]*|[a-z])\b/g))
      .flatMap((flag) => flag?.trim() ?? [])
      .filter((flag) => flag !== "-p");
    for (const flag of flags) t.regex(about, new RegExp(`^ {2}(-\\w, )?${flag}[ ,]`, "m"), flag);
  });
}

test("examples name the tool so that npx fetches no stranger's where no package.json names it", (t) => {
  const root = mkdtempSync(join(tmpdir(), "flux-sops-help-"));
  t.teardown(() => {
    rmSync(root, { recursive: true });
  });
  for (const folder of [".flux-sops", "apps"]) mkdirSync(join(root, folder));
  writeFileSync(join(root, ".flux-sops/flux-sops.mjs"), "");
  const examplesIn = (folder: string) => helpIn(folder, ["edit"]).stdout.split("Examples:\n")[1];
  t.regex(examplesIn("/") ?? "", /^ {2}npx -p generator-flux-sops flux-sops edit /);
  t.regex(examplesIn(root) ?? "", /^ {2}node \.flux-sops\/flux-sops\.mjs edit /);
  t.regex(
    examplesIn(join(root, "apps")) ?? "",
    /^ {2}node \.\.\/\.flux-sops\/flux-sops\.mjs edit /,
  );
  writeFileSync(join(root, "package.json"), '{"bin": {"flux-sops": ".flux-sops/flux-sops.mjs"}}');
  t.regex(examplesIn(join(root, "apps")) ?? "", /^ {2}npx flux-sops edit /);
});

test("what is printed names the tool as it runs there, in a subfolder and from elsewhere too", (t) => {
  const repository = scaffolded(t);
  const said = (cwd: string, tool: string) => {
    const help = repository.run("node", [tool, "new", "secret", "--help"], { cwd });
    const wrong = repository.run("node", [tool, "new", "secret", "--nope"], { cwd });
    return [
      /Examples:\n {2}(.*) new secret db /.exec(help.stdout)?.[1],
      /; (.*) new secret --help lists/.exec(wrong.stderr)?.[1],
      ...Object.entries({
        init: "init --nope",
        "new KIND": "new",
        "keys list": "keys",
        COMMAND: "nope",
      }).map(([command, args]) => {
        const { stderr } = repository.run("node", [tool, ...args.split(" ")], { cwd });
        return new RegExp(`((?:npx|node) .*) ${command} --help (?:says|lists) `).exec(stderr)?.[1];
      }),
    ];
  };
  const tool = ".flux-sops/flux-sops.mjs";
  const everywhere = (name: string) => Array.from({ length: 6 }, () => name);
  const whole = join(repository.dir, tool);
  t.deepEqual(said(repository.dir, tool), everywhere("npx flux-sops"));
  repository.write("package.json", "{}\n");
  t.deepEqual(said(repository.dir, tool), everywhere(`node ${tool}`));
  t.deepEqual(said(join(repository.dir, "clusters"), `../${tool}`), everywhere(`node ../${tool}`));
  t.deepEqual(said(repository.home, whole), everywhere(`node ${whole}`));
  const inside = { cwd: join(repository.dir, "clusters") };
  const secret = [`../${tool}`, "new", "secret", "db", "--generate", "a"];
  t.is(repository.run("node", secret, inside).status, 0);
  const again = repository.run("node", [...secret, "--from-literal", "b=c"], inside);
  t.true(again.stderr.includes(`change it with node ../${tool} edit, or`), again.stderr);
});

test("init --help names the default of every flag", (t) => {
  const help = helpOf("init").stdout.replace(/\s+/g, " ");
  const context = { provider: "github", directory: "/tmp/my-cluster" } as const;
  const words: Record<string, string> = {
    owner: "none",
    recipients: "none",
    repository: "that of the folder",
    "age-key-file": "sops's own keys.txt",
  };
  for (const { flag, fallback } of QUESTIONS.filter(({ name }) => name !== "url")) {
    const value = fallback(context);
    const wanted = words[flag] ?? (value === false ? "no" : String(value));
    const about = help.slice(help.indexOf(` --${flag} `) + 1).split(/ --(?!provider git)/)[0] ?? "";
    t.true(about.includes(`(default: ${wanted}`), `${flag}: ${about}`);
  }
});
