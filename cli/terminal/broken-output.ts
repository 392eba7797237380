import { complain } from "./complain.ts";
import { SOPS_EXIT } from "../exit/codes.ts";
import { fileProblem } from "../exit/file-problem.ts";

/** What a shell reports of a program that SIGPIPE has ended; node has no such signal. */
const SIGPIPE = 128 + 13;

/**
 * Ends this process where nothing more can be printed: without a word where the reader has had enough, as
 * `head` does, and with a line on standard error on a full disk.
 */
export function endWithOutput(): void {
  process.stdout.on("error", ({ code = "unknown" }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(SIGPIPE);
    complain(fileProblem("standard output", code));
    process.exit(SOPS_EXIT.couldNotWriteOutputFile);
  });
}
