import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { FluxMap } from "../../flux/flux-map.ts";
import { folderOf } from "../../flux/repository-files.ts";
import type { EncryptedFiles } from "./encrypted-files.ts";
import { fluxError, type FluxFinding } from "./finding.ts";
import { shownFile, shownFiles } from "../wording.ts";

/**
 * A Flux Kustomization that builds encrypted files, and whose `decryption` is missing: one finding for all of
 * them, at the object.
 */
export function undecrypted(
  kustomization: FluxKustomization,
  map: FluxMap,
  encrypted: EncryptedFiles,
): FluxFinding[] {
  if (kustomization.decryption !== null) return [];
  const { refused, invalid, applied } = encryptedIn(kustomization, encrypted);
  const about = [...new Set([...refused, ...invalid, ...applied])];
  if (about.length === 0) return [];
  const parts = [
    ...say(refused, (files) => `Flux refuses to apply ${files}`),
    ...say(invalid, (files) => `the API server refuses ${files}`),
    ...say(applied, (files) => `Flux applies the ciphertext of ${files}, without an error`),
  ];
  const { file, line } = kustomization;
  return [
    fluxError(
      { path: file, line, about },
      `it has no decryption, and builds what is encrypted: ${parts.join("; ")}`,
      howToDecrypt(kustomization, about, map),
    ),
  ];
}

/** The encrypted files that it builds, sorted by what Flux would make of them. */
function encryptedIn({ files }: FluxKustomization, encrypted: EncryptedFiles) {
  const refused = new Set<string>();
  const invalid = new Set<string>();
  const applied = new Set<string>();
  for (const { path, as } of files) {
    if (as === "resource") {
      for (const { what } of encrypted.documents(path)) {
        if (what === "secret") refused.add(path);
        else if (what === "object" || what === "nameless") invalid.add(path);
        else if (what === "text" || what === "data") applied.add(path);
      }
    } else if (as === "secretGenerator") {
      if (encrypted.file(path) !== null) applied.add(path);
    } else if (as === "patch" && encrypted.file(path) !== null) {
      const isText = encrypted.documents(path).every(({ what }) => what === "text");
      (isText ? applied : refused).add(path);
    }
  }
  return { refused, invalid, applied };
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
