import { dirname } from "node:path";
import { printable } from "../../git/escape.ts";
import { SopsError, type SopsErrorCode } from "../../sops/errors.ts";
import { complain } from "../terminal/complain.ts";
import { exitOf, SOPS_EXIT } from "./codes.ts";
import { ExitError } from "./error.ts";
import { fileProblem } from "./file-problem.ts";

export type Exits = Readonly<Partial<Record<SopsErrorCode, number>>>;

/**
 * Runs a command on one file, and turns what goes wrong into a line on standard error and sops's
 * exit status.
 *
 * @param options.exits statuses of errors of the engine that differ by command.
 * @param options.missingExit the status where there is no such file: it differs too.
 */
export async function reported(
  path: string,
  run: () => Promise<void>,
  options: { readonly exits?: Exits; readonly missingExit?: number } = {},
): Promise<number> {
  try {
    await run();
    return 0;
  } catch (error) {
    if (error instanceof ExitError) {
      complain(error.message);
      return error.status;
    }
    if (error instanceof SopsError) {
      complain(`${error.placeIn(printable(path))}: ${error.message}`);
      return options.exits?.[error.code] ?? exitOf(error);
    }
    const { code, syscall, path: at } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // What replaces a file is written beside it.
    const isBeside = syscall === "open" && at !== path;
    complain(fileProblem(isBeside && code === "EACCES" ? dirname(path) : path, code));
    if (code === "ENOENT") return options.missingExit ?? SOPS_EXIT.noFileSpecified;
    return syscall === "read" || (syscall === "open" && !isBeside)
      ? SOPS_EXIT.couldNotReadInputFile
      : SOPS_EXIT.couldNotWriteOutputFile;
  }
}
