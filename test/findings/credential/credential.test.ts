import test from "ava";
import {
  isCredentialName,
  isCredentialValue,
  isCredentialVariable,
  namesSecretObject,
  isRandomValue,
  isVagueCredential,
} from "../../../findings/credential/credential.ts";
import { mayHoldCredential } from "../../../findings/credential/credential-gate.ts";
import { TOKEN_WORDS } from "../../../findings/prefilter/keywords.ts";
import { suspectedRules } from "../../../findings/prefilter/prefilter.ts";
import { holdsShortToken } from "../../../findings/prefilter/short-tokens.ts";
import { holdsToken } from "../../../findings/credential/token-shapes.ts";
import { holdsUrlWithPassword } from "../../../findings/credential/unnamed-credential.ts";

const NAMES = [
  "password",
  "adminPassword",
  "DB_PASSWORD",
  "db-passwd",
  "smtp.password",
  "token",
  "apiKey",
  "API_KEY",
  "apikey",
  "secretKey",
  "AWS_SECRET_ACCESS_KEY",
  "clientSecret",
  "OIDC_CLIENT_SECRET",
  "password1",
  "WEBPASSWORD",
  "requirepass",
  "authToken",
  "SMTP_PW",
  "smtp_pw",
  "SMTP_PWD",
  "BOUNCER_KEY_traefik",
  "BOUNCER_KEY_CADDY",
];

const OTHER_NAMES = [
  "passwordKey",
  "existingSecret",
  "secretName",
  "passwordSecretRef",
  "tokenExpiry",
  "TOKEN_TTL",
  "PASSWORD_FILE",
  "automountServiceAccountToken",
  "enablePassword",
  "imagePullSecret",
  "secret",
  "publicKey",
  "key",
  "tokens",
  "AWS_ACCESS_KEY_ID",
  "username",
  "BOUNCER_KEY_FILE",
  "BOUNCER_KEY_PATH",
  "pw",
  "old_pwd",
  "routing_key",
];

for (const name of NAMES) {
  test(`names a credential: ${name}`, (t) => {
    t.true(isCredentialName(name));
    t.true(mayHoldCredential(`${name}: hunter22`));
    t.true(mayHoldCredential(`"${name}" = hunter22`));
    t.true(mayHoldCredential(`- name: ${name}\n  value: hunter22`));
    t.true(mayHoldCredential(`{"name":"${name}","value":"hunter22"}`));
    t.true(mayHoldCredential(`${name}: {value: hunter22}`));
  });
}

for (const name of OTHER_NAMES) {
  test(`names none: ${name}`, (t) => {
    t.false(isCredentialName(name));
  });
}

test("as a variable, a name that ends in secret names one", (t) => {
  t.true(isCredentialVariable("APP_SECRET"));
  t.false(isCredentialVariable("EXISTING_SECRET"));
  t.false(isCredentialVariable("SECRET_NAME"));
  t.false(isCredentialVariable("TS_KUBE_SECRET"));
});

test("what is called as its name is names a key, unless it is one word of small letters", (t) => {
  t.true(namesSecretObject("privateKey", "privateKey"));
  t.true(namesSecretObject("POSTGRES_PASSWORD", "postgres-password"));
  t.false(namesSecretObject("APP_TOKEN", "AppToken"));
  t.false(namesSecretObject("APP_PASSWORD", "hunter-password"));
});

const VALUES = [
  "hunter22",
  "8c1f0e7a2b",
  "admin",
  "Tr0ub4dor&3",
  "12345678",
  "p@ss-word!x",
  "$ecret.2x",
  "$ecret-2x",
  "$ecret-horse",
  "$nake-turkey",
  "trust-your-gut-77",
  "love-your-life",
  "@Hunter2@",
  "known-key-1",
  "exampleHorse22",
  "dummy22",
  "sha256:hunter22",
  "fakeittillyoumakeit",
];

