import test from "ava";
import { scaffolded, TOOL } from "../../e2e/scaffolded.ts";
import { hasTerminal, onTerminal } from "../../terminal.ts";

(hasTerminal ? test : test.skip)(
  "how far a command is stands in no line with anything else [needs a terminal]",
  (t) => {
    const { dir, env, write } = scaffolded(t);
    const shown = (command: readonly string[], names: readonly string[]) =>
      onTerminal(["node", TOOL, ...command, ...names], [], { cwd: dir, env }).seen;
    const missing = Array.from({ length: 20 }, (_, index) => `missing${String(index)}.yaml`);
    const complaints = shown(["rotate", "-i"], missing);
    t.regex(complaints, /rotate: 1 of 20/);
    for (const line of complaints.split(/[\r\n]+/)) {
      t.regex(line, /^(rotate: \d+ of 20|flux-sops: no such file: \S+|\S*)$/);
    }
    const printed = missing.map((name) => name.replace("missing", "clusters/homelab/secrets/"));
    for (const name of printed) write(name, "a: b\n");
    t.notRegex(shown(["encrypt"], printed), / of 20/);
  },
);
