import type { BuiltFile } from "../../flux/build.ts";
import type { Severity } from "../finding.ts";
import type { EncryptedDocument } from "./decryption.ts";
import { fluxError, type FluxFinding } from "./finding.ts";
import { shownFile } from "../wording.ts";

/**
 * What Flux does not see to be encrypted in a resource, or cannot decrypt. What it decrypts as soon as it is told to
 * is found in undecrypted.ts.
 *
 * @param documents the encrypted ones in its file
 * @param severityOfComments asked only where comments select; see version.ts
 */
export function inResource(
  { path, isChanged }: BuiltFile,
  documents: readonly EncryptedDocument[],
  decrypts: boolean,
  severityOfComments: () => Severity | null,
): FluxFinding[] {
  return documents.flatMap((document) => {
    const { what, byComment, line } = document;
    const place = { path, line, about: [path] };
    const found: FluxFinding[] = [];
    if (decrypts && byComment !== null && IS_DECRYPTED.includes(what)) {
      const severity = severityOfComments();
      if (severity !== null) {
        found.push({ ...fluxError(place, BY_COMMENT[byComment], NOT_BY_COMMENT), severity });
      }
    }
    const words = wordsFor(document, decrypts && isChanged);
    if (words !== null) found.push(fluxError(place, ...words));
    return found;
  });
}

function wordsFor(
  { what, kind, name }: EncryptedDocument,
  isChanged: boolean,
): [message: string, mend: string] | null {
  switch (what) {
    case "secret":
    case "text":
    case "object":
    case "data":
      return null;
    case "list":
      return [
        `a ${shownFile(kind)} that is encrypted as a whole: Flux takes it apart, and applies what is in it as ciphertext, without an error`,
        "decrypt it, write each object as a document of its own, with --- between them, and encrypt it again",
      ];
    case "nameless":
      return isChanged
        ? [
            "its kind and name are encrypted too, and the build that takes it in changes all objects (a namespace, a prefix, labels): Flux refuses it",
            "decrypt it, and encrypt it again with encrypted_regex: ^(data|stringData)$ in its creation rule",
          ]
        : null;
    case "disabled":
      return [
        "it is encrypted, and an annotation (kustomize.toolkit.fluxcd.io/decrypt: disabled) keeps Flux from decrypting it",
        "take the annotation out",
      ];
    case "no-object":
      return [
        "it is encrypted, and is no Kubernetes object: Flux refuses to build the folder",
        "move it out of the folder, or name it in a secretGenerator",
      ];
    case "string-data":
      return [
        `stringData of Secret ${shownFile(name)} holds a SOPS file: Flux looks for such only under data, and applies the ciphertext`,
        "encrypt the Secret itself instead, or put the file in Base64 under data",
      ];
  }
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