const OTHER_VALUES = [
  "",
  "  ",
  "true",
  "null",
  "3600",
  "30s",
  "${VAR}",
  "x-${VAR}",
  "$CLIENT_SECRET",
  "$__env{CLIENT_SECRET}",
  "YourApiToken",
  "{{ .a }}",
  "<your-password>",
  "changeme",
  "CHANGE_ME",
  "xxxxxxxx",
  "********",
  "admin-password",
  "grafana-secret",
  "DB_PASSWORD",
  "/run/secrets/token",
  "./token",
  "https://example.org/token",
  "vault:secret/data/a#b",
  "the password of it",
  "os.environ/OPENAI_API_KEY",
  "os.environ/openai_api_key_1",
  "@MQTT_PASSWORD@",
  "$argocd-oidc-secret:clientSecret",
  "$dex.authentik.clientSecret",
  "$pushover-token",
  "$github-privateKey",
  "0.000015",
  "1.5e-05",
  "not-needed",
  "sk-no-key-required",
  "llama-cpp-no-key-required",
  "noauth",
  "unused",
  "generate",
  "dckr_pat_your-access-token-here",
  "sk-your-api-key",
  "restic-password-goes-here",
  "not_required",
  "anonymous",
  "sk-111111111111",
  "sha256:0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d",
  "ghcr.io/a/b:1.2.3@sha256:0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d",
  "...",
  "placeholder1",
  "PLACEHOLDER_PASSWORD_1",
  "insert-password-here",
  "put_your_token_here",
  "dummy-token1",
  "fake-api-key-1",
  "example-password1",
  "privkey1.pem",
  "tls1.key",
  "password",
];

for (const value of VALUES) {
  test(`is a credential: ${value}`, (t) => {
    t.true(isCredentialValue(value));
  });
}

for (const value of OTHER_VALUES) {
  test(`is none: ${JSON.stringify(value)}`, (t) => {
    t.false(isCredentialValue(value));
  });
}

test("a vague name counts where the value is random", (t) => {
  for (const name of ["secret", "rpcSecret", "pass", "MYSQL_PWD", "APP_KEY", "SECRET_KEY_BASE"]) {
    t.true(isVagueCredential(name, "Zk3vQ8r2LmN9pXw1"), name);
    t.true(mayHoldCredential(`${name}: Zk3vQ8r2LmN9pXw1`), name);
    t.true(mayHoldCredential(`- name: ${name}\n  value: Zk3vQ8r2LmN9pXw1`), name);
    t.false(isVagueCredential(name, "a-name-of-1-secret"), name);
  }
  for (const name of ["existingSecret", "secretName", "key", "publicKey", "bypass", "compass"]) {
    t.false(isVagueCredential(name, "Zk3vQ8r2LmN9pXw1"), name);
  }
});

test("random values", (t) => {
  for (const value of [
    "Zk3vQ8r2LmN9pXw1",
    "0123456789abcdef0123456789abcdef",
    "base64:Zk3vQ8r2LmN9pXw1Zk3vQ8r2LmN9pXw1Zk3vQ8r2LmN=",
    "x7!Kq#2vZ@9mLp%Q",
  ]) {
    t.true(isRandomValue(value), value);
  }
  for (const value of [
    "my-app-secret",
    "kubernetes-v1-secret12",
    "OAuth2ClientSecret01",
    "Prod-DB1-App-Key",
    "prod/AppName/Db2Password",
    "550e8400-e29b-41d4-a716-446655440000",
    "0123456789ABCDEF0123456789ABCDEF01234567",
    "XXXXXXXXXXXXXXXXx1",
    "Zk3vQ8r2",
    "Zk3vQ8r2 LmN9pXw1",
    "${Zk3vQ8r2LmN9pXw1}",
  ]) {
    t.false(isRandomValue(value), value);
  }
});

test("URLs with a password", (t) => {
  for (const url of [
    "postgres://app:hunter22@db/app",
    "redis://:hunter22@redis:6379",
    "jdbc:mysql://app:hunter22@db/app",
    "smtps://me@example.org:hunter22@mail:465",
    "postgres://app:hunt%2Fer22@db/app",
    "--db=postgres://app:hunter22@db/app --debug",
  ]) {
    t.true(holdsUrlWithPassword(url));
    t.true(mayHoldCredential(`url: ${url}`));
  }
  for (const url of [
    "https://example.org:8080/a@b",
    "postgres://app:${PASSWORD}@db",
    "postgres://app:$(PASSWORD)@db",
    "postgres://app@db",
    "postgres://user:password@db",
    "postgres://user:pass@db",
    "postgres://app:%PASSWORD%@db",
    '{"url":"http://a:8080","mail":"b@example.org"}',
    "ssh://git@example.org:22/a.git",
    "https://example.org",
  ]) {
    t.false(holdsUrlWithPassword(url), url);
  }
});

/** As many letters and digits, or hexadecimal digits, in no order that means anything. */
const any = (length: number) => "Zk3vQ8r2LmN9pXw1".repeat(length).slice(0, length);
const hex = (length: number) => "0123456789abcdef".repeat(length).slice(0, length);

const letters = (length: number) => "ZkvQrLmNpXwbTyAq".repeat(length).slice(0, length);
const uuid = "8d1f7a52-3c4b-4e6f-9a0b-1c2d3e4f5a6b";

