/**
 * Whether a path is a name for what the shell has opened: `/dev/stdout`, redirected to a file. What is put in the
 * place of that file is not what is read there afterwards.
 */
export function isOpenAlready(path: string): boolean {
  return /^\/(?:dev\/(?:std|fd\/)|proc\/)/.test(path);
}
