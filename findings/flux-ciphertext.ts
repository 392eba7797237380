import { fluxMap, type FluxKustomization, type FluxMap } from "../flux/flux-map.ts";
import { mayHoldFluxObject, type BuiltFile } from "../flux/folder-build.ts";
import { folderOf, isKustomizationFile, type RepositoryFiles } from "../flux/repository-files.ts";
import { encryptedFile, type EncryptedFile } from "./encrypted-file.ts";
import type { Finding, Mend, Severity } from "./finding.ts";
import {
  encryptedDocuments,
  generatedAs,
  mayBeEncrypted,
  mayHoldEncrypted,
  type EncryptedDocument,
} from "./flux-decryption.ts";
import type { FluxFinding } from "./flux-finding.ts";
import { runningKustomizations } from "./flux-running.ts";
import { ownedTwice } from "./flux-owners.ts";
import { missingInBuilds } from "./flux-missing.ts";
import { inMissingNamespaces } from "./flux-namespaces.ts";
import { severityOfComments } from "./flux-version.ts";
import { wouldFailToMerge } from "./flux-strategic-merge.ts";
import { undeployed } from "./flux-undeployed.ts";
import { shownFile, shownFiles } from "./wording.ts";

/**
 * What is found: encrypted files that Flux would apply as they are, or would refuse. From the files
 * alone, and only where a Flux Kustomization builds them of which it is known that Flux has it.
 *
 * Cheap where nothing is encrypted: then nothing is parsed.
 */
export function fluxCiphertext(files: RepositoryFiles): FluxFinding[] {
  if (!concernsFlux(files)) return [];
  const map = fluxMap(files);
  const search = new Search(files, map);
  const running = runningKustomizations(map);
  for (const kustomization of running) search.lookInto(kustomization);
  search.lookForObjectsAsKustomizations(running);
  for (const finding of missingInBuilds(files, running)) search.add(finding);
  for (const finding of undeployed(files, map, running)) search.add(finding);
  const documentsIn = (path: string) => search.encryptedDocuments(path);
  for (const finding of inMissingNamespaces(files, map, running, documentsIn)) search.add(finding);
  for (const finding of ownedTwice(running, documentsIn)) search.add(finding);
  return search.found;
}

/** Whether there is anything encrypted, or a Flux object where kustomize expects its own. */
function concernsFlux(files: RepositoryFiles): boolean {
  for (const path of files.paths) {
    const bytes = files.read(path);
    if (bytes === null) continue;
    if (mayBeEncrypted(bytes)) return true;
    if (isKustomizationFile(path) && mayHoldFluxObject(Buffer.from(bytes).toString("latin1")))
      return true;
  }
  return false;
}

class Search {
  readonly #files: RepositoryFiles;
  readonly #map: FluxMap;
  readonly #found = new Map<string, FluxFinding>();
  readonly #encrypted = new Map<string, EncryptedFile | null>();
  readonly #documents = new Map<string, readonly EncryptedDocument[]>();
  /** Undefined until it was asked for. */
  #ofComments: Severity | null | undefined;

  constructor(files: RepositoryFiles, map: FluxMap) {
    this.#files = files;
    this.#map = map;
  }

