import type { Examples } from "./example.ts";

/** Of `plaintext-secret`: values of Secrets that are commented out in an encrypted file. */
export const SECRET_COMMENTED_OUT: Examples = {
  hits: [
    {
      path: "last-in-the-first-column.sops.yaml",
      content: encrypted("stringData:\n  a: {{TOKEN}}\n#  password: hunter2\ntype: Opaque\n"),
      lines: [5],
    },
    {
      path: "last-with-a-blank.sops.yaml",
      content: encrypted("stringData:\n  a: {{TOKEN}}\n\n#   password: 'hunter2' # old\n"),
      lines: [6],
    },
    {
      path: "less-deep.sops.yaml",
      content: encrypted("stringData:\n    a: {{TOKEN}}\n  # password: hunter2\n"),
      lines: [5],
    },
    {
      path: "windows.sops.yaml",
      content: encrypted("stringData:\n  a: {{TOKEN}}\n#  password: hunter2\n").replaceAll(
        "\n",
        "\r\n",
      ),
      lines: [5],
    },
    {
      path: "all-of-the-field.sops.yaml",
      content: encrypted(
        "# stringData:\n#   user: admin\n#   password: hunter2\nstringData:\n  a: {{TOKEN}}\n",
      ),
      lines: [5],
    },
    {
      path: "an-older-secret.sops.yaml",
      content: `# apiVersion: v1\n# kind: Secret\n# data:\n#   a: aHVudGVyMg==\n---\n${encrypted("data:\n  a: {{TOKEN}}\n")}`,
      lines: [4],
    },
    {
      path: "less-deep-and-strong.sops.yaml",
      content: encrypted("stringData:\n    a: {{TOKEN}}\n  # b: Zk3vQ8r2LmN9pXw1\n"),
      lines: [5],
    },
    {
      path: "beside-a-readable-one.sops.yaml",
      content: encrypted(
        "stringData:\n    a: {{TOKEN}}\n    b_unencrypted: readable\n#    password: hunter2\n",
      ),
      lines: [6],
    },
    {
      path: "below-a-note.sops.yaml",
      content: encrypted(
        "stringData:\n    a: {{TOKEN}}\n  # owner: alice\n  # password: hunter2\n",
      ),
      lines: [6],
    },
  ],
  misses: [
    {
      path: "notes.sops.yaml",
      content: encrypted(
        "stringData:\n    a: {{TOKEN}}\n  # owner: alice\n  # source: bitwarden\n  # rotated: 2024-05-06\n  # renovate: datasource=docker\n# yaml-language-server: $schema=https://example.org/a\n",
      ),
    },
    {
      path: "encrypted.sops.yaml",
      content: encrypted("stringData:\n  a: {{TOKEN}}\n  #{{TOKEN}}\n#  b: {{TOKEN}}\n"),
    },
    {
      path: "words.sops.yaml",
      content: encrypted(
        "# Made by hand: see the wiki\nstringData:\n  a: {{TOKEN}}\n# password: of the database\n#   and: of its backup\n# To change: hunter2\n#   note: hunter2\n",
      ),
    },
    {
      path: "nothing-to-hide.sops.yaml",
      content: encrypted(
        "stringData:\n  a: {{TOKEN}}\n#  user: admin\n#  docs: https://example.org/a\n#  password: changeme\n#  token: <token>\n#  empty:\n#  on: true\n#type: Opaque\n",
      ),
    },
    {
      path: "labels.sops.yaml",
      content: `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  # labels:\n  #   app: hunter2\nstringData:\n  a: {{TOKEN}}\nsops:\n  mac: {{TOKEN}}\n  # age: hunter2\n`,
    },
    {
      path: "readable.yaml",
      content: "kind: ConfigMap\n# kind: Secret\n# stringData:\n#   password: hunter2\ndata: {}\n",
    },
  ],
};

function encrypted(body: string): string {
  return `apiVersion: v1\nkind: Secret\n${body}sops:\n  mac: {{TOKEN}}\n`;
}
