import type { Examples } from "./example.ts";

/** Of `plaintext-secret`: Secrets that are written wrong, and leak all the same. */
export const SECRET_SLIP: Examples = {
  hits: [
    // No object of Kubernetes: so Terraform's secrets are marked.
    {
      path: "terraform/cloudflare/secret.sops.yaml",
      content:
        "kind: Secret\ncloudflare_email: me@example.org\ncloudflare_apikey: Zk3vQ8r2LmN9pXw1\nroot_password: hunter\n",
      lines: [3],
    },
    {
      path: "terraform/main.yaml",
      content: "# For the provider sops\nkind: Secret\nminio: {user: me, root_password: hunter}\n",
      lines: [3],
    },
    {
      path: "words-outside.yaml",
      content:
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\npassword: correct horse battery\n",
      lines: [4],
    },
    {
      path: "no-blank-behind-the-colon.yaml",
      content: "kind: Secret\nstringData: {user: ,\n  a:hunter2}\n",
      lines: [3],
    },
    {
      path: "as-in-a-shell.yaml",
      content: "kind: Secret\nstringData: {a=hunter2}\nsops:\n  mac: {{TOKEN}}\n",
      lines: [2],
    },
    {
      path: "merge-key-with-a-scalar.yaml",
      content:
        'kind: Secret\nstringData:\n  "<<": hunter2\n---\nkind: Secret\ndata:\n  <<: aHVudGVyMg==\n',
      lines: [3, 7],
    },
    {
      path: "forgotten-marker.yaml",
      content:
        "apiVersion: v1\nkind: Secret\nstringData:\n  a: hunter2\napiVersion: apps/v1\nkind: Deployment\n---\napiVersion: v1\nkind: Secret\ndata:\n  a: aHVudGVyMg==\napiVersion: apps/v1\nkind: Deployment\n",
      lines: [4, 11],
    },
    {
      path: "forgotten-marker-before-a-description.yaml",
      content: "kind: Secret\nstringData:\n  a: hunter2\nkind: CustomResourceDefinition\n",
      lines: [3],
    },
    {
      path: "pasted-from-the-web.yaml",
      content: "kind: Secret\u00a0\nstringData:\n  a: hunter2\n",
      lines: [3],
    },
    {
      path: "small-s.yaml",
      content: "apiVersion: v1\nkind: secret\ndata:\n  a: aHVudGVyMg==\n",
      lines: [4],
    },
    {
      path: "capitals.yaml",
      content: "apiVersion: v1\nkind: SECRET\ndata:\n  a: aHVudGVyMg==\n",
      lines: [4],
    },
    {
      path: "small-s-in-a-list.json",
      content:
        '{"kind": "List", "items": [{"apiVersion": "v1", "kind": "secret", "data": {"a": "aHVudGVyMg=="}}]}',
      lines: [1],
    },
    {
      path: "small-s-in-quotes.yaml",
      content:
        "apiVersion: v1\nkind: \"secret\"\ndata:\n  a: aHVudGVyMg==\n---\napiVersion: v1\nkind: 'secret'\ndata:\n  a: aHVudGVyMg==\n",
      lines: [4, 9],
    },
    {
      path: "several.yaml",
      content: "apiVersion: v1\nkind: Secrets\ndata:\n  a: aHVudGVyMg==\n",
      lines: [4],
    },
    { path: "no-mapping.yaml", content: "kind: Secret\nstringData: hunter2\n", lines: [2] },
    { path: "small-d.yaml", content: "kind: Secret\nstringdata:\n  a: hunter2\n", lines: [3] },
    { path: "capitals.yaml", content: "kind: Secret\nData:\n  a: aHVudGVyMg==\n", lines: [3] },
    { path: "a-list.yaml", content: "kind: Secret\ndata:\n- aHVudGVyMg==\n", lines: [2] },
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
      path: "fields-like-others.yaml",
      content:
        "apiVersion: v1\nkind: Secret\nhostname: hunter2\n---\napiVersion: v1\nkind: Secret\nstatuspage: hunter2\n",
      lines: [3, 7],
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
    { path: "a-tag.yaml", content: "kind: Secret\nstringData:\n  a: !hunter2\n", lines: [3] },
    { path: "an-anchor.yaml", content: "kind: Secret\nstringData:\n  a: &hunter2\n", lines: [3] },
    { path: "an-alias.yaml", content: "kind: Secret\nstringData:\n  a: *hunter2\n", lines: [3] },
    { path: "a-comment.yaml", content: "kind: Secret\nstringData:\n  a: #hunter2\n", lines: [3] },
    {
      path: "not-indented-beside-tokens.yaml",
      content:
        "apiVersion: v1\nkind: Secret\nstringData:\n  a: {{TOKEN}}\npassword: hunter2\nsops:\n  mac: {{TOKEN}}\n",
      lines: [5],
    },
    {
      path: "small-d-beside-tokens.yaml",
      content:
        "kind: Secret\ndata:\n  a: {{TOKEN}}\n  b: aHVudGVyMg==\nstringdata:\n  a: hunter2\nsops:\n  mac: {{TOKEN}}\n",
      lines: [6],
    },
    {
      path: "under-spec-beside-tokens.yaml",
      content:
        "kind: Secret\nspec:\n  data:\n    a: aHVudGVyMg==\ndata:\n  a: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n",
      lines: [4],
    },
    {
      path: "an-anchor-beside-tokens.yaml",
      content:
        "kind: Secret\nstringData:\n  a: &hunter2\n  b: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n",
      lines: [3],
    },
  ],
  misses: [
    {
      path: "terraform/secret.yaml",
      content:
        "kind: Secret\nname: app\nroot_password: ${ROOT_PASSWORD}\nuser: admin\napi_token: {{TOKEN}}\nsops: {mac: {{TOKEN}}}\n",
    },
    // Its own selection says what may be readable.
    {
      path: "terraform/partly.yaml",
      content:
        "kind: Secret\nroot_password: hunter\napi_key: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n  encrypted_regex: ^api_key$\n",
    },
    {
      path: "of/another.yaml",
      content: "kind: Secret\nmetadata: {name: a}\nroot_password: hunter\n",
    },
    {
      path: "pointers-without-blanks.yaml",
      content: 'kind: Secret\nstringData: {a:$(A), b: , c:, d: ""}\n',
    },
    {
      path: "beside-the-data.yaml",
      content:
        "apiVersion: v1\nkind: Secret\n$patch: delete\nname: database\nimmutable: true\nStatus: ready\nother: ${PASSWORD}\nspec: {a: '${A}'}\nmetadata: {labels: {data: hunter2}, annotations: {data: hunter2}}\n---\napiVersion: example.org/v1\nkind: Secret\npassword: hunter2\n",
    },
    {
      path: "what-an-encrypted-file-leaves-readable.yaml",
      content:
        "apiVersion: v1\nkind: Secret\ntype: Opaque\nimmutable: true\ndata:\n  a: {{TOKEN}}\n  user: YWRtaW4=\nstringData:\n  b: {{TOKEN}}\n  host: db.example.org\nsops:\n  mac: {{TOKEN}}\n  encrypted_regex: ^[ab]$\n",
    },
    {
      path: "no-mapping.yaml",
      content: "kind: Secret\ndata: ''\nstringData: ${DATA}\n---\nkind: Secret\ndata: []\n",
    },
    {
      path: "a-secret-of-drone.yml",
      content:
        "kind: secret\nname: token\ndata: aHVudGVyMg==\n---\nkind: secrets\ndata: {a: hunter2}\n",
    },
    {
      path: "metadata-alone.yaml",
      content:
        "kind: Secret\nMetadata: {name: a}\nmetadata: {labels: {data: b}}\nStringData: {a: ''}\n",
    },
  ],
};
