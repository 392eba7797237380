import type { Examples } from "./example.ts";

/** Of `inline-credential`: what logs somebody in over HTTP. */
export const AUTHORIZATION_HEADER: Examples = {
  hits: [
    {
      path: "app/probe.yaml",
      content:
        "kind: Deployment\nspec:\n  livenessProbe:\n    httpGet:\n      httpHeaders:\n        - name: Authorization\n          value: Basic YWRtaW46aHVudGVyMjI=\n",
      lines: [7],
    },
    {
      path: "app/middleware.yaml",
      content:
        "kind: Middleware\nspec:\n  headers:\n    customRequestHeaders:\n      Authorization: Basic YWRtaW46aHVudGVyMjI=\n",
      lines: [5],
    },
    {
      path: "app/curl.yaml",
      content:
        "kind: CronJob\nspec:\n  args:\n    - curl\n    - -H\n    - 'Authorization: Bearer Zk3vQ8r2LmN9pXw1'\n  command: [sh, -c, \"curl -H 'Authorization: Bearer Zk3vQ8r2LmN9pXw1' http://a\"]\n",
      lines: [6, 7],
    },
    {
      path: "app/nginx.yaml",
      content:
        'kind: ConfigMap\ndata:\n  nginx.conf: |\n    # Basic YWRtaW46aHVudGVyMjI=\n    proxy_set_header Authorization "Basic YWRtaW46aHVudGVyMjI=";\n',
      lines: [5],
    },
    {
      path: "app/values.yaml",
      content:
        "a: Basic bWU6Y29ycmVjdCBob3JzZQ==\nb: Basic bWU6ZmzDtmhoYW5k\nc: 'Authorization: Bearer Zk3vquickLmN9pXw1bT6'\n",
      lines: [1, 2, 3],
    },
    {
      path: "run.sh",
      content: `curl -H "Authorization: token ${"3f9a1c7e".repeat(5)}" https://git.a.io\ncurl -H 'authorization: bearer ${"3f9a1c7e".repeat(5)}' https://b\n`,
      lines: [1, 2],
    },
  ],
  misses: [
    {
      path: "run.sh",
      content: `# token ${"3f9a1c7e".repeat(5)}\ngit checkout ${"3f9a1c7e".repeat(5)}\ncurl -H "Authorization: token $TOKEN" -H "Authorization: Bearer YourAccessToken12345" a\necho bearer ${"3f9a1c7e".repeat(5)}\n`,
    },
    {
      path: "app/headers.yaml",
      content:
        'kind: ConfigMap\ndata:\n  a: Basic authentication\n  b: Basic Authorization01234567\n  c: "Bearer realm"\n  d: Bearer ${TOKEN}\n  e: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)\n  f: Basic dXNlcjpwYXNzd29yZA==\n  g: Basic <base64>\n  h: Basic $BASE64_OF_THE_LOGIN\n  i: Bearer kubernetes-dashboard\n',
    },
  ],
};
