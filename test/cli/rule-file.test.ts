import { symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { scaffolded, TOOL, type Scaffolded } from "../e2e/scaffolded.ts";
import { realTool, testWith } from "../real-tools.ts";

const RULES = (recipient: string) =>
  `creation_rules:
  - path_regex: ^sub/
    age: ${recipient}
    encrypted_regex: ^a$
stores: {yaml: {indent: 3}, json: {indent: 1}, json_binary: {indent: 5}}
`;

/** A folder outside every `.sops.yaml`, with rules of another name in it. */
function withRules(t: Parameters<typeof scaffolded>[0]): Scaffolded & { outside: string } {
  const repository = scaffolded(t);
  const recipient = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  const rules = RULES(recipient);
  for (const [name, text] of Object.entries({
    "rules.yaml": rules,
    "sub/f.yaml": "a: 1\nb: 2\n",
    "sub/f.bin": "hello",
    "other/f.yaml": "a: 1\n",
    "empty.yaml": "",
    "pgp.yaml": `creation_rules: [{pgp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21, age: ${recipient}}]\n`,
    "shamir.yaml": `creation_rules: [{key_groups: [{age: [${recipient}]}, {age: [${recipient}]}]}]\n`,
  })) {
    repository.write(`../outside/${name}`, text);
  }
  return { ...repository, outside: `${repository.dir}/../outside` };
}

/** Arguments, and whether sops takes them. */
const CONFIGS: readonly (readonly [args: readonly string[], status: number, env?: string])[] = [
  [["--config", "rules.yaml", "encrypt", "sub/f.yaml"], 0],
  [["--config=rules.yaml", "encrypt", "sub/f.yaml"], 0],
  [["--config", "rules.yaml", "-e", "sub/f.yaml"], 0],
  [["encrypt", "sub/f.yaml"], 0, "rules.yaml"],
  [["--config", "rules.yaml", "encrypt", "sub/f.yaml"], 0, "none.yaml"],
  [["encrypt", "sub/f.yaml"], 1],
  [["--config", "rules.yaml", "encrypt", "other/f.yaml"], 1],
  [["--config", "none.yaml", "encrypt", "sub/f.yaml"], 1],
  [["--config", "empty.yaml", "encrypt", "sub/f.yaml"], 1],
  [["encrypt", "sub/f.yaml"], 1, "none.yaml"],
];
for (const [args, status, config] of CONFIGS) {
  const name = `${config === undefined ? "" : `SOPS_CONFIG=${config} `}${args.join(" ")}`;
  test(`another rule file: ${name}`, (t) => {
    const { run, outside } = withRules(t);
    const at = { cwd: outside, env: config === undefined ? {} : { SOPS_CONFIG: config } };
    const ours = run("node", [TOOL, ...args], at);
    t.is(ours.status, status, ours.stderr);
    if (status === 0) t.regex(ours.stdout, /^a: ENC\[[^]*^b: 2\nsops:\n {3}age:/m);
    else t.is(ours.stdout, "");
    const sops = realTool("sops");
    if (sops !== null) t.is(run(sops, args, at).status, status);
  });
}

test("another rule file, named by a path with a link in it, as in $PWD: the file lies below it", (t) => {
  const { run, outside } = withRules(t);
  const link = join(outside, "../link");
  symlinkSync("outside", link);
  const encrypts = (program: readonly string[], config: string, file: string, cwd: string) => {
    const script = `cd ${cwd} && exec ${program.join(" ")} --config ${config} encrypt ${file}`;
    const { status, stderr } = run("sh", ["-c", script]);
    t.is(status, 0, stderr);
  };
  encrypts(["node", TOOL], `${link}/rules.yaml`, "sub/f.yaml", link);
  encrypts(["node", TOOL], "rules.yaml", `${link}/sub/f.yaml`, outside);
  const sops = realTool("sops");
  if (sops !== null) encrypts([sops], `${link}/rules.yaml`, "sub/f.yaml", link);
});

testWith("sops")("stores.json.indent and stores.json_binary.indent are as in sops", (t) => {
  const { run, outside } = withRules(t);
  const at = { cwd: outside };
  const shape = (text: string) => text.match(/^\s*("\w+"|[\][{}])/gm);
  for (const args of [["sub/f.bin"], ["--output-type", "json", "sub/f.yaml"]]) {
    const all = ["--config", "rules.yaml", "encrypt", ...args];
    const ours = run("node", [TOOL, ...all], at);
    const theirs = run(realTool("sops") ?? "", all, at);
    t.is(ours.status, 0, ours.stderr);
    // The same lines but for the order of the keys of an age entry.
    t.deepEqual(shape(ours.stdout)?.sort(), shape(theirs.stdout)?.sort());
  }
});

test("a .sops.yml is not read, and that is said", (t) => {
  const { run, outside, write, read } = withRules(t);
  write("../outside/sub/.sops.yml", read("../outside/rules.yaml"));
  const alone = run("node", [TOOL, "encrypt", "f.yaml"], { cwd: `${outside}/sub` });
  t.is(alone.status, 1);
  t.regex(alone.stderr, /\/sub\/\.sops\.yml is ignored: the file must be called \.sops\.yaml\n/);
  write("../outside/.sops.yaml", read("../outside/rules.yaml"));
  const both = run("node", [TOOL, "encrypt", "f.yaml"], { cwd: `${outside}/sub` });
  t.is(both.status, 0);
  t.regex(both.stderr, /\.sops\.yml is ignored: .*; .*\.sops\.yaml is used\n/);
});

for (const [config, kind] of [
  ["pgp.yaml", /\(pgp\): run sops encrypt --in-place/],
  ["shamir.yaml", /key_groups, Shamir's secret sharing\): run sops encrypt --in-place/],
] as const) {
  test(`keys of ${config} are refused, with the command that takes them`, (t) => {
    const { run, outside } = withRules(t);
    const ended = run("node", [TOOL, "--config", config, "encrypt", "sub/f.yaml"], {
      cwd: outside,
    });
    t.is(ended.status, 1);
    t.is(ended.stdout, "");
    t.regex(ended.stderr, kind);
  });
}

test("sops's older --set is recognized, and the new command named", (t) => {
  const repository = scaffolded(t);
  const ended = repository.tool("--set", '["a"] "hunter2"', "f.yaml");
  t.is(ended.status, 1);
  t.regex(ended.stderr, /use npx flux-sops set FILE PATH VALUE/);
  t.notRegex(ended.stderr, /hunter2/);
});
