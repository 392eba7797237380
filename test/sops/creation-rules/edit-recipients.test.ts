import test from "ava";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import { parseRuleFile } from "../../../sops/creation-rules/creation-rules.ts";
import { editRecipients } from "../../../sops/creation-rules/edit-recipients.ts";

const keys = new Map<string, string>();
for (const name of ["ALICE", "BOB", "CAROL", "NEW"]) {
  keys.set(name, (await generateKeyPair()).recipient);
}

/** With the keys in the place of their owners' names. */
function withKeys(text: string): string {
  return text.replace(/[A-Z]{3,}/g, (name) => keys.get(name) ?? name);
}

function withNames(text: string | null): string | null {
  const names = [...keys];
  return names.reduce((after, [name, key]) => after?.replaceAll(key, name) ?? null, text);
}

/** By hand where nothing comes of it. `#1` is the first rule of the file. */
function edited(text: string, change: string): string {
  const [, sign, name = "", asked = ""] = /^([+-])([A-Z]+)((?: #\d)*)$/.exec(change) ?? [];
  const before = withKeys(text);
  const indexes = (parseRuleFile(before).rules ?? [])
    .map((_, index) => index)
    .filter((index) => asked === "" || asked.includes(`#${index + 1}`));
  const after = editRecipients(before, {
    recipient: withKeys(name),
    kind: sign === "+" ? "add" : "remove",
    rules: new Set(indexes),
  });
  return withNames(after) ?? "by hand";
}

const rules = (...lines: string[]) => ["creation_rules:", ...lines, ""].join("\n");

const TABLE: readonly (readonly [before: string, change: string, after: string])[] = [
  // One text with commas.
  [rules("  - age: ALICE"), "+NEW", rules("  - age: ALICE,NEW")],
  [rules("  - age: ALICE # the lab"), "+NEW", rules("  - age: ALICE,NEW # the lab")],
  [rules("  - age: 'ALICE'"), "+NEW", rules("  - age: 'ALICE,NEW'")],
  [rules('  - age: "ALICE, BOB"'), "+NEW", rules('  - age: "ALICE, BOB,NEW"')],
  [rules("  - age: ALICE,BOB,CAROL"), "-ALICE", rules("  - age: BOB,CAROL")],
  [rules("  - age: ALICE, BOB, CAROL"), "-BOB", rules("  - age: ALICE, CAROL")],
  [rules("  - age: 'ALICE, BOB'"), "-BOB", rules("  - age: 'ALICE'")],
  [rules("  - age: ALICE,BOB,ALICE"), "-ALICE", rules("  - age: BOB")],
  [rules("  - age: ALICE"), "-ALICE", "by hand"],
  [rules("  - age: ALICE"), "-BOB", rules("  - age: ALICE")],
  [rules("  - age: ALICE,NEW"), "+NEW", rules("  - age: ALICE,NEW")],
  // With the line that says whose it is, where no rule names it any more.
  [
    rules("  # ALICE: Ann's laptop", "  # BOB: Bob's", "  - age: ALICE,BOB"),
    "-BOB",
    rules("  # ALICE: Ann's laptop", "  - age: ALICE"),
  ],
  [
    rules("  # BOB: Bob's", "  - age: ALICE,BOB", "  - age: BOB,CAROL"),
    "-BOB #1",
    rules("  # BOB: Bob's", "  - age: ALICE", "  - age: BOB,CAROL"),
  ],
  [
    rules("  - age: ALICE,BOB", "  # BOB", "  # ALICE, BOB: both", "  # ask BOB: Bob"),
    "-BOB",
    rules("  - age: ALICE", "  # BOB", "  # ALICE, BOB: both", "  # ask BOB: Bob"),
  ],
  [
    rules("  - age: ALICE", "  # BOB: Bob's"),
    "+BOB",
    rules("  - age: ALICE,BOB", "  # BOB: Bob's"),
  ],
  [
    "creation_rules:\r\n  - age: ALICE,BOB\r\n# BOB: b\r\n",
    "-BOB",
    "creation_rules:\r\n  - age: ALICE\r\n",
  ],
  ["creation_rules:\n  - age: ALICE,BOB\n# BOB: b", "-BOB", "creation_rules:\n  - age: ALICE\n"],
  [
    rules("  - age:", "      # ALICE: Ann", "      - ALICE", "      # BOB: Bob", "      - BOB"),
    "-ALICE",
    rules("  - age:", "      # BOB: Bob", "      - BOB"),
  ],
  // A block, as the scaffold writes it.
  [rules("  - age: >-", "      ALICE"), "+NEW", rules("  - age: >-", "      ALICE,", "      NEW")],
  [
    rules("  - path_regex: a", "    age: >-", "      ALICE,", "      BOB", "  - age: CAROL"),
    "+NEW #1",
    rules(
      ...["  - path_regex: a", "    age: >-", "      ALICE,", "      BOB,", "      NEW"],
      "  - age: CAROL",
    ),
  ],
  [
    rules("  - age: |", "      ALICE,", "      BOB,", "      CAROL"),
    "-CAROL",
    rules("  - age: |", "      ALICE,", "      BOB"),
  ],
  [
    rules("  - age: >-", "      ALICE,", "      BOB,", "      CAROL"),
    "-ALICE",
    rules("  - age: >-", "      BOB,", "      CAROL"),
  ],
  [
    rules("  - age: ALICE,", "      BOB"),
    "+NEW",
    rules("  - age: ALICE,", "      BOB,", "      NEW"),
  ],
  [
    rules("  - age: >- # BOB and me", "      ALICE,", "      BOB"),
    "-BOB",
    rules("  - age: >- # BOB and me", "      ALICE"),
  ],
  [
    rules("  - age: >- # not NEW", "      ALICE"),
    "+NEW",
    rules("  - age: >- # not NEW", "      ALICE,", "      NEW"),
  ],
  // A list, one a line.
  [rules("  - age:", "      - ALICE"), "+NEW", rules("  - age:", "      - ALICE", "      - NEW")],
  [rules("  - age:", "    - ALICE # a"), "+NEW", rules("  - age:", "    - ALICE # a", "    - NEW")],
  [
    "creation_rules:\n  - age:\n      -  ALICE",
    "+NEW",
    "creation_rules:\n  - age:\n      -  ALICE\n      -  NEW",
  ],
  [
    rules("  - age:", "      - ALICE # a", "      - BOB # b", "    mac_only_encrypted: true"),
    "-BOB",
    rules("  - age:", "      - ALICE # a", "    mac_only_encrypted: true"),
  ],
  [
    rules("  - age:", "      # a", "      - ALICE", "      # b", "      - BOB"),
    "-ALICE",
    rules("  - age:", "      # b", "      - BOB"),
  ],
  [
    rules(
      "  - age:",
      "      # a",
      "      - ALICE",
      "      # b",
      "      # his second",
      "      - BOB",
    ),
    "-BOB",
    rules("  - age:", "      # a", "      - ALICE"),
  ],
  [
    rules("  - age:", "      # people", "      - ALICE # a", "      - BOB # b"),
    "-ALICE",
    rules("  - age:", "      # people", "      - BOB # b"),
  ],
  [
    rules("  - age:", "      # people", "      - ALICE", "      - BOB", "      - CAROL"),
    "-BOB",
    rules("  - age:", "      # people", "      - ALICE", "      - CAROL"),
  ],
  // A heading, or her name?
  [rules("  - age:", "      # people", "      - ALICE", "      - BOB"), "-ALICE", "by hand"],
  // What was switched off stays.
  [rules("  - age:", "      - BOB", "      # - CAROL", "      - ALICE"), "-ALICE", "by hand"],
  [
    rules("  - age:", "      - ALICE,BOB", "      - CAROL"),
    "-BOB",
    rules("  - age:", "      - ALICE", "      - CAROL"),
  ],
  // A list on one line, or in brackets.
  [rules("  - age: [ALICE]"), "+NEW", rules("  - age: [ALICE, NEW]")],
  [
    rules("  - {path_regex: a, age: [ALICE, BOB]}"),
    "-ALICE",
    rules("  - {path_regex: a, age: [BOB]}"),
  ],
  [rules("  - age: ['ALICE', 'BOB'] # all"), "-BOB", rules("  - age: ['ALICE'] # all")],
  [
    rules("  - age: [", "      ALICE,", "      BOB", "    ]"),
    "+NEW",
    rules("  - age: [", "      ALICE,", "      BOB,", "      NEW", "    ]"),
  ],
  [
    rules("  - age: [", "      ALICE,", "      BOB,", "    ]"),
    "-BOB",
    rules("  - age: [", "      ALICE,", "    ]"),
  ],
  [rules("  - age: [", "      ALICE, # a", "      BOB # b", "    ]"), "-BOB", "by hand"],
  [rules("  - age: [", "      ALICE # a", "    ]"), "+NEW", "by hand"],
  // In a group, which takes the place of the rule's own.
  [
    rules("  - age: CAROL", "    key_groups:", "      - age:", "          - ALICE"),
    "+NEW",
    rules(
      "  - age: CAROL",
      "    key_groups:",
      "      - age:",
      "          - ALICE",
      "          - NEW",
    ),
  ],
  // Aliases.
  [
    [
      "keys:",
      "  - &a ALICE",
      "  - &b BOB",
      rules("  - key_groups:", "    - age:", "      - *a", "      - *b"),
    ].join("\n"),
    "-BOB",
    [
      "keys:",
      "  - &a ALICE",
      "  - &b BOB",
      rules("  - key_groups:", "    - age:", "      - *a"),
    ].join("\n"),
  ],
  [
    ["keys:", "  - &a ALICE", rules("  - key_groups:", "    - age: [*a]")].join("\n"),
    "+NEW",
    ["keys:", "  - &a ALICE", rules("  - key_groups:", "    - age: [*a, NEW]")].join("\n"),
  ],
  [
    rules("  - {path_regex: a, age: &all [ALICE]}", "  - age: *all"),
    "+NEW",
    rules("  - {path_regex: a, age: &all [ALICE, NEW]}", "  - age: *all"),
  ],
  [rules("  - {path_regex: a, age: &all [ALICE]}", "  - age: *all"), "+NEW #2", "by hand"],
  [["keys:", "  - &a ALICE", rules("  - age: *a")].join("\n"), "+NEW", "by hand"],
  [rules("  - age:", "      - &a ALICE", "      - BOB", "  - age: *a"), "-ALICE #1", "by hand"],
  // Merged in: where all whom it is for are meant.
  [
    ["base: &base", "  age: ALICE", rules("  - <<: *base")].join("\n"),
    "+NEW",
    ["base: &base", "  age: ALICE,NEW", rules("  - <<: *base")].join("\n"),
  ],
  [
    rules("  - &a {path_regex: a, age: ALICE}", "  - <<: *a", "    path_regex: b"),
    "+NEW",
    rules('  - &a {path_regex: a, age: "ALICE,NEW"}', "  - <<: *a", "    path_regex: b"),
  ],
  [
    ["x: &x {age: ALICE}", "y: &y {age: BOB}", rules("  - <<: [*x, *y]")].join("\n"),
    "+NEW",
    ['x: &x {age: "ALICE,NEW"}', "y: &y {age: BOB}", rules("  - <<: [*x, *y]")].join("\n"),
  ],
  [
    ["x: &x {age: ALICE}", rules("  - age: BOB", "    <<: *x")].join("\n"),
    "+NEW",
    ["x: &x {age: ALICE}", rules("  - age: BOB,NEW", "    <<: *x")].join("\n"),
  ],
  [
    rules("  - &a {path_regex: a, age: ALICE}", "  - <<: *a", "    path_regex: b"),
    "+NEW #2",
    "by hand",
  ],
  // JSON, all on one line.
  [
    '{"creation_rules": [{"age": "ALICE"}, {"age": "BOB"}]}',
    "+NEW #1",
    '{"creation_rules": [{"age": "ALICE,NEW"}, {"age": "BOB"}]}',
  ],
  // A comma that is not in quotes would be that of the mapping.
  [
    rules("  - {path_regex: a, age: ALICE}"),
    "+NEW",
    rules('  - {path_regex: a, age: "ALICE,NEW"}'),
  ],
  [
    rules("  - {age: ALICE, path_regex: a} # the lab"),
    "+NEW",
    rules('  - {age: "ALICE,NEW", path_regex: a} # the lab'),
  ],
  [
    "creation_rules: [{path_regex: a, age: ALICE}, {age: BOB}]",
    "+NEW",
    'creation_rules: [{path_regex: a, age: "ALICE,NEW"}, {age: "BOB,NEW"}]',
  ],
  [
    rules("  - {path_regex: a, age: 'ALICE'}"),
    "+NEW",
    rules("  - {path_regex: a, age: 'ALICE,NEW'}"),
  ],
  [
    rules("  - {path_regex: a, age: 'ALICE,BOB'}"),
    "-BOB",
    rules("  - {path_regex: a, age: 'ALICE'}"),
  ],
  [
    rules("  - {age: NEW}", "  - {age: ALICE}"),
    "+NEW",
    rules("  - {age: NEW}", '  - {age: "ALICE,NEW"}'),
  ],
  // Windows, and a byte order mark.
  [
    rules("  - age: >-", "      ALICE", "  - age:", "      - ALICE").replaceAll("\n", "\r\n"),
    "+NEW",
    rules(
      "  - age: >-",
      "      ALICE,",
      "      NEW",
      "  - age:",
      "      - ALICE",
      "      - NEW",
    ).replaceAll("\n", "\r\n"),
  ],
  [`\ufeff${rules("  - age: ALICE,BOB")}`, "-ALICE", `\ufeff${rules("  - age: BOB")}`],
];

for (const [before, change, after] of TABLE) {
  test(`${change} in ${JSON.stringify(before)}`, (t) => {
    t.is(edited(before, change), after);
  });
}

test("only the rules that are asked for change", (t) => {
  const text = rules(
    ...["  - path_regex: a", "    age: ALICE", "  - path_regex: b", "    age: ALICE"],
    "  - age: ALICE",
  );
  t.is(edited(text, "+NEW #1 #3").match(/NEW/g)?.length, 2);
  t.true(edited(text, "+NEW #1 #3").includes("path_regex: b\n    age: ALICE\n"));
});
