import type { Examples } from "./example.ts";

/** Of `inline-credential`: ConfigMaps, and files in them. */
export const CONFIG_MAP: Examples = {
  hits: [
    {
      path: "app/configmap.yaml",
      content:
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  LOG: info\n  SMTP_PASSWORD: hunter22\n  app.ini: |\n    [db]\n    host = db\n    password = hunter22\n",
      lines: [6, 10],
    },
    {
      path: "kustomization.yaml",
      content:
        "configMapGenerator:\n  - name: app\n    literals:\n      - LOG=info\n      - API_TOKEN=8c1f0e7a2b\n",
      lines: [5],
    },
    {
      path: "app/search.yaml",
      content: "kind: ConfigMap\ndata:\n  MEILI_MASTER_KEY: 8c1f0e7a2b\n",
      lines: [3],
    },
    {
      path: "app/escapes.yaml",
      content:
        'kind: ConfigMap\ndata:\n  "DB_P\\x41SSWORD": hunter22\n  "url": "postgres:\\/\\/app:hunter22@db\\/app"\n',
      lines: [3, 4],
    },
    {
      path: "app/german.yaml",
      content: "kind: ConfigMap\ndata:\n  db-passwort:\n    hunter22\n",
      lines: [3],
    },
  ],
  misses: [
    {
      path: "frigate.yaml",
      content: "kind: ConfigMap\ndata:\n  a.yml: |\n    password: '{FRIGATE_MQTT_PASSWORD}'\n",
    },
    {
      path: "app/configmap.yaml",
      content:
        "kind: ConfigMap\ndata:\n  PASSWORD_MIN_LENGTH: '12'\n  compass: northwest\n  bypass: everything\n  TOKEN_URL: https://example.org/oauth/token\n  app.ini: |\n    password = ${DB_PASSWORD}\n    ; token = x\n    token_file = /run/token\n",
    },
  ],
};
