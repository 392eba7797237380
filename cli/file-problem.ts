import { shellText } from "../git/shell-word.ts";
import { shown } from "./complain.ts";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "is a folder",
  ENOTDIR: "a part of its path is no folder",
  ELOOP: "its path is a loop of symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is larger than may be written here",
  EROFS: "the file system is read-only",
};

/** What is wrong with a file, in words: `code` is that of an error of node:fs. */
export function fileProblem(path: string, code: string): string {
  return code === "ENOENT"
    ? `no such file: ${shown(path)}`
    : `${shown(path)}: ${REASONS[code] ?? code}`;
}

/** Said where a file is to be written into a folder that is not there. */
export function noFolder(folder: string): string {
  return `there is no folder ${shown(folder)}: mkdir -p ${shellText(folder)}`;
}
