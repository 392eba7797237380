import type { Examples } from "./example.ts";

/** Of `plaintext-secret`: Secrets in what is no YAML, or no YAML any more: templates, scripts, Terraform, patches of files, base64. */
export const SECRET_IN_TEXT: Examples = {
  hits: [
    {
      path: "quoted-kind-in-base64.yaml",
      content: `kind: ConfigMap\nbinaryData:\n  a: ${["'", '"'].map((quote) => Buffer.from(`kind: ${quote}Secret${quote}\ndata:\n  a: aHVudGVyMg==\n`).toString("base64")).join("\n  b: ")}\n`,
      lines: [3, 4],
    },
    {
      path: "escapes-broken.yaml",
      content: 'a: [\n"kind": "Secr\\x65t"\n"string\\x44ata":\n  a: hunter2\n',
      lines: [4],
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
      path: "commented-and-compact.json",
      content: '// x\n{"apiVersion":"v1","kind":"Secret","stringData":{"a":"hunter2"}}\n',
      lines: [2],
    },
    {
      path: "output.txt",
      content:
        'As the cluster has it\n{"apiVersion":"v1","data":{"a":"aHVudGVyMg=="},"kind":"Secret","type":"Opaque"}\n',
      lines: [2],
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
      path: "apps/web/for-kustomize.patch",
      content: "kind: Secret\nmetadata:\n  name: db\nstringData:\n  a: hunter2\n",
      lines: [5],
    },
    {
      path: "encrypt-it.diff",
      content:
        "--- a/db.yaml\t2025-01-01\n+++ b/db.yaml\t2025-01-02\n@@ -1,4 +1,4 @@\n kind: Secret\n stringData:\n-  a: hunter2\n+  a: {{TOKEN}}\n",
      lines: [6],
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
      path: "user.sh",
      content: "kubectl apply -f - <<EOF\nkind: Secret\nstringData:\n  username: admin\nEOF\n",
      lines: [4],
    },
    {
      path: "broken.yaml",
      content: 'kind: Secret\nmetadata: {name: "a}\nstringData:\n  a: hunter2\n',
      lines: [4],
    },
    {
      path: "comment-without-blank.yaml",
      content: 'kind: Secret\ntype: "Opaque"# x\nstringData: {a: hunter2}\n',
      lines: [3],
    },
    {
      path: "flow-at-the-margin.yaml",
      content: "kind: Secret\nstringData: {a: hunter2,\nb: hunter2}\n",
      lines: [2],
    },
    {
      path: "braces-at-the-margin.yaml",
      content: 'kind: Secret\nstringData: {\n"a": "hunter2"\n}\n',
      lines: [3],
    },
    {
      path: "json-at-the-margin.json",
      content: '{\n"kind": "Secret"\n"data": {\n"a": "",\n"b": "aHVudGVyMg=="\n}\n}\n',
      lines: [5],
    },
    {
      path: "braces-in-braces.jsonnet",
      content:
        "{\n  kind: 'Secret',\n  stringData: {\n    a: std.manifestJson({\n      b: '${B}',\n    }),\n    c: 'hunter2',\n  },\n}\n",
      lines: [7],
    },
    {
      path: "labels-at-the-margin.yaml",
      content: "kind: Secret\nmetadata: {name: a, labels: {b:\nc}}\nstringData:\n  a: hunter2\n",
      lines: [5],
    },
    {
      path: "one-broken.yaml",
      content: "a: [\n---\nkind: Secret\nstringData:\n  a: hunter2\n",
      lines: [5],
    },
  ],
  misses: [
    {
      path: "infra/registry.tf",
      content:
        'resource "kubernetes_secret" "a" {\n  data = {\n    username = "me"\n    password = var.password\n  }\n}\n',
    },
    {
      path: "margin.json",
      content: '{\n"kind": "Secret"\n"data": {\n"a": "${B}"\n},\n"type": "Opaque"\n}\n',
    },
    {
      path: "two-and-broken.yaml",
      content: "kind: Secret\ndata: {}#x\n---\nkind: ConfigMap\ndata: {a: hunter2}#x\n",
    },
    {
      path: "bootstrap/secret.sops.yaml.j2",
      content:
        'kind: Secret\nstringData:\n  admin-user: admin\n  a: "<< token >>"\n  b: "{% token %}"\n---\n#% if a %#\nkind: Secret\nstringData:\n  username: admin\n  known_hosts: |\n    example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\n#% endif %#\n',
    },
    {
      path: "user.yaml.j2",
      content:
        "{% if a %}\nkind: Secret\nstringData:\n  username: admin\n  password: {{ a }}\n{% endif %}\n",
    },
    {
      path: "schema.json",
      content:
        '{"properties": {"kind": {"enum": ["Secret"]}, "stringData": {"description": "text", "type": "object", "additionalProperties": {"type": "string"}}}}\n',
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
    { path: "database.bin", content: "\0\u0001kind: Secret\nstringData:\n  a: hunter2\n" },
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
      path: "crd-of-any-values.yaml",
      content:
        "kind: CustomResourceDefinition\nspec:\n  schema: {kind: {enum: [Secret]}, stringData: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n---\nkind: ConstraintTemplate\nspec:\n  schema: {kind: {enum: [Secret]}, stringData: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n",
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
      path: "apply-labels.sh",
      content:
        "kubectl apply -f - <<EOF\nkind: Secret\nmetadata:\n  name: a\n  labels:\n    b: c\ntype:\n  Opaque: d\nEOF\n",
    },
    {
      path: "apply.sh",
      content:
        "kubectl apply -f - <<EOF\nkind: Secret\nstringData:\n  a: $TOKEN\nEOF\ncat <<EOF\nkind: ConfigMap\ndata:\n  a: b\nEOF\n",
    },
  ],
};
