import { printable } from "../../git/escape.ts";
import { ScaffoldError } from "../errors.ts";
import { filesToWrite, type PlannedFile } from "../plan/plan.ts";
import { toAdd } from "../commit/commit.ts";
import { shellCommand } from "../../git/shell-word.ts";
import { withToolFromHere } from "../../git/tool-command.ts";
import { stageFiles } from "../plan/write.ts";

/** Asks a person on a terminal. Whatever an answer is, it passed `problem`. */
export interface Prompter {
  input(
    message: string,
    fallback: string,
    problem: (answer: string) => string | null,
  ): Promise<string>;
  /** Shows nothing of what is typed. */
  hidden(message: string, problem: (answer: string) => string | null): Promise<string>;
  select(message: string, choices: readonly string[], fallback: string): Promise<string>;
}

/** A flag of a generator; without `value` it is a switch. */
export interface GeneratorOption {
  readonly flag: string;
  readonly value?: string;
  /** May be given several times. */
  readonly repeatable?: true;
  readonly description: string;
}

export interface GeneratorRequest {
  readonly name: string;
  /** The top of the repository. */
  readonly directory: string;
  /** What was given, by flag. */
  readonly options: ReadonlyMap<string, readonly string[] | true>;
  /** Null where nobody can be asked. */
  readonly prompter: Prompter | null;
  /** All of standard input, once. @throws ScaffoldError `usage` */
  readonly readStandardInput: () => Promise<Buffer>;
  readonly environment: NodeJS.ProcessEnv;
}

/** All that would happen, decided and checked; nothing is written yet. */
export interface PreparedFiles {
  readonly directory: string;
  readonly files: readonly PlannedFile[];
  /** Done right before the files are put in place; takes nothing back. */
  readonly before?: () => Promise<void>;
  /** Sentences for the user, none with a value in it. */
  readonly notes: readonly string[];
  /** Such sentences that are true once the files are written. */
  readonly whenWritten?: readonly string[];
  /** The subject of the commit that is suggested. */
  readonly subject: string;
}

/** Something that `flux-sops new NAME` and `yo flux-sops:NAME` make. */
export interface FileGenerator {
  readonly kind: string;
  readonly description: string;
  /** The words of the prompt for the name, and what may be wrong with one. */
  readonly nameMessage: string;
  readonly nameProblem: (name: string) => string | null;
  readonly options: readonly GeneratorOption[];
  /** Command lines for the help, without the program's name. */
  readonly examples: readonly string[];
  /** @throws ScaffoldError, GitError, SopsError: nothing can be made. */
  readonly prepare: (request: GeneratorRequest) => Promise<PreparedFiles>;
}

/** The flags that every generator has. */
export const COMMON_OPTIONS: readonly GeneratorOption[] = [
  { flag: "dry-run", description: "say what would be written, and write nothing" },
  { flag: "force", description: "replace what is there already" },
  { flag: "yes", description: "ask nothing: flags and defaults only" },
];

/** The value of a flag that is given once; the last one counts. */
export function valueOf(request: Pick<GeneratorRequest, "options">, flag: string): string | null {
  return valuesOf(request, flag).at(-1) ?? null;
}

/** All values of a flag that may be given several times, in their order. */
export function valuesOf(
  request: Pick<GeneratorRequest, "options">,
  flag: string,
): readonly string[] {
  const given = request.options.get(flag);
  return given === undefined || given === true ? [] : given;
}

/**
 * The name of what is to be made: the one that was given, else what a person says.
 *
 * @throws ScaffoldError `usage` where there is none, or it cannot be one.
 */
export async function nameFor(
  { nameMessage, nameProblem }: FileGenerator,
  given: string | undefined,
  prompter: Prompter | null,
): Promise<string> {
  const name = given ?? (await prompter?.input(nameMessage, "", nameProblem));
  if (name === undefined) throw new ScaffoldError("usage", "the NAME is missing");
  const problem = nameProblem(name);
  if (problem === null) return name;
  throw new ScaffoldError("usage", `the name ${printable(name)} ${problem}`);
}

/**
 * Writes what was prepared: all of it, or nothing.
 *
 * @throws ScaffoldError `environment`
 */
export async function writePrepared(prepared: PreparedFiles): Promise<void> {
  const staged = stageFiles(prepared.directory, filesToWrite(prepared.files, true));
  try {
    await prepared.before?.();
    staged.moveIntoPlace();
  } finally {
    staged.discard();
  }
}

const FATES = {
  new: "new      ",
  unchanged: "unchanged",
  upgraded: "change   ",
  merged: "change   ",
  edited: "keep     ",
  "by-hand": "by hand  ",
  differs: "replace  ",
};

/**
 * What a dry run says, and what is said after writing.
 *
 * @param cwd the folder in which the commands will be run.
 * @throws GitError
 */
export async function preparedMessage(
  prepared: PreparedFiles,
  isDryRun: boolean,
  cwd: string,
): Promise<string> {
  const { directory } = prepared;
  const written = filesToWrite(prepared.files, true);
  const { names, hidden } = isDryRun
    ? { names: [], hidden: [] }
    : await toAdd(
        directory,
        written.map(({ path }) => path),
      );
  const git = ["git", ...(cwd === directory ? [] : ["-C", directory])];
  const commands = [
    ...(names.length > 0 ? [["add", "--", ...names]] : []),
    ...(hidden.length > 0 ? [["add", "--force", "--", ...hidden]] : []),
    ["commit", "-m", prepared.subject],
  ].map((args) => shellCommand([...git, ...args]));
  const next = commands.length === 1 ? [] : ["Next:", `  ${commands.join(" && ")}`];
  return `${[
    isDryRun
      ? `Nothing is written (--dry-run). In ${printable(directory)}:`
      : written.length === 0
        ? `${printable(directory)}: nothing to change.`
        : `${printable(directory)}:`,
    ...prepared.files.map(({ state, path }) => `  ${FATES[state]} ${printable(path)}`),
    ...[...prepared.notes, ...(isDryRun ? [] : (prepared.whenWritten ?? []))].map((text) =>
      withToolFromHere(text, directory, cwd),
    ),
    ...next,
  ].join("\n")}\n`;
}
