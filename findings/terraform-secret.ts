import { isPointer } from "./pointer.ts";

/** One block of Terraform's provider for Kubernetes, up to the brace that ends it. */
const RESOURCE = /^resource\s+"kubernetes_secret(?:_v1)?"[^]*?^\}/gm;

const VALUES = /\b(?:data|binary_data)\s*=\s*\{([^}]*)/g;

const ENTRY = /^[ \t]*"?([\w.-]+)"?[ \t]*=[ \t]*"((?:[^"\\\n]|\\.)*)"/gm;

/** Secrets that Terraform is to make, with a literal value. Cheap where the text has none. */
export function terraformSecrets(text: string): { offset: number; key: string }[] {
  if (!text.includes("kubernetes_secret")) return [];
  return [...text.matchAll(RESOURCE)].flatMap(({ 0: resource, index: start }) => {
    for (const { 0: whole, 1: entries = "", index } of resource.matchAll(VALUES)) {
      const before = start + index + whole.length - entries.length;
      for (const { 1: key = "", 2: value = "", index: at } of entries.matchAll(ENTRY)) {
        if (value.trim() === "" || isPointer(value) || value.includes("${")) continue;
        return [{ offset: before + at, key }];
      }
    }
    return [];
  });
}
