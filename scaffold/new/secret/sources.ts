import { createPrivateKey, randomInt, X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { printable } from "../../../git/escape.ts";
import { ScaffoldError, systemReason } from "../../errors.ts";
import { secretKeyProblem } from "../../kubernetes-names.ts";

/** Keys and values of a Secret, in the order in which they were given. */
export type SecretValues = Map<string, Buffer>;

/**
 * Adds a value.
 *
 * @throws ScaffoldError `usage` where the key is none, or there already: as kubectl does.
 */
export function addValue(values: SecretValues, key: string, value: Buffer): void {
  const problem = secretKeyProblem(key);
  if (problem !== null) throw new ScaffoldError("usage", `the key ${printable(key)} ${problem}`);
  if (values.has(key)) throw new ScaffoldError("usage", `the key ${key} is given twice`);
  values.set(key, value);
}

/** `KEY=VALUE`; everything after the first `=` is the value. The message must not quote it. */
export function addLiteral(values: SecretValues, source: string): void {
  const at = source.indexOf("=");
  if (at < 1) {
    throw new ScaffoldError("usage", "--from-literal must look like KEY=VALUE");
  }
  addValue(values, source.slice(0, at), Buffer.from(source.slice(at + 1), "utf8"));
}

/**
 * `FILE`, `KEY=FILE` or a folder, with kubectl's meaning: the key is the file's name by default; of a
 * folder every regular file is taken, links and subfolders are left out.
 *
 * @param defaultKey the key of a file that is given without one; null for its name.
 * @see handleSecretFromFileSources in kubectl's create_secret.go
 */
export async function addFiles(
  values: SecretValues,
  source: string,
  readStandardInput: () => Promise<Buffer>,
  defaultKey: string | null = null,
): Promise<void> {
  const parts = source.split("=");
  const [first = "", second] = parts;
  if (parts.length > 2 || first === "" || second === "") {
    throw new ScaffoldError(
      "usage",
      "--from-file must look like FILE or KEY=FILE, with one = at most",
    );
  }
  const file = second ?? first;
  if (file === "-" || file === "/dev/stdin") {
    const key = second === undefined ? defaultKey : first;
    if (key === null) {
      throw new ScaffoldError("usage", "--from-file - needs a key: write KEY=-");
    }
    addValue(values, key, await readStandardInput());
    return;
  }
  if (isFolder(file)) {
    if (second !== undefined) {
      throw new ScaffoldError(
        "usage",
        `--from-file ${printable(file)} is a folder: it takes no key`,
      );
    }
    const entries = readdirSync(file, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      addValue(values, name, readSource(join(file, name)));
    }
    return;
  }
  addValue(values, second === undefined ? (defaultKey ?? basename(file)) : first, readSource(file));
}

/**
 * A file of `KEY=VALUE` lines, with kubectl's meaning: empty lines and `#` comments are left out,
 * quotes and blanks in a value belong to it, and a name alone takes its value from the environment.
 *
 * @see AddFromEnvFile in kubectl's env_file.go
 */
export async function addEnvFile(
  values: SecretValues,
  file: string,
  environment: NodeJS.ProcessEnv,
  readStandardInput: () => Promise<Buffer>,
): Promise<void> {
  const bytes =
    file === "-" || file === "/dev/stdin" ? await readStandardInput() : readSource(file);
  const name = printable(file);
  const text = utf8(bytes);
  if (text === null) throw new ScaffoldError("usage", `${name} is no UTF-8 text`);
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split("\n")
    .entries()) {
    // Not trimStart(), which takes a byte order mark for blank: Go's unicode.IsSpace does not.
    const line = raw.replace(/\r$/, "").replace(/^\p{White_Space}+/u, "");
    if (line === "" || line.startsWith("#")) continue;
    const at = line.indexOf("=");
    const key = at === -1 ? line : line.slice(0, at);
    // The line is not quoted: it may be a value.
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) {
      throw new ScaffoldError("usage", `${name}:${index + 1} does not look like KEY=VALUE`);
    }
    addValue(values, key, Buffer.from(at === -1 ? (environment[key] ?? "") : line.slice(at + 1)));
  }
}

/** What `--docker-…` say, as `kubectl create secret docker-registry` writes it. */
export function dockerConfig(account: {
  readonly server: string;
  readonly username: string;
  readonly password: string;
  readonly email: string;
}): Buffer {
  const { server, username, password, email } = account;
  const auth = Buffer.from(`${username}:${password}`, "utf8").toString("base64");
  const entry = { username, password, ...(email === "" ? {} : { email }), auth };
  return Buffer.from(JSON.stringify({ auths: { [server]: entry } }));
}

/**
 * Adds a certificate, which others may follow, and its private key, which must belong together.
 *
 * @throws ScaffoldError `usage`
 */
export function addCertificate(values: SecretValues, certFile: string, keyFile: string): void {
  const [cert, key] = [readSource(certFile), readSource(keyFile)];
  let belong: boolean;
  try {
    // Node reads DER and "trusted" certificates too, and what stands behind a byte order mark; what serves the
    // Secret does not.
    const isPem =
      /^-----BEGIN CERTIFICATE-----/m.test(cert.toString("latin1")) &&
      /^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/m.test(key.toString("latin1"));
    if (!isPem) throw new TypeError("no PEM");
    belong = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new ScaffoldError(
      "usage",
      `${printable(certFile)} and ${printable(keyFile)} must be a certificate and its private key in PEM, the key without a passphrase`,
    );
  }
  if (!belong) {
    throw new ScaffoldError(
      "usage",
      `the private key in ${printable(keyFile)} does not belong to the certificate in ${printable(certFile)}`,
    );
  }
  addValue(values, "tls.crt", cert);
  addValue(values, "tls.key", key);
}

/** A value from standard input: `echo` ends its output with a line break that is no part of a password. */
export function withoutLineBreak(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}

/** A key whose value is to be random, from `KEY` or `KEY:LENGTH`. */
export interface GeneratedKey {
  readonly key: string;
  readonly length: number;
}

const GENERATED_LENGTH = 32;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** @throws ScaffoldError `usage`; what stands behind the key is not quoted: it may be a value. */
export function parseGenerated(source: string): GeneratedKey {
  const [key = "", length, ...more] = source.split(":");
  const count = length === undefined ? GENERATED_LENGTH : Number(length);
  if (more.length > 0 || !/^\d*$/.test(length ?? "1") || count < 8 || count > 4096) {
    throw new ScaffoldError(
      "usage",
      "--generate must look like KEY or KEY:LENGTH, a length from 8 to 4096",
    );
  }
  return { key, length: count };
}

/** Letters and digits, each as likely: 5.95 bits a character, and no quoting anywhere. */
export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** Whether a value could be one that `randomText` made. */
export function looksGenerated(value: Buffer, length: number): boolean {
  return value.length === length && /^[A-Za-z0-9]*$/.test(value.toString("latin1"));
}

/** The text, or null where the bytes are no UTF-8. */
export function utf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readSource(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): ScaffoldError {
  return new ScaffoldError("usage", `${printable(path)} cannot be read: ${systemReason(error)}`);
}
