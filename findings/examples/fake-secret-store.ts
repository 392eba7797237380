import type { Examples } from "./example.ts";

/** Of `inline-credential`: the fake provider of External Secrets. */
export const FAKE_SECRET_STORE: Examples = {
  hits: [
    {
      path: "stores/fake.yaml",
      content:
        "kind: ClusterSecretStore\nspec:\n  provider:\n    fake:\n      data:\n        - key: a\n          value: hunter22\n        - key: b\n          valueMap:\n            c: hunter22\n",
      lines: [7, 10],
    },
  ],
  misses: [
    {
      path: "stores/fake.yaml",
      content: "kind: SecretStore\nspec: {provider: {fake: {data: [{key: a, value: correct}]}}}\n",
    },
  ],
};
