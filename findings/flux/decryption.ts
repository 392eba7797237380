import { listAt, textAt, valueAt, type Data } from "../../flux/data.ts";
import type { GeneratorSource } from "../../flux/kustomization-file.ts";
import { readManifests } from "../../flux/manifest.ts";
import { SopsError } from "../../sops/errors.ts";
import { formatOf, type Format } from "../../sops/format.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import type { Leaf } from "../../sops/store.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { base64Fragments } from "../candidate/base64.ts";

/** What kustomize-controller makes of encrypted content, as its internal/decryptor has it. */

/** An encrypted document among the resources of a build. */
export interface EncryptedDocument {
  /**
   * - `secret`: a Secret with `data`; without decryption Flux refuses the whole build.
   * - `text`: a Secret with `stringData` alone, or another kind of Kubernetes's own, such as a ConfigMap;
   *   without decryption Flux drops its `sops` field, and applies the ciphertext.
   * - `object`: anything else; without decryption the API server refuses its `sops` field.
   * - `list`: a `List` encrypted as a whole; its items are applied as ciphertext.
   * - `nameless`: even its kind is encrypted; it outlives nothing that kustomize changes.
   * - `disabled`: an annotation turns its decryption off.
   * - `no-object`: it has no kind; kustomize refuses the whole build.
   * - `string-data`: a Secret with a SOPS file in `stringData`, where nobody looks for one.
   * - `data`: a Secret with a SOPS file in Base64 in `data`, which is decrypted like any other.
   */
  readonly what:
    | "secret"
    | "text"
    | "object"
    | "list"
    | "nameless"
    | "disabled"
    | "no-object"
    | "string-data"
    | "data";
  readonly kind: string;
  readonly name: string;
  /** Null where it names none. */
  readonly namespace: string | null;
  /** Whether comments say what is encrypted in it, or what is not; null where something else does. */
  readonly byComment: "encrypted" | "unencrypted" | null;
  /** 1-based. */
  readonly line: number;
}

/** By what Flux knows an encrypted file of each format; it does not parse the file to find out. */
const MARKERS: readonly (readonly [Format, string])[] = [
  ["json", '"mac": "ENC['],
  ["binary", '"mac": "ENC['],
  ["dotenv", "sops_mac=ENC["],
  ["ini", "[sops]"],
  ["yaml", "mac: ENC["],
];

const DECRYPT = "kustomize.toolkit.fluxcd.io/decrypt";

const IN_BASE64 = base64Fragments(TOKEN_START).map(({ text }) => text);

/** Cheap: whether bytes may hold anything encrypted. */
export function mayBeEncrypted(bytes: Uint8Array): boolean {
  return bufferOf(bytes).includes(TOKEN_START);
}

/** Cheap: whether bytes may hold an encrypted file in Base64. */
export function mayHoldEncrypted(bytes: Uint8Array): boolean {
  const buffer = bufferOf(bytes);
  return IN_BASE64.some((fragment) => buffer.includes(fragment));
}

/** The encrypted documents of a file that is built as a resource. Never throws. */
export function encryptedDocuments(bytes: Uint8Array): EncryptedDocument[] {
  const found: EncryptedDocument[] = [];
  for (const { data, lineOf } of readManifests(bytes).manifests) {
    const kind = textAt(data, "kind") ?? "";
    const name = textAt(data, "metadata", "name") ?? "";
    const namespace = textAt(data, "metadata", "namespace");
    const byComment = whatCommentsSay(data);
    const at = (what: EncryptedDocument["what"], ...place: readonly string[]) => {
      found.push({ what, kind, name, namespace, byComment, line: lineOf(...place) });
    };
    if ((textAt(data, "sops", "mac") ?? "") !== "") at(whatIs(data, kind));
    else if (kind === "Secret") {
      for (const field of ["stringData", "data"] as const) {
        const key = keyOfSopsFile(data, field);
        if (key !== null) at(field === "data" ? "data" : "string-data", field, key);
      }
    }
  }
  return found;
}

function whatCommentsSay(data: Data): EncryptedDocument["byComment"] {
  const says = (option: string) => (textAt(data, "sops", option) ?? "") !== "";
  if (says("encrypted_comment_regex")) return "encrypted";
  return says("unencrypted_comment_regex") ? "unencrypted" : null;
}

