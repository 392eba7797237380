import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { SopsError } from "../sops/errors.ts";
import { formatOf } from "../sops/format.ts";
import { readSopsFile, type SopsFile } from "../sops/sops-file.ts";
import { complain, shown } from "./complain.ts";
import { exitOf, SOPS_EXIT } from "./exit-codes.ts";
import { replaceFile, ruleOnDisk } from "./file-on-disk.ts";

type Options = Readonly<Record<string, unknown>>;

interface FileCommand {
  readonly name: string;
  readonly summary: string;
  readonly configure: (command: Command) => Command;
  /** Whether results go back to the files. */
  readonly inPlace: (options: Options) => boolean;
  /** sops's exit status for a file that does not parse: it differs by command. */
  readonly syntaxExit: number;
  /** @returns the file's new text. */
  readonly run: (file: SopsFile, options: Options, path: string) => Promise<string>;
}

/**
 * Makes a command that turns files into other texts, as sops's own do: printed, or written back with
 * `--in-place`. Several files and folders may be given; a folder stands for its `*.sops.*` files.
 */
export function fileCommand(definition: FileCommand): (argv: readonly string[]) => Promise<number> {
  return async (argv) => {
    const command = definition
      .configure(new Command(`flux-sops ${definition.name}`).description(definition.summary))
      .argument("<file...>", "files, or folders for the *.sops.* files in them")
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    try {
      command.parse(argv, { from: "user" });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode === 0) return 0;
      complain(error.message.replace(/^error: /, ""));
      return error.code === "commander.missingArgument"
        ? SOPS_EXIT.noFileSpecified
        : SOPS_EXIT.generic;
    }
    const options: Options = command.opts();
    const inPlace = definition.inPlace(options);
    let status = 0;
    for (const path of expand(command.args)) {
      status = (await runOne(definition, options, path, inPlace)) || status;
    }
    return status;
  };
}

async function runOne(
  definition: FileCommand,
  options: Options,
  path: string,
  inPlace: boolean,
): Promise<number> {
  let wasRead = false;
  try {
    const bytes = readFileSync(path);
    wasRead = true;
    const before = readSopsFile(bytes, formatOf(path), indentFor(path));
    const text = await definition.run(before, options, path);
    if (!inPlace) process.stdout.write(text);
    else if (!bytes.equals(Buffer.from(text, "utf8"))) replaceFile(path, text);
    return 0;
  } catch (error) {
    if (error instanceof SopsError) {
      const place = [shown(path), error.line, error.column].filter((part) => part !== null);
      complain(`${place.join(":")}: ${error.message}`);
      return error.code === "syntax" ? definition.syntaxExit : exitOf(error);
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    complain(`${shown(path)}: ${REASONS[code] ?? code}`);
    if (code === "ENOENT") return SOPS_EXIT.noFileSpecified;
    return wasRead ? SOPS_EXIT.couldNotWriteOutputFile : SOPS_EXIT.couldNotReadInputFile;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "is a folder",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

/** The indentation that the rules ask for; a missing rule is for the command to complain about. */
function indentFor(path: string): number | null {
  try {
    return ruleOnDisk(path)?.yamlIndent ?? null;
  } catch {
    return null;
  }
}

function expand(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true) return [path];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.sops\.[^.]+$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  });
}
