import { ScaffoldError } from "../../errors.ts";
import { type GeneratorOption, type GeneratorRequest, valueOf, valuesOf } from "../generator.ts";
import {
  addCertificate,
  addEnvFile,
  addFiles,
  addLiteral,
  addValue,
  type GeneratedKey,
  parseGenerated,
  type SecretValues,
  withoutLineBreak,
} from "./sources.ts";
import type { SecretType } from "./types.ts";

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

/** Whether one of these flags is given. */
export function hasValues(request: GeneratorRequest): boolean {
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
  if (fromInput !== null) {
    const value = withoutLineBreak(await readStandardInput());
    addValue(values, fromInput, value);
    if (value.length === 0) {
      throw new ScaffoldError(
        "usage",
        `standard input is empty: the value of ${fromInput} was to be there; an empty one is --from-literal ${fromInput}=`,
      );
    }
  }
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

/**
 * The keys whose values are to be made.
 *
 * @throws ScaffoldError `usage`
 */
export function generatedKeys(request: GeneratorRequest, values: SecretValues): GeneratedKey[] {
  const all = valuesOf(request, "generate").map(parseGenerated);
  const seen: SecretValues = new Map(values);
  for (const { key } of all) addValue(seen, key, Buffer.alloc(0));
  return all;
}