function whatIs(data: Data, kind: string): EncryptedDocument["what"] {
  if (kind === "") return "no-object";
  if (kind.startsWith(TOKEN_START)) return "nameless";
  if (kind.endsWith("List") && listAt(data, "items").length > 0) return "list";
  const annotation = textAt(data, "metadata", "annotations", DECRYPT);
  if (annotation?.toLowerCase() === "disabled") return "disabled";
  // Flux reads Kubernetes' own kinds into their types before it looks for the `sops` field, and
  // ciphertext is no Base64.
  if (/[^/]\.[^/]*\//.test(textAt(data, "apiVersion") ?? "")) return "object";
  const isReadable = kind !== "Secret" || !holdsToken(valueAt(data, "data"));
  return isReadable ? "text" : "secret";
}

function holdsToken(values: unknown): boolean {
  return (
    typeof values === "object" &&
    values !== null &&
    Object.values(values).some(
      (value) => typeof value === "string" && value.startsWith(TOKEN_START),
    )
  );
}

function keyOfSopsFile(data: Data, field: "stringData" | "data"): string | null {
  const values = valueAt(data, field);
  if (typeof values !== "object" || values === null) return null;
  for (const [key, value] of Object.entries(values)) {
    if (typeof value !== "string") continue;
    const bytes = Buffer.from(value, field === "data" ? "base64" : "utf8");
    if (bytes.includes(TOKEN_START) && markedAs(bytes) !== null) return key;
  }
  return null;
}

/** How a file of a secretGenerator comes out, where its Flux Kustomization decrypts. */
export type GeneratedAs =
  | { readonly kind: "plaintext" }
  /** Nobody takes it for encrypted. */
  | { readonly kind: "ciphertext" }
  /** It is read in a format that it does not have, and Flux refuses the build. */
  | { readonly kind: "refused"; readonly format: Format };

/**
 * What Flux makes of an encrypted file that a secretGenerator names. It is decrypted on disk if it has
 * the marker of the format that its key implies (for `envs`, its path). If not, it is found in the
 * Secret by any marker, and written in the format of the key. For a SecretGenerator object nothing is
 * decrypted on disk, and so `envs` never are.
 */
export function generatedAs(
  bytes: Uint8Array,
  { generator, field, key, value }: GeneratorSource,
): GeneratedAs {
  const isOfObject = generator === "SecretGenerator";
  if (field === "env" || (field === "envs" && isOfObject)) return { kind: "ciphertext" };
  const format = fluxFormatOf(key ?? value);
  if (field === "envs") {
    const wanted = format === "binary" ? "dotenv" : format;
    return reads(bytes, wanted) ? { kind: "plaintext" } : { kind: "refused", format: wanted };
  }
  const marked = hasMarker(bytes, format) ? format : markedAs(bytes);
  if (marked === null) return { kind: "ciphertext" };
  // An encrypted binary file is JSON.
  return canBeWritten(bytes, marked === "binary" ? "json" : marked, format)
    ? { kind: "plaintext" }
    : { kind: "refused", format };
}

/** @see formatForPath in kustomize-controller's internal/decryptor/decryptor.go */
function fluxFormatOf(path: string): Format {
  return path.endsWith(".dockerconfigjson") ? "json" : formatOf(path);
}

function hasMarker(bytes: Uint8Array, format: Format): boolean {
  const buffer = bufferOf(bytes);
  return MARKERS.some(([of, marker]) => of === format && buffer.includes(marker));
}

function markedAs(bytes: Uint8Array): Format | null {
  return MARKERS.find(([format]) => hasMarker(bytes, format))?.[0] ?? null;
}

function reads(bytes: Uint8Array, format: Format): boolean {
  return leavesOf(bytes, format) !== null;
}

/** To be written as binary, it needs a text `data`; to be written as dotenv, it must not be nested. */
function canBeWritten(bytes: Uint8Array, from: Format, to: Format): boolean {
  const leaves = leavesOf(bytes, from);
  if (leaves === null || leaves.length === 0) return leaves !== null;
  if (to === "binary") {
    return leaves.some(({ path, value }) => path.join("\0") === "data" && value !== null);
  }
  return to !== "dotenv" || leaves.every(({ path }) => path.length === 1);
}

/** The values of an encrypted file, none where nothing is known of it; null where it is of no such format. */
function leavesOf(bytes: Uint8Array, format: Format): readonly Leaf[] | null {
  try {
    const { file, metadata } = readSopsFile(bytes, format);
    if (metadata === null) return null;
    return file.leaves.filter(({ kind }) => kind === "value");
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    // What is damaged is a finding of its own.
    return error.code === "bad-metadata" || error.code === "unsupported" ? [] : null;
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
