import type { Examples } from "./example.ts";

/** Of `inline-credential`: variables of Flux's `postBuild` and of Talos. */
export const VARIABLES: Examples = {
  hits: [
    {
      path: "apps.yaml",
      content:
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  postBuild:\n    substitute:\n      DOMAIN: example.org\n      GRAFANA_PASSWORD: hunter22\n",
      lines: [7],
    },
    {
      path: "tailscale.yaml",
      content:
        "apiVersion: v1alpha1\nkind: ExtensionServiceConfig\nname: tailscale\nenvironment:\n  - TS_HOSTNAME=n\n  - TS_API_TOKEN=8c1f0e7a2b\n",
      lines: [6],
    },
    {
      path: "talos/env.yaml",
      content: "machine:\n  env:\n    TS_AUTHKEY: 8c1f0e7a2b\n",
      lines: [3],
    },
  ],
  misses: [
    {
      path: "names.yaml",
      content: "spec:\n  postBuild:\n    substitute:\n      VOLSYNC_SECRET: volsync-archivebox\n",
    },
    {
      path: "app/encrypted.sops.yaml",
      content: "kind: HelmRelease\nspec:\n  values:\n    adminPassword: {{TOKEN}}\n",
    },
    {
      path: "app/externalsecret.yaml",
      content:
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  target: {template: {data: {password: '{{ .password }}'}}}\n  data: [{secretKey: password, remoteRef: {key: app, property: password}}]\n",
    },
  ],
};
