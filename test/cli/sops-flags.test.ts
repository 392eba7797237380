import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { run } from "../../cli/commands.ts";
import { REFUSED_OPTIONS } from "../../cli/arguments/refused-options.ts";
import { withToolHere } from "../../cli/terminal/tool-here.ts";
import { runTool, testWith } from "../real-tools.ts";

/** The commands of sops that are here too. */
const COMMANDS = [
  "encrypt",
  "decrypt",
  "rotate",
  "updatekeys",
  "edit",
  "set",
  "unset",
  "exec-env",
  "exec-file",
  "filestatus",
];

/** Commands that sops's older forms stand for: each of its global flags belongs to one at least. */
const OLD_FORMS = ["-e", "-d", "-r"];

/** What needs no command, or is refused with more to say: test/cli/sops-commands.test.ts. */
const OF_NO_COMMAND = ["--help", "-h", "--version", "-v", "--set"];
const OF_VERSION = ["--disable-version-check", "--check-for-updates"];

/** A value that each flag takes; for what is not named here a word will do. */
const VALUES: Readonly<Record<string, string>> = {
  "--input-type": "yaml",
  "--output-type": "yaml",
  "--indent": "2",
  "--age": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
};

interface Flag {
  readonly names: readonly string[];
  readonly takesValue: boolean;
}

/** The flags in a help text of sops's: `--in-place, -i`, `--output value`. */
function flagsIn(help: string): Flag[] {
  const lines = help.match(/^ {3}--\S+.*$/gm) ?? [];
  return lines.map((line) => {
    const spelled = line.trim().split(/ {2,}/)[0] ?? "";
    const parts = spelled.split(", ");
    return {
      names: parts.map((part) => part.split(" ")[0] ?? ""),
      takesValue: parts.some((part) => part.endsWith(" value")),
    };
  });
}

/** One after the other: standard error is there once for all tests of this file. */
let last: Promise<unknown> = Promise.resolve();
function complaintOf(argv: readonly string[]): Promise<string> {
  const next = last.then(() => complaintAlone(argv));
  last = next.catch(() => undefined);
  return next;
}

/** What a command says on standard error; nothing is there for it to work on. */
async function complaintAlone(argv: readonly string[]): Promise<string> {
  const said: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = (text: string | Uint8Array) => {
    said.push(String(text));
    return true;
  };
  try {
    await run(argv);
  } finally {
    process.stderr.write = write;
  }
  return said.join("");
}

const folder = mkdtempSync(join(tmpdir(), "flux-sops-flags-"));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Whether a command takes a flag, or says why not. */
async function isAnswered(command: string, name: string, takesValue: boolean): Promise<boolean> {
  const value = takesValue ? [VALUES[name.replace(/^-a$/, "--age")] ?? "x"] : [];
  const missing = join(folder, "missing", "x.yaml");
  const rest = command.startsWith("exec-") ? ["true"] : [];
  const said = await complaintOf([command, name, ...value, missing, ...rest]);
  const reason = REFUSED_OPTIONS[name];
  if (reason !== undefined)
    return said.includes(withToolHere(`${name} is not taken here: ${reason}`));
  // A flag that is taken gets as far as the file, or what else is wrong with so short a command.
  return said !== "" && !said.includes("unknown option");
}

testWith("sops")("each flag of sops's commands is taken, or refused by its name", async (t) => {
  let count = 0;
  for (const command of COMMANDS) {
    for (const { names, takesValue } of flagsIn(runTool("sops", [command, "--help"]))) {
      for (const name of names) {
        if (name === "--help" || name === "-h") continue;
        count += 1;
        t.true(await isAnswered(command, name, takesValue), `${command} ${name}`);
      }
    }
  }
  t.true(count > 100, String(count));
});

testWith("sops")("so is each of its global flags, by one of its older forms", async (t) => {
  const flags = flagsIn(runTool("sops", ["--help"]));
  t.true(flags.length > 40);
  for (const { names, takesValue } of flags) {
    for (const name of names) {
      if ([...OF_NO_COMMAND, ...OF_VERSION, ...OLD_FORMS].includes(name)) continue;
      if (["--encrypt", "--decrypt", "--rotate"].includes(name)) continue;
      const answers: boolean[] = [];
      for (const form of OLD_FORMS) answers.push(await isAnswered(form, name, takesValue));
      t.true(answers.includes(true), name);
    }
  }
});

testWith("sops")("no flag is refused that sops does not have", (t) => {
  const helps = ["", ...COMMANDS].map((one) =>
    runTool("sops", [...(one === "" ? [] : [one]), "--help"]),
  );
  const names = new Set(helps.flatMap(flagsIn).flatMap((flag) => flag.names));
  t.deepEqual(
    Object.keys(REFUSED_OPTIONS).filter((name) => !names.has(name)),
    [],
  );
});

test("a flag that sops does not have either is unknown", async (t) => {
  t.false(await isAnswered("decrypt", "--no-such-flag", false));
});
