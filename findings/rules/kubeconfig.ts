import { isScalar } from "yaml";
import { eachDocument } from "../candidate/documents.ts";
import { isToken } from "../../sops/token.ts";
import { isProseOrCode } from "../candidate/file-kind.ts";
import type { Candidate, Hit, Rule } from "../finding.ts";
import { hitsInBase64 } from "../candidate/hits-in-base64.ts";
import { KEYWORDS, MANIFEST_BASE64 } from "../prefilter/keywords.ts";
import type { Entry } from "../candidate/nodes.ts";
import { Mappings, scalarText } from "../candidate/nodes.ts";
import { isPointer } from "../credential/pointer.ts";
import { WordSearch } from "../prefilter/word-search.ts";

const USER_FIELDS = new Set(["client-key-data", "token", "password"]);
const AUTH_PROVIDER_FIELDS = new Set([
  "access-token",
  "id-token",
  "refresh-token",
  "client-secret",
]);

const SECRET_FIELD = new RegExp(
  `(?:${[...USER_FIELDS, ...AUTH_PROVIDER_FIELDS].join("|")})["']?\\s*:`,
);

/** Only text in which these stand is parsed: workflows and charts have users with passwords, too. */
const GATE = {
  test: (text: string) =>
    // Behind `\n` too, where JSON or YAML's double quotes hold it on one line.
    /(?:\b|\\n)users\b/.test(text) &&
    (/\bConfig\b/.test(text) || (text.includes("clusters") && text.includes("contexts"))) &&
    SECRET_FIELD.test(text),
};

const IN_BASE64 = new WordSearch([{ word: MANIFEST_BASE64, means: "manifest" }]);

/** What `kubectl config view` puts in a secret's place. */
const REDACTED = new Set(["REDACTED", "DATA+OMITTED"]);

/**
 * What is found: each kubeconfig in which a user has `client-key-data`, `token` or `password` (or an
 * auth provider's tokens), in a file or as a value in one. One with only certificates, an `exec`
 * plugin, or paths (`client-key`, `tokenFile`) holds no secret.
 */
export const kubeconfig: Rule = {
  id: "kubeconfig",
  severity: "error",
  keywords: KEYWORDS.kubeconfig,
  find,
};

function find(candidate: Candidate): Hit[] {
  if (isProseOrCode(candidate.path)) return [];
  return [...readable(candidate), ...hitsInBase64(candidate, IN_BASE64, readable)];
}

function readable(candidate: Candidate): Hit[] {
  const hits: Hit[] = [];
  for (const { section, document } of eachDocument(candidate, GATE)) {
    const mappings = new Mappings(document);
    const root = document.contents;
    const kind = mappings.textAt(root, "kind");
    const isKubeconfig =
      kind === "Config" ||
      (kind === null &&
        ["clusters", "contexts"].every((key) => mappings.entry(root, key) !== null));
    if (!isKubeconfig) continue;
    for (const item of mappings.items(mappings.at(root, "users"))) {
      const secret = secretOf(mappings, item);
      if (secret === null) continue;
      hits.push({
        line: section.lineAt(secret.offset),
        message: `a kubeconfig with a user's ${secret.key}`,
        mend: { kind: "leave-out" },
      });
      break;
    }
  }
  return hits;
}

function secretOf(mappings: Mappings, item: unknown): Entry | null {
  const user = mappings.entries(mappings.at(item, "user"));
  const provider = mappings.entries(mappings.at(item, "user", "auth-provider", "config"));
  return (
    user.find(({ key, value }) => USER_FIELDS.has(key) && isReadable(value)) ??
    provider.find(({ key, value }) => AUTH_PROVIDER_FIELDS.has(key) && isReadable(value)) ??
    null
  );
}

function isReadable(value: Entry["value"]): boolean {
  // `{{ token }}` without quotes is, to a YAML reader, a mapping.
  if (!isScalar(value)) return false;
  const text = scalarText(value);
  return text.trim() !== "" && !isToken(text) && !isPointer(text) && !REDACTED.has(text);
}
