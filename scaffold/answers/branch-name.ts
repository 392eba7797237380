/**
 * What is wrong with a branch name, or null.
 *
 * @see https://git-scm.com/docs/git-check-ref-format, the numbered rules and `--branch`
 */
export function branchNameProblem(name: string): string | null {
  if (name === "") return "is empty";
  if (name === "HEAD" || name === "@") return `cannot be ${name}: git gives that name a meaning`;
  if (name.startsWith("-")) return "must not begin with a dash";
  if (/[\x00-\x20\x7f~^:?*[\\]/.test(name)) {
    return "must not hold spaces, control characters or any of ~ ^ : ? * [ \\";
  }
  if (name.includes("..") || name.includes("@{")) return "must not hold .. or @{";
  if (name.endsWith(".")) return "must not end with a dot";
  for (const part of name.split("/")) {
    if (part === "") return "must not begin or end with a slash, nor hold two in a row";
    if (part.startsWith(".")) return "must not have a part that begins with a dot";
    if (part.endsWith(".lock")) return "must not have a part that ends with .lock";
  }
  return null;
}
