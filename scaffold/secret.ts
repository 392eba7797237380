import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseDocument } from "yaml";
import { chosenCluster } from "./cluster-folders.ts";
import { encryptSecret, openFile, ruleInForce } from "./encrypt-new.ts";
import { printable, ScaffoldError } from "./errors.ts";
import { listInFolder } from "./folder-list.ts";
import {
  type FileGenerator,
  type GeneratorOption,
  type GeneratorRequest,
  type PreparedFiles,
  valueOf,
  valuesOf,
} from "./generator.ts";
import { labelProblem, secretKeyProblem, subdomainProblem } from "./kubernetes-names.ts";
import { namespaceNeed } from "./namespace-file.ts";
import { planFiles, type WantedFile } from "./plan.ts";
import { secretManifest } from "./secret-manifest.ts";
import {
  addCertificate,
  addEnvFile,
  addFiles,
  addLiteral,
  addValue,
  dockerConfig,
  type GeneratedKey,
  looksGenerated,
  parseGenerated,
  randomText,
  type SecretValues,
} from "./secret-sources.ts";
import { withToolFromHere } from "../git/tool-command.ts";
import { requireValid, type SecretType, secretType, SHORT_TYPES } from "./secret-types.ts";

/** The flags that give a Secret its values; a workload's Secret has them too. */
export const VALUE_OPTIONS: readonly GeneratorOption[] = [
  {
    flag: "from-literal",
    value: "KEY=VALUE",
    repeatable: true,
    description: "a value; others can see a command line: prefer --from-literal-stdin",
  },
  {
    flag: "from-literal-stdin",
    value: "KEY",
    description: "the value of KEY is standard input, without the line break at its end",
  },
  {
    flag: "from-file",
    value: "[KEY=]FILE",
    repeatable: true,
    description:
      "a file's content, byte by byte; a folder for all files in it; - for standard input",
  },
  {
    flag: "from-env-file",
    value: "FILE",
    repeatable: true,
    description: "a file of KEY=VALUE lines; - for standard input",
  },
  {
    flag: "generate",
    value: "KEY[:LENGTH]",
    repeatable: true,
    description: "a random value of letters and digits, shown to nobody (default LENGTH: 32)",
  },
];

/** `flux-sops new secret NAME` */
export const secretGenerator: FileGenerator = {
  kind: "secret",
  description: "a Secret, encrypted before it is written",
  nameMessage: "Name of the Secret",
  nameProblem: subdomainProblem,
  options: [
    { flag: "namespace", value: "NAME", description: "its namespace (default: default)" },
    { flag: "cluster", value: "NAME", description: "the cluster, where there are several" },
    {
      flag: "type",
      value: "TYPE",
      description: `${SHORT_TYPES.join(", ")}, or another (default: generic)`,
    },
    ...VALUE_OPTIONS,
    {
      flag: "docker-server",
      value: "URL",
      description: "for docker-registry (default: https://index.docker.io/v1/)",
    },
    { flag: "docker-username", value: "NAME", description: "for docker-registry" },
    {
      flag: "docker-password",
      value: "PASSWORD",
      description: "for docker-registry; prefer --docker-password-stdin, or to be asked",
    },
    { flag: "docker-password-stdin", description: "the password is standard input" },
    { flag: "docker-email", value: "ADDRESS", description: "for docker-registry" },
    { flag: "cert", value: "FILE", description: "for tls: the certificate, PEM" },
    { flag: "key", value: "FILE", description: "for tls: its private key, PEM" },
  ],
  examples: [
    "new secret db --namespace shop --from-literal username=shop --generate password:32",
    "new secret registry --type docker-registry --docker-server ghcr.io --docker-username me --docker-password-stdin < TOKEN_FILE",
    "new secret web-tls --namespace web --cert tls.crt --key tls.key",
  ],
  prepare: prepareSecret,
};

async function prepareSecret(request: GeneratorRequest): Promise<PreparedFiles> {
  const { prompter } = request;
  const cluster = await chosenCluster(
    request,
    "write it to a file NAME.sops.yaml: git commit encrypts it",
  );
  const namespace = await wantedNamespace(request);
  const type = secretType(await wantedType(request));
  const values = await collectValues(request, type);
  const generated = generatedKeys(request, values);
  await askForDocker(request, type, values);
  if (prompter !== null) await askForValues(request, type, values, generated);
  const { files, notes } = await secretFiles(request, cluster, {
    ...{ name: request.name, namespace, type },
    ...{ values, generated },
  });
  return {
    directory: request.directory,
    files: planFiles(request.directory, files),
    notes,
    subject: `Add Secret ${request.name} in namespace ${namespace}`,
  };
}

interface WantedSecret {
  readonly name: string;
  readonly namespace: string;
  readonly type: SecretType;
  readonly values: SecretValues;
  readonly generated: readonly GeneratedKey[];
}

