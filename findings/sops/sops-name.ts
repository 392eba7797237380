/** What a file's name says of its encryption. */

/** Beside secrets, and never encrypted whatever the rules say; a copy of a rule file neither: `.sops.yaml.disabled`. */
const LEFT_ALONE =
  /(^|\/)(kustomization\.ya?ml|Kustomization|README[^/]*|\.gitkeep|\.gitignore|\.gitattributes|\.sops\.ya?ml(?:~|\.[^./]+)?|\.sops\.pub\.asc)$/;
const NAMED_SOPS = /\.sops\.[^/]+$/;

/** Whether a file is never encrypted, whatever the rules say. */
export function isLeftAlone(path: string): boolean {
  return LEFT_ALONE.test(path);
}

/** Whether a file's name says that it is encrypted. */
export function isNamedSops(path: string): boolean {
  return NAMED_SOPS.test(path) && !LEFT_ALONE.test(path);
}
