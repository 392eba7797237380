import { statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isOpenAlready } from "../../git/open-already.ts";
import type { Format } from "../../sops/format.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { SOPS_EXIT } from "../exit/codes.ts";
import { ExitError } from "../exit/error.ts";
import { fileProblem, noFolder } from "../exit/file-problem.ts";
import { reported } from "../exit/reported.ts";
import { replaceFile, stageFile, type StagedFile, writeNewFile } from "./replace.ts";

/** What a command has made of a file. */
export interface Result {
  readonly content: Buffer;
  /** The file, and what it held. */
  readonly path: string;
  readonly bytes: Buffer;
  /** It is a file of this format; null for one value of it. */
  readonly format: Format | null;
}

/** Takes one result after the other to where they are wanted. */
export type Destination = (result: Result) => void | Promise<void>;

/** Prints one result behind the other: between two of YAML stands what ends a document. */
export function printed(): Destination {
  let before: Buffer | null = null;
  return ({ content, format }) => {
    const isYaml = format === "yaml";
    if (isYaml && before !== null && !/^---\s/.test(content.toString("latin1", 0, 4))) {
      process.stdout.write(before.length === 0 || before.at(-1) === 0x0a ? "---\n" : "\n---\n");
    }
    process.stdout.write(content);
    before = isYaml ? content : null;
  };
}

/** Writes a result to a file, `--output`: a new one that holds plaintext is for its owner alone. */
export function writtenTo(output: string, holds: "plaintext" | "ciphertext"): Destination {
  return ({ content }) => {
    const isReadable = holds === "plaintext" || !holdsCiphertext(content);
    return write(output, content, isReadable ? 0o600 : 0o666);
  };
}

/** Not if the only token is the MAC: the rule, misspelt perhaps, has left all as it was. */
function holdsCiphertext(content: Buffer): boolean {
  return content.indexOf(TOKEN_START) !== content.lastIndexOf(TOKEN_START);
}

/** Results that wait beside their files. */
export type Batch = Map<string, StagedFile>;

/** Has what a file is to hold wait beside it. */
export function waitingIn(batch: Batch): Destination {
  return ({ path, content, bytes }) => {
    if (!bytes.equals(content)) batch.set(path, stageFile(path, content, bytes));
  };
}

/**
 * Puts what waits in the place of the files.
 *
 * @returns the exit status, with the complaints printed.
 */
export async function putInPlace(batch: Batch): Promise<number> {
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

/** Pipes and devices stay as they are. */
async function write(path: string, content: Buffer, mode: number): Promise<void> {
  try {
    const present = statSync(path, { throwIfNoEntry: false });
    if (present === undefined) writeNewFile(path, content, mode);
    else if (present.isFile() && !isOpenAlready(path)) await replaceFile(path, content, null);
    else writeFileSync(path, content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const problem = code === "ENOENT" ? noFolder(dirname(path)) : fileProblem(path, code);
    throw new ExitError(SOPS_EXIT.couldNotWriteOutputFile, `--output: ${problem}`);
  }
}
