import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { printable } from "../../git/escape.ts";
import { counted } from "../../hooks/words.ts";
import { standardInput } from "../../scaffold/standard-input.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { readSopsFile, type SopsFile } from "../../sops/sops-file.ts";
import { parseAsSops } from "../arguments/parse.ts";
import { complain } from "../terminal/complain.ts";
import { chosenConfig, configOption } from "../arguments/config-option.ts";
import { conversionOf, indentOption } from "./conversion.ts";
import { examples } from "../arguments/examples.ts";
import { SOPS_EXIT } from "../exit/codes.ts";
import {
  type Batch,
  type Destination,
  printed,
  putInPlace,
  waitingIn,
  writtenTo,
} from "./results.ts";
import { filesInFolder, isFolder, isFullyEncrypted } from "./in-folder.ts";
import { progress } from "../terminal/progress.ts";
import { reported, type Exits } from "../exit/reported.ts";
import { typeOption } from "../arguments/type-option.ts";

export type Options = Readonly<Record<string, unknown>>;

/** One file under a command. */
export interface FileAtWork extends SopsFile {
  /** Its name; standard input has the one that `--filename-override` gives. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly inputFormat: Format;
  readonly outputFormat: Format;
  readonly options: Options;
  /** The rule file to go by; null for the nearest `.sops.yaml`. */
  readonly config: string | null;
  /** The indentation of what is written anew in the output's format; null for sops's own. */
  readonly indent: number | null;
}

interface FileCommand {
  readonly name: string;
  readonly summary: string;
  /** Command lines for the help, without the program's name. */
  readonly examples: readonly string[];
  readonly configure: (command: Command) => Command;
  /** Whether results always go back to the files, only with `--in-place`, or are printed. */
  readonly writes: "always" | "in-place";
  /** What a folder stands for: its `*.sops.*` files alone, or the encrypted ones of other names too. */
  readonly folders: "to-encrypt" | "encrypted";
  /** Whether standard input is read where no file is named, and whether it then needs a name. */
  readonly standardInput: "no" | "yes" | "with a name";
  /** sops's exit statuses for errors of the engine, where they differ by command. */
  readonly exits?: Exits;
  /** The same for a file that is not there, where it is not that of most. */
  readonly missingExit?: (options: Options, form: Form) => number;
  /**
   * The status if one of several files fails, whatever is wrong with it; without it, that file's own.
   */
  readonly severalExit?: number;
  /** Whether the user is asked about each file: then each is written as soon as it is agreed to. */
  readonly asks?: (options: Options) => boolean;
  /** @returns the file's new content. */
  readonly run: (file: FileAtWork) => Promise<string | Buffer>;
}

/** How a command was called: by its name, or by a flag as in older versions of sops. */
export type Form = "name" | "flag";

/** How many files are written before they are put in place together. */
const BATCH = 128;

const STANDARD_INPUT = "/dev/stdin";

/**
 * Makes a command that turns files into other texts, as sops's own do: printed, or written back with
 * `--in-place`. Several files and folders may be given; a folder stands for files in it
 * ({@link filesInFolder}).
 */
export function fileCommand(
  definition: FileCommand,
): (argv: readonly string[], form?: Form) => Promise<number> {
  return async (argv, form = "name") => {
    const command = commandOf(definition);
    const refused = parseAsSops(command, argv);
    if (refused !== null) return refused;
    const { args } = command;
    const options: Options = command.opts();
    if (form === "flag" && args.length === 0) {
      complain(`a file is missing: only npx flux-sops ${definition.name} reads standard input`);
      return SOPS_EXIT.noFileSpecified;
    }
    const problem = conflict(definition, options, args.length);
    if (problem !== null) {
      complain(problem);
      return SOPS_EXIT.errorConflictingParameters;
    }
    const files = args.map((path) => filesAt(definition, path));
    const isFolderEmpty = sayEmptyFolders(definition, args, files);
    const paths = files.length === 0 ? [STANDARD_INPUT] : eachOnce(atWork(definition, args, files));
    const missingExit = definition.missingExit?.(options, form) ?? SOPS_EXIT.noFileSpecified;
    const status =
      (await runOnAll(definition, options, paths, missingExit)) ||
      (isFolderEmpty ? SOPS_EXIT.couldNotReadInputFile : 0);
    return status !== 0 && args.length > 1 ? (definition.severalExit ?? status) : status;
  };
}

/** The command line: the arguments and options that all such commands have, and its own. */
function commandOf(definition: FileCommand): Command {
  const readsInput = definition.standardInput !== "no";
  const command = new Command(`flux-sops ${definition.name}`)
    .description(definition.summary)
    .argument(
      readsInput ? "[file...]" : "<file...>",
      `files, or folders for the ${definition.folders === "encrypted" ? "encrypted" : "*.sops.*"} files in them${readsInput ? "; none: standard input" : ""}`,
    );
  if (definition.writes === "in-place") {
    command
      .option("-i, --in-place", "write the result back to the file")
      .option("--output <file>", "write the result to this file")
      .addOption(typeOption("--output-type <type>", "what the result is to be"));
  }
  command
    .addOption(typeOption("--input-type <type>", "what the file is, whatever its name says"))
    .option("--filename-override <name>", "take this for the file's name")
    .addOption(indentOption())
    .addOption(configOption());
  definition.configure(command);
  return command.addHelpText(
    "after",
    examples(...definition.examples.map((line) => `npx flux-sops ${line}`)),
  );
}