  get found(): FluxFinding[] {
    return [...this.#found.values()];
  }

  add(finding: FluxFinding): void {
    const { path, line, message } = finding;
    this.#found.set([path, line, message].join("\0"), finding);
  }

  lookInto(kustomization: FluxKustomization): void {
    const { files, decryption } = kustomization;
    const undecrypted = new Undecrypted();
    for (const file of files) {
      switch (file.as) {
        case "resource":
          this.#lookIntoResource(file, decryption !== null, undecrypted);
          break;
        case "secretGenerator":
          if (this.#encryptedFile(file.path) === null) break;
          if (decryption === null) undecrypted.applied.add(file.path);
          else this.#lookIntoSecretSource(file, kustomization);
          break;
        case "configMapGenerator":
          this.#lookIntoConfigSource(file, kustomization);
          break;
        case "patch":
          if (decryption === null && this.#encryptedFile(file.path) !== null) {
            const isText = this.encryptedDocuments(file.path).every(({ what }) => what === "text");
            (isText ? undecrypted.applied : undecrypted.refused).add(file.path);
          }
          break;
        case "strategicMerge":
          this.#lookIntoStrategicMerge(file, kustomization);
          break;
        case "settings":
          this.#lookIntoSettings(file.path);
      }
    }
    const finding = undecrypted.finding(kustomization, this.#map);
    if (finding !== null) this.add(finding);
  }

  /**
   * A Flux Kustomization in a file that kustomize takes for its own: what builds the folder, fails. Also
   * where nobody is seen to apply it, if it stands in the very folder that it is to build.
   */
  lookForObjectsAsKustomizations(running: readonly FluxKustomization[]): void {
    const ownFolder = this.#map.kustomizations.filter(
      ({ file, source }) => source.kind === "this-repository" && source.folder === folderOf(file),
    );
    const shown = running.filter(({ reason }) => reason !== "alone");
    for (const { isSuspended, problems } of [...shown, ...ownFolder]) {
      for (const { kind, file, line } of isSuspended ? [] : problems) {
        if (kind !== "flux-object-as-kustomization") continue;
        this.add({
          ...error(line, OBJECT_AS_KUSTOMIZATION, edit(GIVE_IT_ANOTHER_NAME)),
          path: file,
          about: [],
        });
      }
    }
  }

  #lookIntoResource(
    { path, isChanged }: BuiltFile,
    decrypts: boolean,
    undecrypted: Undecrypted,
  ): void {
    for (const { what, kind, name, line, byComment } of this.encryptedDocuments(path)) {
      const about = [path];
      const say = (message: string, mend: Mend) => {
        this.add({ ...error(line, message, mend), path, about });
      };
      if (decrypts && byComment !== null && IS_DECRYPTED.includes(what)) {
        const severity = this.#severityOfComments();
        if (severity !== null) {
          this.add({
            ...error(line, BY_COMMENT[byComment], edit(NOT_BY_COMMENT)),
            severity,
            path,
            about,
          });
        }
      }
      switch (what) {
        case "secret":
          if (!decrypts) undecrypted.refused.add(path);
          break;
        case "object":
          if (!decrypts) undecrypted.invalid.add(path);
          break;
        case "text":
        case "data":
          if (!decrypts) undecrypted.applied.add(path);
          break;
        case "list":
          say(
            `a ${shownFile(kind)} that is encrypted as a whole: Flux takes it apart, and applies what is in it as ciphertext, without an error`,
            edit(
              "decrypt it, write each object as a document of its own, with --- between them, and encrypt it again",
            ),
          );
          break;
        case "nameless":
          if (!decrypts) undecrypted.invalid.add(path);
          else if (isChanged) {
            say(
              "its kind and name are encrypted too, and the build that takes it in changes all objects (a namespace, a prefix, labels): Flux refuses it",
              edit(
                "decrypt it, and encrypt it again with encrypted_regex: ^(data|stringData)$ in its creation rule",
              ),
            );
          }
          break;
        case "disabled":
          say(
            "it is encrypted, and an annotation (kustomize.toolkit.fluxcd.io/decrypt: disabled) keeps Flux from decrypting it",
            edit("take the annotation out"),
          );
          break;
        case "no-object":
          say(
            "it is encrypted, and is no Kubernetes object: Flux refuses to build the folder",
            edit("move it out of the folder, or name it in a secretGenerator"),
          );
          break;
        case "string-data":
          say(
            `stringData of Secret ${shownFile(name)} holds a SOPS file: Flux looks for such only under data, and applies the ciphertext`,
            edit("encrypt the Secret itself instead, or put the file in Base64 under data"),
          );
      }
    }
  }

  #severityOfComments(): Severity | null {
    if (this.#ofComments === undefined) this.#ofComments = severityOfComments(this.#files);
    return this.#ofComments;
  }

  /** Of a Flux Kustomization that decrypts. */
  #lookIntoSecretSource({ path, from, source }: BuiltFile, kustomization: FluxKustomization): void {
    const bytes = this.#files.read(path);
    if (bytes === null || source === null || from === null) return;
    const isOfObject = source.generator === "SecretGenerator";
    if (isOfObject && isDecryptedOnDisk(path, kustomization)) return;
    const result = generatedAs(bytes, source);
    if (result.kind === "plaintext") return;
    const file = shownFile(path);
    const { field, key, line } = source;
    const [message, what] =
      field === "env"
        ? [
            `Flux does not decrypt what stands under env: the Secret gets the ciphertext of ${file}, without an error`,
            "write it under envs:, as a list",
          ]
        : field === "envs" && isOfObject
          ? [
              `Flux does not decrypt the envs of a SecretGenerator: the Secret gets the ciphertext of ${file}, without an error`,
              "name the file under envs: in a secretGenerator: of the kustomization instead",
            ]
          : result.kind === "ciphertext"
            ? [
                `Flux does not see that ${file} is encrypted, and applies its ciphertext, without an error`,
                "write the file as sops does: decrypt it and encrypt it again",
              ]
            : field === "envs"
              ? [
                  `Flux reads ${file} as ${result.format}, and it is encrypted as something else: the build fails`,
                  "decrypt it, give it a name that ends in .env, and encrypt it again",
                ]
              : [
                  `the key ${shownFile(key ?? "")} says that ${file} is ${FORMAT_NAMES[result.format]}, and it is encrypted as something else: Flux cannot decrypt it, and refuses the build`,
                  `write the key before it, with the ending of its format: KEY.yaml=${file.slice(file.lastIndexOf("/") + 1)}`,
                ];
    this.add({ ...error(line, message, edit(what)), path: from, about: [path] });
  }

