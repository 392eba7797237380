import test from "ava";
import { keyNames } from "../../../sops/creation-rules/key-names.ts";

const [A, B, C] = ["age1aaa", "age1bbb", "age1ccc"] as const;

const TABLE: Readonly<Record<string, [lines: string[], names: Record<string, string>]>> = {
  "a line of its own": [
    [`# ${A}: Ann's laptop`, `  #${B}  Bob: home`, "creation_rules:", `  - age: ${A},${B}`],
    { [A]: "Ann's laptop", [B]: "Bob: home" },
  ],
  "beside it": [
    ["    age:", `      - ${A} # Ann`, `      - "${B}"   #Bob `, `      - ${C}`],
    { [A]: "Ann", [B]: "Bob" },
  ],
  "beside the only one": [[`    age: ${A} # the cluster`], { [A]: "the cluster" }],
  "above it": [["  # Ann", `  - ${A}`, "  # Bob", `  - ${B}`], { [A]: "Ann", [B]: "Bob" }],
  "above several": [["  # people", `  - ${A}`, `  - ${B}`], {}],
  "above several, of which the second is written otherwise": [
    [
      ...["  # people", `  - ${A}`, "", `  - ${B}`],
      ...["  # more people", `  - ${A}`, `  - !!str ${B}`],
      ...["  # yet others", `  - ${A}`, `  - *ann`],
    ],
    {},
  ],
  "above the last of its list": [
    ["- age:", "  # Ann", `  - ${A}`, "", "- path_regex: b"],
    { [A]: "Ann" },
  ],
  "an anchor": [
    ["keys:", `  - &ann ${A}`, `  - &b ${B} # Bob`, "age: [*ann, *b]"],
    { [A]: "ann", [B]: "Bob" },
  ],
  "one that was switched off": [[`  # - ${B}`, `  - ${A}`], {}],
  "a comment that is about the rule": [
    [`  - {path_regex: a, age: ${A}} # apps`, "  # Talos", `  - age: ${B}, ${C} # all`],
    {},
  ],
  "a comment above a rule of one key": [
    ["  # production", `  - age: ${A}`, "    path_regex: a"],
    {},
  ],
  "the line of its own before all else, then the first": [
    [`  - ${A} # Ann`, `  - ${A} # Anna`, `  - ${B} # x`, `# ${B}: Bob`],
    { [A]: "Ann", [B]: "Bob" },
  ],
  "with Windows' line ends": [
    [`  - ${A} # Ann\r`, `# ${B}: Bob\r`, ""],
    { [A]: "Ann", [B]: "Bob" },
  ],
};

for (const [name, [lines, names]] of Object.entries(TABLE)) {
  test(`whose a key is: ${name}`, (t) => {
    t.deepEqual(Object.fromEntries(keyNames(lines.join("\n"))), names);
  });
}
