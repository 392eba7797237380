import type { Examples } from "./example.ts";

/** Of `secret-not-valid`. */
export const SECRET_NOT_VALID: Examples = {
  hits: [
    {
      path: "name.sops.yaml",
      content:
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: my_secret\nstringData: {a: b}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: Grafana}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: web-}\n",
      lines: [4, 9, 13],
    },
    {
      path: "no-blank-behind-the-colon.yaml",
      content: `apiVersion: v1\nkind: Secret\nstringData: {a:hunter2, b=hunter2}\n`,
      lines: [3],
    },
    {
      path: "number.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  host: db\n  port: 5432\n`,
      lines: [6],
    },
    {
      path: "boolean.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  debug: true\n`,
      lines: [5],
    },
    {
      path: "octal.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  pin: 0042\n`,
      lines: [5],
    },
    {
      path: "float.json",
      content: `{"apiVersion": "v1", "kind": "Secret",\n "stringData": {"a": "b",\n "rate": 1.5}}\n`,
      lines: [3],
    },
    {
      path: "tagged.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: !!int '5'\n`,
      lines: [5],
    },
    {
      path: "nested.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  config:\n    user: a\n`,
      lines: [5],
    },
    {
      path: "list-value.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  hosts: [a, b]\n`,
      lines: [5],
    },
    {
      path: "encrypted-number.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  port: {{NUMBER_TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
      lines: [5],
    },
    {
      path: "encrypted-boolean-in-data.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: {{BOOLEAN_TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
      lines: [5],
    },
    {
      path: "no-base64.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: aGVsbG8=\n  password: hunter2\n`,
      lines: [6],
    },
    {
      path: "no-padding.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: aGVsbG8\n`,
      lines: [5],
    },
    {
      path: "url-alphabet.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: aGk_\n`,
      lines: [5],
    },
    {
      path: "space.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: >-\n    aGVs\n    bG8=\n`,
      lines: [5],
    },
    {
      path: "number-in-data.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: 1234\n`,
      lines: [5],
    },
    {
      path: "date-in-data.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: 2024-01-01\n`,
      lines: [5],
    },
    // As flux build prints it.
    {
      path: "masked.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: KipTT1BTKio=\nstringData:\n  b: '**SOPS**'\n`,
      lines: [5, 7],
    },
    {
      path: "masked-docker.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: eyJtYXNrIjoiKipTT1BTKioifQ==\n`,
      lines: [6],
    },
    {
      path: "data-is-text.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: aGVsbG8=\n`,
      lines: [4],
    },
    {
      path: "key.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  'my key': {{TOKEN}}\n  ok: x\n`,
      lines: [5],
    },
    {
      path: "dots.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  ..a: x\n`,
      lines: [5],
    },
    {
      path: "tls.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/tls\nstringData:\n  tls.crt: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
      lines: [4],
    },
    {
      path: "tls-empty.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/tls\n`,
      lines: [4],
    },
    {
      path: "ssh.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  id_rsa: aGk=\ntype: kubernetes.io/ssh-auth\n`,
      lines: [6],
    },
    {
      path: "basic.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/basic-auth\nstringData:\n  user: a\n`,
      lines: [4],
    },
    {
      path: "docker-key.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  config.json: '{}'\n`,
      lines: [4],
    },
    {
      path: "docker-json.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '{"auths": {}'\n`,
      lines: [4],
    },
    {
      path: "docker-base64.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: WzFd\n`,
      lines: [4],
    },
    {
      path: "dockercfg.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockercfg\nstringData:\n  .dockercfg: user:password\n`,
      lines: [4],
    },
    {
      path: "account.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/service-account-token\n`,
      lines: [4],
    },
    {
      path: "bootstrap.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: bootstrap-token-abcdef}\ntype: bootstrap.kubernetes.io/token\nstringData:\n  token-id: abcdef\n`,
      lines: [4],
    },
    {
      path: "bootstrap-name.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: bootstrap.kubernetes.io/token\nstringData:\n  token-id: {{TOKEN}}\n  token-secret: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
      lines: [4],
    },
    {
      path: "second.yaml",
      content: `apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: 1\n`,
      lines: [9],
    },
    {
      path: "list.yaml",
      content: `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    data:\n      a: '?'\n`,
      lines: [7],
    },
    {
      path: "secretlist.yaml",
      content: `apiVersion: v1\nkind: SecretList\nitems:\n  - data:\n      a: '?'\n`,
      lines: [5],
    },
    {
      path: "spelled-with-escapes.json",
      content: `{"kind":"Secret","data":{"a":"?"},"api\\u0056ersion":"\\u0076\\u0031"}\n`,
      lines: [1],
    },
    {
      path: "spelled-by-an-alias.yaml",
      content: `metadata: {name: a, labels: {version: &version !!str v1}}\nkind: Secret\ndata: 5\napiVersion: *version\n`,
      lines: [3],
    },
  ],
  misses: [
    {
      path: "name.sops.yaml",
      content: [
        "web.example-1.org",
        "${NAME}_a",
        "<NAME>",
        "NAME_OF_IT",
        "CHANGE-ME",
        "__name__",
        "{{TOKEN}}",
        "a%b",
      ]
        .map((name) => `apiVersion: v1\nkind: Secret\nmetadata: {name: "${name}"}\n`)
        .join("---\n"),
    },
    // vals puts the value in.
    {
      path: "bootstrap/secret.yaml",
      content:
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {token: ref+op://Home-Lab/1password/TOKEN}\n",
    },
    {
      path: "text.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: {{TOKEN}}\n  b: ''\n  c:\n  d: ~\nsops:\n  mac: {{TOKEN}}\n`,
    },
    {
      path: "empty.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\nstringData: {}\n`,
    },
    {
      path: "looks-like-another-type.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  a: "{{TOKEN}}"\n  empty: ""\ndata:\n  b: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
    },
    {
      path: "encrypted-file-in-data.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a.json: {{SOPS_BINARY:base64}}\n`,
    },
    {
      path: "variables.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: \${DOCKER_CONFIG}\n`,
    },
    {
      path: "variables-as-keys.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/tls\nstringData:\n  \${CRT}: \${A}\n  tls.key: \${B}\n`,
    },
    {
      path: "tls.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/tls\ndata:\n  tls.crt: {{TOKEN}}\nstringData:\n  tls.key: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
    },
    {
      path: "basic.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/basic-auth\nstringData:\n  password: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
    },
    {
      path: "ssh.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/ssh-auth\ndata:\n  ssh-privatekey: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
    },
    {
      path: "docker.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: |\n    {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
    },
    {
      path: "account.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations: {kubernetes.io/service-account.name: a}\ntype: kubernetes.io/service-account-token\n`,
    },
    {
      path: "bootstrap.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: bootstrap-token-abcdef, namespace: kube-system}\ntype: bootstrap.kubernetes.io/token\nstringData:\n  token-id: {{TOKEN}}\n  token-secret: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
    },
    {
      path: "own-type.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: example.org/thing\nstringData:\n  a: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n`,
    },
    {
      path: "merged.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations: {kustomize.toolkit.fluxcd.io/ssa: Merge}\ntype: kubernetes.io/tls\n`,
    },
    { path: "other-group.yaml", content: `apiVersion: example.org/v1\nkind: Secret\ndata: 5\n` },
    {
      path: "reference.yaml",
      content: `apiVersion: v1\nkind: ConfigMap\ndata: {a: 'kind: Secret'}\n`,
    },
    {
      path: "config-map.yaml",
      content: `# kind: Secret\napiVersion: v1\nkind: ConfigMap\ndata:\n  port: 5\n`,
    },
    { path: "docs/a.md", content: `apiVersion: v1\nkind: Secret\nstringData:\n  a: 5\n` },
    {
      path: "chart/templates/secret.yaml",
      content: `apiVersion: v1\nkind: Secret\nstringData:\n  port: {{ .Values.port }}\n`,
    },
  ],
};
