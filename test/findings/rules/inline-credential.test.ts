import test from "ava";
import { candidateOf } from "../../../findings/candidate/candidate.ts";
import type { RuleId } from "../../../findings/finding.ts";
import { scan } from "../../../findings/scan.ts";
import { fill, placeholders } from "../keys.ts";

/** Everything in a repository that can carry a secret, and what looks like it and carries none. */

const keys = await placeholders();

function rulesFor(path: string, content: string): RuleId[] {
  return [...new Set(scan(candidateOf(path, fill(content, keys))).map(({ rule }) => rule))];
}

/** A mapping with one value at a path of keys, as YAML in flow style; `*` is a list of one. */
function nested(path: string, value: string, more = ""): string {
  const inside = path
    .split(".")
    .reverse()
    .reduce((text, key) => (key === "*" ? `[${text}]` : `{${key}: ${text}}`), `'${value}'`);
  return `${more}${inside.slice(1, -1)}\n`;
}

for (const path of [
  "machine.token",
  "machine.ca.key",
  "machine.systemDiskEncryption.ephemeral.keys.*.static.passphrase",
  "machine.registries.config.ghcr.auth.password",
  "machine.network.interfaces.*.wireguard.privateKey",
  "cluster.secret",
  "cluster.token",
  "cluster.secretboxEncryptionSecret",
  "cluster.aescbcEncryptionSecret",
  "cluster.ca.key",
  "cluster.aggregatorCA.key",
  "cluster.serviceAccount.key",
  "cluster.etcd.ca.key",
]) {
  test(`a Talos machine configuration with ${path} alone`, (t) => {
    const [other, whole] = path.startsWith("machine")
      ? ["", "version: v1alpha1\n"]
      : ["machine: {type: worker}\n", "version: v1alpha1\nmachine: {type: worker}\n"];
    t.deepEqual(rulesFor("talos/a.yaml", nested(path, "c2VjcmV0", other)), ["talos-secrets"]);
    t.deepEqual(rulesFor("talos/a.yaml", nested(path, "c2VjcmV0", whole)), ["talos-secrets"]);
    for (const value of ["", "${VALUE}", "{{TOKEN}}"]) {
      t.deepEqual(rulesFor("talos/a.yaml", nested(path, value, whole)), [], value);
    }
  });
}

for (const path of [
  "cluster.secret",
  "secrets.bootstraptoken",
  "secrets.secretboxencryptionsecret",
  "secrets.aescbcencryptionsecret",
  "trustdinfo.token",
  "certs.etcd.key",
  "certs.k8s.key",
  "certs.k8saggregator.key",
  "certs.os.key",
  "certs.k8sserviceaccount.key",
]) {
  test(`a Talos secrets bundle with all encrypted but ${path}`, (t) => {
    const bundle = (value: string) => {
      const own = path.split(".");
      const at = (section: string, name: string) =>
        `${name}: '${own[0] === section && own[1] === name ? value : "{{TOKEN}}"}'`;
      const cert = (name: string) =>
        `${name}: {crt: Q1JU, key: '${own[0] === "certs" && own[1] === name ? value : "{{TOKEN}}"}'}`;
      return [
        `cluster: {id: aWQ=, ${at("cluster", "secret")}}`,
        `secrets: {${["bootstraptoken", "secretboxencryptionsecret", "aescbcencryptionsecret"].map((name) => at("secrets", name)).join(", ")}}`,
        `trustdinfo: {${at("trustdinfo", "token")}}`,
        `certs: {${["etcd", "k8s", "k8saggregator", "k8sserviceaccount", "os"].map(cert).join(", ")}}`,
      ].join("\n");
    };
    t.deepEqual(rulesFor("talsecret.yaml", bundle("c2VjcmV0")), ["talos-secrets"]);
    t.deepEqual(rulesFor("talsecret.yaml", bundle("{{TOKEN}}")), []);
  });
}

const ENTRY = "stringData:\n  a: hunter2\n";

