import { isPointer } from "../../credential/pointer.ts";
import { isPublicValue } from "../../credential/public-value.ts";

/** How a block of Terraform's provider for Kubernetes begins; a brace at the beginning of a line ends it. */
const RESOURCE =
  /^resource\s+"(?:kubernetes_secret(?:_v1)?|kubernetes_manifest|kubectl_manifest)"/gm;

/** Of a resource for any object. */
const ANY_OBJECT = /^resource\s+"\w+_manifest"/;
const KIND = /\bkind"?\s*[=:]\s*"Secret"/;

/** Up to the brace that ends it: one within quotes belongs to a variable. */
const VALUES = /\b(?:data|binary_data|stringData)"?\s*[=:]\s*\{((?:[^}"]|"(?:[^"\\\n]|\\.)*")*)/g;

const ENTRY = /^[ \t]*"?([\w.-]+)"?[ \t]*=[ \t]*"((?:[^"\\\n]|\\.)*)"/gm;

/** Secrets that Terraform is to make, with a literal value. Cheap where the text has none. */
export function terraformSecrets(text: string): { offset: number; key: string }[] {
  if (!text.includes("kubernetes_secret") && !text.includes("_manifest")) return [];
  const found: { offset: number; key: string }[] = [];
  let end = 0;
  for (const { index: start } of text.matchAll(RESOURCE)) {
    // Inside of the last one, as where that has no end: each part of the text is read once.
    if (start < end) continue;
    const brace = text.indexOf("\n}", start);
    end = brace === -1 ? text.length : brace;
    const resource = text.slice(start, end);
    if (ANY_OBJECT.test(resource) && !KIND.test(resource)) continue;
    const literal = literalIn(resource);
    if (literal !== null) found.push({ ...literal, offset: start + literal.offset });
  }
  return found;
}

/** The first literal value in a block. */
function literalIn(resource: string): { offset: number; key: string } | null {
  for (const { 0: whole, 1: entries = "", index } of resource.matchAll(VALUES)) {
    const before = index + whole.length - entries.length;
    for (const { 1: key = "", 2: value = "", index: at } of entries.matchAll(ENTRY)) {
      if (value.trim() === "" || isPointer(value) || value.includes("${")) continue;
      // Beside a password that is a variable.
      if (isPublicValue(key, value)) continue;
      return { offset: before + at, key };
    }
  }
  return null;
}
