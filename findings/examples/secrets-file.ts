import type { Examples } from "./example.ts";

/** Of `inline-credential`: files that hold nothing but secrets, as their name says. */
export const SECRETS_FILE: Examples = {
  hits: [
    {
      path: "ansible/host_vars/node0.sops.yml",
      content: "ansible_user: me\nansible_become_pass: sunflower\n",
      lines: [2],
    },
    {
      path: "terraform/secrets.enc.json",
      content: '{"region": "eu", "db_password": "sunflower"}\n',
      lines: [1],
    },
    { path: "app/enc-prod.secret.values.yaml", content: "smtpPassword: sunflower\n", lines: [1] },
    { path: "app/sops.secrets.yaml", content: "smtp_password: sunflower\n", lines: [1] },
    { path: "app/external-secrets.sops.yaml", content: "adminPassword: sunflower\n", lines: [1] },
    // Of helm-secrets, for that release.
    { path: "app/secrets.sealed-secrets.yaml", content: "adminPassword: sunflower\n", lines: [1] },
  ],
  misses: [
    {
      path: "a/external-secret.yaml",
      content:
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec: {x_password: sunflower}\n",
    },
    {
      path: "a/object.json",
      content:
        '{"apiVersion": "v1", "kind": "Secret", "metadata": {"annotations": {"a_password": "sunflower"}}}\n',
    },
    // Values of a chart that has to do with secrets.
    { path: "a/sealed-secrets.json", content: '{"password": "sunflower"}\n' },
    { path: "a/library.json", content: '{"password": "sunflower"}\n' },
  ],
};
