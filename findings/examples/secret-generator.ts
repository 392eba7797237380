import type { Examples } from "./example.ts";

/** Of `plaintext-secret`: kustomize's generators and patches of Secrets. */
export const SECRET_GENERATOR: Examples = {
  hits: [
    {
      path: "escapes/kustomization.yaml",
      content: '"secret\\x47enerator":\n- "liter\\x61ls": [a=hunter2]\n',
      lines: [2],
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
      path: "one-operation.yaml",
      content:
        "patchesJson6902:\n  - target: {kind: Secret, name: a}\n    patch: |-\n      - {op: add, path: /data/a, value: aHVudGVyMg==}\n",
      lines: [4],
    },
  ],
  misses: [
    {
      path: "kustomization.yaml",
      content:
        "kind: Kustomization\nsecretGenerator:\n  - name: a\n    envs: [a.sops.env]\n    files: [b=b.sops.txt]\n    literals: [c=, 'd=${VAR}', 'e={{TOKEN}}']\npatches:\n  - target: {kind: Secret}\n    patch: |-\n      - op: remove\n        path: /data/a\n  - target: {kind: ConfigMap}\n    patch: |-\n      - op: add\n        path: /data/a\n        value: b\n",
    },
    {
      path: "patch-file.yaml",
      content: "- op: add\n  path: /stringData/a\n  value: {{TOKEN}}\n",
    },
  ],
};
