import type { Examples } from "./example.ts";

/** Of `inline-credential`: the environment and the arguments of containers. */
export const CONTAINER: Examples = {
  hits: [
    {
      path: "app/deployment.yaml",
      content:
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          env:\n            - name: LOG_LEVEL\n              value: debug\n            - name: DB_PASSWORD\n              value: hunter22\n",
      lines: [12],
    },
    {
      path: "app/cronjob.yaml",
      content:
        "kind: CronJob\nspec: {template: {spec: {initContainers: [{env: [\n  {name: PGPASSWORD, value: hunter22},\n  {name: SMTP_PASS, value: hunter22}]}]}}}\n",
      lines: [3, 4],
    },
    {
      path: "app/two-arguments.yaml",
      content:
        'kind: Deployment\nspec: {containers: [{args: [\n  --log, info,\n  --api-token,\n  8c1f0e7a2b]}]}\n---\nkind: Job\nspec:\n  command:\n    - run\n    - "--password"\n    - hunter22\n    - "--requirepass"\n    - hunter22\n',
      lines: [5, 12, 14],
    },
    {
      path: "app/of-a-chart.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    extraArgs:\n      - --log=info\n      - --api-token=8c1f0e7a2b\n    additionalArguments: [--log,\n      '--hub.token=8c1f0e7a2b']\n    extraArgs2: [--token=8c1f0e7a2b]\n",
      lines: [6, 8],
    },
    {
      path: "app/tsig.yaml",
      content:
        "kind: Deployment\nspec:\n  args:\n    - --tls-secret=apps/tls-2025\n    - --rfc2136-tsig-secret=0123456789abcdef0123456789abcdef\n",
      lines: [5],
    },
    {
      path: "app/arguments.yaml",
      content:
        "kind: Deployment\nspec: {containers: [{args: [\n  --log=info,\n  --api-token=8c1f0e7a2b]}]}\n",
      lines: [4],
    },
    {
      path: "app/commands.yaml",
      content:
        'kind: Deployment\nspec:\n  command:\n    - sh\n    - -c\n    - exec app --user me --password hunter22 serve\n  args:\n    - |\n      set -e\n      PGPASSWORD=hunter22 psql -h db\n      curl -fsS -u admin:hunter22 http://a\n      mysqladmin ping -uroot -phunter22\n      redis-cli -a "hunter22" ping\n      sshpass -p hunter22 ssh a@b\n---\nkind: Job\nspec:\n  command: [redis-cli, -a,\n    hunter22, ping]\n---\nkind: Job\nspec:\n  command: [curl, --user,\n    "me:hunter22"]\n',
      lines: [6, 10, 11, 12, 13, 14, 19, 24],
    },
    {
      path: "app/script.yaml",
      content: "kind: ConfigMap\ndata:\n  run.sh: |\n    set -e\n    mysql -uroot -phunter22 app\n",
      lines: [5],
    },
    {
      path: "app/chpasswd.yaml",
      content:
        'kind: ConfigMap\ndata:\n  run.sh: |\n    set -e\n    echo "me:hunter22" | sudo chpasswd\n  user-data: |\n    chpasswd:\n      list: |\n        me:RANDOM\n        you:hunter22\n---\nchpasswd:\n  expire: false\n  list: ["me:hunter22"]\n',
      lines: [5, 8, 14],
    },
  ],
  misses: [
    {
      path: "app/chpasswd.yaml",
      content:
        'kind: ConfigMap\ndata:\n  run.sh: |\n    set -e\n    echo "me:$PASSWORD" | chpasswd\n    echo me:hunter22 | tee a; chpasswd < /run/a\n  user-data: |\n    chpasswd:\n      expire: false\n      list: |\n        me:RANDOM\n        you:R\n        us:${PASSWORD}\n',
    },
    {
      path: "app/commands.yaml",
      content:
        'kind: Deployment\nspec:\n  args:\n    - |\n      # app --password hunter22\n      app --password "$PASSWORD" --token-file /run/a1b2c3d4\n      PGPASSWORD=$DB_PASSWORD psql -h db\n      export PASSWORD=$(cat /run/password1)\n      curl -fsS -u "$USER:$PASSWORD" -u admin: http://a:8080/b1\n      curl --user-agent a:hunter22 http://a\n      mysqladmin ping -uroot -p"${PASSWORD}" -P3306 --port=3306\n      mkdir -p /data/mysql && mysql -p app\n      redis-cli -a "$REDIS_PASSWORD" -h db ping; redis-cli -p 6379\n      sshpass -p "$PASSWORD" ssh a@b; sshpass -f /run/password1\n---\nkind: Job\nspec: {command: [redis-cli, -a, $(PASSWORD), -p, "6379"]}\n---\nkind: Job\nspec: {command: [curl, -u, "$(LOGIN)", http://a:b]}\n',
    },
    {
      path: "app/arguments.yaml",
      content:
        "kind: Deployment\nspec: {args: [--password=$(PASSWORD), --token=token, --token-file=/run/a1b2c3]}\n",
    },
    {
      path: "app/two-arguments.yaml",
      content:
        "kind: Deployment\nspec: {containers: [{args: [--password, $(PASSWORD), --token, --log-level5, --api-key, correct, --password-file, hunter22, --no-token, a1b2c3d4]}]}\n",
    },
  ],
};
