import { printable } from "../../git/escape.ts";
import { chosenCluster } from "./cluster-folders.ts";
import { ScaffoldError } from "../errors.ts";
import { listInFolder } from "./folder-list.ts";
import {
  type FileGenerator,
  type GeneratorRequest,
  type PreparedFiles,
  valueOf,
} from "./generator.ts";
import { serviceNameProblem } from "../kubernetes-names.ts";
import { namespaceNeed } from "./namespace-file.ts";
import { planFiles, type WantedFile } from "../plan/plan.ts";
import { renderTree } from "../render.ts";
import { withRememberedSchemas } from "../schema-comment.ts";
import { secretFiles } from "./secret/file.ts";
import { yamlWord } from "./secret/manifest.ts";
import { parseGenerated } from "./secret/sources.ts";
import { secretType } from "./secret/types.ts";
import { collectValues, generatedKeys, VALUE_OPTIONS } from "./secret/values.ts";
import { wantedNamespace } from "./wanted-namespace.ts";

/** A small web server that shows what it runs with, and starts as any user. */
const DEFAULT_IMAGE = "ghcr.io/stefanprodan/podinfo:6.7.1";
const DEFAULT_PORT = "9898";

/** `flux-sops new workload NAME` */
export const workloadGenerator: FileGenerator = {
  kind: "workload",
  description: "a Deployment with its Service and Secret",
  nameMessage: "Name of the workload",
  nameProblem: serviceNameProblem,
  options: [
    { flag: "image", value: "IMAGE", description: `its image (default: ${DEFAULT_IMAGE})` },
    {
      flag: "port",
      value: "NUMBER",
      description: `the port it listens on (default: ${DEFAULT_PORT})`,
    },
    { flag: "namespace", value: "NAME", description: "its namespace (default: its name)" },
    { flag: "cluster", value: "NAME", description: "the cluster, where there are several" },
    ...VALUE_OPTIONS,
    { flag: "without-secret", description: "without a Secret (default: one with a random token)" },
  ],
  examples: [
    "new workload web --image ghcr.io/me/web:1.2.3 --port 8080",
    "new workload web --without-secret --dry-run",
  ],
  prepare: prepareWorkload,
};

async function prepareWorkload(request: GeneratorRequest): Promise<PreparedFiles> {
  const { directory, name } = request;
  const cluster = await chosenCluster(request, "write it beside the others");
  const image = await asked(request, "image", "Image", DEFAULT_IMAGE, imageProblem);
  const port = await asked(request, "port", "Port it listens on", DEFAULT_PORT, portProblem);
  const namespace = await wantedNamespace(request, name);
  const type = secretType("generic");
  const values = await collectValues(request, type);
  const generated = generatedKeys(request, values);
  const wantsSecret = !request.options.has("without-secret");
  if (!wantsSecret && values.size + generated.length > 0) {
    throw new ScaffoldError(
      "usage",
      "--without-secret leaves no place for values: leave one of them out",
    );
  }
  if (wantsSecret && values.size + generated.length === 0) {
    const keys =
      (await request.prompter?.input(
        "Keys of its Secret, made at random (with commas between; empty for no Secret)",
        "token",
        keysProblem,
      )) ?? "token";
    for (const key of keysIn(keys)) generated.push(parseGenerated(key));
  }
  const keys = [...values.keys(), ...generated.map(({ key }) => key)];
  const secret =
    keys.length === 0
      ? { files: [], notes: [] }
      : await secretFiles(request, cluster, { name, namespace, type, values, generated });
  const need = await namespaceNeed(directory, cluster, namespace);
  const manifests = renderTree(
    "workload",
    {
      ...{ name, namespace, image, port, quoted: yamlWord },
      variables: variablesFor(keys),
      secretFile: secret.files[0]?.path.split("/").at(-1) ?? "",
    },
    cluster,
  ).map((file) => ({ ...file, path: file.path.replaceAll("__name__", name) }));
  const wanted = new Map<string, WantedFile>();
  const list = listInFolder(directory, `clusters/${cluster}/apps`, name);
  const withSchemas = withRememberedSchemas(directory, manifests);
  const all = [...secret.files, ...need.files, ...withSchemas, ...(list === null ? [] : [list])];
  for (const file of all) wanted.set(file.path, file);
  const files = planFiles(directory, [...wanted.values()]);
  const other = files.find(({ state }) => state === "differs");
  if (other !== undefined && !request.options.has("force")) {
    throw new ScaffoldError(
      "usage",
      `${printable(other.path)} is there already and differs: edit it, or replace it with --force`,
    );
  }
  return {
    directory,
    files,
    notes: secret.notes.length > 0 ? secret.notes : need.note === null ? [] : [need.note],
    subject: `Add workload ${name}`,
  };
}

async function asked(
  request: GeneratorRequest,
  flag: string,
  message: string,
  fallback: string,
  problem: (answer: string) => string | null,
): Promise<string> {
  const given = valueOf(request, flag);
  if (given === null)
    return (await request.prompter?.input(message, fallback, problem)) ?? fallback;
  const wrong = problem(given);
  if (wrong !== null) throw new ScaffoldError("usage", `--${flag} ${wrong}`);
  return given;
}

/** @see https://pkg.go.dev/github.com/distribution/reference, the grammar */
function imageProblem(image: string): string | null {
  const name = String.raw`[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`;
  const host = String.raw`([A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?(:\d{1,5})?/)?`;
  const tag = String.raw`(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?`;
  return new RegExp(`^${host}${name}(/${name})*${tag}$`).test(image)
    ? null
    : "must be an image such as registry.example.org/group/name:1.2.3";
}

function portProblem(port: string): string | null {
  return /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535
    ? null
    : "must be a number from 1 to 65535";
}

function keysIn(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function keysProblem(text: string): string | null {
  const keys = keysIn(text);
  if (keys.some((key) => !/^[A-Za-z][-._A-Za-z0-9]*$/.test(key))) {
    return "must be keys such as token, with commas between: letters, digits, dots, dashes";
  }
  return new Set(keys).size < keys.length ? "must not name a key twice" : null;
}

/**
 * An environment variable for each key: `api.token` is `API_TOKEN`.
 *
 * @throws ScaffoldError `usage` where two keys would be the same variable.
 */
function variablesFor(keys: readonly string[]): { variable: string; key: string }[] {
  const variables = keys.map((key) => ({
    variable: key
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, "_")
      .replace(/^(?=\d)/, "_"),
    key,
  }));
  for (const { variable, key } of variables) {
    const twin = variables.find((other) => other.variable === variable && other.key !== key);
    if (twin !== undefined) {
      throw new ScaffoldError(
        "usage",
        `the keys ${key} and ${twin.key} would both be the environment variable ${variable}`,
      );
    }
  }
  return variables;
}