const TOKENS = [
  `ghs_${any(36)}`,
  `github_pat_${any(82)}`,
  `glrt-${any(20)}`,
  `glft-${any(20)}`,
  `glimt-${any(25)}`,
  `glsoat-${any(20)}`,
  `gloas-${any(64)}`,
  `glagent-${any(50)}`,
  `glptt-${hex(40)}`,
  `GR1348941${any(20)}`,
  `dckr_oat_${any(27)}`,
  `npm_${any(36)}`,
  `pypi-AgEIcHlwaS5vcmc${any(60)}`,
  `dop_v1_${hex(64)}`,
  `fo1_${any(43)}`,
  `fm2_${any(120)}==`,
  `K004${any(27)}`,
  `cfk_${any(40)}0a1b2c3d`,
  `cfut_${any(40)}0a1b2c3d`,
  `v1.0-${"0a1b2c3d".repeat(3)}-${"0a1b2c3d5e".repeat(14)}0a1b2c`,
  `cfat_${any(40)}0a1b2c3d`,
  `AQB${any(10)}BAA${any(21)}A==`,
  `tskey-auth-${any(17)}-${any(32)}`,
  `hskey-api-${any(12)}-${any(64)}`,
  `nbp_${any(36)}`,
  `sha256~${any(43)}`,
  `AIza${any(35)}`,
  `AKIA2ZK3VQRLMNPXWBTY,${any(40)}`,
  `AccountKey=${any(86)}==`,
  `SharedAccessKey=${any(43)}=`,
  `eyJhIjoi${any(90)}`,
  `hvs.${any(90)}`,
  `dp.st.prd.${any(43)}`,
  `${any(14)}.atlasv1.${any(67)}`,
  `ops_eyJ${any(200)}`,
  `pul-${hex(40)}`,
  `jointoken=${any(24)}`,
  `K10${hex(64)}::node:${hex(32)}`,
  `glsa_${any(32)}_${hex(8)}`,
  `glc_eyJ${any(80)}`,
  `eyJrIjoi${any(80)}`,
  `sntrys_eyJ${any(120)}`,
  `sntryu_${hex(64)}`,
  `NRAK-${any(27).toUpperCase()}`,
  `xoxe-${any(40)}`,
  `xoxd-${any(40)}`,
  `7103948572:AAH${any(32)}`,
  `syt_YWxpY2U_${letters(20)}_0aB1cD`,
  `tk_${any(29).toLowerCase()}`,
  `https://hooks.slack.com/services/${any(44)}`,
  `https://discord.com/api/webhooks/123456789012345678/${any(68)}`,
  `https://api.telegram.org/bot123456789:${any(35)}`,
  `https://a.webhook.office.com/webhookb2/${any(80)}`,
  `sk-svcacct-${any(40)}`,
  `sk-admin-${any(40)}`,
  `sk-${any(20)}T3BlbkFJ${any(20)}`,
  `sk-or-v1-${hex(64)}`,
  `gsk_${any(52)}`,
  `hf_${letters(34)}`,
  `pplx-${any(48)}`,
  `xai-${any(80)}`,
  `nvapi-${any(64)}`,
  `tvly-dev-${any(32)}`,
  `sk-lf-${uuid}`,
  `SG.${any(22)}.${any(43)}`,
  `whsec_${any(32)}`,
  `lin_api_${any(40)}`,
  `ntn_40718293546${any(35)}`,
  `${any(6)}_${any(29)}_mmk`,
  `sk.eyJ1Ijoi${any(60)}.${any(22)}`,
  `squ_${hex(40)}`,
  `PMAK-${hex(24)}-${hex(34)}`,
  `rubygems_${hex(48)}`,
  `GOCSPX-${any(28)}`,
  `sbp_${hex(40)}`,
  `$apr1$${any(8)}$${any(22)}`,
  `$2y$10$${any(53)}`,
  `$argon2id$v=19$m=65536,t=3,p=4$${any(22)}$${any(43)}`,
  `xkeysib-${hex(64)}-${any(16)}`,
  `rk_live_${any(24)}`,
  `ATATT3${any(186)}`,
  `eyJhbGciOiJIUzI1NiJ9.eyJ${any(40)}.${any(43)}`,
];

test("a token of Proxmox VE is known with whatever user it begins", (t) => {
  for (const token of [`root@pam!tf=${uuid}`, `PVEAPIToken=me@pve!a.b:${uuid}`]) {
    t.true(holdsToken(token), token);
    t.true(suspectedRules("a.yaml", Buffer.from(`a: "${token}"`)).has("inline-credential"), token);
    t.true(mayHoldCredential(`a: "${token}"`), token);
  }
  t.false(holdsToken("root@pam!tf"));
});

