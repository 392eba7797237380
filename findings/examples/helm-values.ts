import type { Examples } from "./example.ts";

/** Of `inline-credential`: Helm values. */
export const HELM_VALUES: Examples = {
  hits: [
    {
      path: "app/of-services.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    users:\n      - accessKey: console\n        secretKey: console123\n    env:\n      NB_SETUP_KEY: 8D1F7A52-3C4B-4E6F-9A0B-1C2D3E4F5A6B\n      PUSH_INSTALLATION_KEY: Zk3vQ8r2LmN9pXw1\n      CONFIG_NETWORK_KEY: '[2, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]'\n      ENROLL_KEY: Zk3vQ8r2LmN9pXw1\n",
      lines: [6, 8, 9, 10, 11],
    },
    {
      path: "app/digest-of-a-password.yaml",
      content: `kind: HelmRelease\nspec:\n  values:\n    adminPassword: sha256:${"0a1b2c3d".repeat(8)}\n`,
      lines: [4],
    },
    {
      path: "app/names.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    env:\n      PAPERLESS_DBPASS: hunter22\n      lapiKey: hunter22\n    tokenSecretName: a\n    tokenSecretKey: Zk3vQ8r2LmN9pXw1bT6yAqD5sH7jK0cV\n    appSecretKey: hunter22\n",
      lines: [5, 6, 8, 9],
    },
    {
      path: "app/told-by-their-place.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    smtp: {user: me, pass: Winter2024!}\n    db:\n      username: me\n      pwd: Winter2024!\n    services:\n      - Sonarr:\n          widget:\n            type: sonarr\n            key: 3f9a1c7e5b2d4860a1b2c3d4e5f60718\n    form_secret: 'q:8Zk^Rt&Dx2#pLw9@mN4;vB7'\n    tokenSecret: 8d1f7a52-3c4b-4e6f-9a0b-1c2d3e4f5a6b\n",
      lines: [4, 7, 12, 13, 14],
    },
    {
      path: "app/services.yaml",
      content:
        "kind: ConfigMap\ndata:\n  services.yaml: |\n    - Media:\n        - Sonarr:\n            widget:\n              type: sonarr\n              key: 3f9a1c7e5b2d4860a1b2c3d4e5f60718\n",
      lines: [8],
    },
    {
      path: "app/pve-exporter.yaml",
      content:
        "kind: ConfigMap\ndata:\n  pve.yml: |\n    default:\n      token_name: a\n      token_value: 8d1f7a52-3c4b-4e6f-9a0b-1c2d3e4f5a6b\n",
      lines: [6],
    },
    {
      path: "app/addresses-with-tokens.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    a: http://sonarr:8989/api/v3/command?x=1&apikey=3f9a1c7e5b2d4860a1b2c3d4e5f60718\n    b: https://gotify.example.org/message?token=AbC3dEf9gH1jKlM\n    c: pover://me@a?devices=b\n    d: discord://Zk3vQ8r2LmN9pXw1bT6yAqD5sH7jK0cV@407182935467182930\n",
      lines: [4, 5, 7],
    },
    {
      path: "app/helmrelease.yaml",
      content:
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: grafana}\nspec:\n  values:\n    adminUser: admin\n    adminPassword: hunter2hunter2\n",
      lines: [7],
    },
    {
      path: "app/values.yaml",
      content: "postgresql:\n  auth:\n    password: hunter22\n    existingSecret: ''\n",
      lines: [3],
    },
    {
      path: "app/bjw-s.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    controllers:\n      main:\n        containers:\n          main:\n            env:\n              TZ: Europe/Berlin\n              API_TOKEN: 8c1f0e7a2b\n",
      lines: [10],
    },
    {
      path: "manifests/traefik.yaml",
      content:
        "apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nspec:\n  valuesContent: |-\n    ports: {web: {port: 80}}\n    auth:\n      adminPassword: hunter2hunter2\n",
      lines: [7],
    },
    {
      path: "manifests/chart.yaml",
      content:
        "kind: HelmChart\nspec:\n  set:\n    auth.adminPassword: hunter2hunter2\n  valuesContent: 'adminPassword: hunter2hunter2'\n",
      lines: [4, 5],
    },
    {
      path: "argo/app.yaml",
      content:
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n        replicas: 1\n        adminPassword: hunter2hunter2\n      parameters:\n        - name: auth.password\n          value: hunter22\n",
      lines: [8, 11],
    },
    {
      path: "argo/set.yaml",
      content:
        "kind: ApplicationSet\nspec:\n  template:\n    spec:\n      sources:\n        - helm:\n            valuesObject:\n              auth: {token: 8c1f0e7a2b}\n",
      lines: [8],
    },
    {
      path: "app/dex.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    staticClients:\n      - id: app\n        secret: Zk3vQ8r2LmN9pXw1\n    s3: {secretKey: Zk3vQ8r2LmN9pXw1}\n    smtp: {pass: Zk3vQ8r2LmN9pXw1}\n    env:\n      APP_KEY: base64:Zk3vQ8r2LmN9pXw1Zk3vQ8r2LmN9pXw1Zk3vQ8r2LmN=\n",
      lines: [6, 7, 8, 10],
    },
    {
      path: "app/value-below.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    env:\n      DB_PASSWORD:\n        value: hunter22\n",
      lines: [6],
    },
    {
      path: "app/charts/kustomization.yaml",
      content: "helmCharts:\n  - name: a\n    valuesInline:\n      adminPassword: hunter22\n",
      lines: [4],
    },
    {
      path: "schema-registry/values.yaml",
      content: "adminPassword: hunter22\n",
      lines: [1],
    },
    {
      path: "app/files.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    configMaps:\n      config:\n        data:\n          a.yaml: |\n            host: db\n            password: hunter22\n",
      lines: [9],
    },
    {
      path: "app/like-placeholders.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    a: {password: placeholder-Zk3vQ8r2}\n    b: {token: dummy-Zk3vQ8r2-key}\n    c: {token: insert-Zk3vQ8r2-here}\n",
      lines: [4, 5, 6],
    },
  ],
  misses: [
    {
      path: "app/of-services.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    a: {accessKey: access-key1, secretKey: S3_SECRET_KEY1}\n    b: {secretKey: console123}\n    c: {accessKey: {name: a}, secretKey: console123}\n    setupKey: netbird-setup1\n    installationKey: vaultwarden-key-1\n    network_key: '[1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13]'\n    enrollKey: 12345678\n",
    },
    {
      path: "app/said-of-a-password.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    a: {password: managed elsewhere then}\n    b: {password: created during first bootstrap}\n    c: {token: ask Peter first}\n    d: {password: same as above here}\n",
    },
    {
      path: "app/names.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    dbBypass: hunter22\n    idSecretName: a\n    idSecretKey: hosted-grafana-id\n    lapiKeyFile: /etc/hunter22\n",
    },
    {
      path: "app/told-by-their-place.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    smtp: {user: SMTP_USER, pass: SMTP_PASS1, pwd: /home/me1}\n    a: {pass: Winter2024!}\n    key: 3f9a1c7e5b2d4860a1b2c3d4e5f60718\n    widget: {key: '{{ HOMEPAGE_VAR_SONARR_KEY }}'}\n    b: {widget: {key: api-key-of-sonarr}}\n    csLapiSecretKey: csLapiSecret\n    bouncerKeySecret: bouncer1-key1\n    bouncer_key_ref: nginx-bouncer1\n    apiTokenSecret: cloudflare\n    botTokenSecret: discord-bot-v2\n    replicationSecret: postgres1-repl\n    form_secret: synapse-forms\n    env: {OPENAI_API_KEY: ignored, GREEN_APP_SECRET: home-assistant-green-app}\n    badge: https://codecov.io/a/badge.svg?token=ABC123XYZ0\n    url: https://a/?token=$TOKEN&apikey=the-key-of-sonarr-itself\n",
    },
    {
      path: "app/digests.yaml",
      content: `kind: HelmRelease\nspec:\n  values:\n    token: sha256:${"0a1b2c3d".repeat(8)}\n    secret: sha256:${"0a1b2c3d".repeat(8)}\n    images: {token: "ghcr.io/a/b:1.2.3@sha256:${"0a1b2c3d".repeat(8)}"}\n    env: {API_TOKEN: placeholder1, DB_PASSWORD: insert-password-here1}\n`,
    },
    {
      path: "app/named-alike.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    vpn: {privateKey: privateKey}\n    envFromSecret:\n      RELAY_SECRET: relay-secret/NB_AUTH_SECRET\n      STORE_ENCRYPTION_KEY: management/storeEncryptionKey\n    env: {POSTGRES_PASSWORD: postgres-password}\n",
    },
    {
      path: "argo/app.yaml",
      content:
        "kind: Application\nspec:\n  source:\n    helm:\n      values: |\n        existingSecret: grafana-admin\n        adminPassword: ${PASSWORD}\n        passwordKey: admin-password\n      parameters: [{name: auth.existingSecret, value: db-auth}, {name: auth.password, value: $ARGOCD_ENV_PW}]\n",
    },
    {
      path: "manifests/chart.yaml",
      content:
        "kind: HelmChart\nspec:\n  set: {auth.existingSecret: db-auth}\n  valuesContent: |-\n    auth:\n      adminPassword: ''\n      passwordKey: admin-password\n",
    },
    {
      path: "app/helmrelease.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    existingSecret: grafana-admin\n    passwordKey: admin-password\n    adminPassword: ''\n    tokenExpiry: 3600\n    automountServiceAccountToken: true\n    secretName: tls\n    persistence: {password: null}\n    db:\n      password: ${DB_PASSWORD}\n      token: '{{ .Values.token }}'\n      secretKeys: {adminPassword: postgres-password}\n    env:\n      - name: PASSWORD\n        valueFrom: {secretKeyRef: {name: a, key: password}}\n      - name: TOKEN_FILE\n        value: /run/secrets/token\n      - name: DB_URL\n        value: postgres://app:$(DB_PASSWORD)@db/app\n  valuesFrom:\n    - kind: Secret\n      name: grafana-values\n",
    },
    {
      path: "app/values.yaml",
      content:
        "# password: none\nauth:\n  password: changeme\n  token: <your-token>\n  clientSecret: oauth-client-secret\n  enablePassword: true\nclient:\n  passwordPolicy: strong\n  apiKey: /etc/key\nurl: https://example.org:8080/a@b\n",
    },
    {
      path: "app/dex.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    staticClients:\n      - id: app\n        secret: dex-client-app1\n    s3: {secretKey: s3_secret_key1}\n    tls: {secret: OAuth2ClientSecret01, pass: Prod-DB1-App-Key}\n    podAnnotations: {checksum/secret: 0123456789abcdef0123456789abcdef}\n    signing_key: 0123456789ABCDEF0123456789ABCDEF01234567\n    env:\n      DB_PASSWORD: {value: '${DB_PASSWORD}'}\n",
    },
    {
      path: "app/public.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    signingKey: 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\n    sharedKey: MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n",
    },
  ],
};
