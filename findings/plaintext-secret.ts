import { findCredentialFile } from "./credential-file.ts";
import type { Rule } from "./finding.ts";
import { CREDENTIAL_FILE_PATHS, KEYWORDS } from "./keywords.ts";
import { findSecrets } from "./kubernetes-secret.ts";

/**
 * What is found: each Kubernetes Secret with a readable value under `data` or `stringData`, once, at
 * its first such value. A partly encrypted one counts too, except in a document with SOPS metadata:
 * there the document's own selection says what may be readable, and `plaintext-value` judges it.
 *
 * Docker's configuration with credentials, npm's tokens, dotenv files and Terraform variables with a
 * credential count here as well (`credential-file.ts`): like a Secret they exist to hold one, and have
 * no rule id of their own.
 */
export const plaintextSecret: Rule = {
  id: "plaintext-secret",
  severity: "error",
  title: "Kubernetes Secret, or a file made for credentials, in plaintext",
  why:
    "Whoever reads the repository, now or in its history, reads the secret. Base64 under `data` is " +
    "no protection. Flux deploys a plaintext Secret without a word, so nothing else will notice.",
  keywords: KEYWORDS["plaintext-secret"],
  paths: CREDENTIAL_FILE_PATHS,
  binary: false,
  find: (candidate) => [...findSecrets(candidate), ...findCredentialFile(candidate)],
  examples: {
    hits: [
      {
        path: "apps/web/secret.yaml",
        content:
          "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  user: ''\n  password: hunter2\n",
        lines: [7],
      },
      {
        path: "kind-last.yml",
        content:
          "data:\n  password: aHVudGVyMg==\nmetadata: {name: db}\nkind: Secret\napiVersion: v1\n",
        lines: [2],
      },
      {
        path: "several.yaml",
        content:
          "# a comment\n---\nkind: ConfigMap\ndata: {a: b}\n---\nkind: Secret\nstringData:\n  a: hunter2\n---\nkind: Secret\ndata:\n  b: aHVudGVyMg==\n",
        lines: [8, 12],
      },
      {
        path: "list.yaml",
        content:
          "apiVersion: v1\nkind: List\nitems:\n  - kind: ConfigMap\n    data: {a: b}\n  - apiVersion: v1\n    kind: Secret\n    stringData:\n      a: hunter2\n",
        lines: [9],
      },
      {
        path: "secretlist.yaml",
        content:
          "kind: SecretList\nitems:\n  - metadata: {name: a}\n    data:\n      a: aHVudGVyMg==\n",
        lines: [5],
      },
      {
        path: "flow.yaml",
        content:
          '{"apiVersion": v1, "kind": "Secret",\n "stringData": {"a": "",\n "b": "hunter2"}}\n',
        lines: [3],
      },
      {
        path: "secret.json",
        content: '{\n\t"kind": "Secret",\n\t"data": {\n\t\t"a": "aHVudGVyMg=="\n\t}\n}\n',
        lines: [4],
      },
      { path: "bom.yaml", content: "\ufeffkind: Secret\nstringData:\n  a: hunter2\n", lines: [3] },
      { path: "crlf.yaml", content: "kind: Secret\r\nstringData:\r\n  a: hunter2\r\n", lines: [3] },
      { path: "number.yaml", content: "kind: Secret\nstringData:\n  pin: 1234\n", lines: [3] },
      {
        path: "block.yaml",
        content: "kind: Secret\nstringData:\n  config: |\n    user: a\n    password: hunter2\n",
        lines: [3],
      },
      {
        path: "anchor.yaml",
        content: "x: &pw hunter2\nkind: Secret\nstringData:\n  a: *pw\n",
        lines: [4],
      },
      {
        path: "anchor-twice.yaml",
        content: "x: &pw ''\ny: &pw hunter2\nkind: Secret\nstringData:\n  a: *pw\nz: &pw ''\n",
        lines: [5],
      },
      {
        path: "merge.yaml",
        content: "x: &base\n  a: hunter2\nkind: Secret\nstringData:\n  <<: *base\n",
        lines: [2],
      },
      {
        path: "merge-in-quotes.yaml",
        content:
          'x: &base\n  a: hunter2\nkind: Secret\nstringData:\n  "<<": *base\n---\nx: &base\n  kind: Secret\n  data: {a: aHVudGVyMg==}\n!!merge "<<": *base\n',
        lines: [2, 9],
      },
      {
        path: "merge-key-with-a-scalar.yaml",
        content:
          'kind: Secret\nstringData:\n  "<<": hunter2\n---\nkind: Secret\ndata:\n  <<: aHVudGVyMg==\n',
        lines: [3, 7],
      },
      {
        path: "blank-behind-the-kind.yaml",
        content: "kind: 'Secret '\ndata:\n  a: aHVudGVyMg==\n",
        lines: [3],
      },
      {
        path: "quoted-kind-in-base64.yaml",
        content: `kind: ConfigMap\nbinaryData:\n  a: ${["'", '"'].map((quote) => Buffer.from(`kind: ${quote}Secret${quote}\ndata:\n  a: aHVudGVyMg==\n`).toString("base64")).join("\n  b: ")}\n`,
        lines: [3, 4],
      },
      {
        path: "partly.yaml",
        content: "kind: Secret\nstringData:\n  a: {{TOKEN}}\n  b: hunter2\n",
        lines: [4],
      },
      {
        path: "around-a-token.yaml",
        content: "kind: Secret\nstringData:\n  a: '{{TOKEN}} hunter2'\n",
        lines: [3],
      },
      {
        path: "metadata-but-nothing-encrypted.yaml",
        content: "kind: Secret\nstringData:\n  a: hunter2\nsops:\n  mac: {{TOKEN}}\n",
        lines: [3],
      },
      {
        path: "behind-a-variable.yaml",
        content: "kind: Secret\nstringData:\n  A: ${A}\n  PASSWORD: ${A}/hunter2\n",
        lines: [4],
      },
      {
        path: "default.yaml",
        content: "kind: Secret\nstringData:\n  a: ${VAR}\n  b: ${VAR:-hunter2}\n",
        lines: [4],
      },
      { path: "secret.yaml.bak", content: "kind: Secret\nstringData:\n  a: hunter2\n", lines: [3] },
      {
        path: "forgotten-marker.yaml",
        content:
          "apiVersion: v1\nkind: Secret\nstringData:\n  a: hunter2\napiVersion: apps/v1\nkind: Deployment\n",
        lines: [4],
      },
      {
        path: "forgotten-marker-before-a-description.yaml",
        content: "kind: Secret\nstringData:\n  a: hunter2\nkind: CustomResourceDefinition\n",
        lines: [3],
      },
      {
        path: "escapes.json",
        content: '{"k\\u0069nd": "Secr\\u0065t",\n"string\\u0044ata": {\n"a": "hunter2"}}\n',
        lines: [3],
      },
      {
        path: "escapes.yaml",
        content: '"\\x6bind": "\\U00000053ecret"\nd\\x61ta: 1\n"d\\x61ta":\n  a: aHVudGVyMg==\n',
        lines: [4],
      },
      {
        path: "escapes/kustomization.yaml",
        content: '"secret\\x47enerator":\n- "liter\\x61ls": [a=hunter2]\n',
        lines: [2],
      },
      {
        path: "escapes-inside.yaml",
        content:
          'kind: ConfigMap\ndata:\n  a: "{\\"kind\\": \\"Secr\\\\u0065t\\", \\"string\\\\u0044ata\\": {\\"a\\": \\"hunter2\\"}}"\n',
        lines: [3],
      },
      {
        path: "escapes-broken.yaml",
        content: 'a: [\n"kind": "Secr\\x65t"\n"string\\x44ata":\n  a: hunter2\n',
        lines: [4],
      },
      {
        path: "in-lower-case.yaml",
        content: "apiVersion: v1\nkind: secret\nstringData:\n  a: hunter2\n",
        lines: [4],
      },
      {
        path: "line-ends-of-old.yaml",
        content: "apiVersion: v1\rkind: Secret\rstringData:\r  a: hunter2\r",
        lines: [4],
      },
      {
        path: "utf16.yaml",
        content: "kind: Secret\nstringData:\n  a: hunter2 #{{UTF16}}\n",
        lines: [3],
      },
      {
        path: "after-a-crash.yaml",
        content: "kind: Secret\nstringData:\n  a: hunter2\n\0\0\0\0",
        lines: [3],
      },
      {
        path: "backup.tar",
        content:
          "db.yaml\0\0\0mode\0ustar  \0kind: ConfigMap\n\0\0\nkind: Secret\nstringData:\n  a: hunter2\n\0\0",
        lines: [5],
      },
      {
        path: "commented.jsonc",
        content:
          '// x\n{\n  "kind": "Secret", // y\n  "stringData": { // z\n    "a": "hunter2",\n  },\n}\n',
        lines: [5],
      },
      {
        path: "one.jsonnet",
        content: 'local x = 1;\n{ kind: "Secret", stringData: { a: x, b: "hunter2" } }\n',
        lines: [2],
      },
      {
        path: "flow-and-broken.yaml",
        content: "{kind: Secret, stringData: {a: hunter2}}\nb: [\n",
        lines: [1],
      },
      {
        path: "app/helmrelease.yaml",
        content:
          "kind: HelmRelease\nspec:\n  values:\n    secrets:\n      main:\n        stringData:\n          config.yaml: hunter2\n",
        lines: [7],
      },
      {
        path: "no-kind.yaml",
        content: "metadata: {name: a}\nstringData:\n  a: hunter2\n",
        lines: [3],
      },
      {
        path: "pasted-from-the-web.yaml",
        content: "kind: Secret\u00a0\nstringData:\n  a: hunter2\n",
        lines: [3],
      },
      { path: "no-mapping.yaml", content: "kind: Secret\nstringData: hunter2\n", lines: [2] },
      { path: "small-d.yaml", content: "kind: Secret\nstringdata:\n  a: hunter2\n", lines: [3] },
      { path: "capitals.yaml", content: "kind: Secret\nData:\n  a: aHVudGVyMg==\n", lines: [3] },
      { path: "a-list.yaml", content: "kind: Secret\ndata:\n- aHVudGVyMg==\n", lines: [2] },
      {
        path: "list-without-a-kind.yaml",
        content: "apiVersion: v1\nitems:\n- kind: Secret\n  data:\n    a: aHVudGVyMg==\n",
        lines: [5],
      },
      {
        path: "list-in-a-list.yaml",
        content:
          "kind: List\nitems:\n- kind: list\n  items:\n  - kind: Secret\n    data:\n      a: aHVudGVyMg==\n",
        lines: [7],
      },
      {
        path: "list-of-manifests.yaml",
        content: "- kind: Secret\n  data:\n    a: aHVudGVyMg==\n",
        lines: [3],
      },
      {
        path: "indented-too-far.yaml",
        content:
          "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  data:\n    a: aHVudGVyMg==\n",
        lines: [6],
      },
      {
        path: "under-spec.yaml",
        content: "apiVersion: v1\nkind: Secret\nspec:\n  data:\n    a: aHVudGVyMg==\n",
        lines: [5],
      },
      {
        path: "not-indented.yaml",
        content:
          "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\nuser: admin\npassword: hunter2\n",
        lines: [6],
      },
      {
        path: "forgotten-field.yaml",
        content: "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\npassword: hunter2\n",
        lines: [5],
      },
      {
        path: "no-such-field.sops.yaml",
        content:
          "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstring:\n  signing.key: aHVudGVyMg==\nsops:\n  mac: {{TOKEN}}\n",
        lines: [6],
      },
      {
        path: "of-a-configmap.yaml",
        content: "kind: Secret\nbinaryData:\n  a: aHVudGVyMg==\n",
        lines: [3],
      },
      {
        path: "underscore.yaml",
        content: "kind: Secret\nstring_data:\n  a: hunter2\n",
        lines: [3],
      },
      {
        path: "breaks-of-unicode.yaml",
        content: "kind: Secret\u2028stringData:\u0085  a: hunter2\u2029",
        lines: [3],
      },
      {
        path: "infra/main.tf",
        content:
          'resource "kubernetes_secret_v1" "a" {\n  metadata {\n    name = "a"\n  }\n  data = {\n    user     = var.user\n    password = "hunter2"\n  }\n}\n',
        lines: [7],
      },
      {
        path: "infra/two.tf",
        content:
          'resource "kubernetes_secret" "a" {\n  data = {\n    a = var.a\n  }\n}\nresource "kubernetes_secret" "b" {\n  binary_data = {\n    b = "hunter2"\n  }\n}\n',
        lines: [8],
      },
      {
        path: "infra/manifest.tf",
        content:
          'resource "kubernetes_manifest" "a" {\n  manifest = {\n    kind = "Secret"\n    stringData = {\n      a = "hunter2"\n    }\n  }\n}\nresource "kubectl_manifest" "b" {\n  yaml_body = yamlencode({\n    kind: "Secret"\n    data = { "b" = "${var.b}"\n      "c" = "aHVudGVyMg==" }\n  })\n}\n',
        lines: [5, 13],
      },
      {
        path: "patch.sh",
        content: `kubectl -n a patch secret b --type merge -p '{"stringData": {"c": "hunter2"}}'\n`,
        lines: [1],
      },
      {
        path: "db.yaml.rej",
        content: "@@ -1,1 +1,3 @@\n+kind: Secret\n+stringData:\n+  a: hunter2\n",
        lines: [4],
      },
      { path: ".env~", content: "DB_PASSWORD=hunter2hunter2\n", lines: [1] },
      { path: "app/.dev.vars", content: "A=b\nAPI_TOKEN=hunter2hunter2\n", lines: [2] },
      { path: ".vault-token", content: "hvs.hunter2hunter2", lines: [1] },
      {
        path: ".terraformrc",
        content: 'credentials "app.terraform.io" {\n  token = "hunter2hunter2"\n}\n',
        lines: [2],
      },
      {
        path: "home/.s3cfg",
        content: "[default]\naccess_key = a\nsecret_key = hunter2\n",
        lines: [3],
      },
      {
        path: "values.yaml",
        content: `pull:\n  dockerConfig: ${Buffer.from('{"auths":{"a.io":{"auth":"bWU6aHVudGVyMg=="}}}').toString("base64")}\n`,
        lines: [2],
      },
      {
        path: "pull.txt",
        content: `${Buffer.from('{\n\t"auths": {\n\t\t"a.io": {"password": "hunter2"}\n\t}\n}\n').toString("base64")}\n`,
        lines: [1],
      },
      {
        path: "infra/behind-a-variable.tf",
        content:
          'resource "kubernetes_secret" "a" {\n  data = {\n    url      = "https://${var.user}@a"\n    token    = "op://home/web/token"\n    password = "hunter2"\n  }\n}\n',
        lines: [5],
      },
      {
        path: "infra/without-an-end.tf",
        content:
          'resource "kubernetes_secret" "a" {\nresource "kubernetes_secret" "b" {\n  data = {\n    b = "hunter2"\n',
        lines: [4],
      },
      {
        path: "sops-secret.yaml",
        content:
          "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nspec:\n  secretTemplates:\n    - name: a\n      data: {b: aHVudGVyMg==}\n    - name: c\n      stringData: {d: '${D}', e: hunter2}\n",
        lines: [6, 8],
      },
      {
        path: "sealed.yaml",
        content:
          "kind: SealedSecret\nspec:\n  encryptedData: {a: AgBy3i4OJSWK}\n  template:\n    stringData:\n      b: hunter2\n",
        lines: [6],
      },
      {
        path: "binary-data.yaml",
        content: "kind: ConfigMap\nbinaryData:\n  a.yaml: {{SECRET_MANIFEST:base64}}\n",
        lines: [3],
      },
      {
        path: "cloud-init.yaml",
        content:
          "write_files:\n  - encoding: b64\n    content: |\n      {{xy+SECRET_MANIFEST:folded}}\n  - encoding: b64\n    content: {{SECRET_JSON:base64}}\n",
        lines: [4, 7],
      },
      {
        path: "0001-add-a-secret.patch",
        content:
          "From 0123 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] Add it\n---\ndiff --git a/db.yaml b/db.yaml\n--- /dev/null\n+++ b/db.yaml\n@@ -0,0 +1,4 @@\n+apiVersion: v1\n+kind: Secret\n+stringData:\n+  a: hunter2\n-- \n2.39.5\n",
        lines: [11],
      },
      {
        path: "encrypt-it.diff",
        content:
          "--- a/db.yaml\t2025-01-01\n+++ b/db.yaml\t2025-01-02\n@@ -1,4 +1,4 @@\n kind: Secret\n stringData:\n-  a: hunter2\n+  a: {{TOKEN}}\n",
        lines: [6],
      },
      { path: "a-tag.yaml", content: "kind: Secret\nstringData:\n  a: !hunter2\n", lines: [3] },
      { path: "an-anchor.yaml", content: "kind: Secret\nstringData:\n  a: &hunter2\n", lines: [3] },
      { path: "an-alias.yaml", content: "kind: Secret\nstringData:\n  a: *hunter2\n", lines: [3] },
      { path: "a-comment.yaml", content: "kind: Secret\nstringData:\n  a: #hunter2\n", lines: [3] },
      {
        path: "an-anchor-beside-tokens.yaml",
        content:
          "kind: Secret\nstringData:\n  a: &hunter2\n  b: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n",
        lines: [3],
      },
      {
        path: "apply-both.sh",
        content:
          "kubectl apply -f - <<EOF\nkind: CustomResourceDefinition\nEOF\nkubectl apply -f - <<EOF\nkind: Secret\nstringData:\n  a: hunter2\nEOF\n",
        lines: [7],
      },
      {
        path: "latin1.yaml",
        content: "# {{LATIN1}}\nkind: Secret\nstringData:\n  a: hunter2\n",
        lines: [4],
      },
      {
        path: "kustomization.yaml",
        content:
          "kind: Kustomization\nsecretGenerator:\n  - name: a\n    literals:\n      - user=\n      - password=hunter2\n  - name: b\n    envs: [b.env]\n",
        lines: [6],
      },
      {
        path: "no-lists/kustomization.yaml",
        content: "secretGenerator:\n  name: a\n  literals: |\n    a=\n    b=hunter2\n",
        lines: [3],
      },
      {
        path: "generator.yaml",
        content: "apiVersion: builtin\nkind: SecretGenerator\nliterals:\n- a=hunter2\n",
        lines: [4],
      },
      {
        path: "inline/kustomization.yaml",
        content:
          "patches:\n  - patch: |\n      apiVersion: v1\n      kind: Secret\n      metadata: {name: a}\n      stringData:\n        a: hunter2\n",
        lines: [7],
      },
      {
        path: "operations/kustomization.yaml",
        content:
          "patches:\n  - target: {kind: Secret, name: a}\n    patch: |-\n      - op: replace\n        path: /data/a\n        value: aHVudGVyMg==\n",
        lines: [6],
      },
      {
        path: "structured.yaml",
        content:
          'kind: HelmRelease\nspec:\n  postRenderers:\n    - kustomize:\n        patches:\n          - target: {kind: Secret}\n            patch: \'[{"op": "add", "path": "/data/a", "value": "aHVudGVyMg=="}]\'\n',
        lines: [7],
      },
      {
        path: "patch-file.yaml",
        content: "- op: add\n  path: /stringData\n  value:\n    a: hunter2\n",
        lines: [3],
      },
      {
        path: "patch-file.json",
        content: '[{"op": "replace", "path": "/stringData/a",\n  "value": "hunter2"}]\n',
        lines: [2],
      },
      {
        path: "applied.yaml",
        content:
          'kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"kind":"Secret","data":{"a":"aHVudGVyMg=="}}\ndata:\n  a: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n',
        lines: [5],
      },
      {
        path: "extra.yaml",
        content:
          "kind: HelmRelease\nspec:\n  values:\n    extraObjects:\n      - apiVersion: v1\n        kind: Secret\n        metadata: {name: a}\n        stringData:\n          a: hunter2\n",
        lines: [9],
      },
      {
        path: "sequence.yaml",
        content: "- kind: Secret\n  stringData:\n    a: hunter2\n",
        lines: [3],
      },
      {
        path: "one-operation.yaml",
        content:
          "patchesJson6902:\n  - target: {kind: Secret, name: a}\n    patch: |-\n      - {op: add, path: /data/a, value: aHVudGVyMg==}\n",
        lines: [4],
      },
      {
        path: "apply-json.sh",
        content:
          'echo \'{"kind": "Secret", "data": {"a": ""}, "stringData": {"b": "hunter2"}}\' | kubectl apply -f -\n',
        lines: [1],
      },
      {
        path: "lines.json",
        content:
          '{"kind":"ConfigMap","data":{"a":"b"}}\n{"kind":"Secret","stringData":{"a":"hunter2"}}\n',
        lines: [2],
      },
      {
        path: "manifests.yaml",
        content:
          "version: v1alpha1\ncluster:\n  inlineManifests:\n    - name: a\n      contents: |\n        ---\n        kind: ConfigMap\n        ---\n        kind: Secret\n        stringData:\n          a: hunter2\n",
        lines: [11],
      },
      {
        path: "chart/templates/secret.yaml",
        content:
          '{{- if .Values.enabled }}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include "x" . }}\nstringData:\n  a: {{ .Values.a | quote }}\n  b: hunter2\n{{- end }}\n',
        lines: [8],
      },
      {
        path: "users.yaml.j2",
        content:
          "kind: Secret\nstringData:\n  username: admin\n  password: hunter2\n---\n#% if a %#\nkind: Secret\nstringData:\n  username: admin\n  password: hunter2\n#% endif %#\n",
        lines: [4, 10],
      },
      {
        path: "user.yaml",
        content:
          "kind: Secret\nstringData:\n  username: admin\n  password: ''\n---\nkind: Secret\nstringData:\n  username: admin\n  token: ${TOKEN}\n  pin: hunter2\n",
        lines: [3, 10],
      },
      {
        path: "addresses.yaml",
        content:
          "kind: Secret\nstringData:\n  a: ${A}\n  url: postgres://app:hunter22@${HOST}/app\n---\nkind: Secret\nstringData: {a: '${A}', password: 'hunter2@${A}'}\n---\nkind: Secret\nstringData: {a: '${A}', b: 'https://${B:-hunter2}'}\n",
        lines: [4, 7, 10],
      },
      {
        path: "secret.yaml.j2",
        content: "{% if a %}\nkind: Secret\ndata:\n    a: aHVudGVyMg==\n{% endif %}\n",
        lines: [4],
      },
      {
        path: "apply.sh",
        content:
          'kubectl apply -f - <<EOF\nkind: Secret\nstringData:\n  user: "$USER_NAME"\n  password: "hunter2"\nEOF\n',
        lines: [5],
      },
      {
        path: "broken.yaml",
        content: 'kind: Secret\nmetadata: {name: "a}\nstringData:\n  a: hunter2\n',
        lines: [4],
      },
      {
        path: "one-broken.yaml",
        content: "a: [\n---\nkind: Secret\nstringData:\n  a: hunter2\n",
        lines: [5],
      },
      {
        path: ".docker/config.json",
        content: '{"auths": {"ghcr.io": {\n  "auth": "bWU6aHVudGVyMg=="}}}\n',
        lines: [2],
      },
      {
        path: ".npmrc",
        content:
          "registry=https://registry.example.org\n//registry.example.org/:_authToken=abcdef0123456789\n",
        lines: [2],
      },
      { path: "app/.env", content: "LOG=info\nexport DB_PASSWORD='hunter22'\n", lines: [2] },
      { path: "app/prod.env", content: "# x\nAPP_SECRET=8c1f0e7a2b\n", lines: [2] },
      { path: "a.tfvars", content: 'region = "eu"\ndb_password = "hunter22"\n', lines: [2] },
      { path: ".envrc", content: "export SMTP_PASS=hunter22\n", lines: [1] },
      { path: "home/.netrc", content: "machine a login b\n  password hunter22\n", lines: [2] },
      { path: ".pgpass", content: "# host:port:db:user:pw\ndb:5432:app:me:hunter22\n", lines: [2] },
      {
        path: ".pypirc",
        content: "[pypi]\nusername = __token__\npassword = hunter22\n",
        lines: [3],
      },
      { path: "home/.my.cnf", content: "[client]\npassword=hunter22\n", lines: [2] },
      { path: ".git-credentials", content: "https://me:hunter22@example.org\n", lines: [1] },
      {
        path: "home/.aws/credentials",
        content:
          "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = 8c1f0e7a2b\n",
        lines: [3],
      },
      {
        path: "backup/credentials-velero",
        content: "[default]\naws_secret_access_key = 8c1f0e7a2b\n",
        lines: [2],
      },
      {
        path: ".dockercfg",
        content: '{"https://index.docker.io/v1/": {\n  "auth": "bWU6aHVudGVyMg==", "email": ""}}\n',
        lines: [2],
      },
      {
        path: "nginx/.htpasswd",
        content: "# x\nme:$apr1$abcdefgh$0123456789abcdefghijkl\n",
        lines: [2],
      },
      {
        path: "registry.htpasswd",
        content: "me:$2y$05$0123456789abcdefghijkl0123456789abcdefghijkl\n",
        lines: [1],
      },
      {
        path: "terraform.tfstate",
        content:
          '{"outputs": {\n  "db": {\n    "value": "hunter22",\n    "type": "string",\n    "sensitive": true\n}}}\n',
        lines: [3],
      },
      {
        path: "infra/terraform.tfstate.backup",
        content:
          '{\n"type": "random_password",\n"instances": [{"attributes": {\n  "length": 16,\n  "result": "hunter22"\n}}]}\n',
        lines: [5],
      },
      {
        path: "a.tfstate",
        content: '{\n  "attributes": {\n    "name": "db",\n    "password": "hunter22"\n  }\n}\n',
        lines: [4],
      },
      {
        path: "cloudflare-tunnel.json",
        content: '{"AccountTag": "a",\n"TunnelSecret": "aHVudGVyMmh1bnRlcjI="}\n',
        lines: [2],
      },
      {
        path: "tunnel.yaml",
        content:
          'kind: ConfigMap\ndata:\n  credentials.json: \'{"TunnelSecret":"aHVudGVyMmh1bnRlcjI="}\'\n',
        lines: [3],
      },
      {
        path: "1password-credentials.json",
        content:
          '{\n"encCredentials": {\n"iv": "a",\n"data": "8c1f0e7a2b8c1f0e7a2b"},\n"uniqueKey": {}}\n',
        lines: [2],
      },
      {
        path: "backup/rclone.conf",
        content: "[b2]\ntype = b2\nkey = 8c1f0e7a2b\n",
        lines: [3],
      },
      { path: "url.env", content: "DATABASE_URL=postgres://app:hunter22@db/app\n", lines: [1] },
    ],
    misses: [
      {
        path: "bootstrap/secret.sops.yaml.j2",
        content:
          'kind: Secret\nstringData:\n  admin-user: admin\n  a: "<< token >>"\n  b: "{% token %}"\n---\n#% if a %#\nkind: Secret\nstringData:\n  username: admin\n  known_hosts: |\n    example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\n#% endif %#\n',
      },
      {
        path: "tmpl/secret.sops.yaml",
        content: "kind: Secret\nstringData:\n  name: ipv4.${DOMAIN}\n  password: $PASSWORD\n",
      },
      {
        path: "substituted-by-flux.yaml",
        content:
          "kind: Secret\nstringData:\n  username: admin\n  from: app@${DOMAIN}\n  RESTIC_REPOSITORY: s3:https://${HOST}/${DOMAIN}/backups/app\n  RESTIC_PASSWORD: ${PASSWORD}\n  url: postgres://app:${PASSWORD}@db/app\n---\nkind: Secret\nstringData:\n  RESTIC_REPOSITORY: '${REPOSITORY}/app'\n  RESTIC_PASSWORD: ${PASSWORD}\n",
      },
      {
        path: "of-envsubst.yaml",
        content: "kind: Secret\nstringData: {a: $MY_PASSWORD}\n",
      },
      {
        path: "beside-the-data.yaml",
        content:
          "apiVersion: v1\nkind: Secret\n$patch: delete\nname: database\nimmutable: true\nStatus: ready\nother: ${PASSWORD}\nspec: {a: '${A}'}\nmetadata: {labels: {data: hunter2}, annotations: {data: hunter2}}\n---\napiVersion: example.org/v1\nkind: Secret\npassword: hunter2\n",
      },
      {
        path: "lists.yaml",
        content:
          "- kind: Secret\n  name: hunter2\n- kind: ConfigMap\n  data: {a: hunter2}\n---\nkind: Thing\nitems: [{kind: Secret, data: {a: hunter2}}]\n",
      },
      {
        path: "text-with-breaks.yaml",
        content:
          'kind: ConfigMap\ndata:\n  kind: Secret\n  a: "one\u2028stringData is\u0085another"\n',
      },
      {
        path: "schema.json",
        content:
          '{"properties": {"kind": {"enum": ["Secret"]}, "stringData": {"description": "text", "type": "object", "additionalProperties": {"type": "string"}}}}\n',
      },
      {
        path: "app/helmrelease.yaml",
        content:
          "kind: HelmRelease\nspec:\n  values:\n    secrets: {main: {stringData: {a: '${A}', b: ''}}}\n    configMaps: {main: {data: {a: b}}}\n",
      },
      {
        path: "infra/main.tf",
        content:
          'resource "kubernetes_secret" "a" {\n  metadata {\n    name = "a"\n  }\n  data = {\n    user     = var.user\n    url = "https://${var.user}:${var.password}@a"\n    empty = ""\n    blank = " "\n  }\n}\ndata "kubernetes_secret" "b" {\n  metadata {\n    name = "b"\n  }\n}\n',
      },
      {
        path: "one.jsonnet",
        content:
          'local x = std.extVar("x");\n{ kind: "Secret", stringData: { a: "${x}" } }\n{ kind: "ConfigMap", data: { a: "b" } }\n',
      },
      {
        path: "no-mapping.yaml",
        content: "kind: Secret\ndata: ''\nstringData: ${DATA}\n---\nkind: Secret\ndata: []\n",
      },
      {
        path: "metadata-alone.yaml",
        content:
          "kind: Secret\nMetadata: {name: a}\nmetadata: {labels: {data: b}}\nStringData: {a: ''}\n",
      },
      { path: "database.bin", content: "\0\u0001kind: Secret\nstringData:\n  a: hunter2\n" },
      {
        path: ".aws/credentials",
        content:
          "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${KEY}\n",
      },
      { path: "docs/credentials", content: "aws_secret_access_key = 8c1f0e7a2b\n" },
      {
        path: ".dockercfg",
        content: '{"https://index.docker.io/v1/": {"auth": "", "email": "a"}}\n',
      },
      { path: ".htpasswd", content: "# user:hash\nme:{{TOKEN}}\n" },
      {
        path: "terraform.tfstate",
        content:
          '{"outputs": {"host": {"value": "db", "type": "string"},\n"db": {"value": "{{TOKEN}}", "type": "string", "sensitive": true}},\n"resources": [{"type": "random_password", "instances": []}], "check_results": null}\n',
      },
      {
        path: "in-lower-case.yaml",
        content: "kind: secret\ndata: {a: b}\n---\nkind: secret\nstringData: {a: ''}\n",
      },
      {
        path: "sops-secret.yaml",
        content:
          "kind: SopsSecret\nspec:\n  secretTemplates:\n    - name: a\n      stringData: {b: '{{TOKEN}}'}\nsops:\n  mac: {{TOKEN}}\n",
      },
      {
        path: "sealed-with-settings.yaml",
        content:
          "kind: SealedSecret\nspec:\n  encryptedData: {a: AgBy3i4OJSWK}\n  template: {data: {app.ini: 'password = {{ .a }}', port: '8080'}, stringData: {b: '{{ .a }}'}}\n",
      },
      {
        path: "binary-data.yaml",
        content:
          "kind: ConfigMap\nbinaryData:\n  a: {{SECRET_REFERENCE:base64}}\n  b: {{ENCRYPTED_MANIFEST:base64}}\n",
      },
      {
        path: "rename.patch",
        content:
          "--- a/db.yaml\n+++ b/db.yaml\n@@ -1,4 +1,4 @@\n kind: Secret\n stringData:\n   a: {{TOKEN}}\n-  b: {{TOKEN}}\n+  b: {{TOKEN}}\n",
      },
      {
        path: "docs.patch",
        content:
          "--- a/docs/a.md\n+++ b/docs/a.md\n@@ -1,3 +1,3 @@\n kind: Secret\n stringData:\n+  a: hunter2\n",
      },
      {
        path: "merge-in-quotes.yaml",
        content:
          'x: &base\n  a: ${A}\nkind: Secret\nstringData:\n  "<<": *base\n---\n"<<": {kind: ConfigMap, data: {a: b}}\n',
      },
      { path: "no-data.yaml", content: "kind: Secret\nmetadata: {name: a}\ntype: Opaque\n" },
      {
        path: "escapes.yaml",
        content:
          '"k\\x69nd": ConfigMap\ndata:\n  greeting: "\\u0053ecret \\x53anta: \\/\\/"\n---\n"kind": "Secr\\x65t"\n"d\\x61ta": {a: ""}\n',
      },
      {
        path: "empty.yaml",
        content: "kind: Secret\ndata: {}\nstringData:\n  a: ''\n  b:\n  c: ~\n  d: \"\"\n",
      },
      {
        path: "token-request.yaml",
        content:
          "kind: Secret\nmetadata:\n  name: a\n  annotations: {kubernetes.io/service-account.name: a}\ntype: kubernetes.io/service-account-token\n",
      },
      {
        path: "encrypted.sops.yaml",
        content:
          "kind: Secret\nmetadata: {name: a}\nstringData:\n  a: {{TOKEN}}\n  b: |\n    {{TOKEN}}\n  c: ''\nsops:\n  mac: {{TOKEN}}\n",
      },
      {
        path: "readable-by-choice.sops.yaml",
        content:
          "kind: Secret\nstringData:\n  a: {{TOKEN}}\n  user_unencrypted: admin\nsops:\n  mac: {{TOKEN}}\n",
      },
      {
        path: "encrypted-file-in-data.yaml",
        content: "kind: Secret\ndata:\n  a.json: {{SOPS_BINARY:base64}}\n",
      },
      {
        path: "pointers.yaml",
        content:
          "kind: Secret\nstringData:\n  a: ${VAR}\n  b: op://vault/item/field\n  c: ref+vault://path#key\n  d: <path:secret/data/a#b>\n  e: '{{ .Values.a }}'\n  f: '#{ a }#'\n  g: ${A}:${B}\n  h: ${A:-}\n  i: {{ .Values.a }}\n  j: ${A:-${B}}\n",
      },
      {
        path: "external.yaml",
        content:
          "kind: ExternalSecret\nspec:\n  secretStoreRef: {kind: SecretStore, name: a}\n  target:\n    template: {data: {a: '{{ .a }}', b: literal}}\n",
      },
      {
        path: "sealed.yaml",
        content:
          "kind: SealedSecret\nspec:\n  encryptedData: {a: AgBy3i4OJSWK}\n  template: {type: Opaque, metadata: {name: a}}\n",
      },
      {
        path: "vault.yaml",
        content:
          "kind: VaultStaticSecret\nspec:\n  destination: {name: a, create: true}\n  path: a\n",
      },
      {
        path: "references.yaml",
        content:
          "kind: HelmRelease\nspec:\n  valuesFrom:\n    - kind: Secret\n      name: a\n  chart: {spec: {verify: {secretRef: {name: b}}}}\n---\nkind: Kustomization\nspec:\n  postBuild:\n    substituteFrom: [{kind: Secret, name: c}]\n  healthChecks: [{apiVersion: v1, kind: Secret, name: d, namespace: e}]\n",
      },
      {
        path: "rbac.yaml",
        content:
          "kind: Role\nrules:\n  - apiGroups: ['']\n    resources: [secrets]\n    verbs: [get]\n---\nkind: ReferenceGrant\nspec: {to: [{group: '', kind: Secret}]}\n",
      },
      {
        path: "policy.yaml",
        content:
          "kind: ClusterPolicy\nspec:\n  rules:\n    - match: {any: [{resources: {kinds: [Secret]}}]}\n      generate:\n        apiVersion: v1\n        kind: Secret\n        name: a\n        data: {type: Opaque}\n",
      },
      {
        path: "crd.yaml",
        content:
          "kind: CustomResourceDefinition\nspec:\n  schema:\n    description: |\n      apiVersion: v1\n      kind: Secret\n      stringData: {a: hunter2}\n",
      },
      {
        path: "docs/secret.md",
        content: "```yaml\nkind: Secret\nstringData:\n  password: hunter2\n```\n",
      },
      {
        path: "apply-json.sh",
        content:
          'echo "{\\"kind\\": \\"Secret\\"}"\necho \'{"kind": "Secret", "stringData": {"a": "$TOKEN", "b": ""}}\'\n',
      },
      {
        path: "main_test.go",
        content: "const a = `\nkind: Secret\nstringData:\n  password: hunter2\n`\n",
      },
      {
        path: "chart/templates/secret.yaml",
        content:
          '{{- if .Values.enabled }}\napiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include "x" . }}\n  labels:\n    {{- include "labels" . | nindent 4 }}\ndata:\n  {{- range $k, $v := .Values.a }}\n  {{ $k }}: {{ $v | b64enc }}\n  {{- end }}\n  url: http://{{ .Values.host }}:{{ .Values.port }}\n{{- end }}\n',
      },
      {
        path: "infra/manifest.tf",
        content:
          'resource "kubernetes_manifest" "a" {\n  manifest = {\n    kind = "ConfigMap"\n    data = {\n      a = "b"\n    }\n  }\n}\nresource "kubectl_manifest" "b" {\n  manifest = {\n    kind = "Secret"\n    data = { "b" = var.b }\n  }\n}\n',
      },
      {
        path: "patch.sh",
        content: `kubectl patch secret a -p '{"metadata": {"labels": {"b": "c"}}, "stringData": {"c": "$TOKEN"}}'\nkubectl patch configmap a -p '{"data": {"stringData": "b"}}'\n`,
      },
      {
        path: "values.yaml",
        content: `pull:\n  dockerConfig: ${Buffer.from('{"auths":{"a.io":{}}}').toString("base64")}\n`,
      },
      { path: ".vault-token", content: "{{ vault }}\n" },
      { path: ".terraformrc", content: 'plugin_cache_dir = "$HOME/.terraform.d/plugin-cache"\n' },
      {
        path: "apply-labels.sh",
        content:
          "kubectl apply -f - <<EOF\nkind: Secret\nmetadata:\n  name: a\n  labels:\n    b: c\ntype:\n  Opaque: d\nEOF\n",
      },
      {
        path: "apply.sh",
        content:
          "kubectl apply -f - <<EOF\nkind: Secret\nstringData:\n  a: $TOKEN\nEOF\ncat <<EOF\nkind: ConfigMap\ndata:\n  a: b\nEOF\n",
      },
      {
        path: "kustomization.yaml",
        content:
          "kind: Kustomization\nsecretGenerator:\n  - name: a\n    envs: [a.sops.env]\n    files: [b=b.sops.txt]\n    literals: [c=, 'd=${VAR}', 'e={{TOKEN}}']\npatches:\n  - target: {kind: Secret}\n    patch: |-\n      - op: remove\n        path: /data/a\n  - target: {kind: ConfigMap}\n    patch: |-\n      - op: add\n        path: /data/a\n        value: b\n",
      },
      {
        path: "patch-file.yaml",
        content: "- op: add\n  path: /stringData/a\n  value: {{TOKEN}}\n",
      },
      {
        path: ".docker/config.json",
        content: '{"auths": {"ghcr.io": {}}, "credsStore": "desktop"}\n',
      },
      {
        path: "docker/config.json.tmpl",
        content:
          '{"auths": {"ghcr.io": {"auth": "{{ .Auth }}"}, "a.io": {"auth": " "}, "b.io": {"auth": "{{TOKEN}}"}}}\n',
      },
      {
        path: ".npmrc",
        content: "//npm.example.com/:_authToken=${NPM_TOKEN}\nsave-exact=true\n",
      },
      { path: "cloudflare-tunnel.json", content: '{"TunnelSecret": "{{TOKEN}}"}\n' },
      { path: "tunnel.yaml", content: 'a: \'{"TunnelSecret": "{{ .secret }}"}\'\n' },
      { path: "ci.yaml", content: 'run: echo \'{"TunnelSecret":"fake"}\' > tunnel.json\n' },
      { path: "docs/tunnel.md", content: '{"TunnelSecret": "aHVudGVyMmh1bnRlcjI="}\n' },
      {
        path: "1password-credentials.json",
        content: '{"encCredentials": {"data": "{{TOKEN}}"}}\n',
      },
      { path: "rclone.conf", content: "[b2]\ntype = b2\n# key = x\nkey = ${KEY}\nkey_file = /a\n" },
      { path: ".netrc", content: "machine a login b password ${TOKEN}\n" },
      { path: ".pypirc", content: "[pypi]\nusername = __token__\n# password = x\npassword =\n" },
      { path: ".git-credentials", content: "https://example.org/a:b@c\n" },
      { path: ".env.example", content: "DB_PASSWORD=hunter22\n" },
      {
        path: "a.env",
        content:
          "DB_HOST=db\nDB_PASSWORD=\nAPP_TOKEN=${TOKEN}\nPASSWORD_FILE=/run/pw\nTOKEN_TTL=3600\n",
      },
      { path: "b.sops.env", content: "DB_PASSWORD={{TOKEN}}\nsops_mac={{TOKEN}}\n" },
    ],
  },
};
