import { randomBytes } from "node:crypto";
import { parseRuleFile, ruleFor } from "../sops/creation-rules/creation-rules.ts";
import { encryptSecret } from "./new/secret/encrypt.ts";
import { ScaffoldError } from "./errors.ts";
import type { WantedFile } from "./plan/plan.ts";

/**
 * The Secret of the example application: a random token, encrypted in memory, so that its plaintext
 * is never on disk and nobody needs to know it.
 *
 * @param ruleText text of the `.sops.yaml` that will hold in the repository.
 * @throws ScaffoldError `usage` when no rule there encrypts it, `environment` when one encrypts its names as well;
 *   SopsError.
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
  const inForce = { rule, yamlIndent: rules.indents.yaml };
  return { path, content: await encryptSecret(path, plaintext, inForce, null), mode: 0o644 };
}

/** Where it lies. */
export function exampleSecretPath(cluster: string): string {
  return `clusters/${cluster}/secrets/demo.sops.yaml`;
}