  #lookIntoConfigSource({ path, from, line }: BuiltFile, kustomization: FluxKustomization): void {
    if (from === null || this.#encryptedFile(path) === null) return;
    if (isDecryptedOnDisk(path, kustomization)) return;
    this.add({
      ...error(
        line,
        `Flux decrypts nothing that a configMapGenerator names: it applies the ciphertext of ${shownFile(path)}, without an error`,
        edit("name the file in a secretGenerator, and use the Secret instead of the ConfigMap"),
      ),
      // Where nothing is to be decrypted, the ciphertext may be meant for somebody in the cluster.
      severity: kustomization.decryption === null ? "warning" : "error",
      path: from,
      about: [path],
    });
  }

  #lookIntoStrategicMerge({ path, from, line }: BuiltFile, kustomization: FluxKustomization): void {
    const metadata = this.#encryptedFile(path)?.metadata ?? null;
    if (from === null || metadata === null) return;
    const resources = kustomization.files.filter(({ as }) => as === "resource");
    const paths = resources.map((file) => file.path);
    if (!wouldFailToMerge(this.#files, path, metadata, paths)) return;
    this.add({
      ...error(
        line,
        `Flux decrypts no file under patchesStrategicMerge: with ${shownFile(path)} merged in, the object does not decrypt any more`,
        edit(
          `write it under patches: instead, as - path: ${shownFile(path.slice(path.lastIndexOf("/") + 1))}`,
        ),
      ),
      path: from,
      about: [path],
    });
  }

  #lookIntoSettings(path: string): void {
    const file = this.#map.kustomizationFiles.find((one) => one.path === path);
    if (file === undefined && this.#encryptedFile(path) !== null) {
      const what = edit(
        "decrypt it, and move the values into a file that a secretGenerator: or patches: of the kustomization names",
      );
      this.add({ ...error(null, SETTINGS_ENCRYPTED, what), path, about: [path] });
    }
    if (file?.isEncrypted !== true) return;
    const literals = file.generators.filter(({ field }) => field === "literals");
    const message =
      literals.length === 0
        ? "it is encrypted, and nobody decrypts a kustomization"
        : "it is encrypted, and nobody decrypts a kustomization: Flux makes Secrets of the ciphertext";
    this.add({
      ...error(
        literals[0]?.line ?? null,
        message,
        edit(
          "decrypt it, move the values into a file that git commit encrypts, and name that under envs: or files:",
        ),
      ),
      path,
      about: [path],
    });
  }

  #encryptedFile(path: string): EncryptedFile | null {
    const known = this.#encrypted.get(path);
    if (known !== undefined) return known;
    const bytes = this.#files.read(path);
    const found = bytes === null ? null : encryptedFile(path, bytes);
    this.#encrypted.set(path, found);
    return found;
  }

  encryptedDocuments(path: string): readonly EncryptedDocument[] {
    const known = this.#documents.get(path);
    if (known !== undefined) return known;
    const bytes = this.#files.read(path);
    const isSuspect = bytes !== null && (mayBeEncrypted(bytes) || mayHoldEncrypted(bytes));
    const found = isSuspect ? encryptedDocuments(bytes) : [];
    this.#documents.set(path, found);
    return found;
  }
}

