import type { CreationRule } from "../../sops/creation-rules/creation-rules.ts";
import type { Leaf, StoreFile } from "../../sops/store.ts";

/**
 * A creation rule tells sops how to encrypt the files that its user names. Many are written for a whole
 * tree (`kubernetes/.*\.ya?ml`, Flux's own guide has `.*.yaml`), though nobody means to encrypt every
 * ConfigMap in it. So a rule asks for a file only where it singles it out.
 */

/** A word in the name of a file or folder of secrets. */
const SECRECY =
  /secret|sops|crypt|vault|credential|private|passw|token|sensitive|confidential|(?:^|[^a-z])(?:enc|creds?|keys?)(?:[^a-z]|$)/i;

/** A folder that is for nothing else. */
const FOLDER_OF_SECRETS = /(?:^|\/)\.?(?:secrets?|vault|credentials?|private)\//i;

/** Where a Kubernetes Secret has its values, and ConfigMaps, ExternalSecrets and many others have theirs. */
const KUBERNETES_FIELDS = ["data", "stringData"];

/**
 * Whether a rule takes a file for its name, or for the folder of secrets that it lies in: another name in
 * a folder of none it would not take.
 *
 * @param path relative to the folder of the rule's file
 */
export function singlesOut(rule: CreationRule, path: string): boolean {
  return !rule.matches(plainName(path, (folder) => (SECRECY.test(folder) ? "plain" : folder)));
}

/**
 * Whether a rule asks for a new file in plaintext to be encrypted. Where it does not single the file out,
 * Kubernetes objects other than a Secret are not meant. Of other files those whose name says so, and those
 * for which the rule can only have been written: it is for some folders, and for more than Secrets have.
 *
 * @param selected the values that the rule would encrypt
 */
export function asksFor(
  rule: CreationRule,
  path: string,
  file: StoreFile,
  selected: readonly Leaf[],
): boolean {
  if (singlesOut(rule, path)) return true;
  const kinds = objectKinds(file);
  if (kinds.length > 0) return kinds.some((kind) => /^secret$/i.test(kind));
  if (SECRECY.test(path.slice(path.lastIndexOf("/") + 1)) || FOLDER_OF_SECRETS.test(path))
    return true;
  if (rule.matches(plainName(path, () => "plain"))) return false;
  return !selected.every((leaf) => leaf.path.some((key) => KUBERNETES_FIELDS.includes(key)));
}

/** The path with another name, of the same ending, and with other folders. */
function plainName(path: string, folder: (name: string) => string): string {
  const folders = path.split("/");
  const ending = /\.[^.]*$/.exec(folders.pop() ?? "")?.[0] ?? "";
  return [...folders.map(folder), `plain${ending}`].join("/");
}

/** The kinds of the Kubernetes objects in a file, those in a List too; none where it holds no such. */
function objectKinds({ leaves }: StoreFile): string[] {
  if (!leaves.some(({ path }) => path.length === 1 && path[0] === "apiVersion")) return [];
  return leaves.flatMap(({ kind, path, value }) => {
    const isOfObject = path.length === 1 || (path.length === 2 && path[0] === "items");
    return kind === "value" && path.at(-1) === "kind" && isOfObject ? [value?.text ?? ""] : [];
  });
}
