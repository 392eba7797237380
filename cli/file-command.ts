import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { formatOf } from "../sops/format.ts";
import { readSopsFile, type SopsFile } from "../sops/sops-file.ts";
import { parseArguments } from "./arguments.ts";
import { replaceFile, ruleOnDisk } from "./file-on-disk.ts";
import { reported } from "./reported.ts";

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
      .argument("<file...>", "files, or folders for the *.sops.* files in them");
    const refused = parseArguments(command, argv);
    if (refused !== null) return refused;
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
  const run = async () => {
    const bytes = readFileSync(path);
    const before = readSopsFile(bytes, formatOf(path), indentFor(path));
    const text = await definition.run(before, options, path);
    if (!inPlace) process.stdout.write(text);
    else if (!bytes.equals(Buffer.from(text, "utf8"))) replaceFile(path, text);
  };
  return reported(path, run, definition);
}

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
