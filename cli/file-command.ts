import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { formatOf, inputTypeOf, type Format } from "../sops/format.ts";
import { readSopsFile, type SopsFile } from "../sops/sops-file.ts";
import { parseArguments } from "./arguments.ts";
import { complain } from "./complain.ts";
import { chosenConfig, configOption } from "./config-option.ts";
import { examples } from "./examples.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { replaceFile, stageFile, type StagedFile } from "./file-on-disk.ts";
import { filesInFolder } from "./files-in-folder.ts";
import { progress } from "./progress.ts";
import { reported } from "./reported.ts";
import { indentOnDisk } from "./rule-on-disk.ts";
import { typeOption } from "./type-option.ts";

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
  /** Whether standard input is read where no file is named. */
  readonly standardInput: boolean;
  /** sops's exit status for a file that does not parse: it differs by command. */
  readonly syntaxExit: number;
  /** @returns the file's new content. */
  readonly run: (file: FileAtWork) => Promise<string | Buffer>;
}

/** So many files are written before they are put in place. */
const BATCH = 128;

const STANDARD_INPUT = "/dev/stdin";

/**
 * Makes a command that turns files into other texts, as sops's own do: printed, or written back with
 * `--in-place`. Several files and folders may be given; a folder stands for files in it
 * ({@link filesInFolder}).
 */
export function fileCommand(definition: FileCommand): (argv: readonly string[]) => Promise<number> {
  return async (argv) => {
    const command = new Command(`flux-sops ${definition.name}`)
      .description(definition.summary)
      .argument(
        definition.standardInput ? "[file...]" : "<file...>",
        `files, or folders for the ${definition.folders === "encrypted" ? "encrypted" : "*.sops.*"} files in them${definition.standardInput ? "; none: standard input" : ""}`,
      );
    if (definition.writes === "in-place") {
      command
        .option("-i, --in-place", "write the result back to the file")
        .option("--output <file>", "write the result to this file");
    }
    command
      .addOption(typeOption("--input-type <type>", "what the file is, whatever its name says"))
      .addOption(typeOption("--output-type <type>", "what the result is to be"))
      .option("--filename-override <name>", "take this for the file's name")
      .option("--indent <spaces>", "indent what is written anew by this many", wholeNumber)
      .addOption(configOption());
    definition.configure(command);
    command.addHelpText(
      "after",
      examples(...definition.examples.map((line) => `npx flux-sops ${line}`)),
    );
    const refused = parseArguments(command, argv);
    if (refused !== null) return refused;
    const options: Options = command.opts();
    const problem = conflict(options, command.args.length);
    if (problem !== null) {
      complain(problem);
      return SOPS_EXIT.errorConflictingParameters;
    }
    const paths =
      command.args.length === 0 ? [STANDARD_INPUT] : [...new Set(expand(definition, command.args))];
    const inPlace = definition.writes === "always" || options["inPlace"] === true;
    let status = 0;
    const step = progress(definition.name, paths.length);
    const print = printer();
    // Waiting for the disk once a batch is nearly free; once a file it takes longer than all else.
    for (let from = 0; from < paths.length; from += BATCH) {
      const batch = new Map<string, StagedFile>();
      const later = (path: string, staged: StagedFile) => batch.set(path, staged);
      for (const path of paths.slice(from, from + BATCH)) {
        const to = inPlace ? { print: null, later } : { print, later: null };
        status = (await runOne(definition, options, path, to)) || status;
        step();
      }
      status = (await putInPlace(batch)) || status;
    }
    return status;
  };
}

function wholeNumber(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new InvalidArgumentError("It has to be a number.");
  return Number(text);
}

function conflict(options: Options, files: number): string | null {
  const inPlace = options["inPlace"] === true;
  if (inPlace && options["output"] !== undefined) {
    return "--in-place and --output cannot be used together";
  }
  if (inPlace && files === 0) return "--in-place needs a file";
  if (options["output"] !== undefined && files > 1) return "--output takes one file";
  return null;
}

/** Where a result goes: one of the two. */
interface Destination {
  readonly print: ((content: Buffer, at: FileAtWork) => void) | null;
  readonly later: ((path: string, staged: StagedFile) => void) | null;
}

/** Prints one result behind the other: between two of YAML stands what ends a document. */
function printer(): NonNullable<Destination["print"]> {
  let before: Buffer | null = null;
  return (content, { outputFormat, options }) => {
    const isYaml = outputFormat === "yaml" && options["extract"] === undefined;
    if (isYaml && before !== null && !/^---\s/.test(content.toString("latin1", 0, 4))) {
      process.stdout.write(before.length === 0 || before.at(-1) === 0x0a ? "---\n" : "\n---\n");
    }
    process.stdout.write(content);
    before = isYaml ? content : null;
  };
}

async function runOne(
  definition: FileCommand,
  options: Options,
  path: string,
  { print, later }: Destination,
): Promise<number> {
  const run = async () => {
    const name =
      typeof options["filenameOverride"] === "string" ? options["filenameOverride"] : path;
    const inputFormat = inputTypeOf(String(options["inputType"])) ?? formatOf(name);
    const outputFormat = inputTypeOf(String(options["outputType"])) ?? inputFormat;
    const bytes = readFileSync(path === STANDARD_INPUT ? 0 : path);
    const config = chosenConfig(options);
    const ruled = indentOnDisk(name, config, outputFormat);
    const indent = typeof options["indent"] === "number" ? options["indent"] || ruled : ruled;
    const file = readSopsFile(bytes, inputFormat, indent);
    const at = { ...file, path: name, bytes, inputFormat, outputFormat, options, config, indent };
    const result = await definition.run(at);
    const content = typeof result === "string" ? Buffer.from(result, "utf8") : result;
    const output = options["output"];
    if (typeof output === "string") await write(output, content);
    else if (print !== null) print(content, at);
    else if (!bytes.equals(content)) later?.(path, stageFile(path, content));
  };
  return reported(path, run, definition);
}

async function putInPlace(batch: ReadonlyMap<string, StagedFile>): Promise<number> {
  const syncs = [...batch].map(async ([path, staged]) => ({
    path,
    staged,
    failed: await reported(path, () => staged.sync()),
  }));
  let status = 0;
  for (const { path, staged, failed } of await Promise.all(syncs)) {
    const commit = () => {
      staged.commit();
      return Promise.resolve();
    };
    status = failed || (await reported(path, commit)) || status;
  }
  return status;
}

/** A plaintext may be in it: a new file is for its owner alone. */
async function write(path: string, content: Buffer): Promise<void> {
  if (existsSync(path)) await replaceFile(path, content);
  else writeFileSync(path, content, { mode: 0o600, flag: "wx" });
}

function expand({ folders }: FileCommand, paths: readonly string[]): string[] {
  return paths.flatMap((path) =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
      ? filesInFolder(path, folders === "encrypted")
      : [path],
  );
}
