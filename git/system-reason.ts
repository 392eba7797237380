/** What the operating system says, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is larger than may be written here",
  EMFILE: "too many files are open: raise the limit (ulimit -n)",
  ENFILE: "too many files are open on this machine",
  EAGAIN: "too many processes are running: raise the limit (ulimit -u)",
  ENOMEM: "there is not enough memory",
  ENOENT: "it does not exist",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  ELOOP: "its path is a loop of symbolic links",
  ENAMETOOLONG: "the name is too long",
  E2BIG: "it is more than the system hands to a program",
  ERR_FS_FILE_TOO_LARGE: "it is too large to be looked into (2 GiB or more)",
};

/**
 * The words for an error of the operating system, without the `ENOENT: … open '/path'` around them.
 *
 * @param code as in NodeJS.ErrnoException
 * @returns null for one that has none
 */
export function systemReason(code: string): string | null {
  return REASONS[code] ?? null;
}
