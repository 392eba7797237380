import test from "ava";
import { sopsVerdict } from "../../../findings/sops/sops-verdict.ts";
import type { SopsCandidate } from "../../../findings/sops/verdict.ts";
import { parseRuleFile } from "../../../sops/creation-rules/creation-rules.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";

const { recipient } = await generateKeyPair();

const SECRETS = "encrypted_regex: ^(data|stringData)$";
const MORE = "encrypted_regex: ((?i)(pass|token|^data$|^stringData))";

const CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b\n";
const EXTERNAL = "apiVersion: x/v1\nkind: ExternalSecret\nspec:\n  data:\n    - secretKey: a\n";
const RELEASE =
  "apiVersion: x/v2\nkind: HelmRelease\nspec:\n  values:\n    tokenName: a\n    data: b\n  valuesFrom:\n    - kind: Secret\n";
// No leak: Flux puts the value in.
const SECRET = "apiVersion: v1\nkind: Secret\nstringData:\n  a: ${A}\n";
const LIST = "apiVersion: v1\nkind: List\nitems:\n  - kind: Secret\n    data: {a: b}\n";
const VALUES = "image: a\nconfigMaps:\n  config:\n    data: {a: b}\n";
const STORE = "apiVersion: x/v1\nkind: SecretStore\ndata:\n  a: b\n";
const CHART = "secrets:\n  config:\n    stringData: {a: '${A}'}\n";
const PASSWORD = "database:\n  password: a\n";

/** A rule's pattern and selection, a path it takes, and what is to happen with which texts. */
const CASES: readonly (readonly [
  pattern: string,
  selection: string,
  path: string,
  plain: readonly string[],
  encrypt: readonly string[],
])[] = [
  [
    String.raw`kubernetes/.*\.ya?ml$`,
    SECRETS,
    "kubernetes/apps/web/web.yaml",
    [CONFIG_MAP, EXTERNAL, RELEASE, STORE, VALUES],
    [SECRET, LIST, `${CONFIG_MAP}---\n${SECRET}`],
  ],
  [".*.yaml", SECRETS, "clusters/main/web.yaml", [CONFIG_MAP, RELEASE, VALUES], [SECRET, LIST]],
  [".*.yaml", SECRETS, "clusters/main/web.app.yaml", [CONFIG_MAP, VALUES], [SECRET]],
  // The words are in the name of an app; the rule asks for none of them.
  [".*.yaml", SECRETS, "apps/external-secrets/helm/values.yaml", [VALUES, CONFIG_MAP], [SECRET]],
  [".*.yaml", SECRETS, "apps/web/external-secret.yaml", [EXTERNAL], [SECRET]],
  // No Kubernetes object, and its name says it.
  [".*.yaml", SECRETS, "apps/web/secrets.yaml", [PASSWORD], ["data: {a: b}\n"]],
  ["", SECRETS, "apps/web/secrets.yaml", ["data: {a: b}\n", SECRET], []],
  // For more than Secrets have, and only in some folders: it was written for such files.
  [
    String.raw`kubernetes/.*\.ya?ml`,
    MORE,
    "kubernetes/web.yaml",
    [RELEASE, VALUES, CHART],
    [PASSWORD, `kind: postgres\n${PASSWORD}`],
  ],
  ["^envs/", "", "envs/prod/web.yaml", [CONFIG_MAP, RELEASE], [PASSWORD, VALUES, SECRET]],
  // For everything: no continuous integration, no compose file.
  [String.raw`\.ya?ml$`, "", ".github/workflows/ci.yaml", [PASSWORD, CONFIG_MAP], [SECRET]],
  [String.raw`\.ya?ml$`, "", "compose.yml", [PASSWORD], []],
  [String.raw`\.ya?ml$`, "", "host/private/db.yml", [CONFIG_MAP], [PASSWORD]],
  // By name, or as a folder of secrets.
  [".*values.yaml$", "", "apps/web/values.yaml", [], [VALUES, CONFIG_MAP]],
  ["clusters/.*/secrets/", SECRETS, "clusters/main/secrets/a.yaml", [], [CONFIG_MAP, EXTERNAL]],
  [String.raw`\.enc\.ya?ml$`, SECRETS, "apps/web/web.enc.yaml", [], [CONFIG_MAP, VALUES]],
  ["-secret.yaml", SECRETS, "apps/web/db-secret.yaml", [], [EXTERNAL]],
  ["^vault/", "", "vault/a.yaml", [], [PASSWORD, CONFIG_MAP]],
];

for (const [pattern, selection, path, plain, encrypt] of CASES) {
  test(`a new file ${path} under path_regex: ${pattern} ${selection}`, (t) => {
    const [rule = null] =
      parseRuleFile(
        `creation_rules:\n  - path_regex: ${pattern}\n    ${selection}\n    age: ${recipient}\n`,
      ).rules ?? [];
    t.true(rule?.matches(path));
    const verdict = (text: string, more: Partial<SopsCandidate> = {}) =>
      sopsVerdict({
        path: `nested/${path}`,
        below: path,
        bytes: Buffer.from(text),
        rule,
        indent: null,
        leaks: false,
        before: "nothing",
        ...more,
      }).kind;
    for (const text of plain) t.is(verdict(text), "plain", text);
    for (const text of encrypt) {
      t.is(verdict(text), "encrypt", text);
      t.is(verdict(text, { before: "plaintext" }), "plain", "left readable on purpose");
    }
    t.is(verdict(SECRET, { leaks: true }), "encrypt");
  });
}
