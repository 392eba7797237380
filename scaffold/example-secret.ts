import { randomBytes } from "node:crypto";
import { parseRuleFile, ruleFor } from "../sops/creation-rules.ts";
import { encryptFile } from "../sops/encrypt.ts";
import { parseFile } from "../sops/format.ts";
import { ScaffoldError } from "./errors.ts";
import type { WantedFile } from "./plan.ts";

/**
 * The Secret of the example application: a random token, encrypted in memory, so that its plaintext
 * is never on disk and nobody needs to know it.
 *
 * @param ruleText text of the `.sops.yaml` that will hold in the repository.
 * @throws ScaffoldError `usage` when no rule there encrypts it; SopsError.
 */
export async function exampleSecret(cluster: string, ruleText: string): Promise<WantedFile> {
  const path = exampleSecretPath(cluster);
  const rules = parseRuleFile(ruleText);
  const rule = ruleFor(rules, path);
  if (rule === null || rule.recipients.length === 0) {
    throw new ScaffoldError(
      "usage",
      `--example needs a rule in .sops.yaml that encrypts ${path} to an age recipient: add one, or leave --example out`,
    );
  }
  const plaintext = [
    "apiVersion: v1",
    "kind: Secret",
    "metadata:",
    "  name: demo",
    "  namespace: demo",
    "type: Opaque",
    "stringData:",
    `  token: "${randomBytes(24).toString("base64url")}"`,
    "",
  ].join("\n");
  const { text } = await encryptFile(parseFile(plaintext, "yaml", rules.indents.yaml), rule);
  return { path, content: Buffer.from(text), mode: 0o644 };
}

/** Where it lies. */
export function exampleSecretPath(cluster: string): string {
  return `clusters/${cluster}/secrets/demo.sops.yaml`;
}
