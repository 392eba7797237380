import type { Begun } from "../hooks/commit/pre-commit.ts";

/**
 * Where `flux-sops` starts. What runs at every commit, and in every loop over files, comes first and
 * alone: the build makes a file of its own of each of these imports, and reading a file that is not
 * needed takes longer than the work (bench/commit.ts, bench/decrypt.ts).
 */
async function main(argv: readonly string[]): Promise<number> {
  if (!("getBuiltinModule" in process)) return refuseOldNode();
  const [command, ...rest] = argv;
  if (command === "hook") {
    let begun: Begun | null = null;
    if (rest[0] === "pre-commit") {
      const { lookAtCommit } = await import("../hooks/commit/nothing-to-do.ts");
      const [, option, shell] = rest;
      const look = await lookAtCommit(
        { cwd: process.cwd(), env: process.env },
        option === "--seen" ? shell : undefined,
      );
      if (look.nothingToDo) endNow();
      ({ begun } = look);
    }
    return (await import("./hook.ts")).hook(rest, begun);
  }
  const file = fileToDecrypt(argv);
  const left = file === null ? null : await (await import("./decrypt-one.ts")).decryptOne(file);
  if (left?.length === 0) endNow();
  if (left !== null) {
    (await import("./en-and-decrypt.ts")).endWithOutput();
    process.stdout.write(left);
    return 0;
  }
  if (command === "decrypt" || command === "encrypt") {
    const commands = await import("./en-and-decrypt.ts");
    commands.endWithOutput();
    return commands[command](rest);
  }
  if (command === "check") return (await import("./check.ts")).check(rest);
  return (await import("./commands.ts")).run(argv);
}

/** Where nothing is left to be written or waited for, taking node down in order is for nothing. */
function endNow(): never {
  process.exit(0);
}

/** What is asked for is in Node since 20.16 and 22.3; it is Debian 12's own that is older. */
function refuseOldNode(): number {
  const { version, execPath } = process;
  process.stderr.write(
    `flux-sops: refused: Node ${version} (${execPath}) is too old: install Node 20.19, or 22.3 or later\n`,
  );
  return 2;
}

/** The file, where nothing is said but to decrypt one YAML file; `-d` is sops's older form. */
function fileToDecrypt([command = "", file = "", ...more]: readonly string[]): string | null {
  return ["decrypt", "-d", "--decrypt"].includes(command) &&
    more.length === 0 &&
    (process.env["SOPS_CONFIG"] ?? "") === "" &&
    !file.startsWith("-") &&
    /\.ya?ml$/.test(file)
    ? file
    : null;
}

/** What the operating system refuses (to load a file of ours, say) is no bug of ours. */
function notDone(error: unknown): number {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) throw error;
  process.stderr.write(`flux-sops: ${message.replace(/[^ -~]/g, "?")}\n`);
  return 2;
}

// Also where node ends before it is done, with nothing left to wait for: it has not passed anything.
process.exitCode = 2;
void main(process.argv.slice(2))
  .catch(notDone)
  .then((status) => {
    process.exitCode = status;
  });
