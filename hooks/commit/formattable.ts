/** lint-staged's program in a repository that has it installed. */
export const LINT_STAGED = "node_modules/lint-staged/bin/lint-staged.js";

/** Files of these names are formatted in a scaffolded repository; encrypted ones never are. */
export function isFormattable(file: string): boolean {
  return (
    /\.(?:md|json|ya?ml)$/.test(file) &&
    !/\.sops\.[^/]+$/.test(file) &&
    !/(?:^|\/)secrets\//.test(file) &&
    !file.startsWith(".flux-sops/")
  );
}
