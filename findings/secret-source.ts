import type { GeneratorSource } from "../flux/kustomization-file.ts";
import { formatOf } from "../sops/format.ts";
import { isToken } from "../sops/token.ts";
import { credentialLines } from "./credential/credential-lines.ts";
import { isPublicLines } from "./credential/public-value.ts";
import type { Finding } from "./finding.ts";
import { isPointer } from "./credential/pointer.ts";
import { readText } from "./candidate/text.ts";
import { shownFile, shownName } from "./wording.ts";

/** PEM blocks that anyone may read. */
const PUBLIC_BLOCK =
  /^(?:(?:TRUSTED |X509 )?CERTIFICATE|NEW CERTIFICATE REQUEST|CERTIFICATE REQUEST|X509 CRL|(?:RSA |EC |DSA |SSH2 |PGP )?PUBLIC KEY(?: BLOCK)?|DH PARAMETERS|EC PARAMETERS|AGE ENCRYPTED FILE|PGP MESSAGE)$/;

/**
 * Whether a file that a secretGenerator names holds anything to hide, if it is readable. Not an empty
 * one, certificates and public keys, and variables that are empty or only point elsewhere.
 *
 * @param source as the kustomization names the file
 */
export function holdsSecret(
  bytes: Uint8Array,
  source: Pick<GeneratorSource, "key" | "value">,
): boolean {
  const { readable } = readText(bytes);
  if (readable === null) return true;
  const text = readable.trim();
  if (text === "" || isPointer(text)) return false;
  if (source.key === null) return text.split("\n").some(isReadableLine);
  if (/(?:^|[/._-])known_hosts$|\.pub$/.test(source.value)) return !isPublicLines(text);
  return !isPublicPem(text);
}

/**
 * Certificates and the like, with what openssl shows of them between. Not where they stand in something else: indented
 * in YAML, in JSON's quotes, between the tags of OpenVPN's settings, beside a password.
 */
function isPublicPem(text: string): boolean {
  const around: string[] = [];
  let blocks = 0;
  let isOpen = false;
  for (const line of text.split(/\r?\n/)) {
    const [, before, label = ""] = /^(.*?)-----BEGIN ([^-]+)-----/.exec(line) ?? [];
    if (before !== undefined) {
      if (before !== "" || !PUBLIC_BLOCK.test(label)) return false;
      blocks += 1;
      isOpen = true;
    } else if (line.startsWith("-----END ")) isOpen = false;
    else if (!isOpen) around.push(line);
  }
  if (blocks === 0 || isOpen || around.some((line) => /^\s*</.test(line))) return false;
  return credentialLines(around.join("\n"), (value) => value !== "").length === 0;
}

/** Of a file under `envs`: anything but a comment, a name alone, and a variable without a value of its own. */
function isReadableLine(line: string): boolean {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return false;
  const equals = text.indexOf("=");
  if (equals === -1) return !/^[\w.-]+$/.test(text) && !isPointer(text);
  const value = text
    .slice(equals + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/s, "$2");
  return value !== "" && !isToken(value) && !isPointer(value);
}

/**
 * The name of an encrypted file in the place of one that a secretGenerator names. kustomize-controller
 * decrypts `files` in the format that the key's ending implies, and `envs` as dotenv: so must the name.
 *
 * @param path repository-relative
 */
export function encryptedSourceName(path: string, source: GeneratorSource): string {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const name = path.slice(folder.length);
  const dot = name.lastIndexOf(".");
  const stem = dot <= 0 ? name.replace(/^\./, "") : name.slice(0, dot);
  const wanted = source.key === null ? "dotenv" : formatOf(source.key);
  const own = dot <= 0 && name !== ".env" ? "txt" : name.slice(dot + 1);
  const ending = formatOf(`a.${own}`) === wanted ? own : ENDINGS[wanted];
  return `${folder}${stem}.sops.${ending}`;
}

const ENDINGS = { yaml: "yaml", json: "json", dotenv: "env", ini: "ini", binary: "txt" } as const;

/** What is to be done about a readable file that a secretGenerator names. */
export type SourceMend =
  /** A creation rule takes it as it is: committing it encrypts it. */
  | { readonly kind: "commit" }
  /** Under this name a creation rule takes it, or must be made to. */
  | { readonly kind: "rename"; readonly to: string; readonly hasRule: boolean };

/**
 * The finding about such a file.
 *
 * @param namedIn the repository paths of the file that names it, and of what leads there, up to the kustomization
 * @param there where the finding stands in what names the file: the file's repository path, and the line;
 *   null where it stands in the file
 */
export function sourceFinding(
  source: GeneratorSource,
  mend: SourceMend,
  namedIn: readonly string[],
  there: { readonly file: string; readonly line: number } | null,
): Finding {
  const what = there === null ? "it" : shownName(there.file);
  return {
    rule: "plaintext-secret",
    severity: "error",
    line: there?.line ?? null,
    message:
      there === null
        ? `${shownName(namedIn[0] ?? "")} makes a Secret of it (${source.generator}), and it is in plaintext`
        : `a ${source.generator} names a file in plaintext: ${what}`,
    mend: { kind: "edit", what: toDo(source, mend, namedIn, what) },
  };
}

function toDo(
  { key, value, generator }: GeneratorSource,
  mend: SourceMend,
  namedIn: readonly string[],
  what: string,
): string {
  const isUndecrypted = generator === "SecretGenerator" && key === null;
  const kustomization = shownName(nameOf(namedIn.at(-1) ?? ""));
  const place = isUndecrypted
    ? `under envs: in a secretGenerator: of ${kustomization} instead, since Flux does not decrypt the envs of a SecretGenerator`
    : `under ${key === null ? "envs" : "files"}: instead`;
  if (mend.kind === "commit") {
    const move = isUndecrypted ? `; name it ${place}` : "";
    return `stage ${what} again, and git commit encrypts it${move}`;
  }
  const name = shownName(nameOf(mend.to));
  const path = `${shownFile(value.slice(0, value.lastIndexOf("/") + 1))}${name}`;
  const entry = key === null ? path : `${shownName(key)}=${path}`;
  const rule = mend.hasRule
    ? "so that git commit encrypts it,"
    : "give it a creation rule in .sops.yaml that encrypts it as a whole,";
  return `rename ${what} to ${name}, ${rule} and write ${entry} ${place}`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
