import type { Examples } from "./example.ts";

/** Of `plaintext-secret`: Secrets as documents of a file, in Lists, and in other objects. */
export const SECRET_DOCUMENT: Examples = {
  hits: [
    {
      path: "only-a-certificate.yaml",
      content: "kind: Secret\nstringData:\n  ca.crt: |\n    {{PEM_CERTIFICATE}}\n",
      lines: [3],
    },
    {
      path: "in-a-comment-beside-a-certificate.yaml",
      content:
        "kind: Secret\nstringData:\n  password: ${PASSWORD}\n  tls.pem: |\n    # password: hunter2\n    {{PEM_CERTIFICATE}}\n",
      lines: [4],
    },
    {
      path: "in-a-certificate's-place.yaml",
      content:
        "kind: Secret\nstringData:\n  password: ${PASSWORD}\n  tls.pem: |\n    -----BEGIN CERTIFICATE-----\n    hunter2\n    -----END CERTIFICATE-----\n",
      lines: [4],
    },
    {
      path: "behind-a-certificate.yaml",
      content:
        "kind: Secret\nstringData:\n  password: ${PASSWORD}\n  tls.pem: |\n    {{PEM_CERTIFICATE}}\n    hunter2\n",
      lines: [4],
    },
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
      path: "blank-behind-the-kind.yaml",
      content: "kind: 'Secret '\ndata:\n  a: aHVudGVyMg==\n",
      lines: [3],
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
      path: "broken-over-lines.yaml",
      content:
        'kind: "S\\x65c\\\n  r\\\net"\ndata:\n  a: aHVudGVyMg==\n---\nkind: Secret\n"string\\\r\n  Data":\n  a: hunter2\n',
      lines: [5, 10],
    },
    {
      path: "escapes-inside.yaml",
      content:
        'kind: ConfigMap\ndata:\n  a: "{\\"kind\\": \\"Secr\\\\u0065t\\", \\"string\\\\u0044ata\\": {\\"a\\": \\"hunter2\\"}}"\n',
      lines: [3],
    },
    {
      path: "kind-in-capitals.yaml",
      content: "apiVersion: v1\nKind: Secret\nmetadata:\n  name: a\ndata:\n  a: aHVudGVyMg==\n",
      lines: [6],
    },
    {
      path: "kind-in-capitals-of-one-in-lower-case.yaml",
      content: "apiVersion: v1\nKind: secret\nmetadata:\n  name: a\ndata:\n  a: aHVudGVyMg==\n",
      lines: [6],
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
      path: "manifests.yaml",
      content:
        "version: v1alpha1\ncluster:\n  inlineManifests:\n    - name: a\n      contents: |\n        ---\n        kind: ConfigMap\n        ---\n        kind: Secret\n        stringData:\n          a: hunter2\n",
      lines: [11],
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
        "kind: Secret\nstringData:\n  a: ${A}\n  url: postgres://app:hunter22@${HOST}/app\n---\nkind: Secret\nstringData: {a: '${A}', password: 'hunter2@${A}'}\n---\nkind: Secret\nstringData: {a: '${A}', b: 'https://${B:-hunter2}'}\n---\nkind: Secret\nstringData: {a: '${A}', hook: 'https://example.org/hunter2'}\n---\nkind: Secret\nstringData: {a: '${A}', b: \"https://${B}\\nhunter2\"}\n---\nkind: Secret\nstringData: {a: '${A}', user-pin: hunter2}\n---\nkind: Secret\nstringData: {a: '${A}', pair: 'app:${A}/hunter2'}\n---\nkind: Secret\nstringData: {on: 'true'}\n",
      lines: [4, 7, 10, 13, 16, 19, 22, 25],
    },
    {
      path: "addresses-of-words.yaml",
      content:
        "kind: Secret\nstringData: {a: '${A}', hook: 'https://n8n.example.org/webhook/kzqwxjvbnmplkhgfdsatr'}\n---\nkind: Secret\nstringData: {a: '${A}', password: 'https://correct/horse'}\n",
      lines: [2, 5],
    },
    {
      path: "readable-line-in-data.yaml",
      content:
        "kind: Secret\ndata:\n  a.ini: {{SOPS_INI_BESIDE:base64}}\n---\nkind: Secret\ndata:\n  a.ini: {{SOPS_INI_WITHOUT_MAC:base64}}\n---\nkind: Secret\ndata:\n  a.env: {{SOPS_DOTENV_BESIDE:base64}}\n",
      lines: [3, 7, 11],
    },
    { path: "not-in-base64.yaml", content: "kind: Secret\ndata:\n  a: hunter2!\n", lines: [3] },
  ],
  misses: [
    {
      path: "with-a-certificate.yaml",
      content:
        "kind: Secret\nstringData:\n  ca.crt: |\n    # Root\n    {{PEM_CERTIFICATE}}\n    {{PEM_CERTIFICATE}}\n  key.pub: |\n    {{PEM_PUBLIC}}\n  password: ${PASSWORD}\n",
    },
    {
      path: "tmpl/secret.sops.yaml",
      content: "kind: Secret\nstringData:\n  name: ipv4.${DOMAIN}\n  password: $PASSWORD\n",
    },
    {
      path: "substituted-by-flux.yaml",
      content:
        "kind: Secret\nstringData:\n  username: admin\n  from: app@${DOMAIN}\n  RESTIC_REPOSITORY: s3:https://${HOST}/${DOMAIN}/backups/app\n  RESTIC_PASSWORD: ${PASSWORD}\n  url: postgres://app:${PASSWORD}@db/app\n---\nkind: Secret\nstringData:\n  RESTIC_REPOSITORY: '${REPOSITORY}/app'\n  RESTIC_PASSWORD: ${PASSWORD}\n---\nkind: Secret\nstringData:\n  RESTIC_REPOSITORY: s3:${ENDPOINT}/restic/${APP}\n  KOPIA_REPOSITORY: filesystem:///mnt/repository\n  ALLOW_SIGNUP: 'false'\n  RESTIC_PASSWORD: ${PASSWORD}\n---\nkind: Secret\nstringData:\n  RESTIC_REPOSITORY: s3:http://minio.kube-system.svc:9000/restic/home-assistant\n  RESTIC_PASSWORD: ${PASSWORD}\n",
    },
    {
      path: "of-envsubst.yaml",
      content: "kind: Secret\nstringData: {a: $MY_PASSWORD}\n",
    },
    {
      path: "lists.yaml",
      content:
        "- kind: Secret\n  name: hunter2\n  key: hunter2\n- kind: ConfigMap\n  data: {a: hunter2}\n---\nkind: Thing\nitems: [{kind: Secret, data: {a: hunter2}}]\n",
    },
    {
      path: "text-with-breaks.yaml",
      content:
        'kind: ConfigMap\ndata:\n  kind: Secret\n  a: "one\u2028stringData is\u0085another"\n',
    },
    {
      path: "app/helmrelease.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    secrets: {main: {stringData: {a: '${A}', b: ''}}}\n    configMaps: {main: {data: {a: b}}}\n",
    },
    {
      path: "in-lower-case.yaml",
      content:
        "kind: secret\ndata: {a: b}\n---\nKind: Secret\ndata: {a: b}\n---\nkind: secret\nstringData: {a: ''}\n",
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
      path: "encrypted-lines-in-data.yaml",
      content:
        "kind: Secret\ndata:\n  a.ini: {{SOPS_INI:base64}}\n  b.env: {{SOPS_DOTENV:base64}}\n",
    },
    {
      path: "pointers.yaml",
      content:
        "kind: Secret\nstringData:\n  a: ${VAR}\n  b: op://vault/item/field\n  c: ref+vault://path#key\n  d: <path:secret/data/a#b>\n  e: '{{ .Values.a }}'\n  f: '#{ a }#'\n  g: ${A}:${B}\n  h: ${A:-}\n  i: {{ .Values.a }}\n  j: ${A:-${B}}\n  k: {{ printf \"a: %s\" .Values.a }}\n",
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
  ],
};
