import type { Examples } from "./example.ts";

/** Of `inline-credential`: JSON patches. */
export const JSON_PATCH: Examples = {
  hits: [
    {
      path: "app/kustomization.yaml",
      content:
        "patches:\n  - target: {kind: HelmRelease, name: a}\n    patch: |-\n      - op: add\n        path: /spec/values/adminPassword\n        value: hunter22\n  - target: {name: b}\n    patch:\n      - op: add\n        path: /spec/values/auth\n        value: {password: hunter22}\n",
      lines: [6, 11],
    },
    {
      path: "app/patch.yaml",
      content: "- op: replace\n  path: /spec/values/smtp/password\n  value: hunter22\n",
      lines: [3],
    },
    {
      path: "app/patch-of-json/kustomization.yaml",
      content:
        'patches:\n  - target: {kind: HelmRelease}\n    patch: \'[{"op":"add","path":"/spec/values/adminPassword","value":"hunter22"}]\'\n',
      lines: [3],
    },
    {
      path: "app/patched-arguments.yaml",
      content:
        "- op: add\n  path: /spec/template/spec/containers/0/args/-\n  value: --api-token=Zk3vQ8r2LmN9pXw1\n- op: replace\n  path: /spec/template/spec/containers/0/args\n  value: [--log,\n    --password, hunter22]\n",
      lines: [3, 7],
    },
  ],
  misses: [
    {
      path: "app/kustomization.yaml",
      content:
        "patches:\n  - target: {kind: HelmRelease, name: a}\n    patch: |-\n      - op: add\n        path: /spec/values/adminPassword\n        value: ${PASSWORD}\n      - op: add\n        path: /spec/values/existingSecret\n        value: hunter22\n      - op: test\n        path: /spec/values/auth/secretKey\n        value: secret_key1\n      - {op: add, path: /spec/token}\n      - {op: add, path: /spec/template/spec/automountServiceAccountToken, value: false}\n",
    },
    {
      path: "app/patched-arguments.yaml",
      content:
        "- op: add\n  path: /spec/template/spec/containers/0/args/-\n  value: --api-token=$(TOKEN)\n- {op: add, path: /spec/template/spec/containers/0/args, value: [--private-key, certs/tls1.key]}\n",
    },
  ],
};
