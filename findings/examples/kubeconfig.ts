import type { Examples } from "./example.ts";

const BASE64 = Buffer.from(
  "apiVersion: v1\nclusters: []\nkind: Config\nusers:\n- name: a\n  user: {token: hunter2}\n",
).toString("base64");

/** Of `kubeconfig`. */
export const KUBECONFIG: Examples = {
  hits: [
    {
      path: "comment-without-blank/kubeconfig",
      content: 'kind: "Config"#x\nusers:\n- name: a\n  user: {token: abcdefgh}\n',
      lines: [4],
    },
    {
      path: "several.txt",
      content: `${BASE64} ${BASE64}\nB: c\nD: ${BASE64}\n`,
      lines: [1, 3],
    },
    {
      path: "ci.env.txt",
      content: `A: b\nKUBECONFIG_BASE64=${BASE64}\n`,
      lines: [2],
    },
    {
      path: "kubeconfig",
      content:
        "apiVersion: v1\nkind: Config\nclusters:\n  - name: c\n    cluster: {server: https://c}\nusers:\n  - name: admin\n    user:\n      client-certificate-data: Q0VSVA==\n      client-key-data: a2V5a2V5a2V5\n",
      lines: [10],
    },
    {
      path: "talos/kubeconfig.yaml",
      content:
        "kind: Config\nusers:\n- name: a\n  user: {token: abcdefgh}\n- name: b\n  user: {password: hunter22}\n",
      lines: [4],
    },
    {
      path: "config.json",
      content: '{"kind": "Config",\n "users": [{"name": "a", "user":\n  {"token": "abcdefgh"}}]}\n',
      lines: [3],
    },
    {
      path: "no-kind",
      content: "clusters: []\ncontexts: []\nusers:\n- name: a\n  user:\n    password: hunter22\n",
      lines: [6],
    },
    {
      path: "gke.yaml",
      content:
        "kind: Config\nusers:\n- user:\n    auth-provider:\n      name: oidc\n      config:\n        client-id: x\n        refresh-token: abcdefgh\n",
      lines: [8],
    },
    {
      path: "each-token.yaml",
      content:
        "kind: Config\nusers: [{user: {auth-provider: {config: {access-token: abcdefgh}}}}]\n---\nkind: Config\nusers: [{user: {auth-provider: {config: {id-token: abcdefgh}}}}]\n---\nkind: Config\nusers: [{user: {auth-provider: {config: {client-secret: abcdefgh}}}}]\n",
      lines: [2, 5, 8],
    },
    {
      path: "app/configmap.yaml",
      content:
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: k}\ndata:\n  kubeconfig: |\n    kind: Config\n    users:\n      - name: a\n        user:\n          token: abcdefgh\n",
      lines: [10],
    },
    {
      path: "app/configmap.json",
      content:
        '{"kind": "ConfigMap", "data": {\n"a": "apiVersion: v1\\nkind: Config\\nusers:\\n- name: a\\n  user:\\n    token: hunter2\\n"}}\n',
      lines: [2],
    },
    {
      path: "escapes.json",
      content: '{"kind": "Config", "us\\u0065rs": [{"user": {\n"t\\u006fken": "hunter2"}}]}\n',
      lines: [2],
    },
  ],
  misses: [
    {
      path: "certificates.yaml",
      content: "kind: Config\nusers:\n- name: a\n  user: {client-certificate-data: Q0VSVA==}\n",
    },
    {
      path: "exec.yaml",
      content:
        "kind: Config\nusers:\n- name: a\n  user:\n    exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token]}\n",
    },
    {
      path: "paths.yaml",
      content:
        "kind: Config\nusers:\n- name: a\n  user: {client-key: /k.pem, tokenFile: /var/token}\n",
    },
    {
      path: "view.yaml",
      content:
        "kind: Config\nusers:\n- name: a\n  user: {client-key-data: DATA+OMITTED, token: REDACTED}\n",
    },
    {
      path: "encrypted.yaml",
      content: "kind: Config\nusers:\n- name: a\n  user:\n    token: {{TOKEN}}\n    password: ''\n",
    },
    {
      path: "variable.yaml",
      content: "kind: Config\nusers:\n- name: a\n  user: {token: '${TOKEN}'}\n",
    },
    {
      path: "binding.yaml",
      content: "kind: ClusterRoleBinding\nsubjects:\n- kind: Group\n  name: users\n",
    },
    {
      path: "base64.yaml",
      content: `kubeconfig: ${Buffer.from("apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user: {token: '\${TOKEN}'}\n").toString("base64")}\nconfigMap: ${Buffer.from("apiVersion: v1\nkind: ConfigMap\nusers:\n- user: {token: a}\n").toString("base64")}\n`,
    },
    {
      path: "inventory.yaml",
      content: "clusters:\n- name: a\nusers:\n- name: a\n  user: {password: hunter22}\n",
    },
    {
      path: "inventory-with-contexts.yaml",
      content:
        "kind: Inventory\nclusters: []\ncontexts: []\nusers: [{user: {password: hunter22}}]\n---\nclusters: []\nabout: contexts\nusers: [{user: {password: hunter22}}]\n",
    },
    { path: "other.yaml", content: "users:\n- name: a\n  user: {password: hunter22}\n" },
    {
      path: "docs/kubeconfig.md",
      content: "```yaml\nkind: Config\nusers:\n- user: {token: abc}\n```\n",
    },
  ],
};
