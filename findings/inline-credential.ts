import type { Node } from "yaml";
import { isMap, isScalar, isSeq } from "yaml";
import {
  holdsUnnamedCredential,
  isCredentialName,
  isCredentialValue,
  isCredentialVariable,
  isRandomValue,
  isStrongValue,
  isVagueCredential,
  mayHoldCredential,
  mayHoldUnnamed,
} from "./credential.ts";
import { credentialLines } from "./credential-lines.ts";
import { isSchema } from "./documents.ts";
import {
  isForTests,
  isProseOrCode,
  isSample,
  isSettingsFile,
  isTemplate,
  isValuesFile,
} from "./file-kind.ts";
import type { Candidate, Hit, Mend, Rule } from "./finding.ts";
import { CREDENTIAL_FILE_PATHS, KEYWORDS } from "./keywords.ts";
import type { Entry } from "./nodes.ts";
import { Mappings, scalarText, startOf, walk } from "./nodes.ts";
import type { Section } from "./sections.ts";
import { findSecretCommands } from "./secret-command.ts";
import { shownName } from "./wording.ts";

/** Kinds that are none of this rule's business, told before parsing. */
const OTHER_KINDS =
  /^kind: ?["']?(?:Secret|SecretList|ExternalSecret|SealedSecret|ClusterExternalSecret)\b/m;

/** What stands below these names keys and Secrets, or says how to make a secret. */
const REFERENCES =
  /^(?:.*secretKeyRef|.*secretRef|valueFrom|valuesFrom|remoteRef|existingSecret.*|secretKeys?|keyMapping|.*KeyMapping|secretMappings?|annotations|labels|encrypted|.*Selector)$/i;

/**
 * What is found, as a guess by name and value: literal passwords and tokens in
 * - `values` of a HelmRelease, Helm values files, `valuesInline` of a kustomization, `valuesContent` of k3s's
 *   HelmChart, values and parameters of an Argo CD Application;
 * - a container's `env` and arguments (`--password=…`), `machine.env` and the `environment` of an
 *   ExtensionServiceConfig in Talos;
 * - a ConfigMap and a configMapGenerator's literals, also in lines of a file kept in one;
 * - `postBuild.substitute` of a Flux Kustomization;
 * - JSON patches of anything;
 * - the fake provider of an External Secrets store;
 * - settings of programs (TOML, INI, properties, JSON, HCL, YAML), and objects of any other kind: there only
 *   values that look drawn at random;
 * - arguments of `kubectl create secret` and `flux create secret` in scripts (`secret-command.ts`).
 *
 * A name that may also be that of a Secret (`secret`, `appKey`) counts where the value is drawn at random for sure.
 * Empty values, variables and templates, names of Secrets and keys (`existingSecret`,
 * `passwordKey: admin-password`), switches and placeholders are none. URLs with a password in them
 * are, and tokens of a known shape, wherever they stand.
 */
export const inlineCredential: Rule = {
  id: "inline-credential",
  severity: "warning",
  title: "literal password or token in Helm values, env, a ConfigMap or postBuild.substitute",
  why:
    "It is readable in the repository and, being no Secret, in the cluster too. Keep it in an " +
    "encrypted Secret and refer to it: valuesFrom, secretKeyRef, substituteFrom.",
  keywords: KEYWORDS["inline-credential"],
  binary: false,
  find,
  examples: {
    hits: [
      {
        path: "app/tokens.yaml",
        content: `kind: Deployment\nspec:\n  command:\n    - sh\n    - curl -H "Authorization: token ghp_${"a1B2".repeat(9)}" https://example.org\n  url: https://ghp_${"a1B2".repeat(9)}@github.com/a/b\n  sas: https://a.blob.core.windows.net/b?sp=r&sig=${"a1B2".repeat(11)}%3D\n`,
        lines: [5, 6, 7],
      },
      {
        path: "app/tokens-in-files.yaml",
        content: `kind: ConfigMap\ndata:\n  run.sh: |\n    # hvs.${"a1B2".repeat(9)}\n    vault login hvs.${"a1B2".repeat(9)}\n  a.json: |\n    {"a": {"b": "npm_${"a1B2".repeat(9)}"}}\n`,
        lines: [5, 6],
      },
      {
        path: "app/urls.yaml",
        content:
          "kind: Thing\nspec:\n  a: jdbc:mysql://app:hunter22@db/app\n  b: smtps://me@example.org:hunter22@mail\n  c: postgres://app:hunt%2Fer22@db/app\n  d: [--db=postgres://app:hunter22@db/app]\n",
        lines: [3, 4, 5, 6],
      },
      {
        path: "k3s.yaml",
        content: `cluster:\n  join: K10${"0123456789abcdef".repeat(4)}::server:hunter2hunter2\n`,
        lines: [2],
      },
      {
        path: ".gitmodules",
        content: '[submodule "a"]\n\tpath = a\n\turl = https://me:hunter2@git.example.com/a.git\n',
        lines: [3],
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
        path: "app/deployment.yaml",
        content:
          "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          env:\n            - name: LOG_LEVEL\n              value: debug\n            - name: DB_PASSWORD\n              value: hunter22\n",
        lines: [12],
      },
      {
        path: "app/bjw-s.yaml",
        content:
          "kind: HelmRelease\nspec:\n  values:\n    controllers:\n      main:\n        containers:\n          main:\n            env:\n              TZ: Europe/Berlin\n              API_TOKEN: 8c1f0e7a2b\n",
        lines: [10],
      },
      {
        path: "app/configmap.yaml",
        content:
          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  LOG: info\n  SMTP_PASSWORD: hunter22\n  app.ini: |\n    [db]\n    host = db\n    password = hunter22\n",
        lines: [6, 10],
      },
      {
        path: "apps.yaml",
        content:
          "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  postBuild:\n    substitute:\n      DOMAIN: example.org\n      GRAFANA_PASSWORD: hunter22\n",
        lines: [7],
      },
      {
        path: "kustomization.yaml",
        content:
          "configMapGenerator:\n  - name: app\n    literals:\n      - LOG=info\n      - API_TOKEN=8c1f0e7a2b\n",
        lines: [5],
      },
      {
        path: "app/url.yaml",
        content:
          "kind: HelmRelease\nspec:\n  values:\n    env:\n      DATABASE_URL: postgres://app:hunter22@db/app\n",
        lines: [5],
      },
      {
        path: "shape.yaml",
        content: `kind: ConfigMap\ndata:\n  github: ghp_${"a1B2".repeat(9)}\n`,
        lines: [3],
      },
      {
        path: "tailscale.yaml",
        content:
          "apiVersion: v1alpha1\nkind: ExtensionServiceConfig\nname: tailscale\nenvironment:\n  - TS_HOSTNAME=n\n  - TS_API_TOKEN=8c1f0e7a2b\n",
        lines: [6],
      },
      {
        path: "app/search.yaml",
        content: "kind: ConfigMap\ndata:\n  MEILI_MASTER_KEY: 8c1f0e7a2b\n",
        lines: [3],
      },
      {
        path: "app/cronjob.yaml",
        content:
          "kind: CronJob\nspec: {template: {spec: {initContainers: [{env: [\n  {name: PGPASSWORD, value: hunter22},\n  {name: SMTP_PASS, value: hunter22}]}]}}}\n",
        lines: [3, 4],
      },
      {
        path: "app/escapes.yaml",
        content:
          'kind: ConfigMap\ndata:\n  "DB_P\\x41SSWORD": hunter22\n  "url": "postgres:\\/\\/app:hunter22@db\\/app"\n',
        lines: [3, 4],
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
        path: "app/random.ini",
        content: "[a]\nsecret = 0123456789abcdef0123456789abcdef\n",
        lines: [2],
      },
      {
        path: "app/kustomization.yaml",
        content:
          "patches:\n  - target: {kind: HelmRelease, name: a}\n    patch: |-\n      - op: add\n        path: /spec/values/adminPassword\n        value: hunter22\n  - target: {name: b}\n    patch:\n      - op: add\n        path: /spec/values/auth\n        value: {password: hunter22}\n",
        lines: [6, 11],
      },
      {
        path: "app/patch.yaml",
        content: "- op: replace\n  path: /spec/values/smtp/password\n  value: hunter22\n",
        lines: [3],
      },
      {
        path: "app/patch-of-json/kustomization.yaml",
        content:
          'patches:\n  - target: {kind: HelmRelease}\n    patch: \'[{"op":"add","path":"/spec/values/adminPassword","value":"hunter22"}]\'\n',
        lines: [3],
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
        path: "app/onepassword.yaml",
        content: `kind: ConfigMap\ndata:\n  account: ops_eyJ${"a1B2".repeat(210)}\n`,
        lines: [3],
      },
      {
        path: "app/patched-arguments.yaml",
        content:
          "- op: add\n  path: /spec/template/spec/containers/0/args/-\n  value: --api-token=Zk3vQ8r2LmN9pXw1\n- op: replace\n  path: /spec/template/spec/containers/0/args\n  value: [--log,\n    --password, hunter22]\n",
        lines: [3, 7],
      },
      {
        path: "talos/omni.yaml",
        content:
          "apiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: https://link.example.org/?jointoken=w7uVuW3zbVKIYQuzEcyetAHe\n---\nmachine:\n  install:\n    extraKernelArgs:\n      - siderolink.api=grpc://10.5.0.1:8099?jointoken=w7uVuW3zbVKIYQuzEcyetAHe\n",
        lines: [3, 8],
      },
      {
        path: "app/two-arguments.yaml",
        content:
          'kind: Deployment\nspec: {containers: [{args: [\n  --log, info,\n  --api-token,\n  8c1f0e7a2b]}]}\n---\nkind: Job\nspec:\n  command:\n    - run\n    - "--password"\n    - hunter22\n    - "--requirepass"\n    - hunter22\n',
        lines: [5, 12, 14],
      },
      {
        path: "app/german.yaml",
        content: "kind: ConfigMap\ndata:\n  db-passwort:\n    hunter22\n",
        lines: [3],
      },
      {
        path: "app/settings.toml",
        content: '[db]\nhost = "db"\npassword = "Zk3vQ8r2"\n',
        lines: [3],
      },
      {
        path: "infra/main.tf",
        content: 'provider "a" {\n  password = "Pablo123"\n}\n',
        lines: [2],
      },
      { path: "app/server.properties", content: "db.password=Zk3vQ8r2\n", lines: [1] },
      { path: "app/server.conf", content: "url = amqp://me:hunter22@mq\n", lines: [1] },
      {
        path: "config/configuration.yml",
        content: "session:\n  name: a\nstorage:\n  encryption_key: Zk3vQ8r2\n",
        lines: [4],
      },
      { path: "app/settings.json", content: '{"db": {\n  "password": "Zk3vQ8r2"}}\n', lines: [2] },
      {
        path: "compose.yaml",
        content: "services:\n  db:\n    environment:\n      - A=b\n      - DB_PASSWORD=hunter22\n",
        lines: [5],
      },
      {
        path: "app/peer.yaml",
        content: "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nspec:\n  password: hunter22\n",
        lines: [4],
      },
      {
        path: "alerts/provider.yaml",
        content: `kind: Provider\nspec:\n  type: discord\n  address: https://discord.com/api/webhooks/123456789012345678/${"a1B2".repeat(16)}\n`,
        lines: [4],
      },
      {
        path: "sources/app.yaml",
        content: "kind: GitRepository\nspec:\n  url: https://me:hunter22@example.org/a\n",
        lines: [3],
      },
      {
        path: "stores/fake.yaml",
        content:
          "kind: ClusterSecretStore\nspec:\n  provider:\n    fake:\n      data:\n        - key: a\n          value: hunter22\n        - key: b\n          valueMap:\n            c: hunter22\n",
        lines: [7, 10],
      },
      {
        path: "app/arguments.yaml",
        content:
          "kind: Deployment\nspec: {containers: [{args: [\n  --log=info,\n  --api-token=8c1f0e7a2b]}]}\n",
        lines: [4],
      },
      {
        path: "app/files.yaml",
        content:
          "kind: HelmRelease\nspec:\n  values:\n    configMaps:\n      config:\n        data:\n          a.yaml: |\n            host: db\n            password: hunter22\n",
        lines: [9],
      },
      {
        path: "talos/env.yaml",
        content: "machine:\n  env:\n    TS_AUTHKEY: 8c1f0e7a2b\n",
        lines: [3],
      },
    ],
    misses: [
      {
        path: "app/tokens.yaml",
        content: `kind: ConfigMap\ndata:\n  a: npm_${"x".repeat(36)}\n  b: ${"a1B2".repeat(9)}+AIza${"a1B2".repeat(9)}\n  c: url?sig=abc\n  run.sh: |\n    # npm_${"a1B2".repeat(9)}\n    echo npm_config_cache\n`,
      },
      {
        path: "app/urls.yaml",
        content:
          'kind: ConfigMap\ndata:\n  a: \'{"url": "http://a:8080","mail":"b@example.org"}\'\n  b: postgres://app:%PASSWORD%@db/app or postgres://user:pass@db\n  c: postgres://app:%s@db\n  d: https://me@example.org:8443/a@b\n',
      },
      {
        path: "charts/app/values.schema.json",
        content: '{"properties": {"mq": {\n  "default": "amqp://guest:hunter22@localhost"}}}\n',
      },
      { path: ".gitmodules", content: '[submodule "a"]\n\turl = https://git@github.com/a/b.git\n' },
      { path: "k3s.yaml", content: `join: K10${"0123456789abcdef".repeat(4)}::node\n` },
      {
        path: "app/settings.toml",
        content:
          'password = "correct"\ntoken = "${TOKEN}"\nsecret_key = "/run/secrets/key1"\npassword = hunter22\n# password = "hunter22"\n',
      },
      { path: "app/settings.example.toml", content: 'password = "hunter22"\n' },
      { path: "test/settings.toml", content: 'password = "hunter22"\n' },
      {
        path: "infra/main.tf",
        content: "password = data.vault.main.kube_config[0].password\ntoken = var.token1\n",
      },
      {
        path: "config/configuration.yml",
        content: "password: correct\nlabels: {token: hunter22}\nsecretKeyRef: {token: hunter22}\n",
      },
      { path: "i18n/de.json", content: '{"password": "Passwort", "token": "Zeichen"}\n' },
      {
        path: "alerts/provider.yaml",
        content: `kind: Provider\nspec: {address: "https://hooks.slack.com/services/T00000000/B00000000/${"X".repeat(24)}", secretRef: {name: a}}\n`,
      },
      {
        path: "stores/fake.yaml",
        content:
          "kind: SecretStore\nspec: {provider: {fake: {data: [{key: a, value: correct}]}}}\n",
      },
      {
        path: "frigate.yaml",
        content: "kind: ConfigMap\ndata:\n  a.yml: |\n    password: '{FRIGATE_MQTT_PASSWORD}'\n",
      },
      {
        path: "app/arguments.yaml",
        content:
          "kind: Deployment\nspec: {args: [--password=$(PASSWORD), --token=token, --token-file=/run/a1b2c3]}\n",
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
        path: "scripts/secrets.sh",
        content:
          '# kubectl create secret generic a --from-literal=password=hunter22\nkubectl create secret generic a --from-literal=password="$PASSWORD" --from-literal=user=me\nkubectl create secret generic b --from-literal=token=$(cat token) --from-literal=password=<password>\nkubectl create configmap c --from-literal=colour=hunter22\nflux create secret git d --password="${GIT_PASSWORD}" --username=hunter22\nmysql --password=hunter22\n',
      },
      {
        path: "README.md",
        content: "    kubectl create secret generic a --from-literal=password=hunter22\n",
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
        path: "app/configmap.yaml",
        content:
          "kind: ConfigMap\ndata:\n  PASSWORD_MIN_LENGTH: '12'\n  compass: northwest\n  bypass: everything\n  TOKEN_URL: https://example.org/oauth/token\n  app.ini: |\n    password = ${DB_PASSWORD}\n    ; token = x\n    token_file = /run/token\n",
      },
      {
        path: "app/encrypted.sops.yaml",
        content: "kind: HelmRelease\nspec:\n  values:\n    adminPassword: {{TOKEN}}\n",
      },
      {
        path: "app/externalsecret.yaml",
        content:
          "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  target: {template: {data: {password: '{{ .password }}'}}}\n  data: [{secretKey: password, remoteRef: {key: app, property: password}}]\n",
      },
      {
        path: "app/other.yaml",
        content:
          "apiVersion: example.org/v1\nkind: Thing\nspec:\n  password: correct\n  passwordSecretRef: {password: hunter22}\n",
      },
      {
        path: "crd.yaml",
        content:
          "kind: CustomResourceDefinition\nspec: {env: [{name: PASSWORD, value: hunter22}]}\n",
      },
      {
        path: "app/dex.yaml",
        content:
          "kind: HelmRelease\nspec:\n  values:\n    staticClients:\n      - id: app\n        secret: dex-client-app1\n    s3: {secretKey: s3_secret_key1}\n    tls: {secret: OAuth2ClientSecret01, pass: Prod-DB1-App-Key}\n    podAnnotations: {checksum/secret: 0123456789abcdef0123456789abcdef}\n    signing_key: 0123456789ABCDEF0123456789ABCDEF01234567\n    env:\n      DB_PASSWORD: {value: '${DB_PASSWORD}'}\n",
      },
      {
        path: "app/kustomization.yaml",
        content:
          "patches:\n  - target: {kind: HelmRelease, name: a}\n    patch: |-\n      - op: add\n        path: /spec/values/adminPassword\n        value: ${PASSWORD}\n      - op: add\n        path: /spec/values/existingSecret\n        value: hunter22\n      - op: test\n        path: /spec/values/auth/secretKey\n        value: secret_key1\n      - {op: add, path: /spec/token}\n      - {op: add, path: /spec/template/spec/automountServiceAccountToken, value: false}\n",
      },
      {
        path: "app/onepassword.yaml",
        content: `kind: ConfigMap\ndata:\n  a: ops_eyJ…\n  b: ops_eyJ${"x".repeat(200)}\n`,
      },
      {
        path: "app/patched-arguments.yaml",
        content:
          "- op: add\n  path: /spec/template/spec/containers/0/args/-\n  value: --api-token=$(TOKEN)\n- {op: add, path: /spec/template/spec/containers/0/args, value: [--private-key, certs/tls1.key]}\n",
      },
      {
        path: "renovate.json",
        content:
          '{"hostRules": [{"matchHost": "ghcr.io", "encrypted": {"password": "wcFMA/xDdHCJBTolAQ9FZk3vQ8r2LmN9"}}]}\n',
      },
      {
        path: "app/public.yaml",
        content:
          "kind: HelmRelease\nspec:\n  values:\n    signingKey: 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\n    sharedKey: MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n",
      },
      {
        path: "talos/omni.yaml",
        content:
          "apiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: https://link.example.org/?jointoken=${JOIN_TOKEN}\n# ?jointoken=TOKEN\n",
      },
      {
        path: "app/two-arguments.yaml",
        content:
          "kind: Deployment\nspec: {containers: [{args: [--password, $(PASSWORD), --token, --log-level5, --api-key, correct, --password-file, hunter22, --no-token, a1b2c3d4]}]}\n",
      },
      { path: "docs/values.md", content: "```yaml\npassword: hunter22\n```\n" },
    ],
  },
};

function find(candidate: Candidate): Hit[] {
  const { path, readable } = candidate;
  if (isProseOrCode(path)) return [];
  const hits: Hit[] = findSecretCommands(readable ?? "");
  // Where a name alone has to tell, a sample and what tests need would look the same.
  const isTelling = !isSample(path) && !isForTests(path) && !isTemplate(path);
  if (isTelling && isSettingsFile(path)) hits.push(...inSettings(candidate));
  for (const section of candidate.sections) {
    if (!mayHoldCredential(section.words) || OTHER_KINDS.test(section.words)) continue;
    if (isSchema(section)) continue;
    for (const document of section.documents ?? []) {
      const reader = new Reader(section, new Mappings(document), isValuesFile(path));
      hits.push(...reader.read(document.contents));
      if (isTelling && !CREDENTIAL_FILE_PATHS.test(path)) {
        hits.push(...reader.readOther(document.contents));
      }
    }
  }
  return hits;
}

function inSettings({ path, readable }: Candidate): Hit[] {
  if (readable === null || !mayHoldCredential(readable)) return [];
  const isAlwaysQuoted = /\.(?:toml|tf|hcl)$/i.test(path);
  return credentialLines(readable, isStrongValue, isAlwaysQuoted).map(({ line, name }) => ({
    line: line + 1,
    message: `settings may hold a readable credential: ${shownName(name)}`,
    mend: USE_SOURCE,
  }));
}

/** Other rules say what is secret in these. */
const OTHER_ROOTS = ["machine", "trustdinfo", "certs", "contexts", "auths"];

/** What every operation of a JSON patch has. */
const OPERATION = /\bop["'\\]*\s*:/;

/** Where a container has its arguments. */
const ARGUMENTS = /^(?:args|command)$/;

/** What an argument names that is read from a file. */
const FILE = /\.(?:crt|json|key|pem|txt|ya?ml)$/;

/** In a Secret, and in a machine configuration of Talos. */
const OTHER_PATHS = /^\/(?:stringData|machine|cluster)(?:\/|$)/;

/** Reads one document. */
class Reader {
  readonly #section: Section;
  readonly #mappings: Mappings;
  readonly #isValuesFile: boolean;
  readonly #hits: Hit[] = [];
  readonly #seen = new Set<Node>();
  #isValue = isCredentialValue;

  constructor(section: Section, mappings: Mappings, isValues: boolean) {
    this.#section = section;
    this.#mappings = mappings;
    this.#isValuesFile = isValues;
  }

  read(root: Node | null): Hit[] {
    const mappings = this.#mappings;
    const kind = mappings.textAt(root, "kind");
    if (kind === null && this.#isValuesFile) this.#values(root, USE_VALUES_FROM);
    if (kind === "HelmRelease") this.#values(mappings.at(root, "spec", "values"), USE_VALUES_FROM);
    if (kind === "HelmChart" || kind === "HelmChartConfig") {
      this.#valuesInText(mappings.at(root, "spec", "valuesContent"));
      this.#values(mappings.at(root, "spec", "set"), USE_EXISTING_SECRET);
    }
    if (kind === "Application") this.#argoSources(mappings.at(root, "spec"));
    if (kind === "ApplicationSet") this.#argoSources(mappings.at(root, "spec", "template", "spec"));
    if (kind === "ConfigMap") this.#configMap(mappings.at(root, "data"));
    if (kind === "ExtensionServiceConfig") {
      this.#assignments(
        mappings.at(root, "environment"),
        "an ExtensionServiceConfig",
        USE_ENCRYPTED,
      );
    }
    this.#substitutions(mappings.at(root, "spec", "postBuild", "substitute"));
    for (const generator of mappings.items(mappings.at(root, "configMapGenerator"))) {
      this.#assignments(mappings.at(generator, "literals"), "a configMapGenerator", USE_GENERATOR);
    }
    for (const chart of mappings.items(mappings.at(root, "helmCharts"))) {
      this.#values(mappings.at(chart, "valuesInline"), USE_VALUES_FROM);
    }
    if (kind !== null && kind !== "HelmRelease") this.#containers(root);
    for (const entry of mappings.entries(mappings.at(root, "machine", "env"))) {
      this.#entry(entry, true, "machine.env", USE_ENCRYPTED);
    }
    this.#fakeStore(mappings.at(root, "spec", "provider", "fake", "data"));
    if (OPERATION.test(this.#section.words)) this.#patches(root);
    return this.#hits;
  }

  /** What is left of a document: objects of any kind, settings that are YAML or JSON. */
  readOther(root: Node | null): Hit[] {
    const before = this.#hits.length;
    if (mayHoldUnnamed(this.#section.words)) this.#unnamed(root);
    const kind = this.#mappings.textAt(root, "kind");
    const isTalos = this.#mappings.textAt(root, "apiVersion") === "v1alpha1";
    const isOthers = OTHER_ROOTS.some((name) => this.#mappings.entry(root, name) !== null);
    if (kind !== "Config" && !isTalos && !isOthers) {
      this.#isValue = isStrongValue;
      this.#values(root, USE_SOURCE, kind === null ? "settings" : "an object");
    }
    return this.#hits.slice(before);
  }

  /** Tokens and URLs that tell by themselves what they are. */
  #unnamed(root: Node | null): void {
    for (const { node, key } of walk(root)) {
      const text = isScalar(node) ? scalarText(node) : "";
      // In more lines than one it is a file.
      if (!text.trimEnd().includes("\n") && holdsUnnamedCredential(text)) {
        this.#hit(startOf(node) ?? 0, "a value", key ?? "", USE_SOURCE);
      }
    }
  }

  /** @see https://external-secrets.io/latest/provider/fake/ */
  #fakeStore(data: Node | null): void {
    for (const item of this.#mappings.items(data)) {
      const value = this.#mappings.entry(item, "value");
      const values = this.#mappings.entries(this.#mappings.at(item, "valueMap"));
      const name = this.#mappings.textAt(item, "key") ?? "";
      const first = [...(value === null ? [] : [value]), ...values].find(
        (one) => isScalar(one.value) && isStrongValue(scalarText(one.value)),
      );
      if (first !== undefined) this.#hit(first.offset, "a fake secret store", name, USE_SECRET);
    }
  }

  #hit(offset: number, what: string, name: string, mend: Mend): void {
    this.#hits.push({
      line: this.#section.lineAt(offset),
      message: `${what} may hold a readable credential: ${shownName(name)}`,
      mend,
    });
  }

  /** Helm values, and whatever is read like them: any key at any depth. */
  #values(root: Node | null, mend: Mend, what = "a Helm value"): void {
    const open: { node: Node | null; isEnv: boolean }[] = [{ node: root, isEnv: false }];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      const node = this.#mappings.resolve(step.node);
      if (node === null || isScalar(node) || this.#seen.has(node)) continue;
      this.#seen.add(node);
      this.#namedValue(node, what, mend);
      for (const entry of this.#mappings.entries(node)) {
        const isReference = REFERENCES.test(entry.key);
        if (isReference && !isRandomScalar(entry.value)) continue;
        if (isScalar(entry.value)) this.#valueOrFile(entry, step.isEnv, what, mend);
        else {
          this.#valueBelow(entry, step.isEnv, what, mend);
          open.push({ node: entry.value, isEnv: /env|^(?:secret|configmap)s?$/i.test(entry.key) });
        }
        if (ARGUMENTS.test(entry.key)) {
          this.#arguments(this.#mappings.items(entry.value), what, mend);
        }
        if (/^env(?:ironment)?$/.test(entry.key)) this.#assignments(entry.value, what, mend);
      }
      for (const item of this.#mappings.items(node)) open.push({ node: item, isEnv: false });
    }
  }

  /** Values of a chart that stand as text in another object. */
  #valuesInText(text: Node | null): void {
    const section = isScalar(text) ? this.#section.embedded.get(text) : undefined;
    for (const document of section?.documents ?? []) {
      if (section === undefined) continue;
      const reader = new Reader(section, new Mappings(document), true);
      reader.#values(document.contents, USE_EXISTING_SECRET);
      this.#hits.push(...reader.#hits);
    }
  }

  /** @see https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ */
  #argoSources(spec: Node | null): void {
    const sources = [
      this.#mappings.at(spec, "source"),
      ...this.#mappings.items(this.#mappings.at(spec, "sources")),
    ];
    for (const source of sources) {
      const helm = this.#mappings.at(source, "helm");
      this.#valuesInText(this.#mappings.at(helm, "values"));
      this.#values(this.#mappings.at(helm, "valuesObject"), USE_EXISTING_SECRET);
      this.#values(this.#mappings.at(helm, "parameters"), USE_EXISTING_SECRET);
    }
  }

  /** JSON patches (RFC 6902): a list of operations, or one below `patch`, there as text too. */
  #patches(root: Node | null): void {
    for (const operation of this.#mappings.items(root)) this.#operation(operation);
    for (const { node, key } of walk(root)) {
      if (key !== "patch") continue;
      if (isMap(node)) this.#operation(node);
      const section = isScalar(node) ? this.#section.embedded.get(node) : undefined;
      for (const document of section?.documents ?? []) {
        if (section === undefined) continue;
        const reader = new Reader(section, new Mappings(document), false);
        for (const operation of reader.#mappings.items(document.contents)) {
          reader.#operation(operation);
        }
        this.#hits.push(...reader.#hits);
      }
    }
  }

  #operation(node: Node): void {
    const path = this.#mappings.textAt(node, "path") ?? "";
    const value = this.#mappings.entry(node, "value");
    if (value === null || this.#mappings.entry(node, "op") === null || OTHER_PATHS.test(path))
      return;
    const keys = path.split("/");
    if (keys.some((key) => REFERENCES.test(key)) && !isRandomScalar(value.value)) return;
    if (keys.some((key) => ARGUMENTS.test(key))) {
      const items = isScalar(value.value) ? [value.value] : this.#mappings.items(value.value);
      this.#arguments(items, "a JSON patch", USE_SECRET_KEY_REF);
    } else if (!isScalar(value.value)) this.#values(value.value, USE_SOURCE, "a JSON patch");
    else this.#entry({ ...value, key: keys.at(-1) ?? "" }, false, "a JSON patch", USE_SOURCE);
  }

  #entry(entry: Entry, isVariable: boolean, what: string, mend: Mend): void {
    const value = isScalar(entry.value) ? scalarText(entry.value) : "";
    if (this.#isCredential(entry.key, value, isVariable)) {
      this.#hit(entry.offset, what, entry.key, mend);
    }
  }

  #isCredential(name: string, value: string, isVariable: boolean): boolean {
    const isNamed = isVariable ? isCredentialVariable(name) : isCredentialName(name);
    return (
      (isNamed && this.#isValue(value)) ||
      isVagueCredential(name, value) ||
      holdsUnnamedCredential(value)
    );
  }

  /** `{name: DB_PASSWORD, value: …}`, as containers have their environment. */
  #namedValue(node: Node, what: string, mend: Mend): void {
    if (!isMap(node)) return;
    const name = this.#mappings.textAt(node, "name");
    const value = this.#mappings.entry(node, "value");
    if (name === null || value === null || !isScalar(value.value)) return;
    this.#entry({ ...value, key: name }, true, what, mend);
  }

  /** `DB_PASSWORD: {value: …}`, as a chart may have its environment. */
  #valueBelow({ key, value }: Entry, isVariable: boolean, what: string, mend: Mend): void {
    const below = this.#mappings.entry(value, "value");
    if (isScalar(below?.value)) this.#entry({ ...below, key }, isVariable, what, mend);
  }

  /** `env:` lists wherever they stand: pod templates are in Deployments, CronJobs, and in custom kinds. */
  #containers(root: Node | null): void {
    for (const { node, key } of walk(root)) {
      if (!isSeq(node)) continue;
      if (ARGUMENTS.test(key ?? "")) {
        this.#arguments(this.#mappings.items(node), "a container's argument", USE_SECRET_KEY_REF);
      }
      if (key !== "env") continue;
      for (const item of this.#mappings.items(node)) {
        this.#namedValue(item, "a container's env", USE_SECRET_KEY_REF);
      }
    }
  }

  /** `--password=…`, or the value as the argument behind it. */
  #arguments(items: readonly Node[], what: string, mend: Mend): void {
    let flag = "";
    for (const item of items) {
      const text = isScalar(item) ? scalarText(item) : "";
      const written = flag === "" || text.startsWith("-") ? text : `${flag}=${text}`;
      flag = /^--[A-Za-z][\w.-]*$/.test(text) ? text : "";
      const [, name = "", value = ""] = /^--?([A-Za-z][\w.-]*)=(\S+)$/.exec(written) ?? [];
      if (isCredentialName(name) && isStrongValue(value) && !FILE.test(value)) {
        this.#hit(startOf(item) ?? 0, what, name, mend);
      }
    }
  }

  #substitutions(node: Node | null): void {
    for (const entry of this.#mappings.entries(node)) {
      this.#entry(entry, true, "postBuild.substitute", USE_SUBSTITUTE_FROM);
    }
  }

  /** A list of `NAME=value`. */
  #assignments(list: Node | null, what: string, mend: Mend): void {
    for (const item of this.#mappings.items(list)) {
      if (!isScalar(item)) continue;
      const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(scalarText(item)) ?? [];
      if (this.#isCredential(name, value, true)) {
        this.#hit(startOf(item) ?? 0, what, name, mend);
      }
    }
  }

  #configMap(data: Node | null): void {
    for (const entry of this.#mappings.entries(data)) {
      this.#valueOrFile(entry, true, "a ConfigMap", USE_SECRET);
    }
  }

  #valueOrFile(entry: Entry, isVariable: boolean, what: string, mend: Mend): void {
    const value = isScalar(entry.value) ? scalarText(entry.value) : "";
    if (value.trimEnd().includes("\n")) this.#file(entry, value, what, mend);
    else this.#entry(entry, isVariable, what, mend);
  }

  /** The lines `password = …` and `password: …` of a file that stands as a value. */
  #file(entry: Entry, text: string, what: string, mend: Mend): void {
    const isLiteralBlock = isScalar(entry.value) && entry.value.type === "BLOCK_LITERAL";
    const keyLine = this.#section.lineAt(entry.offset);
    for (const { line, name } of credentialLines(text, this.#isValue)) {
      this.#hits.push({
        line: isLiteralBlock ? keyLine + 1 + line : keyLine,
        message: `${what} may hold a readable credential: ${shownName(name)} in ${shownName(entry.key)}`,
        mend,
      });
    }
  }
}

