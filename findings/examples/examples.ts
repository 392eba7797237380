import type { KEYWORDS } from "../prefilter/keywords.ts";
import { AGE_KEY } from "./age-key.ts";
import { AUTHORIZATION_HEADER } from "./authorization-header.ts";
import { CONFIG_MAP } from "./config-map.ts";
import { CONNECTION_STRING } from "./connection-string.ts";
import { CONTAINER } from "./container.ts";
import { CREDENTIAL_FILE } from "./credential-file.ts";
import { DIRECTIVE } from "./directive.ts";
import type { Examples } from "./example.ts";
import { FAKE_SECRET_STORE } from "./fake-secret-store.ts";
import { HELM_VALUES } from "./helm-values.ts";
import { ISSUED_TOKEN } from "./issued-token.ts";
import { JSON_PATCH } from "./json-patch.ts";
import { KUBECONFIG } from "./kubeconfig.ts";
import { NOTE_ABOVE } from "./note-above.ts";
import { PRIVATE_KEY } from "./private-key.ts";
import { SECRET_COMMAND } from "./secret-command.ts";
import { SECRET_COMMENTED_OUT } from "./secret-commented-out.ts";
import { SECRET_DOCUMENT } from "./secret-document.ts";
import { SECRET_GENERATOR } from "./secret-generator.ts";
import { SECRET_IN_TEXT } from "./secret-in-text.ts";
import { SECRET_NOT_VALID } from "./secret-not-valid.ts";
import { SECRET_SLIP } from "./secret-slip.ts";
import { SECRET_TEMPLATE } from "./secret-template.ts";
import { SECRETS_FILE } from "./secrets-file.ts";
import { SETTINGS } from "./settings.ts";
import { TALOS_SECRETS } from "./talos-secrets.ts";
import { UNNAMED_CREDENTIAL } from "./unnamed-credential.ts";
import { VARIABLES } from "./variables.ts";
import { WEB_TOKENS } from "./web-token.ts";

/**
 * What every rule must hit and must not. A rule cannot exist without them; the tests alone read them, so that
 * they are no part of what is built.
 */
export const EXAMPLES: Readonly<Record<keyof typeof KEYWORDS, Examples>> = {
  "plaintext-secret": together(
    SECRET_DOCUMENT,
    SECRET_SLIP,
    SECRET_IN_TEXT,
    SECRET_COMMENTED_OUT,
    SECRET_GENERATOR,
    CREDENTIAL_FILE,
  ),
  "age-key": AGE_KEY,
  "private-key": PRIVATE_KEY,
  kubeconfig: KUBECONFIG,
  "talos-secrets": TALOS_SECRETS,
  "inline-credential": together(
    HELM_VALUES,
    CONTAINER,
    CONFIG_MAP,
    VARIABLES,
    JSON_PATCH,
    NOTE_ABOVE,
    SETTINGS,
    SECRETS_FILE,
    FAKE_SECRET_STORE,
    SECRET_TEMPLATE,
    SECRET_COMMAND,
    UNNAMED_CREDENTIAL,
    ISSUED_TOKEN,
    WEB_TOKENS,
    CONNECTION_STRING,
    AUTHORIZATION_HEADER,
    DIRECTIVE,
  ),
  "secret-not-valid": SECRET_NOT_VALID,
};

function together(...parts: readonly Examples[]): Examples {
  return {
    hits: parts.flatMap(({ hits }) => hits),
    misses: parts.flatMap(({ misses }) => misses),
  };
}
