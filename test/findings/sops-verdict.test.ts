import test from "ava";
import { sopsVerdict } from "../../findings/sops-verdict.ts";
import { parseRuleFile } from "../../sops/creation-rules.ts";
import { generateKeyPair } from "../../sops/identity.ts";

const { recipient } = await generateKeyPair();
const { rules } = parseRuleFile(
  `creation_rules:\n  - encrypted_regex: ^(data|stringData)$\n    age: ${recipient}\n`,
);

const [everything = null] = rules ?? [];

function verdictOn(path: string, content: string, rule = everything) {
  return sopsVerdict({
    path,
    bytes: Buffer.from(content),
    rule,
    indent: null,
    leaks: false,
    before: "nothing",
  });
}

test("a binary file is encrypted whole under a rule that selects keys", (t) => {
  t.is(verdictOn("blob.sops.bin", "hunter2").kind, "encrypt");
});

test("a file with keys of which the rule selects none is refused", (t) => {
  t.like(verdictOn("x.sops.yaml", "password: hunter2\n"), {
    kind: "blocked",
    finding: { rule: "sops-rule" },
  });
  t.is(verdictOn("x.sops.yaml", "data: {password: hunter2}\n").kind, "encrypt");
});

test("what a .sops file is made of is no .sops file, unless a rule takes it on purpose", (t) => {
  const [onPurpose = null] =
    parseRuleFile(`creation_rules:\n  - path_regex: j2$\n    age: ${recipient}\n`).rules ?? [];
  const text = "stringData:\n  a: #{ a }#\n";
  for (const name of ["x.sops.yaml.j2", "x.sops.env.tmpl", "x.sops.yaml.example"]) {
    t.is(verdictOn(name, text).kind, "plain", name);
    t.is(verdictOn(name, text, null).kind, "plain", name);
  }
  t.is(verdictOn("x.sops.yaml.j2", text, onPurpose).kind, "encrypt");
  t.is(verdictOn("x.sops.yaml.bak", text, null).kind, "blocked");
  t.is(verdictOn("templates/x.sops.yaml", text, null).kind, "blocked");
});
