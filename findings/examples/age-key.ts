import type { Examples } from "./example.ts";

/** Of `age-key`. */
export const AGE_KEY: Examples = {
  hits: [
    {
      path: "age.agekey",
      content: "# created: 2025-01-01T00:00:00Z\n# public key: {{AGE_RECIPIENT}}\n{{AGE_KEY}}\n",
      lines: [3],
    },
    { path: "notes/setup.md", content: "Put this there:\n\n    {{AGE_KEY}}\n", lines: [3] },
    { path: "keys/pq.txt", content: "{{AGE_PQ_KEY}}\n", lines: [1] },
    { path: "lower.txt", content: "key = {{AGE_KEY:lower}}\n", lines: [1] },
    { path: "run.sh", content: '#!/bin/sh\nexport SOPS_AGE_KEY="{{AGE_KEY}}"\n', lines: [2] },
    { path: "joined.json", content: '{"key":"# x\\n{{AGE_KEY}}\\n"}\n', lines: [1] },
    // As PyYAML folds a text in double quotes.
    {
      path: "folded.yaml",
      content:
        'kind: ConfigMap\ndata:\n  a: "# x\\n\\\n    {{AGE_KEY}}\\n"\n  b: "x\\\n    {{AGE_KEY}}"\n',
      lines: [4, 6],
    },
    { path: "two.txt", content: "{{AGE_KEY}}\n\n{{AGE_PQ_KEY}}\n", lines: [1, 3] },
    // A Secret's `data`, at each of the three alignments.
    { path: "a.txt", content: "age.agekey: {{AGE_KEY:base64}}\n", lines: [1] },
    { path: "b.txt", content: "age.agekey: {{x+AGE_KEY:base64}}\n", lines: [1] },
    { path: "c.txt", content: "age.agekey: {{xy+AGE_KEY:base64}}\n", lines: [1] },
    { path: "d.txt", content: "age.agekey: {{AGE_PQ_KEY:base64}}\n", lines: [1] },
    // What `base64 age.agekey` prints: the fold falls into the key's first letters, so that the line
    // below is the one named.
    { path: "e.txt", content: "{{AGE_KEY_FILE:folded}}\n", lines: [3] },
    { path: "f.yaml", content: "key: |\n  {{AGE_KEY_FILE:folded}}\n", lines: [4] },
    { path: "utf16.txt", content: "\n{{AGE_KEY:utf16}}", lines: [2] },
    { path: "utf16.img", content: "\0\0\u0001{{AGE_KEY:utf16}}\0", lines: [null] },
    { path: "powershell.txt", content: "{{AGE_KEY_FILE:utf16bom}}", lines: [3] },
    { path: "disk.img", content: "\0\0\u0001{{AGE_KEY}}\0\0", lines: [null] },
    { path: "age.key", content: "{{AGE_KEY:damaged}}\n", lines: [1] },
    { path: "escaped.json", content: '{\n"key": "{{AGE_KEY:escaped}}"}\n', lines: [2] },
    { path: "broken-over-lines.txt", content: "Key:\n{{AGE_KEY:lines}}\n", lines: [2] },
    {
      path: "broken-over-lines.yaml",
      content: "a:\n  b: >-\n    {{AGE_PQ_KEY:lines}}\n",
      lines: [3],
    },
    { path: "broken-in-quotes.py", content: "k = '{{AGE_KEY:quotedlines}}'\n", lines: [1] },
    { path: "escaped.yaml", content: 'a:\n  b: "AGE\\x2dSECRET{{AGE_KEY:rest}}"\n', lines: [2] },
  ],
  misses: [
    { path: "docs/broken-over-lines.md", content: "{{AGE_KEY:damagedlines}}\n" },
    {
      path: "README.md",
      content: "A key looks like `AGE-SECRET-KEY-1…` or AGE-SECRET-KEY-1XXX.\n",
    },
    { path: "docs/keys.txt", content: `AGE-SECRET-KEY-1${"X".repeat(58)}\n` },
    { path: "docs/other.md", content: "{{AGE_KEY:damaged}}\n" },
    { path: "age.pub", content: "{{AGE_RECIPIENT}}\n" },
    { path: ".sops.yaml", content: "creation_rules:\n  - age: {{AGE_RECIPIENT}}\n" },
    { path: "empty.agekey", content: "" },
    { path: "plugin.agekey", content: "AGE-PLUGIN-YUBIKEY-1QQQQQQQQQQQQQQQQQQQQQQ\n" },
    {
      path: "locked.agekey",
      content:
        "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCg==\n-----END AGE ENCRYPTED FILE-----\n",
    },
    {
      path: "pattern.ts",
      content: "const KEY = /AGE\\x2dSECRET\\u002dKEY-1[\\x30-\\x7a]{58}/;\n",
    },
    { path: "check.sh", content: 'grep -q AGE-SECRET-KEY- "$1" && echo QUdFLVNFQ1JFVC1LRVkt\n' },
  ],
};
