import type { Scope } from "./destination/surroundings.ts";
import type { YamlLines } from "./addition/yaml-insertion.ts";

/** A creation rule that a repository should have. */
export interface WantedRule {
  readonly pathRegex: string;
  /** Paths that it is for: of each folder of the layout and each kind of file one. */
  readonly probes: readonly string[];
  /** The rule as an item of a list, comments above it included. */
  readonly lines: YamlLines;
}

/** The rules that a scaffold brings. */
export function rulesOfScope(
  scope: Scope,
  cluster: string,
  recipients: readonly string[],
): WantedRule[] {
  return scope === "gate" ? rulesForAnyLayout(recipients) : rulesFor(cluster, recipients);
}

/** The rules of a cluster's folder, and of `talos/`, which all clusters share. */
export function rulesFor(cluster: string, recipients: readonly string[]): WantedRule[] {
  return [
    rule(
      inFolders("talos", ["", "a/"], ["yaml"]),
      "Talos machine secrets: the whole file.",
      String.raw`^talos/.*\.sops\.ya?ml$`,
      recipients,
    ),
    ...rulesOfFolder(cluster, recipients),
  ];
}

/** The rules of a further cluster, whose Talos secrets have a folder of their own. */
export function rulesForFurther(cluster: string, recipients: readonly string[]): WantedRule[] {
  return [
    rule(
      inFolders(`talos/${cluster}`, ["", "a/"], ["yaml"]),
      `Talos machine secrets of cluster ${cluster}: the whole file.`,
      String.raw`^talos/${cluster}/.*\.sops\.ya?ml$`,
      recipients,
    ),
    ...rulesOfFolder(cluster, recipients),
  ];
}

/** See templates/repository/.sops.yaml.ejs for those of a new repository. */
function rulesOfFolder(cluster: string, recipients: readonly string[]): WantedRule[] {
  const folder = `^clusters/${cluster}/`;
  return [
    rule(
      inFolders(`clusters/${cluster}`, LAYOUT, WHOLE),
      `Files of cluster ${cluster} that are no YAML: the whole file.`,
      String.raw`${folder}.*\.sops\.([^/]*\.)?[^y./][^./]*$`,
      recipients,
    ),
    rule(
      inFolders(`clusters/${cluster}`, LAYOUT, ["yaml"]),
      `Kubernetes Secrets of cluster ${cluster}: only their values.`,
      String.raw`${folder}(secrets/.*|.*\.sops)\.ya?ml$`,
      recipients,
      ["encrypted_regex: ^(data|stringData)$"],
    ),
  ];
}

/** The rules of a repository with a layout of its own: files named `*.sops.*`, wherever they lie. */
export function rulesForAnyLayout(recipients: readonly string[]): WantedRule[] {
  return [
    rule(
      inFolders("talos", ["", "a/"], ["yaml"]),
      "Talos machine secrets: the whole file.",
      String.raw`(^|/)talos/.*\.sops\.ya?ml$`,
      recipients,
    ),
    rule(
      WHOLE.flatMap((end) => [`a.sops.${end}`, `a/a/a.sops.${end}`]),
      "Files that are no YAML: the whole file.",
      String.raw`\.sops\.([^/]*\.)?[^y./][^./]*$`,
      recipients,
    ),
    rule(
      ["a.sops.yaml", "a/a/a.sops.yaml"],
      "Kubernetes Secrets: only their values.",
      String.raw`\.sops\.ya?ml$`,
      recipients,
      ["encrypted_regex: ^(data|stringData)$"],
    ),
  ];
}

/** Folders of a cluster in which a Secret may lie. */
const LAYOUT = ["", "secrets/", "secrets/a/", "infrastructure/controllers/a/", "apps/a/"];

/** Ends of names of files that are encrypted as a whole. */
const WHOLE = ["env", "json", "ini", "txt"];

function inFolders(top: string, folders: readonly string[], ends: readonly string[]): string[] {
  return folders.flatMap((folder) => ends.map((end) => `${top}/${folder}a.sops.${end}`));
}

function rule(
  probes: readonly string[],
  comment: string,
  pathRegex: string,
  recipients: readonly string[],
  selection: readonly string[] = [],
): WantedRule {
  return {
    pathRegex,
    probes,
    lines: [
      `# ${comment}`,
      `- path_regex: ${pathRegex}`,
      ...selection.map((line) => `  ${line}`),
      "  mac_only_encrypted: true",
      "  age: >-",
      ...recipients.map(
        (recipient, index) => `    ${recipient}${index + 1 < recipients.length ? "," : ""}`,
      ),
    ],
  };
}