function isRandomScalar(value: Node | null): boolean {
  return isScalar(value) && isRandomValue(scalarText(value));
}

const USE_VALUES_FROM: Mend = {
  kind: "edit",
  what: "move the value to an encrypted Secret and name that under valuesFrom",
};
const USE_EXISTING_SECRET: Mend = {
  kind: "edit",
  what: "move the value to an encrypted Secret and let the chart use that (existingSecret or the like)",
};
const USE_SECRET_KEY_REF: Mend = {
  kind: "edit",
  what: "move the value to an encrypted Secret and use valueFrom.secretKeyRef",
};
const USE_SUBSTITUTE_FROM: Mend = {
  kind: "edit",
  what: "move the value to an encrypted Secret and name that under substituteFrom",
};
const USE_SECRET: Mend = {
  kind: "edit",
  what: "move the value from the ConfigMap to an encrypted Secret",
};
const USE_GENERATOR: Mend = {
  kind: "edit",
  what: "move the value to an encrypted env file and name that in a secretGenerator under envs:",
};
const USE_ENCRYPTED: Mend = {
  kind: "edit",
  what: "keep the document in a file that a creation rule encrypts as a whole",
};
const USE_SOURCE: Mend = {
  kind: "edit",
  what: "take the value from a variable or an encrypted Secret, or keep the file where a creation rule encrypts it",
};
