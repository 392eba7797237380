import { printable } from "../../git/escape.ts";
import { shellText } from "../../git/shell-word.ts";
import { systemReason } from "../../git/system-reason.ts";

/** What is wrong with a file, in words: `code` is that of an error of node:fs. */
export function fileProblem(path: string, code: string): string {
  return code === "ENOENT"
    ? `no such file: ${printable(path)}`
    : `${printable(path)}: ${systemReason(code) ?? code}`;
}

/** What is wrong where a file should be written into a folder that is not there. */
export function noFolder(folder: string): string {
  return `there is no folder ${printable(folder)}: mkdir -p ${shellText(folder)}`;
}
