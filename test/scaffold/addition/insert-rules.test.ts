import test from "ava";
import { insertRules } from "../../../scaffold/addition/insert-rules.ts";
import type { WantedRule } from "../../../scaffold/wanted-rules.ts";

const key = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";
const rule: WantedRule = {
  pathRegex: "^clusters/prod/",
  probes: ["clusters/prod/secrets/a.sops.yaml", "clusters/prod/a.sops.yaml"],
  lines: ["# prod", "- path_regex: ^clusters/prod/", `  age: ${key}`],
};

test("goes behind the last rule where none takes its files", (t) => {
  const before = `creation_rules:\n  - path_regex: ^a/ # x\n    age: >-\n      ${key}\n# end\nstores: {}\n`;
  t.is(
    insertRules(before, [rule]),
    before.replace("# end", `\n  # prod\n  - path_regex: ^clusters/prod/\n    age: ${key}\n# end`),
  );
});

test("goes before the rule that would take its files, and before that one's comments", (t) => {
  const before = `creation_rules:\n  - path_regex: ^a/\n    age: ${key}\n\n  # all\n  # others\n  - age: ${key}\n`;
  t.is(
    insertRules(before, [rule]),
    before.replace(
      "  # all",
      `  # prod\n  - path_regex: ^clusters/prod/\n    age: ${key}\n\n  # all`,
    ),
  );
});

test("goes before a rule whose dash has a line of its own", (t) => {
  const before = `creation_rules:\n- path_regex: ^a/\n  age: ${key}\n# all\n- # others\n  age: ${key}\n`;
  t.is(
    insertRules(before, [rule]),
    before.replace("# all", `# prod\n- path_regex: ^clusters/prod/\n  age: ${key}\n\n# all`),
  );
});

test("is not added twice", (t) => {
  const once = insertRules(`creation_rules:\n- age: ${key}\n`, [rule]);
  t.is(insertRules(once ?? "", [rule]), once);
});

test("leaves to its owner what is no list in block style", (t) => {
  t.is(insertRules(`creation_rules: [{age: ${key}}]\n`, [rule]), null);
  t.is(insertRules("creation_rules: []\n", [rule]), null);
  t.is(insertRules("stores: {}\n", [rule]), null);
});
