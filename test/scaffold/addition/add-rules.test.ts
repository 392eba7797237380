import test from "ava";
import { addRules } from "../../../scaffold/addition/add-rules.ts";
import { rulesFor, rulesForAnyLayout } from "../../../scaffold/wanted-rules.ts";
import { parseRuleFile, ruleFor } from "../../../sops/creation-rules/creation-rules.ts";

const THEIRS = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
const OURS = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

const TALOS = `  # Talos machine secrets: the whole file.
  - path_regex: ^talos/.*\\.sops\\.ya?ml$
    mac_only_encrypted: true
    age: >-
      ${OURS}
`;
const WHOLE = `  # Files of cluster homelab that are no YAML: the whole file.
  - path_regex: ^clusters/homelab/.*\\.sops\\.([^/]*\\.)?[^y./][^./]*$
    mac_only_encrypted: true
    age: >-
      ${OURS}
`;
const SECRETS = `  # Kubernetes Secrets of cluster homelab: only their values.
  - path_regex: ^clusters/homelab/(secrets/.*|.*\\.sops)\\.ya?ml$
    encrypted_regex: ^(data|stringData)$
    mac_only_encrypted: true
    age: >-
      ${OURS}
`;

const present = (pathRegex: string) => `# ours: ask before you change it
creation_rules:
  - path_regex: ${pathRegex}   # what we have
    encrypted_regex: "^(data|stringData)$"
    age: '${THEIRS}'
`;

const CASES: readonly [title: string, before: string, added: string][] = [
  ["a rule for secrets/ only", present("secrets/.*\\.yaml$"), TALOS + WHOLE + SECRETS],
  [
    "a rule for the folder secrets/ of the cluster, whatever is in it",
    present("^clusters/homelab/secrets/"),
    TALOS + WHOLE + SECRETS,
  ],
  [
    "a rule for apps only",
    present("^clusters/[^/]+/apps/.*\\.sops\\.yaml$"),
    TALOS + WHOLE + SECRETS,
  ],
  ["a rule for every *.sops.yaml", present("\\.sops\\.yaml$"), WHOLE],
  ["a rule for the cluster, all of it", present("^clusters/homelab/"), TALOS],
  ["a rule for talos/, but not its folders", present("^talos/[^/]*$"), TALOS + WHOLE + SECRETS],
  ["a rule for *.sops.env, not for *.sops.json", present("\\.sops\\.(yaml|env)$"), WHOLE],
  ["a rule for everything", present(".*"), ""],
];

for (const [title, before, added] of CASES) {
  test(`${title}: what it leaves gets a rule behind it, every byte of it stays`, (t) => {
    const addition = addRules(Buffer.from(before), rulesFor("homelab", [OURS]));
    t.is(addition.content?.toString(), before + added);
    const again = addRules(addition.content ?? Buffer.alloc(0), rulesFor("homelab", [OURS]));
    t.is(again.content?.toString(), before + added, "and not twice");
  });
}

test("with the file's line breaks, and what stands behind the rules stays behind them", (t) => {
  const rule = present("secrets/").replaceAll("\n", "\r\n");
  const end = "# stores: as sops has them\r\nstores:\r\n  yaml:\r\n    indent: 2\r\n";
  const { content } = addRules(Buffer.from(rule + end), rulesFor("homelab", [OURS]));
  t.is(content?.toString(), rule + (TALOS + WHOLE + SECRETS).replaceAll("\n", "\r\n") + end);
});

test("their rule decides on what it takes, ours on the rest", (t) => {
  const { content } = addRules(
    Buffer.from(present("secrets/.*\\.yaml$")),
    rulesFor("homelab", [OURS]),
  );
  const rules = parseRuleFile(content?.toString() ?? "");
  const readersOf = (path: string) => ruleFor(rules, path)?.recipients;
  t.deepEqual(readersOf("clusters/homelab/secrets/db.sops.yaml"), [THEIRS]);
  for (const path of ["apps/web/web.sops.yaml", "vars.sops.yaml", "secrets/db.sops.env"]) {
    t.deepEqual(readersOf(`clusters/homelab/${path}`), [OURS], path);
  }
});

test("any layout: a rule for one folder leaves the others", (t) => {
  const before = present("^kubernetes/.*\\.sops\\.ya?ml$");
  const { content } = addRules(Buffer.from(before), rulesForAnyLayout([OURS]));
  const rules = parseRuleFile(content?.toString() ?? "");
  t.true(content?.toString().startsWith(before));
  t.deepEqual(ruleFor(rules, "deploy/a/db.sops.yaml")?.recipients, [OURS]);
});

test("a file of comments: the rules stand behind them, however long a line of # is", (t) => {
  const wanted = rulesFor("homelab", [OURS]);
  const banner = `${"#".repeat(80)}\n# creation_rules: none yet\n`;
  for (const before of ["", banner, `---\n${banner}`]) {
    const { content } = addRules(Buffer.from(before), wanted);
    t.is(content?.toString(), `${before}creation_rules:\n${TALOS}${WHOLE}${SECRETS}`);
  }
  t.is(addRules(Buffer.from(`${banner}--- ~\n`), wanted).content, null);
  const { content } = addRules(Buffer.from("---\r\n# none yet\r\n"), wanted);
  t.regex(content?.toString() ?? "", /^---\r\n# none yet\r\ncreation_rules:\r\n/);
});

test("a list that cannot be added to: what no rule takes is said", (t) => {
  const before = `creation_rules: [{path_regex: ^secrets/, age: ${THEIRS}}]\n`;
  const { content, byHand } = addRules(Buffer.from(before), rulesFor("homelab", [OURS]));
  t.is(content, null);
  t.regex(byHand ?? "", /no rule in it takes all of \^talos\/.*\^clusters\/homelab\/\(secrets/);
});
