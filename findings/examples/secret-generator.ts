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
      path: "generators.yaml",
      content:
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: builtin\n  kind: SecretGenerator\n  literals: [a=hunter2]\n",
      lines: [6],
    },
    {
      path: "text/kustomization.yaml",
      content:
        "generators:\n- |-\n  apiVersion: builtin\n  kind: SecretGenerator\n  literals: [a=hunter2]\n",
      lines: [5],
    },
    {
      path: "json-6902.yaml",
      content:
        "kind: PatchJson6902Transformer\ntarget: {kind: Secret, name: a}\njsonOp: |-\n  - op: add\n    path: /data/a\n    value: aHVudGVyMg==\n",
      lines: [6],
    },
    {
      path: "value-add.yaml",
      content:
        "kind: ValueAddTransformer\nvalue: aHVudGVyMg==\ntargets:\n- selector:\n    kind: Secret\n  fieldPath: data/a\n",
      lines: [2],
    },
    {
      path: "replacements/kustomization.yaml",
      content:
        "replacements:\n- sourceValue: hunter2\n  targets:\n  - select: {kind: Secret}\n    fieldPaths: [metadata.name, stringData.a]\n",
      lines: [2],
    },
    {
      path: "replacement.yaml",
      content:
        "- sourceValue: aHVudGVyMg==\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [data.a]\n  - select:\n      kind: Secret\n    fieldPaths:\n    - data.a\n",
      lines: [1],
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
    {
      path: "patch-without-kind.yaml",
      content:
        "patches:\n  - target: {kind: Secret, name: a}\n    patch: |-\n      data:\n        a: aHVudGVyMg==\n",
      lines: [5],
    },
    {
      path: "patch-without-text.yaml",
      content:
        "patches:\n  - target: {kind: Secret, name: a}\n    patch:\n      - {op: add, path: /data/a, value: aHVudGVyMg==}\n",
      lines: [4],
    },
  ],
  misses: [
    {
      path: "kustomization.yaml",
      content:
        "kind: Kustomization\nsecretGenerator:\n  - name: a\n    envs: [a.sops.env]\n    files: [b=b.sops.txt]\n    literals: [c=, 'd=${VAR}', 'e={{TOKEN}}']\npatches:\n  - target: {kind: Secret}\n    patch: |-\n      - op: remove\n        path: /data/a\n      - op: add\n        path: /metadata/labels/data\n        value: b\n  - target: {kind: ConfigMap}\n    patch: |-\n      - op: add\n        path: /data/a\n        value: b\n",
    },
    {
      path: "patch-file.yaml",
      content:
        "- op: add\n  path: /stringData/a\n  value: {{TOKEN}}\n- op: add\n  path: /spec/properties/stringData\n  value: {type: object}\n",
    },
    {
      path: "generator.yaml",
      content:
        "apiVersion: builtin\nkind: SecretGenerator\nenvs: [a.sops.env]\nliterals: [a=, 'b=${VAR}']\n---\napiVersion: builtin\nkind: ConfigMapGenerator\nliterals: [a=b]\n",
    },
    {
      path: "written/kustomization.yaml",
      content:
        "replacements:\n- sourceValue: web\n  targets:\n  - select: {kind: Secret}\n    fieldPaths: [metadata.name]\n  - select: {kind: ConfigMap}\n    fieldPaths: [data.a]\n- sourceValue: ${VAR}\n  targets:\n  - select: {kind: Secret}\n    fieldPaths: [data.a]\n- source: {kind: Secret, fieldPath: data.a}\n  targets:\n  - select: {kind: Secret}\n    fieldPaths: [data.b]\n",
    },
    {
      path: "value-add.yaml",
      content:
        "kind: ValueAddTransformer\nvalue: web\ntargets:\n- selector: {kind: Secret}\n  fieldPath: metadata/namespace\n- selector: {kind: ConfigMap}\n  fieldPath: data/a\n",
    },
  ],
};
