import type { Examples } from "./example.ts";

const SECRET = "apiVersion: v1\nkind: Secret\nstringData:\n  a: {{TOKEN}}\n";
const METADATA = 'sops:\n  lastmodified: "2025-01-01T00:00:00Z"\n  mac: {{TOKEN}}\n';

/** Of `inline-credential`: comments above all else in an encrypted file. */
export const NOTE_ABOVE: Examples = {
  hits: [
    {
      path: "db.sops.yaml",
      content: `# password: Zk3vQ8r2\n---\n## admin password = "Zk3vQ8r2"\r\n\n${SECRET}${METADATA}`,
      lines: [1, 3],
    },
    {
      path: "web.sops.yaml",
      content: `\n---\n# password: Zk3vQ8r2\n${SECRET}${METADATA}`,
      lines: [3],
    },
  ],
  misses: [
    {
      path: "db.sops.yaml",
      content: `# password: see Zk3vQ8r2\n# password: op://home/web1/token\n# token: changeme123\n# rotate: Zk3vQ8r2\n# Password: 1Password\n# token: see 1Password\n# password: see-1password\n${SECRET}# password: Zk3vQ8r2\n${METADATA}`,
    },
    { path: "db.yaml", content: `# password: Zk3vQ8r2\nkind: ConfigMap\n` },
  ],
};