/** Complains of each folder in which there is no file for the command; true where one is. */
function sayEmptyFolders(
  definition: FileCommand,
  args: readonly string[],
  files: readonly (readonly string[])[],
): boolean {
  const empty = args.filter((_, index) => files[index]?.length === 0);
  for (const folder of empty) complain(`${printable(folder)}: ${nothingIn(definition)}`);
  return empty.length > 0;
}

/** All files but those in a folder that is to be encrypted that are encrypted: how many is said. */
function atWork(
  { folders }: FileCommand,
  args: readonly string[],
  files: readonly (readonly string[])[],
): string[] {
  if (folders === "encrypted") return files.flat();
  return args.flatMap((path, index) => {
    const own = files[index] ?? [];
    if (!isFolder(path)) return own;
    const left = own.filter((file) => !isFullyEncrypted(file));
    const already = own.length - left.length;
    if (already > 0) {
      const subject = `${counted(already, "file")} in this folder ${already === 1 ? "is" : "are"}`;
      complain(`${printable(path)}: ${subject} encrypted already, and not encrypted again`);
    }
    return left;
  });
}

/** @returns the exit status of the last file that failed; 0 where none did. */
async function runOnAll(
  definition: FileCommand,
  options: Options,
  paths: readonly string[],
  missingExit: number,
): Promise<number> {
  const inPlace = definition.writes === "always" || options["inPlace"] === true;
  // On a terminal, the results themselves show the progress.
  const isSeen = !inPlace && process.stdout.isTTY;
  const step = progress(definition.name, isSeen ? 0 : paths.length);
  const output = options["output"];
  const holds = definition.name === "decrypt" ? "plaintext" : "ciphertext";
  const elsewhere = typeof output === "string" ? writtenTo(output, holds) : printed();
  // Waiting for the disk once a batch is nearly free; once a file it takes longer than all else.
  const size = definition.asks?.(options) === true ? 1 : BATCH;
  let status = 0;
  for (let from = 0; from < paths.length; from += size) {
    const batch: Batch = new Map();
    const put = inPlace ? waitingIn(batch) : elsewhere;
    for (const path of paths.slice(from, from + size)) {
      const run = () => runOne(definition, options, path, put);
      status = (await reported(path, run, { ...definition, missingExit })) || status;
      step();
    }
    status = (await putInPlace(batch)) || status;
  }
  return status;
}

function conflict(definition: FileCommand, options: Options, files: number): string | null {
  const inPlace = options["inPlace"] === true;
  if (inPlace && options["output"] !== undefined) {
    return "--in-place and --output cannot be used together";
  }
  if (inPlace && files === 0) return "--in-place needs a file";
  if (
    definition.standardInput === "with a name" &&
    files === 0 &&
    options["filenameOverride"] === undefined
  ) {
    return "standard input needs a name, for its creation rule and its type: --filename-override NAME";
  }
  if (options["output"] !== undefined && files > 1) return "--output takes one file";
  return null;
}

async function runOne(
  definition: FileCommand,
  options: Options,
  path: string,
  put: Destination,
): Promise<void> {
  const name = typeof options["filenameOverride"] === "string" ? options["filenameOverride"] : path;
  const bytes = path === STANDARD_INPUT ? await standardInput() : readFileSync(path);
  const config = chosenConfig(options);
  const conversion = conversionOf(name, options);
  const { from: inputFormat, indent } = conversion;
  const outputFormat = definition.writes === "always" ? inputFormat : conversion.to;
  const file = readAsInput(bytes, inputFormat, indent);
  const at = { ...file, path: name, bytes, inputFormat, outputFormat, options, config, indent };
  const result = await converted(at, definition.run);
  const content = typeof result === "string" ? Buffer.from(result, "utf8") : result;
  const format = options["extract"] === undefined ? outputFormat : null;
  await put({ content, path, bytes, format });
}

/** Says which option to add, if the format was not asked for but is the name's. */
async function converted(at: FileAtWork, run: FileCommand["run"]): Promise<string | Buffer> {
  try {
    return await run(at);
  } catch (error) {
    const { inputFormat: from, outputFormat: to, options } = at;
    const isByName = from !== to && options["outputType"] === undefined;
    if (!(error instanceof SopsError) || error.code !== "cannot-hold" || !isByName) throw error;
    const message = `by its name it becomes ${to}, which cannot hold it: add --output-type ${from}`;
    throw new SopsError(error.code, message);
  }
}

/** To sops a file that it cannot take is one that it cannot read, as one that does not parse. */
function readAsInput(bytes: Buffer, format: Format, indent: number | null): SopsFile {
  try {
    return readSopsFile(bytes, format, indent);
  } catch (error) {
    if (!(error instanceof SopsError) || error.code !== "unsupported") throw error;
    throw new SopsError("syntax", error.message, error);
  }
}

/** The first of the names of each file. */
function eachOnce(paths: readonly string[]): string[] {
  const seen = new Set<string>();
  return paths.filter((path) => {
    const place = resolve(path);
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  });
}

/** The files that an argument stands for; none only for a folder. */
function filesAt({ folders }: FileCommand, path: string): string[] {
  return isFolder(path) ? filesInFolder(path, folders === "encrypted") : [path];
}

function nothingIn({ folders }: FileCommand): string {
  return folders === "encrypted"
    ? "no file in this folder is encrypted"
    : "no file in this folder is named *.sops.*: name the files themselves";
}