const OBJECT_AS_KUSTOMIZATION =
  "it holds an object of Flux, and kustomize takes a file of this name for its own settings: Flux refuses to build the folder";

const GIVE_IT_ANOTHER_NAME =
  "give the file another name, and put a kustomization.yaml with apiVersion kustomize.config.k8s.io/v1beta1 in its place";

const SETTINGS_ENCRYPTED =
  "it is encrypted, and Flux decrypts no generator, transformer or other settings of a build: it applies the ciphertext, or refuses it";

/** What a secretGenerator of a kustomization or a patch names is decrypted on disk, and so for everybody. */
function isDecryptedOnDisk(path: string, { decryption, files }: FluxKustomization): boolean {
  const isDecrypted = ({ as, source }: BuiltFile) =>
    as === "patch" || (as === "secretGenerator" && source?.generator !== "SecretGenerator");
  return decryption !== null && files.some((file) => file.path === path && isDecrypted(file));
}

/** What Flux decrypts as a whole, once it is built. */
const IS_DECRYPTED: readonly EncryptedDocument["what"][] = ["secret", "text", "object"];

const BY_COMMENT = {
  encrypted:
    "its creation rule says by comments what is encrypted, and Flux before 2.10 sees none: it applies the ciphertext, without an error",
  unencrypted:
    "its creation rule says by comments what stays readable, and Flux before 2.10 sees none: it refuses to apply it",
} as const;

const NOT_BY_COMMENT =
  "bring Flux to 2.10 or later, or encrypt the file anew with encrypted_regex: ^(data|stringData)$ in its creation rule";

const FORMAT_NAMES = {
  yaml: "YAML",
  json: "JSON",
  dotenv: "dotenv",
  ini: "INI",
  binary: "of no format that SOPS knows",
} as const;

/** The encrypted files that a Flux Kustomization builds and does not decrypt. */
class Undecrypted {
  readonly refused = new Set<string>();
  readonly invalid = new Set<string>();
  readonly applied = new Set<string>();

  /** One for all of them, where `decryption` is missing. */
  finding(kustomization: FluxKustomization, map: FluxMap): FluxFinding | null {
    const about = [...new Set([...this.refused, ...this.invalid, ...this.applied])];
    if (about.length === 0) return null;
    const parts = [
      ...say(this.refused, (files) => `Flux refuses to apply ${files}`),
      ...say(this.invalid, (files) => `the API server refuses ${files}`),
      ...say(this.applied, (files) => `Flux applies the ciphertext of ${files}, without an error`),
    ];
    const { file, line } = kustomization;
    return {
      ...error(
        line,
        `it has no decryption, and builds what is encrypted: ${parts.join("; ")}`,
        edit(howToDecrypt(kustomization, about, map)),
      ),
      path: file,
      about,
    };
  }
}

function say(paths: ReadonlySet<string>, what: (files: string) => string): string[] {
  return paths.size === 0 ? [] : [what(shownFiles([...paths]))];
}

/** What to write, in the words of the repository's other Flux Kustomizations. */
function howToDecrypt(
  { source, file, files }: FluxKustomization,
  about: readonly string[],
  { kustomizations }: FluxMap,
): string {
  const others = kustomizations.filter(({ decryption }) => decryption !== null);
  const takesAll = files.some(({ from, as }) => as === "resource" && from === null);
  const elsewhere = others.find((other) =>
    about.every((path) => other.files.some((file) => file.path === path)),
  );
  if (takesAll && elsewhere !== undefined && source.kind === "this-repository") {
    return `put a kustomization.yaml into ${shownFile(source.folder)} that lists only what belongs to this one: without it all folders are taken in, and ${shownFile(elsewhere.name)} builds these files already`;
  }
  const [first] = others;
  const secret = first === undefined ? "sops-age" : (first.decryption?.secret ?? null);
  const keys = secret === null ? "" : `, secretRef: {name: ${shownFile(secret)}}`;
  const decryption = `decryption: {provider: sops${keys}}`;
  return file.endsWith("/gotk-sync.yaml")
    ? `patch ${decryption} into its spec in ${shownFile(`${folderOf(file)}/kustomization.yaml`)}, since flux bootstrap writes this file anew`
    : `add ${decryption} to its spec`;
}

function error(line: number | null, message: string, mend: Mend): Finding {
  return { rule: "flux-ciphertext", severity: "error", line, message, mend };
}

function edit(what: string): Mend {
  return { kind: "edit", what };
}
