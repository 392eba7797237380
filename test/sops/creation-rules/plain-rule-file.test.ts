import test from "ava";
import { parseRuleFile } from "../../../sops/creation-rules/creation-rules.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import { readPlainRuleFile } from "../../../sops/creation-rules/plain-rule-file.ts";
import fc from "../../seeded-fast-check.ts";

const { recipient } = await generateKeyPair();
const { recipient: other } = await generateKeyPair();

const SCAFFOLDED = `# What is encrypted. The first rule … counts.
stores:
  yaml:
    indent: 2
creation_rules:
  # Talos
  - path_regex: ^talos/.*\\.sops\\.ya?ml$
    mac_only_encrypted: true
    age: >-
      ${recipient},
      ${other}

  - path_regex: ^clusters/homelab/(secrets/.*|.*\\.sops)\\.ya?ml$
    encrypted_regex: ^(data|stringData)$
    age: ${recipient}
`;

const PATHS = ["a", "talos/a.sops.yaml", "clusters/homelab/secrets/a.yaml", "1", "true", "x/y", ""];

test("reads a scaffolded file", (t) => {
  const patterns = readPlainRuleFile(SCAFFOLDED);
  t.deepEqual(
    PATHS.map((path) => patterns?.findIndex((takes) => takes(path))),
    [-1, 0, 1, -1, -1, -1, -1],
  );
});

test("says what the YAML parser and RE2 say, or nothing", (t) => {
  const line = fc.constantFrom(
    ...SCAFFOLDED.split("\n").filter((one) => one !== ""),
    ...[
      "",
      "  # x",
      "    # x",
      "      # x",
      "# é",
      "---",
      "  - path_regex: ''",
      "  - path_regex: 'a'",
      "  - path_regex: x/y",
    ],
    ...[
      "    path_regex: 12",
      "    path_regex: x/y",
      "  - path_regex: true",
      "  - path_regex: 1.5",
      "  - path_regex: .*",
      "  - path_regex: [a]",
    ],
    ...[
      "  - path_regex: &a/",
      "  - path_regex: (",
      "  - path_regex: x/#y",
      "  - path_regex: x/y:",
      "  - path_regex: a/:b",
      "  - path_regex: 'it''s/'",
    ],
    ...[
      "    encrypted_regex: (",
      "    encrypted_regex: ^a: b",
      "    unencrypted_regex: ^b$",
      "    mac_only_encrypted: yes",
      "    age: >-",
      "    age: ''",
    ],
    ...[
      `      ${recipient}`,
      `      ${recipient},`,
      `      ${recipient}x`,
      `    age: ${recipient},${other}`,
      `    age: ${recipient},`,
      `    age: ${other}x`,
    ],
    ...[
      "    pgp: ABC",
      "  - age: >-",
      "   ",
      "\t",
      "  - pgp: A",
      "creation_rules: []",
      "    key_groups:",
      "  yaml:",
      "  - x",
      "...",
      "a: b",
    ],
  );
  // Mostly as it was written, with lines put in, left out and moved.
  const file = fc
    .array(
      fc.oneof({ weight: 1, arbitrary: fc.record({ at: fc.nat(20), remove: fc.nat(2), line }) }),
      { maxLength: 4 },
    )
    .map((edits) => {
      const lines = SCAFFOLDED.split("\n");
      for (const edit of edits) lines.splice(edit.at, edit.remove, edit.line);
      return lines.join("\n");
    });
  let read = 0;
  fc.assert(
    fc.property(file, (text) => {
      const patterns = readPlainRuleFile(text);
      if (patterns === null) return;
      read += 1;
      // Throws where the file is broken.
      const { rules } = parseRuleFile(text);
      t.is(rules?.length, patterns.length, text);
      for (const path of PATHS) {
        t.deepEqual(
          patterns.map((takes) => takes(path)),
          rules?.map((rule) => rule.matches(path)),
          text,
        );
      }
    }),
    { numRuns: 4000 },
  );
  t.true(read > 300, String(read));
});
