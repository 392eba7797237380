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
      path: "app/arguments.yaml",
      content:
        "kind: Deployment\nspec: {containers: [{args: [\n  --log=info,\n  --api-token=8c1f0e7a2b]}]}\n",
      lines: [4],
    },
  ],
  misses: [
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
