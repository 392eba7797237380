import type { Examples } from "./example.ts";

/** Of `inline-credential`: ConfigMaps, and files in them. */
export const CONFIG_MAP: Examples = {
  hits: [
    {
      path: "db/pgbouncer.yaml",
      content:
        'kind: ConfigMap\ndata:\n  userlist.txt: |\n    "me" "hunter22"\n  msmtprc: |\n    user me\n    password hunter22\n',
      lines: [4, 7],
    },
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
      path: "app/trailing.yaml",
      content:
        "kind: ConfigMap\ndata:\n  a.ini: |\n    user = me ; for now\n    password = hunter22 ; for now\n    token = hunter22 # for now\n",
      lines: [5, 6],
    },
    {
      path: "app/german.yaml",
      content: "kind: ConfigMap\ndata:\n  db-passwort:\n    hunter22\n",
      lines: [3],
    },
    {
      path: "app/spelled.yaml",
      content:
        "kind: ConfigMap\ndata:\n  run.sh: |\n    set -e\n    export DB_PASSWORD=hunter22\n  config.php: |\n    $CONFIG = array(\n      'dbpassword' => 'hunter22',\n  config.xml: |\n    <Config>\n      <ApiKey>8c1f0e7a2b</ApiKey>\n  redis.conf: |\n    requirepass hunter22\n  users.tmpl: |\n    users: {{ .Users }\n    - password: hunter22\n",
      lines: [5, 8, 11, 13, 16],
    },
    {
      path: "app/documents.yaml",
      content:
        'kind: ConfigMap\ndata:\n  a.json: \'{"user":"app","password":"hunter22"}\'\n  b.yaml: |\n    mqtt: {user: app, password: hunter22}\n    env:\n      - name: DB_PASSWORD\n        value: hunter22\n  c.yaml: "mqtt: {user: app, password: hunter22}"\n',
      lines: [3, 5, 8, 9],
    },
    {
      path: "app/zigbee.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    config:\n      network_key: [2, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]\n    configuration.yaml: |\n      advanced:\n        network_key:\n          [0x02, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]\n",
      lines: [5, 8],
    },
    {
      path: "app/logins.yaml",
      content:
        "kind: ConfigMap\ndata:\n  .netrc: |\n    machine a login b\n    password hunter22\n  .pgpass: db:5432:app:me:hunter22\n  rclone.conf: |\n    [b2]\n    key = 8c1f0e7a2b\n",
      lines: [5, 6, 9],
    },
    {
      path: "app/programs.yaml",
      content:
        "kind: ConfigMap\ndata:\n  a.py: |\n    token = 'hunter22'\n    API_URL = 'https://app:hunter22@example.org'\n  b.js: |\n    const x = {\n      password: 'hunter22',\n",
      lines: [4, 5, 8],
    },
  ],
  misses: [
    {
      path: "app/trailing.yaml",
      content:
        "kind: ConfigMap\ndata:\n  a.ini: |\n    password = # hunter22\n    password = ${PASSWORD} # hunter22\n    password = stored elsewhere # hunter22\n",
    },
    // What PromQL and LogQL tell metrics and logs by.
    {
      path: "app/dashboard.yaml",
      content:
        'kind: ConfigMap\ndata:\n  a.json: |\n    {"panels": [{\n      "expr": "sum(rate(vault{password=\\"abc12345\\", token=\\"abc12345\\"}[5m]))"\n    }]}\n  rules.yaml: |\n    groups:\n      - rules:\n          - expr: x{token="abc12345"} > 3\n          - expr: |\n              sum by (a) (count_over_time({app="a", token="abc12345"} |= "a" [5m]))\n              up{job!="a", token="abc12345"}\n',
    },
    {
      path: "app/programs.yaml",
      content:
        'kind: ConfigMap\ndata:\n  a.py: |\n    token = token_file.read().strip()\n    API_KEY = open("/secrets/api-key").read()\n    client_secret = os.environ["CLIENT_SECRET"]\n  b.js: |\n    const x = {\n      token: TEST_TOKENS.doctor,\n',
    },
    {
      path: "app/spelled.yaml",
      content:
        "kind: ConfigMap\ndata:\n  config.php: |\n    $CONFIG = array(\n      'dbpassword' => getenv('DB_PASSWORD'),\n      'password' => $password,\n  config.xml: |\n    <Config>\n      <ApiKey></ApiKey>\n      <Password>${PASSWORD}</Password>\n  redis.conf: |\n    # requirepass foobared1\n    requirepass ${REDIS_PASSWORD}\n    masterauth %REDIS_PASSWORD%\n",
    },
    {
      path: "app/documents.yaml",
      content:
        'kind: ConfigMap\ndata:\n  a.json: \'{"user":"app","password":"${PASSWORD}"}\'\n  b.yaml: |\n    mqtt: {user: app, password_file: hunter22}\n    secretKeyRef: {password: hunter22}\n  c.yaml: |\n    kind: ExternalSecret\n    spec: {data: {token: hunter22}}\n',
    },
    {
      path: "app/zigbee.yaml",
      content:
        "kind: ConfigMap\ndata:\n  a.yaml: |\n    network_key: GENERATE\n    pan_id: [1, 3, 5, 7, 9, 11, 13, 15]\n  b.yaml: |\n    a: b\n    network_key: [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]\n  c.yaml: |\n    network_key: !secret network_key\n    network_keys: [1, 2]\n",
    },
    {
      path: "app/logins.yaml",
      content:
        "kind: ConfigMap\ndata:\n  .netrc: machine a login b password ${TOKEN}\n  .pgpass: db:5432:app:me\n  rclone.conf: |\n    [b2]\n    # key = 8c1f0e7a2b\n    key = ${KEY}\n",
    },
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
