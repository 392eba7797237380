import test from "ava";
import { sopsVerdict } from "../../findings/sops-verdict.ts";
import { parseRuleFile } from "../../sops/creation-rules.ts";
import { generateKeyPair } from "../../sops/identity.ts";

const { recipient } = await generateKeyPair();
const { rules } = parseRuleFile(
  `creation_rules:\n  - encrypted_regex: ^(data|stringData)$\n    age: ${recipient}\n`,
);

function verdictOn(path: string, content: string) {
  return sopsVerdict({
    path,
    bytes: Buffer.from(content),
    rule: rules?.[0] ?? null,
    yamlIndent: null,
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
