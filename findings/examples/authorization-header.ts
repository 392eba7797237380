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
  ],
  misses: [
    {
      path: "app/headers.yaml",
      content:
        'kind: ConfigMap\ndata:\n  a: Basic authentication\n  b: Basic Authorization01234567\n  c: "Bearer realm"\n  d: Bearer ${TOKEN}\n  e: Bearer $(cat /var/run/secrets/kubernetes.io/serviceaccount/token)\n  f: Basic dXNlcjpwYXNzd29yZA==\n  g: Basic <base64>\n  h: Basic $BASE64_OF_THE_LOGIN\n  i: Bearer kubernetes-dashboard\n',
    },
  ],
};
