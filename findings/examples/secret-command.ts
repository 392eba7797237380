import type { Examples } from "./example.ts";

/** Of `inline-credential`: commands that are given a secret. */
export const SECRET_COMMAND: Examples = {
  hits: [
    {
      path: "scripts/secrets.sh",
      content:
        "kubectl create secret generic db \\\n  --from-literal=username=app \\\n  --from-literal=password=hunter22\n",
      lines: [3],
    },
    {
      path: ".github/workflows/deploy.yaml",
      content:
        "jobs:\n  a:\n    steps:\n      - run: flux create secret git a --url=https://x --username=me --password=hunter22\n",
      lines: [4],
    },
    {
      path: "Makefile",
      content:
        "login:\n\tkubectl create secret docker-registry a --docker-username=me --docker-password='hunter22'\n",
      lines: [2],
    },
  ],
  misses: [
    {
      path: "scripts/secrets.sh",
      content:
        '# kubectl create secret generic a --from-literal=password=hunter22\nkubectl create secret generic a --from-literal=password="$PASSWORD" --from-literal=user=me\nkubectl create secret generic b --from-literal=token=$(cat token) --from-literal=password=<password>\nkubectl create configmap c --from-literal=colour=hunter22\nflux create secret git d --password="${GIT_PASSWORD}" --username=hunter22\nmysql --password=$PASSWORD\n',
    },
    {
      path: "README.md",
      content: "    kubectl create secret generic a --from-literal=password=hunter22\n",
    },
    { path: "docs/values.md", content: "```yaml\npassword: hunter22\n```\n" },
  ],
};
