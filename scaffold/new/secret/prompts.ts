import { existsSync } from "node:fs";
import type { GeneratorRequest } from "../generator.ts";
import { secretKeyProblem } from "../../kubernetes-names.ts";
import { addFiles, addValue, type GeneratedKey, type SecretValues } from "./sources.ts";
import type { SecretType } from "./types.ts";
import { hasValues } from "./values.ts";

/** Keys whose values nobody types. */
const FILE_KEYS = new Set(["tls.crt", "tls.key", "ssh-privatekey", ".dockercfg"]);

/** Asks for the values that are missing; those of a type that needs none, only where no flag gave one. */
export async function askForValues(
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

function fileProblem(answer: string): string | null {
  if (answer === "") return "is needed";
  if (answer.includes("=")) return "must be a path without =";
  return existsSync(answer) ? null : "must be a file that is there";
}
