import { isScalar } from "yaml";
import { candidateOf } from "../../candidate/candidate.ts";
import { TOKEN_START } from "../../../sops/token-start.ts";
import { isToken } from "../../../sops/token.ts";
import { Mappings, scalarText } from "../../candidate/nodes.ts";

/**
 * Whether bytes are a SOPS document of any format in which every value is encrypted: YAML, JSON and
 * binary with a `sops` mapping, dotenv and INI with `sops_mac` and `mac` lines. Looks at the structure
 * only; whether it decrypts is for the engine to say.
 */
export function isSopsDocument(bytes: Uint8Array): boolean {
  const candidate = candidateOf("", bytes);
  const text = candidate.text;
  if (text === null || !text.includes(TOKEN_START)) return false;
  if (candidate.documents === null || /^sops_mac=/m.test(text) || /^\[sops\]/m.test(text)) {
    return isEncryptedByLine(text);
  }
  if (candidate.documents.length === 0) return false;
  return candidate.documents.every((document) => {
    const mappings = new Mappings(document);
    if (!isToken(mappings.textAt(document.contents, "sops", "mac") ?? "")) return false;
    const open = mappings
      .entries(document.contents)
      .filter((entry) => entry.key !== "sops")
      .map((entry) => entry.value);
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (isScalar(node)) {
        const value = scalarText(node);
        if (value !== "" && !isToken(value)) return false;
      }
      open.push(...mappings.entries(node).map((entry) => entry.value), ...mappings.items(node));
    }
    return true;
  });
}

function isEncryptedByLine(text: string): boolean {
  let hasMac = false;
  let inMetadata = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    if (line.startsWith("[")) {
      inMetadata = line.trim() === "[sops]";
      continue;
    }
    const match = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line);
    const [, key = "", value = ""] = match ?? [];
    if (key === "sops_mac" || (inMetadata && key === "mac")) hasMac = isToken(value);
    if (inMetadata || key.startsWith("sops_")) continue;
    if (match === null || (value !== "" && !isToken(value))) return false;
  }
  return hasMac;
}
