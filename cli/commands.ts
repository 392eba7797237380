import { existsSync } from "node:fs";
import { printable } from "../git/escape.ts";
import { shellCommand } from "../git/shell-word.ts";
import { endWithOutput } from "./terminal/broken-output.ts";
import { complain } from "./terminal/complain.ts";
import { OWN_EXIT, SOPS_EXIT } from "./exit/codes.ts";
import type { Form } from "./file/command.ts";
import { withToolHere } from "./terminal/tool-here.ts";

/** All commands of `flux-sops`, and how the words of a command line name one. */

type Run = (argv: readonly string[], form?: Form) => Promise<number>;

/** The commands by name, with what the help says of each. */
const COMMANDS: Readonly<
  Record<string, { readonly help: string; readonly load: () => Promise<Run> }>
> = {
  init: {
    help: "scaffold a repository",
    load: async () => (await import("./init.ts")).init,
  },
  new: {
    help: "add a secret, a workload or a cluster to the repository",
    load: async () => (await import("./new.ts")).newFiles,
  },
  encrypt: {
    help: "encrypt files by their creation rules",
    load: async () => (await import("./encrypt.ts")).encrypt,
  },
  decrypt: {
    help: "print the plaintext of encrypted files",
    load: async () => (await import("./decrypt.ts")).decrypt,
  },
  edit: {
    help: "edit an encrypted file in an editor, or begin one",
    load: async () => (await import("./edit.ts")).edit,
  },
  set: {
    help: "set one value of an encrypted file",
    load: async () => (await import("./set.ts")).set,
  },
  unset: {
    help: "take one value out of an encrypted file",
    load: async () => (await import("./set.ts")).unset,
  },
  "exec-env": {
    help: "run a command with the values in its environment",
    load: async () => (await import("./exec.ts")).execEnv,
  },
  "exec-file": {
    help: "run a command with the plaintext in a temporary file",
    load: async () => (await import("./exec.ts")).execFile,
  },
  filestatus: {
    help: "say whether a file is encrypted",
    load: async () => (await import("./filestatus.ts")).filestatus,
  },
  updatekeys: {
    help: "give files the recipients of their creation rules",
    load: async () => (await import("./updatekeys.ts")).updatekeys,
  },
  rotate: {
    help: "encrypt files with a new data key",
    load: async () => (await import("./rotate.ts")).rotate,
  },
  textconv: {
    help: "what git diff shows of an encrypted file, where git is told so",
    load: async () => (await import("./textconv.ts")).textconv,
  },
  check: {
    help: "look for leaks and broken files",
    load: async () => (await import("./check.ts")).check,
  },
  map: {
    help: "show which Flux Kustomization decrypts which file",
    load: async () => (await import("./map.ts")).map,
  },
  keys: {
    help: "list who can read what, let a key in or out, or make one",
    load: async () => (await import("./keys.ts")).keys,
  },
  doctor: {
    help: "say what is wrong with this clone",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  bootstrap: {
    help: "give the cluster its key and bootstrap Flux",
    load: async () => (await import("./bootstrap.ts")).bootstrap,
  },
  hook: {
    help: "what git's hooks call",
    load: async () => {
      const { hook } = await import("./hook.ts");
      return (argv) => hook(argv);
    },
  },
};

/** The commands of sops that are none here: other keys than age, and places outside the repository. */
const LEFT_TO_SOPS: readonly string[] = ["groups", "keyservice", "publish"];

/** sops's older forms: a flag where the command would be. */
const OLD_FORMS: readonly (readonly [flag: RegExp, command: string])[] = [
  [/^--?(d|decrypt)(=true)?$/, "decrypt"],
  [/^--?(e|encrypt)(=true)?$/, "encrypt"],
  [/^--?(r|rotate)(=true)?$/, "rotate"],
];

/** The options that sops heeds before a command's name, and whether a value follows. */
const BEFORE_COMMANDS: Readonly<Record<string, boolean>> = {
  "--config": true,
  "--indent": true,
  "--mac-only-encrypted": false,
  "--verbose": false,
};

/** What a command line asks for, or why that is nothing. */
type Asked =
  | { readonly name: string; readonly rest: readonly string[]; readonly form: Form }
  | { readonly problem: string; readonly status: number };

/**
 * Runs a command line.
 *
 * @returns the exit status.
 */
export async function run(args: readonly string[]): Promise<number> {
  endWithOutput();
  // Nothing is asked of the network for any version here.
  const argv = args[0] === "--disable-version-check" ? args.slice(1) : args;
  const [first = ""] = argv;
  if (first === "--version" || first === "-v") {
    const { version } = await import("../scaffold/version.ts");
    process.stdout.write(`flux-sops ${version}\n`);
    return 0;
  }
  if (first === "--help" || first === "-h" || first === "help") {
    process.stdout.write(usage());
    return 0;
  }
  const asked = askedFor(optionsBehind(argv));
  if ("problem" in asked) {
    complain(asked.problem);
    if (!first.startsWith("-") && !LEFT_TO_SOPS.includes(first)) process.stderr.write(usage());
    return asked.status;
  }
  const command = await COMMANDS[asked.name]?.load();
  return command === undefined ? 2 : command(asked.rest, asked.form);
}

/** sops takes some options before the command's name; the commands here take them behind it. */
function optionsBehind(argv: readonly string[]): readonly string[] {
  let at = 0;
  for (let next = argv[at]; next !== undefined; next = argv[at]) {
    const [name = "", value] = next.split("=", 2);
    if (!Object.hasOwn(BEFORE_COMMANDS, name)) break;
    at += BEFORE_COMMANDS[name] === true && value === undefined ? 2 : 1;
  }
  const command = argv[at] ?? "";
  return Object.hasOwn(COMMANDS, command)
    ? [command, ...argv.slice(0, at), ...argv.slice(at + 1)]
    : argv;
}

/** The command and its arguments; sops's older forms have a flag anywhere, or a file to edit. */
function askedFor(argv: readonly string[]): Asked {
  const [first = ""] = argv;
  if (Object.hasOwn(COMMANDS, first)) return { name: first, rest: argv.slice(1), form: "name" };
  if (first.startsWith("-")) return olderForm(argv);
  if (LEFT_TO_SOPS.includes(first)) {
    const line = shellCommand(["sops", ...argv]);
    const problem = `${first} is for sops itself, which works on the same files: ${line}`;
    return { problem, status: OWN_EXIT.wrongUse };
  }
  // No command has a dot or a slash in its name: that is a file yet to be made.
  const isFile = /[./]/.test(first) || (first !== "" && existsSync(first));
  if (isFile) return { name: "edit", rest: argv, form: "flag" };
  return first === ""
    ? { problem: "a command is missing", status: SOPS_EXIT.noFileSpecified }
    : { problem: `there is no command ${printable(first)}`, status: 2 };
}

function olderForm(argv: readonly string[]): Asked {
  if (argv.some((argument) => /^--?set(=|$)/.test(argument))) {
    const problem = "--set is sops's older form: use npx flux-sops set FILE PATH VALUE";
    return { problem, status: SOPS_EXIT.generic };
  }
  for (const [flag, name] of OLD_FORMS) {
    const at = argv.findIndex((argument) => flag.test(argument));
    if (at >= 0) return { name, rest: argv.toSpliced(at, 1), form: "flag" };
  }
  const name = argv.find((argument) => Object.hasOwn(COMMANDS, argument));
  return name === undefined || existsSync(name)
    ? { name: "edit", rest: argv, form: "flag" }
    : { problem: `the options of ${name} stand behind its name`, status: SOPS_EXIT.generic };
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, { help }]) => `  ${name.padEnd(width)}  ${help}`,
  );
  const more = withToolHere("npx flux-sops COMMAND --help says more.");
  return `Usage: flux-sops COMMAND [ARGUMENTS]\n\n${lines.join("\n")}\n\n${more}\n`;
}
