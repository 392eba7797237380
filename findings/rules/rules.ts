import { ageKey } from "./age-key.ts";
import type { Rule } from "../finding.ts";
import { inlineCredential } from "./inline-credential/inline-credential.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { plaintextSecret } from "./plaintext-secret.ts";
import { privateKey } from "./private-key.ts";
import { secretNotValid } from "./secret-not-valid/secret-not-valid.ts";
import { talosSecrets } from "./talos-secrets.ts";

/** The rules that judge a file by its content alone, one an id. */
export const rules: readonly Rule[] = [
  plaintextSecret,
  ageKey,
  privateKey,
  kubeconfig,
  talosSecrets,
  inlineCredential,
  secretNotValid,
];
