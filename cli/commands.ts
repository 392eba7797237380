import { existsSync } from "node:fs";

/** All commands of `flux-sops`, and how the words of a command line name one. */

type Run = (argv: readonly string[]) => Promise<number>;

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
    help: "list who can read what, by rule and by file",
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
    load: async () => (await import("./hook.ts")).hook,
  },
};

/** sops's older forms: a flag where the command would be. */
const OLD_FORMS: Readonly<Record<string, string>> = {
  "-d": "decrypt",
  "--decrypt": "decrypt",
  "-e": "encrypt",
  "--encrypt": "encrypt",
  "-r": "rotate",
  "--rotate": "rotate",
};

/**
 * Runs a command line.
 *
 * @returns the exit status.
 */
export async function run(argv: readonly string[]): Promise<number> {
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
  const [name, rest] = commandOf(configBehind(argv));
  if (name === null) {
    const { complain, shown } = await import("./complain.ts");
    if (argv.some((argument) => /^--set(=|$)/.test(argument))) {
      complain("--set is sops's older form: use npx flux-sops set FILE PATH VALUE");
      return 2;
    }
    complain(first === "" ? "a command is missing" : `there is no command ${shown(first)}`);
    process.stderr.write(usage());
    return 2;
  }
  const command = await COMMANDS[name]?.load();
  return command === undefined ? 2 : command(rest);
}

/** sops takes `--config FILE` before the command's name, the commands here behind it. */
function configBehind(argv: readonly string[]): readonly string[] {
  const [first = ""] = argv;
  const width = first === "--config" ? 2 : first.startsWith("--config=") ? 1 : 0;
  const [command, ...rest] = argv.slice(width);
  return command === undefined ? argv : [command, ...argv.slice(0, width), ...rest];
}

/** The command and its arguments; sops's older forms have a flag anywhere, or a file to edit. */
function commandOf(argv: readonly string[]): [name: string | null, rest: readonly string[]] {
  const [first = ""] = argv;
  if (Object.hasOwn(COMMANDS, first)) return [first, argv.slice(1)];
  if (first.startsWith("-")) {
    const at = argv.findIndex((argument) => Object.hasOwn(OLD_FORMS, argument));
    const name = OLD_FORMS[argv[at] ?? ""];
    return name === undefined ? [null, []] : [name, argv.toSpliced(at, 1)];
  }
  const isFile = argv.slice(1).every((argument) => argument.startsWith("--config"));
  // No command has a dot or a slash in its name: that is a file yet to be made.
  const isNamed = /[./]/.test(first) || (first !== "" && existsSync(first));
  return isFile && isNamed ? ["edit", argv] : [null, []];
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, { help }]) => `  ${name.padEnd(width)}  ${help}`,
  );
  return `Usage: flux-sops COMMAND [ARGUMENTS]\n\n${lines.join("\n")}\n\nflux-sops COMMAND --help says more.\n`;
}