for (const [what, rule, path, content] of [
  ["a quoted kind", "plaintext-secret", "a.yaml", `kind: 'Secret'\n${ENTRY}`],
  ["a kind with a comment", "plaintext-secret", "a.yaml", `kind: Secret # x\n${ENTRY}`],
  ["a kind behind an alias", "plaintext-secret", "a.yaml", `x: &k Secret\nkind: *k\n${ENTRY}`],
  ["a tagged kind", "plaintext-secret", "a.yaml", `kind: !!str Secret\n${ENTRY}`],
  ["a folded kind", "plaintext-secret", "a.yaml", `kind: >-\n  Secret\n${ENTRY}`],
  ["an escaped kind", "plaintext-secret", "a.yaml", `kind: "\\x53ecret"\n${ENTRY}`],
  ["a document after ...", "plaintext-secret", "a.yaml", `a: b\n...\nkind: Secret\n${ENTRY}`],
  ["an ending in capitals", "plaintext-secret", "a.YAML", `kind: Secret\n${ENTRY}`],
  ["a backup copy", "plaintext-secret", "secret.yaml~", `kind: Secret\n${ENTRY}`],
  [
    "a template in Go's syntax",
    "plaintext-secret",
    "a.gotmpl",
    `{{ if .x }}\nkind: Secret\n${ENTRY}`,
  ],
  [
    "a ConfigMap with a private key",
    "private-key",
    "a.yaml",
    "kind: ConfigMap\ndata:\n  a: |\n    {{PEM_RSA}}\n",
  ],
  ["a ConfigMap with an age key", "age-key", "a.yaml", "kind: ConfigMap\ndata: {a: {{AGE_KEY}}}\n"],
  ["a real key in Markdown", "private-key", "a.md", "```yaml\nkind: Secret\n{{PEM_RSA}}\n```\n"],
  [
    "a token with data",
    "plaintext-secret",
    "a.yaml",
    "kind: Secret\ntype: kubernetes.io/service-account-token\ndata: {token: aHVudGVyMg==}\n",
  ],
] as const) {
  test(`a carrier: ${what}`, (t) => {
    t.true(rulesFor(path, content).includes(rule));
  });
}

for (const [what, path, content] of [
  [
    "an Issuer's reference",
    "a.yaml",
    "kind: ClusterIssuer\nspec: {acme: {privateKeySecretRef: {name: a}, solvers: [{dns01: {cloudflare: {apiTokenSecretRef: {name: a, key: api-token}}}}]}}\n",
  ],
  [
    "a Certificate",
    "a.yaml",
    "kind: Certificate\nspec: {secretName: a-tls, privateKey: {algorithm: ECDSA}}\n",
  ],
  [
    "a Gateway's certificate",
    "a.yaml",
    "kind: Gateway\nspec: {listeners: [{tls: {certificateRefs: [{kind: Secret, name: a}]}}]}\n",
  ],
  [
    "a SecretStore",
    "a.yaml",
    "kind: SecretStore\nspec: {provider: {vault: {server: https://v, auth: {tokenSecretRef: {name: a, key: token}}}}}\n",
  ],
  [
    "a PushSecret",
    "a.yaml",
    "kind: PushSecret\nspec: {selector: {secret: {name: a}}, data: [{match: {secretKey: a, remoteRef: {remoteKey: b}}}]}\n",
  ],
  ["a source's secretRef", "a.yaml", "kind: GitRepository\nspec: {secretRef: {name: a}}\n"],
  [
    "a Kustomization's decryption",
    "a.yaml",
    "kind: Kustomization\nspec: {decryption: {provider: sops, secretRef: {name: sops-age}}}\n",
  ],
  [
    "an egress policy's kind",
    "a.yaml",
    "kind: ClusterPolicy\nspec: {rules: [{match: {any: [{resources: {kinds: [v1/Secret]}}]}, validate: {pattern: {kind: Secret, data: '?*'}}}]}\n",
  ],
  [
    "a template that only points",
    "a.tpl",
    "kind: Secret\nstringData:\n  a: {{ .Values.a | quote }}\n",
  ],
  [
    "a template of Jinja's with its own marks",
    "a.yaml.j2",
    "kind: Secret\nstringData:\n  a: #{ a }#\n",
  ],
  ["a certificate", "a.yaml", "kind: ConfigMap\ndata:\n  ca.crt: |\n    {{PEM_CERTIFICATE}}\n"],
] as const) {
  test(`no carrier: ${what}`, (t) => {
    t.deepEqual(rulesFor(path, content), []);
  });
}

test("a finding names what holds a value, where that has a name", (t) => {
  const message = (path: string, content: string) =>
    scan(candidateOf(path, Buffer.from(content))).map((finding) => finding.message);
  const hash = `$2y$05$${"0123456789abcdefghijkl0123456789abcdefghijklmnopqrstu"}`;
  const says = "may hold a readable credential";
  t.deepEqual(message("a.sh", `set -- '${hash}'\n`), [`settings ${says}`]);
  t.deepEqual(message("a.sh", "API_TOKEN=Zk3vQ8r2\n"), [`settings ${says}: API_TOKEN`]);
  t.deepEqual(
    message("a.yaml", `kind: ConfigMap\ndata:\n  a.py: |\n    import a\n    check("${hash}")\n`),
    [`a ConfigMap ${says} in a.py`],
  );
});
