import { chosenCluster } from "./cluster-folders.ts";
import { addDockerAccount } from "./secret/docker-account.ts";
import {
  type FileGenerator,
  type GeneratorRequest,
  type PreparedFiles,
  valueOf,
} from "./generator.ts";
import { subdomainProblem } from "../kubernetes-names.ts";
import { planFiles } from "../plan/plan.ts";
import { secretFiles } from "./secret/file.ts";
import { askForValues } from "./secret/prompts.ts";
import { secretType, SHORT_TYPES } from "./secret/types.ts";
import { collectValues, generatedKeys, hasValues, VALUE_OPTIONS } from "./secret/values.ts";
import { wantedNamespace } from "./wanted-namespace.ts";

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
    "write it to a file NAME.sops.yaml, which git commit encrypts",
  );
  const namespace = await wantedNamespace(request);
  const type = secretType(await wantedType(request));
  const values = await collectValues(request, type);
  const generated = generatedKeys(request, values);
  await addDockerAccount(request, type, values);
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
