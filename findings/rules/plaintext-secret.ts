import { findCredentialFile } from "./credential-file.ts";
import { CREDENTIAL_FILE_PATHS } from "../candidate/credential-file-kind.ts";
import type { Rule } from "../finding.ts";
import { KEYWORDS } from "../prefilter/keywords.ts";
import { findSecrets } from "./kubernetes-secret/kubernetes-secret.ts";

/**
 * What is found: each Kubernetes Secret with a readable value under `data` or `stringData`, once, at
 * its first such value. A partly encrypted one counts too, except in a document with SOPS metadata:
 * there the document's own selection says what may be readable, and `plaintext-value` judges it. In an
 * encrypted file, values that are commented out count where the comment is readable.
 *
 * Docker's configuration with credentials, npm's tokens, dotenv files and Terraform variables with a
 * credential count here as well (`credential-file.ts`): like a Secret they exist to hold one, and have
 * no rule id of their own.
 */
export const plaintextSecret: Rule = {
  id: "plaintext-secret",
  severity: "error",
  keywords: KEYWORDS["plaintext-secret"],
  paths: CREDENTIAL_FILE_PATHS,
  find: (candidate) => [...findSecrets(candidate), ...findCredentialFile(candidate)],
};