/**
 * The encrypted file of a Secret, and the Namespace that it needs. Where the same Secret is there
 * already, its file stays as it is.
 *
 * @throws ScaffoldError where another one is there, unless `--force` was given.
 */
export async function secretFiles(
  request: GeneratorRequest,
  cluster: string,
  wanted: WantedSecret,
): Promise<{ readonly files: WantedFile[]; readonly notes: string[] }> {
  const { directory, environment } = request;
  const { name, namespace, type } = wanted;
  const force = request.options.has("force");
  const path = pathOf(directory, cluster, name, namespace);
  const rule = ruleInForce(directory, path);
  const isThere = existsSync(join(directory, path));
  const opened = isThere ? await openFile(directory, path, environment) : null;
  const values: SecretValues = new Map(wanted.values);
  for (const { key, length } of wanted.generated) {
    const known = opened === null || force ? null : textAt(opened.plaintext, key);
    const kept = known !== null && looksGenerated(Buffer.from(known), length) ? known : null;
    addValue(values, key, Buffer.from(kept ?? randomText(length)));
  }
  if (values.size === 0 && type.keys.length === 0) {
    throw new ScaffoldError(
      "usage",
      "the Secret has no values: give some with --from-literal-stdin, --from-file, --from-env-file or --generate",
    );
  }
  requireValid(type, wanted, values);
  const plaintext = secretManifest({ name, namespace, type: type.name }, values);
  let content: Buffer;
  if (opened?.plaintext === plaintext) content = readFileSync(join(directory, path));
  else if (isThere && !force) {
    throw new ScaffoldError(
      "usage",
      withToolFromHere(
        `${printable(path)} is there already: change it with npx flux-sops edit, or replace it with --force`,
        directory,
      ),
    );
  } else content = await encryptSecret(path, plaintext, rule, opened?.previous ?? null);
  const list = listInFolder(directory, posix.dirname(path), posix.basename(path));
  const need = await namespaceNeed(directory, cluster, namespace);
  return {
    files: [
      { path, content, mode: 0o644, mayReplace: () => force },
      ...(list === null ? [] : [list]),
      ...need.files,
    ],
    notes: need.note === null ? [] : [need.note],
  };
}

/**
 * A Secret of the same name in another namespace gets a file name with its namespace.
 *
 * @throws ScaffoldError `usage` where other Secrets have both names.
 */
function pathOf(directory: string, cluster: string, name: string, namespace: string): string {
  const folder = `clusters/${cluster}/secrets`;
  const path = `${folder}/${name}.sops.yaml`;
  if (!holdsAnother(join(directory, path), name, namespace)) return path;
  const longer = `${folder}/${name}.${namespace}.sops.yaml`;
  if (!holdsAnother(join(directory, longer), name, namespace)) return longer;
  throw new ScaffoldError(
    "usage",
    `${printable(path)} and ${printable(longer)} hold other Secrets than ${name} in namespace ${namespace}: rename one of the two, and run this again`,
  );
}

function holdsAnother(file: string, name: string, namespace: string): boolean {
  if (!existsSync(file)) return false;
  const present = parseDocument(readFileSync(file, "utf8"));
  if (present.errors.length > 0) return false;
  const differs = (field: string, wanted: string) => {
    const theirs = present.getIn(["metadata", field]);
    return typeof theirs === "string" && theirs !== wanted;
  };
  return differs("name", name) || differs("namespace", namespace);
}

function textAt(plaintext: string, key: string): string | null {
  const value: unknown = parseDocument(plaintext).getIn(["stringData", key]);
  return typeof value === "string" ? value : null;
}

/** Of the flag, else of a person, else the fallback. */
export async function wantedNamespace(
  request: GeneratorRequest,
  fallback = "default",
): Promise<string> {
  const given = valueOf(request, "namespace");
  if (given === null) {
    return (await request.prompter?.input("Namespace", fallback, labelProblem)) ?? fallback;
  }
  const problem = labelProblem(given);
  if (problem !== null) throw new ScaffoldError("usage", `--namespace ${problem}`);
  return given;
}

async function wantedType(request: GeneratorRequest): Promise<string> {
  const given = valueOf(request, "type");
  if (given !== null) return given;
  if (request.options.has("cert") || request.options.has("key")) return "tls";
  if ([...request.options.keys()].some((flag) => flag.startsWith("docker-"))) {
    return "docker-registry";
  }
  if (request.prompter === null || hasValues(request)) return "generic";
  return request.prompter.select("Type", SHORT_TYPES, "generic");
}

function hasValues(request: GeneratorRequest): boolean {
  return VALUE_OPTIONS.some(({ flag }) => request.options.has(flag));
}

