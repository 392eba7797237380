import type { Examples } from "./example.ts";

/** Of `inline-credential`: what logs somebody in over HTTP. */
export const AUTHORIZATION_HEADER: Examples = {
  hits: [
    {
      path: "run.sh",
      content: `curl -H 'X-Api-Key: ${"3f9a1c7e".repeat(4)}' http://a\nwget --header="X-Emby-Token: ${"3f9a1c7e".repeat(4)}" http://a\nhttp POST a X-Auth-Token:Zk3vQ8r2LmN9pXw1\nexport OTEL_EXPORTER_OTLP_HEADERS="api-key=${"3f9a1c7e".repeat(4)}"\nexport OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=Zk3vQ8r2LmN9pXw1\ncurl -H "PRIVATE-TOKEN: Zk3vQ8r2LmN9pXw1" a\n`,
      lines: [1, 2, 3, 4, 5, 6],
    },
    {
      path: "app/headers.yaml",
      content: `kind: CronJob\nspec:\n  a:\n    command: [curl, -H,\n      "X-Api-Key: ${"3f9a1c7e".repeat(4)}"]\n  b:\n    args:\n      - |\n        set -e\n        curl -H 'X-Api-Key: ${"3f9a1c7e".repeat(4)}' http://a\n        psql postgres://app:hunter22@db/app\n    env:\n      - name: OTEL_EXPORTER_OTLP_HEADERS\n        value: x-honeycomb-team=Zk3vQ8r2LmN9pXw1\n`,
      lines: [5, 10, 11, 14],
    },
    {
      path: "etc/proxy.conf",
      content: `proxy_set_header X-Api-Key "${"3f9a1c7e".repeat(4)}";\nHeader X-Api-Key ${"3f9a1c7e".repeat(4)}\n`,
      lines: [1, 2],
    },
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
      content: `curl -H "X-Api-Key: $API_KEY" -H "X-Api-Key: YOUR_API_KEY" -H "X-Auth-Token: your-api-key-here" -H "X-Api-Key: <key>" http://a\ncurl -H "X-Request-Id: ${"3f9a1c7e".repeat(4)}" -H "If-None-Match: ${"3f9a1c7e".repeat(4)}" http://a\nexport OTEL_EXPORTER_OTLP_HEADERS=x-scope-orgid=tenant1,api-key=$API_KEY\nmax-token: ${"3f9a1c7e".repeat(4)}\n`,
    },
    // Images with the name of a commit.
    {
      path: "app/images.yaml",
      content: `kind: HelmRelease\nspec:\n  values:\n    image: example.org/a/access-token:${"3f9a1c7e".repeat(5)}\n`,
    },
    {
      path: "nginx.conf",
      content:
        "proxy_set_header X-Auth-Token $http_x_auth_token;\nproxy_set_header X-Real-IP $remote_addr;\nheader X-Api-Key is required_by_the_service;\n",
    },
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
