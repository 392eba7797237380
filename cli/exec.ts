import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { decrypted } from "../sops/decrypt.ts";
import { shellText } from "../git/shell-word.ts";
import { pairs, type Data } from "../sops/data/data-tree.ts";
import { readDecrypted } from "../sops/data/read-data.ts";
import { SopsError } from "../sops/errors.ts";
import { readSopsFile } from "../sops/sops-file.ts";
import { parseAsSops } from "./arguments/parse.ts";
import { configOption } from "./arguments/config-option.ts";
import { conversionOf, indentOption, plaintextIn } from "./file/conversion.ts";
import { dataKeyOf } from "./file/data-key.ts";
import { decryptionOrderOption } from "./arguments/decryption-order.ts";
import { encryptedOnly } from "./file/encrypted-only.ts";
import { ended, ENDING_SIGNALS } from "./exit/ended.ts";
import { examples } from "./arguments/examples.ts";
import { SOPS_EXIT } from "./exit/codes.ts";
import { privateFile } from "./file/private-file.ts";
import { reported } from "./exit/reported.ts";
import { typeOption } from "./arguments/type-option.ts";

/** `flux-sops exec-env FILE COMMAND`: runs a command with the values in its environment. */
export async function execEnv(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops exec-env")
    .description("run a command with the values of an encrypted file in its environment")
    .argument("<file>", "KEY=VALUE, or a mapping of keys to single values; no Kubernetes Secret")
    .argument("<command>", "one word, for sh -c")
    .option("--pristine", "hand nothing else of the environment on")
    .addOption(decryptionOrderOption())
    .addOption(configOption())
    .addHelpText("after", examples("npx flux-sops exec-env app.sops.env 'npm run migrate'"));
  const refused = parseAsSops(command, argv, SOPS_EXIT.generic);
  if (refused !== null) return refused;
  const [path = "", line = ""] = command.args;
  let status = 0;
  const run = async () => {
    const { plaintext, conversion } = await opened(path, command.opts(), []);
    const [first = new Map()] = readDecrypted(plaintext, conversion.from);
    const values = environmentOf(first, path);
    for (const [key, value] of values) {
      if (key === "" || /[=\0]/.test(key) || value.includes("\0")) {
        throw new SopsError("unsupported", "a key or value cannot be an environment variable's");
      }
    }
    const inherited = command.opts()["pristine"] === true ? {} : process.env;
    const env = { ...inherited, ...Object.fromEntries(values) };
    status = await leavingSignals((shell) => shell(line, env));
  };
  return (await reported(path, run, { missingExit: SOPS_EXIT.couldNotReadInputFile })) || status;
}

/** `flux-sops exec-file FILE COMMAND`: `{}` in the command is the name of a plaintext file. */
export async function execFile(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops exec-file")
    .description("run a command with the plaintext of a file in a temporary file, named by {}")
    .argument("<file>", "the encrypted file")
    .argument("<command>", "one word, for sh -c; {} is the temporary file")
    .option("--no-fifo", "accepted as sops has it; it always is a regular file, in memory")
    .option("--filename <name>", "the name of the temporary file", "tmp-file")
    .addOption(typeOption("--input-type <type>", "what the file is, whatever its name says"))
    .addOption(typeOption("--output-type <type>", "what the temporary file is to be"))
    .addOption(decryptionOrderOption())
    .addOption(indentOption())
    .addOption(configOption())
    .addHelpText(
      "after",
      examples(
        "npx flux-sops exec-file clusters/homelab/secrets/db.sops.yaml 'kubectl apply --server-side -f {}'",
      ),
    );
  const refused = parseAsSops(command, argv, SOPS_EXIT.generic);
  if (refused !== null) return refused;
  const [path = "", line = ""] = command.args;
  let status = 0;
  const run = async () => {
    const options = command.opts();
    const name = String(options["filename"]);
    if (name !== basename(name) || name === "." || name === "..") {
      throw new SopsError("unsupported", "the file name must be a plain name");
    }
    const { plaintext, conversion } = await opened(path, options);
    const content = plaintextIn(plaintext, conversion);
    status = await leavingSignals(async (shell) => {
      const temporary = privateFile(name, content);
      try {
        const filled = line.replaceAll("{}", () => temporary.path);
        return await shell(filled, process.env);
      } finally {
        temporary.remove();
      }
    });
  };
  return (await reported(path, run, { missingExit: SOPS_EXIT.couldNotReadInputFile })) || status;
}

/** Values only: sops refuses anything else too, and a Kubernetes Secret always has more. */
function environmentOf(data: Data, path: string): [string, string][] {
  try {
    return pairs(data, "the environment");
  } catch (error) {
    if (!(error instanceof SopsError) || error.code !== "cannot-hold") throw error;
    const file = shellText(path.startsWith("-") ? `./${path}` : path);
    const field = ["stringData", "data"].find((name) => data instanceof Map && data.has(name));
    throw new SopsError(
      "unsupported",
      `${error.message}. What works: npx flux-sops exec-file ${file} 'COMMAND {}', or for one value npx flux-sops decrypt --extract '["${field ?? "SECTION"}"]["KEY"]' ${file}`,
    );
  }
}

async function opened(
  path: string,
  options: Readonly<Record<string, unknown>>,
  typeOptions?: readonly string[],
) {
  const conversion = conversionOf(path, options);
  const { file, metadata } = readSopsFile(readFileSync(path), conversion.from);
  const known = encryptedOnly({ file, metadata }, "", typeOptions);
  return { plaintext: decrypted(file, known, await dataKeyOf(known)), conversion };
}

/** Runs a line, and gives its exit status. */
type Shell = (line: string, env: NodeJS.ProcessEnv) => Promise<number>;

/**
 * As sops: through the shell, signals left to the command, which has the terminal. They are so from before
 * there is a plaintext in a file until it is gone, or one between could leave it there.
 */
async function leavingSignals(run: (shell: Shell) => Promise<number>): Promise<number> {
  let child: ChildProcess | null = null;
  const ignore = () => undefined;
  const pass = (signal: NodeJS.Signals) => child?.kill(signal);
  process.on("SIGINT", ignore);
  process.on("SIGQUIT", ignore);
  process.on("SIGTERM", pass);
  process.on("SIGHUP", pass);
  try {
    return await run((line, env) =>
      ended(() => (child = spawn("/bin/sh", ["-c", line], { stdio: "inherit", env }))),
    );
  } finally {
    for (const signal of ENDING_SIGNALS) {
      process.removeListener(signal, ignore);
      process.removeListener(signal, pass);
    }
  }
}