/** The values that flags give. */
export async function collectValues(
  request: GeneratorRequest,
  type: SecretType,
): Promise<SecretValues> {
  const values: SecretValues = new Map();
  const { readStandardInput, environment } = request;
  for (const source of valuesOf(request, "from-literal")) addLiteral(values, source);
  const fromInput = valueOf(request, "from-literal-stdin");
  if (fromInput !== null) addValue(values, fromInput, withoutLineBreak(await readStandardInput()));
  const onlyKey = type.name === "kubernetes.io/dockerconfigjson" ? ".dockerconfigjson" : null;
  for (const source of valuesOf(request, "from-file")) {
    await addFiles(values, source, readStandardInput, onlyKey);
  }
  for (const file of valuesOf(request, "from-env-file")) {
    await addEnvFile(values, file, environment, readStandardInput);
  }
  const [cert, key] = [valueOf(request, "cert"), valueOf(request, "key")];
  if (cert !== null || key !== null) {
    if (cert === null || key === null || type.name !== "kubernetes.io/tls") {
      throw new ScaffoldError("usage", "--cert and --key belong together, and to --type tls");
    }
    addCertificate(values, cert, key);
  }
  return values;
}

/** `echo` ends its output with a line break that is no part of a password. */
function withoutLineBreak(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}

/** @throws ScaffoldError `usage` */
export function generatedKeys(request: GeneratorRequest, values: SecretValues): GeneratedKey[] {
  const all = valuesOf(request, "generate").map(parseGenerated);
  const seen: SecretValues = new Map(values);
  for (const { key } of all) addValue(seen, key, Buffer.alloc(0));
  return all;
}

async function askForDocker(
  request: GeneratorRequest,
  type: SecretType,
  values: SecretValues,
): Promise<void> {
  const { prompter, options } = request;
  const isWanted = [...options.keys()].some((flag) => flag.startsWith("docker-"));
  if (type.name !== "kubernetes.io/dockerconfigjson") {
    if (isWanted) throw new ScaffoldError("usage", "--docker-… belong to --type docker-registry");
    return;
  }
  if (values.has(".dockerconfigjson")) return;
  if (!isWanted && prompter === null) return;
  const ask = async (flag: string, message: string, fallback: string) =>
    valueOf(request, flag) ?? (await prompter?.input(message, fallback, needed)) ?? fallback;
  const server = await ask("docker-server", "Registry", "https://index.docker.io/v1/");
  const username = await ask("docker-username", "User name at the registry", "");
  const password = options.has("docker-password-stdin")
    ? withoutLineBreak(await request.readStandardInput()).toString("utf8")
    : (valueOf(request, "docker-password") ??
      (await prompter?.hidden("Password or token (not shown)", needed)) ??
      "");
  if (username === "" || password === "" || server === "") {
    throw new ScaffoldError(
      "usage",
      "--type docker-registry needs --docker-username and --docker-password-stdin, or --from-file with docker's config.json",
    );
  }
  const email = valueOf(request, "docker-email") ?? "";
  addValue(values, ".dockerconfigjson", dockerConfig({ server, username, password, email }));
}

/** Keys whose values nobody types. */
const FILE_KEYS = new Set(["tls.crt", "tls.key", "ssh-privatekey", ".dockercfg"]);

/** The values that are missing; those of a type that needs none, only where no flag gave one. */
async function askForValues(
  request: GeneratorRequest,
  type: SecretType,
  values: SecretValues,
  generated: GeneratedKey[],
): Promise<void> {
  const { prompter } = request;
  if (prompter === null) return;
  const isThere = (key: string) => values.has(key) || generated.some((one) => one.key === key);
  const askFor = async (key: string) => {
    if (FILE_KEYS.has(key)) {
      const file = await prompter.input(`File with ${key}`, "", fileProblem);
      await addFiles(values, `${key}=${file}`, request.readStandardInput);
      return;
    }
    const value = await prompter.hidden(
      `Value of ${key} (not shown; empty for a random one)`,
      () => null,
    );
    if (value === "") generated.push({ key, length: 32 });
    else addValue(values, key, Buffer.from(value));
  };
  for (const key of type.keys) if (!isThere(key)) await askFor(key);
  if (type.keys.length > 0 || hasValues(request)) return;
  for (;;) {
    const isFirst = values.size + generated.length === 0;
    const key = await prompter.input(
      isFirst ? "Key" : "Another key (empty to finish)",
      isFirst ? "password" : "",
      (answer) =>
        answer === "" && !isFirst
          ? null
          : (secretKeyProblem(answer) ?? (isThere(answer) ? "is given already" : null)),
    );
    if (key === "") return;
    await askFor(key);
  }
}

function needed(answer: string): string | null {
  return answer === "" ? "is needed" : null;
}

function fileProblem(answer: string): string | null {
  if (answer === "") return "is needed";
  if (answer.includes("=")) return "must be a path without =";
  return existsSync(answer) ? null : "must be a file that is there";
}
