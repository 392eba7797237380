import type { Examples } from "./example.ts";

/** Of `inline-credential`: templates of Secrets that others fill in. */
export const SECRET_TEMPLATE: Examples = {
  hits: [
    {
      path: "app/externalsecret.yaml",
      content:
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  target:\n    template:\n      data:\n        DB_USER: app\n        DB_PASSWORD: hunter22\n        app.ini: |\n          user = {{ .user }}\n          token = 8c1f0e7a2b\n  data: [{secretKey: user, remoteRef: {key: app, property: user}}]\n",
      lines: [8, 11],
    },
    {
      path: "app/clusterexternalsecret.yaml",
      content:
        "kind: ClusterExternalSecret\nspec:\n  externalSecretSpec:\n    target:\n      template:\n        data: {password: hunter22}\n",
      lines: [6],
    },
    {
      path: "app/sealedsecret.yaml",
      content:
        "kind: SealedSecret\nspec:\n  encryptedData: {a: AgB}\n  template:\n    data:\n      url: postgres://app:hunter22@db/app\n",
      lines: [6],
    },
  ],
  misses: [
    {
      path: "app/templated.yaml",
      content:
        "kind: ExternalSecret\nspec:\n  target:\n    template:\n      metadata: {annotations: {token: hunter22}}\n      data:\n        password: '{{ .password }}'\n        url: 'postgres://app:{{ .password }}@db/app'\n        token: '{{ index . \"db-token\" | b64enc }}'\n  data: [{secretKey: password1, remoteRef: {key: app, property: password1}}]\n",
    },
    {
      path: "app/no-template.yaml",
      content:
        "kind: ExternalSecret\nspec:\n  data: [{secretKey: s3Password1, remoteRef: {key: app}}]\n",
    },
  ],
};
