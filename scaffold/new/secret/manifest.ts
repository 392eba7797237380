import { toFlow } from "../../../sops/data/yaml-text.ts";
import type { SecretValues } from "./sources.ts";
import { utf8 } from "./sources.ts";

/** The plaintext of a Secret: text under `stringData`, everything else in base64 under `data`. */
export function secretManifest(
  secret: { readonly name: string; readonly namespace: string; readonly type: string },
  values: SecretValues,
): string {
  const stringData: string[] = [];
  const data: string[] = [];
  for (const [key, value] of values) {
    const text = utf8(value);
    if (text === null || /[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text)) {
      data.push(`  ${yamlWord(key)}: ${yamlWord(value.toString("base64"))}`);
    } else stringData.push(`  ${yamlWord(key)}: ${yamlText(text)}`);
  }
  return [
    "apiVersion: v1",
    "kind: Secret",
    "metadata:",
    `  name: ${yamlWord(secret.name)}`,
    `  namespace: ${yamlWord(secret.namespace)}`,
    `type: ${yamlWord(secret.type)}`,
    ...(stringData.length === 0 ? [] : ["stringData:", ...stringData]),
    ...(data.length === 0 ? [] : ["data:", ...data]),
    "",
  ].join("\n");
}

/** Quoted where some YAML reader could take it for something other than this text. */
export function yamlWord(text: string): string {
  return /^[A-Za-z](?:[@:]?[A-Za-z0-9_./+=-])*$/.test(text) &&
    !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : `"${text}"`;
}

/** Several lines as a block that stays readable in an editor, everything else in double quotes. */
function yamlText(text: string): string {
  const isPlainBlock =
    /^[^\s#][^\n]*\n/.test(text) &&
    !/\n\n$/.test(text) &&
    !/[^\S\n]$/m.test(text) &&
    /^[\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe]*$/.test(text) &&
    !/[\u2028\u2029]/.test(text);
  if (isPlainBlock) {
    const lines = text.replace(/\n$/, "").split("\n");
    const header = text.endsWith("\n") ? "|" : "|-";
    return [header, ...lines.map((line) => (line === "" ? "" : `    ${line}`))].join("\n");
  }
  return toFlow(text);
}
