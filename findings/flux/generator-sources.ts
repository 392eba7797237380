import type { BuiltFile } from "../../flux/build.ts";
import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { GeneratorSource } from "../../flux/kustomization-file.ts";
import { generatedAs, type GeneratedAs } from "./decryption.ts";
import { fluxError, type FluxFinding } from "./finding.ts";
import { shownFile } from "../wording.ts";

/**
 * An encrypted file of a secretGenerator, where Flux decrypts, that gets into the Secret as ciphertext, or that
 * Flux cannot decrypt as what its key says.
 *
 * @param bytes its content
 */
export function inSecretSource(
  { path, from, source }: BuiltFile,
  bytes: Uint8Array | null,
  kustomization: FluxKustomization,
): FluxFinding[] {
  if (bytes === null || source === null || from === null) return [];
  if (isOfObject(source) && isDecryptedOnDisk(path, kustomization)) return [];
  const result = generatedAs(bytes, source);
  if (result.kind === "plaintext") return [];
  const [message, what] = wordsFor(source, result, shownFile(path));
  return [fluxError({ path: from, line: source.line, about: [path] }, message, what)];
}

function wordsFor(
  source: GeneratorSource,
  result: Exclude<GeneratedAs, { kind: "plaintext" }>,
  file: string,
): [message: string, what: string] {
  const { field, key } = source;
  if (field === "env") {
    return [
      `Flux does not decrypt what stands under env: the Secret gets the ciphertext of ${file}, without an error`,
      "write it under envs:, as a list",
    ];
  }
  if (field === "envs" && isOfObject(source)) {
    return [
      `Flux does not decrypt the envs of a SecretGenerator: the Secret gets the ciphertext of ${file}, without an error`,
      "name the file under envs: in a secretGenerator: of the kustomization instead",
    ];
  }
  if (result.kind === "ciphertext") {
    return [
      `Flux does not see that ${file} is encrypted, and applies its ciphertext, without an error`,
      "write the file as sops does: decrypt it and encrypt it again",
    ];
  }
  if (field === "envs") {
    return [
      `Flux reads ${file} as ${result.format}, and it is encrypted as something else: the build fails`,
      "decrypt it, give it a name that ends in .env, and encrypt it again",
    ];
  }
  return [
    `the key ${shownFile(key ?? "")} says that ${file} is ${FORMAT_NAMES[result.format]}, and it is encrypted as something else: Flux cannot decrypt it, and refuses the build`,
    `write the key before it, with the ending of its format: KEY.yaml=${file.slice(file.lastIndexOf("/") + 1)}`,
  ];
}

const FORMAT_NAMES = {
  yaml: "YAML",
  json: "JSON",
  dotenv: "dotenv",
  ini: "INI",
  binary: "of no format that SOPS knows",
} as const;

/** An encrypted file that a configMapGenerator names: Flux decrypts none there. */
export function inConfigMapSource(
  { path, from, line }: BuiltFile,
  kustomization: FluxKustomization,
): FluxFinding[] {
  if (from === null || isDecryptedOnDisk(path, kustomization)) return [];
  return [
    {
      ...fluxError(
        { path: from, line, about: [path] },
        `Flux decrypts nothing that a configMapGenerator names: it applies the ciphertext of ${shownFile(path)}, without an error`,
        "name the file in a secretGenerator, and use the Secret instead of the ConfigMap",
      ),
      // Where nothing is to be decrypted, the ciphertext may be meant for somebody in the cluster.
      severity: kustomization.decryption === null ? "warning" : "error",
    },
  ];
}

/** What a secretGenerator of a kustomization or a patch names is decrypted on disk, and so for everybody. */
function isDecryptedOnDisk(path: string, { decryption, files }: FluxKustomization): boolean {
  const isDecrypted = ({ as, source }: BuiltFile) =>
    as === "patch" || (as === "secretGenerator" && (source === null || !isOfObject(source)));
  return decryption !== null && files.some((file) => file.path === path && isDecrypted(file));
}

/** Whether an object under `generators:` names it, and not a kustomization itself. */
function isOfObject({ generator }: GeneratorSource): boolean {
  return generator === "SecretGenerator";
}