test("every shape of a token has a word that the prefilter looks for", (t) => {
  for (const token of TOKENS) {
    t.true(holdsToken(token), token);
    t.true(holdsToken(`curl -H "X: ${token}"`), token);
    t.true(
      TOKEN_WORDS.some((word) => `?${token}`.includes(word)) || holdsShortToken(Buffer.from(token)),
      token,
    );
    t.true(suspectedRules("a.yaml", Buffer.from(`a: "${token}"`)).has("inline-credential"), token);
    t.true(mayHoldCredential(`a: "${token}"`), token);
    t.false(holdsToken(`a${token}`) || holdsToken(`+${token}`), token);
  }
});

test("a token that begins as other words do is looked for by its whole shape", (t) => {
  for (const [word, token] of [
    ["id-token-a: b", `token-abcde:${any(54).toLowerCase()}`],
    ["ptr_size", `ptr_${any(43)}=`],
    ["dapi_client", `dapi${"0a1b2c3d".repeat(4)}`],
  ] as const) {
    t.false(suspectedRules("a.yaml", Buffer.from(word)).has("inline-credential"), word);
    t.true(suspectedRules("a.yaml", Buffer.from(token)).has("inline-credential"), token);
  }
});

test("words are a passphrase, and what says something of one is none", (t) => {
  for (const value of [
    "correct horse battery",
    "correct horse battery staple",
    "Sunny garden 42 river",
    "person.of_interest1",
    "number.one_fan99",
  ]) {
    t.true(isCredentialValue(value), value);
    t.true(mayHoldCredential(`password: ${value}`), value);
    t.true(mayHoldCredential(`DB_PASSWORD=${value}`), value);
  }
  for (const value of [
    "two words",
    "set this later please",
    "generated by the chart",
    "Enter your password",
    "see values.yaml for it",
    "horse, battery, staple",
    "asked of Peter",
    "sensor.solar_1",
    "input_text.wifi_1",
  ]) {
    t.false(isCredentialValue(value), value);
  }
});

test("what programs expand themselves is no literal", (t) => {
  for (const value of [
    "{env:OPENAI_API_KEY}",
    "{file:~/.secrets/openai}",
    "\\(.s3_secret_access_key)",
    'os.environ["OPENAI_API_KEY"]',
    "os.getenv('OPENAI_API_KEY')",
    "__SERVER1_PASS__",
    'os.environ["OPENAI_API_KEY"],',
    'os.environ.get("OPENAI_API_KEY").strip()',
  ]) {
    t.false(isCredentialValue(value), value);
  }
  // What stands there where the variable is not set.
  t.true(isCredentialValue('os.environ.get("OPENAI_API_KEY","Zk3vQ8r2LmN9pXw1")'));
  t.true(isCredentialValue("os.getenv('A')or'Zk3vQ8r2LmN9pXw1'"));
});

test("a model that runs at home takes any key", (t) => {
  t.true(namesSecretObject("OPENAI_API_KEY", "ollama"));
  t.false(namesSecretObject("OLLAMA_PASSWORD", "ollama"));
});

test("a variable may be called as the Secret that it names", (t) => {
  t.true(namesSecretObject("OPERATOR_SECRET", "operator"));
  t.false(namesSecretObject("OPERATOR_PASSWORD", "operator"));
  t.false(namesSecretObject("ADMIN_SECRET", "admin"), "a weak one, as often");
});

test("keys of users and accounts count where they are drawn at random", (t) => {
  const random = "AQBkZk3vQ8r2LmN9pBAAXw1bT6yAqD5sH7jK0cV4==";
  for (const name of [
    "userKey",
    "admin_key",
    "ACCOUNT_KEY",
    "ovh_application_key",
    "consumerKey",
    "WG_PRIVKEY",
    "wg-priv-key",
    "routing_key",
    "service_key",
    "pagerdutyIntegrationKey",
    "JWT_KEY",
    "ENC_KEY",
    "HEADSCALE_PREAUTHKEY",
  ]) {
    t.true(isVagueCredential(name, random), name);
    t.true(mayHoldCredential(`${name}: ${random}`), name);
    t.true(
      suspectedRules("a.yaml", Buffer.from(`${name}: ${random}\n`)).has("inline-credential"),
      name,
    );
    t.false(isVagueCredential(name, "admin-password"), name);
  }
});
