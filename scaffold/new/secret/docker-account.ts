import { ScaffoldError } from "../../errors.ts";
import { type GeneratorRequest, valueOf } from "../generator.ts";
import { addValue, dockerConfig, type SecretValues, withoutLineBreak } from "./sources.ts";
import type { SecretType } from "./types.ts";

/**
 * Adds the account at a registry, of the flags `--docker-…`, else of a person.
 *
 * @throws ScaffoldError `usage`
 */
export async function addDockerAccount(
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
  const isInput = options.has("docker-password-stdin");
  const password = isInput
    ? withoutLineBreak(await request.readStandardInput()).toString("utf8")
    : (valueOf(request, "docker-password") ??
      (await prompter?.hidden("Password or token (not shown)", needed)) ??
      "");
  if (isInput && password === "") {
    throw new ScaffoldError("usage", "--docker-password-stdin: standard input is empty");
  }
  if (username === "" || password === "" || server === "") {
    throw new ScaffoldError(
      "usage",
      "--type docker-registry needs --docker-username and --docker-password-stdin, or --from-file with docker's config.json",
    );
  }
  const email = valueOf(request, "docker-email") ?? "";
  addValue(values, ".dockerconfigjson", dockerConfig({ server, username, password, email }));
}

function needed(answer: string): string | null {
  return answer === "" ? "is needed" : null;
}
