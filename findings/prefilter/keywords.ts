import { base64Fragments } from "../candidate/base64.ts";

/**
 * The keywords of every rule, apart from the rules themselves: a commit without a suspect file then
 * loads neither the rules nor the YAML parser. `prefilter.ts` looks for them.
 */

/** `A␀G␀E␀…`: how a word looks in UTF-16 of either byte order, up to its last letter. */
function utf16(word: string): string {
  return [...word].join("\0");
}

/**
 * The beginning of an age identity inside base64. In halves: `base64 FILE` folds at 76 characters,
 * and in a file written by age-keygen the fold falls right into these letters. Only as age writes it,
 * in upper case: it reads no other.
 */
export const AGE_IDENTITY_BASE64 = ["AGE-SECR", "ET-KEY-"].flatMap(base64Fragments);

/** Inside the base64 of a PEM file, at any alignment. */
export const PRIVATE_KEY_BASE64 = base64Fragments("PRIVATE KEY");

/** Inside the base64 of a Secret's manifest, YAML or JSON. */
export const SECRET_BASE64 = [
  "kind: Secret",
  'kind: "Secret"',
  "kind: 'Secret'",
  '"kind":"Secret"',
  '"kind": "Secret"',
].flatMap(base64Fragments);

/** How a kubeconfig or another manifest begins in base64 … */
export const MANIFEST_BASE64 = "YXBpVmVyc2lvbjogdjEK";

/** … and how Docker's `{"auths":` does, in its usual spellings. */
export const DOCKER_BASE64 = [
  "eyJhdXRocyI6",
  "eyAiYXV0aHMi",
  "ewoJImF1dGhz",
  "ewogICJhdXRo",
  "ewogICAgImF1dGhz",
] as const;

/** Fields of files that are made for them: a Cloudflare tunnel's, and those of 1Password Connect. */
export const JSON_CREDENTIALS = ["TunnelSecret", "encCredentials"] as const;

/** Of wg-quick's configuration, systemd-networkd's and NetworkManager's. */
export const WIREGUARD_FIELDS = [
  ...["PrivateKey", "PresharedKey", "PreSharedKey"],
  ...["private-key=", "preshared-key="],
] as const;

/** In the first line of what `openvpn --genkey` makes, for `tls-auth` and `tls-crypt`. */
export const OPENVPN_KEY = "OpenVPN Static key V1";

/** How the secret keys of minisign (with a password, without one) and of OpenBSD's signify begin, in base64. */
export const SIGNING_KEYS = ["RWRTY0Iy", "RWQAAEIy", "RWRCSwAA"] as const;

/** In the certificate that `cloudflared login` fetches: with it tunnels are made and removed. */
export const TUNNEL_TOKEN = "ARGO TUNNEL TOKEN";

/** `masterKey`, `MASTER_KEY`, `master-key` … without the first letter, whose case is open. */
function keyNames(stem: string): string[] {
  const tail = stem.slice(1);
  return ["", "_", "-", ".", " "].flatMap((separator) => [
    `${tail}${separator}key`,
    `${tail}${separator}Key`,
    `${tail.toUpperCase()}${separator}KEY`,
  ]);
}

/** How the names of credentials end. They count where a value follows: `prefilter.ts` sees to that. */
export const CREDENTIAL_NAMES: ReadonlySet<string> = new Set([
  ...["assword", "assWord", "asswd", "assphrase", "asswort", "oken", "ecret"],
  ...["_pass", "Pass", "_PASS", "DBPASS", "-pass", "pass"],
  ...["asterauth", "etwork_key", "ETWORK_KEY", "oken_value", "okenValue"],
  ...["_pwd", "_PWD", "key_base", "KEY_BASE", "KeyBase"],
  ...["ASSWORD", "ASSWD", "ASSPHRASE", "ASSWORT", "OKEN", "ECRET"],
  ...["api", "access", "auth", "secret", "private", "master", "encryption", "license"].flatMap(
    keyNames,
  ),
  ...[
    "account",
    "admin",
    "app",
    "application",
    "consumer",
    "cookie",
    "hmac",
    "priv",
    "session",
    "shared",
    "signing",
    "user",
  ].flatMap(keyNames),
  // Of a bouncer, an integration or installation, a routing, a service, for JWT and encryption, to set up and enroll: by
  // what is rare in other words.
  ...["cer", "ion", "ng", "ice", "wt", "nc", "up", "oll"].flatMap((tail) => [
    `${tail}_key`,
    `${tail}-key`,
    `${tail}Key`,
    `${tail.toUpperCase()}_KEY`,
  ]),
]);

/**
 * Of tokens that say by their shape what they are; `token-shapes.ts` knows the rest of it. Four bytes that are rare
 * in other files come first, so that the search skips most of those.
 */
export const TOKEN_WORDS = [
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "GR1348941"],
  ...[
    "glpat-",
    "glrt-",
    "gldt-",
    "glft-",
    "glimt-",
    "glsoat-",
    "gloas-",
    "glagent-",
    "glptt-",
    "dckr_pat_",
    "dckr_oat_",
    "npm_",
    "-AgEIcHlwaS5vcmc",
  ],
  ...[
    "doo_v1_",
    "dop_v1_",
    "dor_v1_",
    "tskey-",
    "AKIA",
    "AIza",
    "AccountKey=",
    "SharedAccessKey=",
    "?sig=",
    "&sig=",
    "eyJhIjoi",
  ],
  ...["fo1_", "fm2_", "K000", "K001", "K002", "K003", "K004", "K005"],
  ...["cfk_", "cfut_", "cfat_", "v1.0-", "hskey-", "nbp_", "sha256~", "@pam!", "@pve!"],
  ...["hvb.", "hvs.", "dp.ct.", "dp.pt.", "dp.sa.", "dp.st.", ".atlasv1.", "ops_eyJ", "pul-"],
  ...["jointoken=", "::server:", "::node:"],
  ...["glsa_", "glc_eyJ", "eyJrIjoi", "ys_eyJ", "sntryu_", "NRAK-"],
  ...["xoxa-", "xoxb-", "xoxd-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xapp-"],
  ...[":AAE", ":AAF", ":AAG", ":AAH", "syt_"],
  ...["hooks.slack.com/", "/api/webhooks/", "api.telegram.org/bot", ".webhook.office.com/"],
  ...["sk-ant-", "sk-proj-", "sk-svcacct-", "sk-admin-", "T3BlbkFJ", "sk-or-v1-", "gsk_"],
  ...["pplx-", "xai-", "nvapi-", "tvly-", "sk-lf-"],
  ...["whsec_", "lin_api_", "ntn_", "_mmk", "sk.eyJ1Ijoi"],
  ...["lffct-", "fm1a_", "fm1r_", "hvr.", "dp.audit.", "dp.scim.", "lin_oauth_", "xsmtpsib-"],
  ...["AKCp", "cmVmdGtuO", "CLOJARS_", "AZDO", "JQQJ99", "ABSKQmVkcm9ja0FQSUtleS"],
  ...["dnsimple_a_", "dnsimple_u_", "sk1_", "dnkey-", "NRAL", "dt0c0", "dt0s0", "xaat-", "xapt-"],
  ...["pylf_v", "phx_", "mct_", "ol_api_", "rd.com/api/v", "pp.com/api/v", "api_org_"],
  ...["lsv2_", "tgp_v1_", "csk-", "pcsk_", "ATCTT3", "ATBB", "ATTA", "mlsn."],
  ...[
    "e_oauth_",
    "e_pw_",
    "e_tkn_",
    "napi_",
    "mdb_sa_sk_",
    "sb_secret_",
    "bkua_",
    "CCIPAT_",
    "CCIPRJ_",
  ],
  ...["sgp_", "pnb_", "pnu_", "nfp_", "HRKU-AA", "figd_", "wlp_", "wlu_", "SCRAM-SHA-", "{SSHA"],
  ...["sqa_", "sqp_", "squ_", "PMAK-", "rubygems_", "GOCSPX-", "sbp_"],
  ...["$apr1$", "$2a$", "$2b$", "$2x$", "$2y$", "$argon2", ":{SHA}"],
  // `$6$` is too short for the search: what stands before it.
  ...["$7$1", "$y$j", "assword_hash", "asswordHash", "asswd:", "iscrypted", "-crypted"],
  ...[
    "xkeysib-",
    "sk_live_",
    "rk_live_",
    "ATATT3",
    "eyJhbGciOi",
    "eyJ0eXAiOi",
    "eyJraWQiOi",
    "eyJ2ZXIiOi",
  ],
] as const;

/**
 * Tokens that have nothing long enough for the search, or only what is common: each with its rarest part, and its shape
 * from there on.
 */
export const SHORT_TOKENS: readonly (readonly [mark: string, shape: RegExp])[] = [
  ["SG.", /^SG\.[\w-]{22}\.[\w-]{43}/],
  // hf_, r8_ and tk_: their first letters are in every word.
  ["f_", /^f_[A-Za-z]{34}/],
  ["8_", /^8_[A-Za-z0-9]{37}/],
  ["k_", /^k_[a-z0-9]{29}/],
  ["jin", /^jina_[\w-]{60}/],
  // Of Ceph: what it begins with is in the base64 of anything.
  ["AQ", /^AQ[A-D][A-Za-z0-9+/]{10}[BRhx]AA[A-Za-z0-9+/]{21}[AQgw]==/],
  ["A3-", /^A3-[A-Z2-9]{6}-[A-Z2-9]{6}/],
  // Azure's.
  ["Q~", /^Q~[\w~.-]{31}/],
  ["+A", /^\+A(?:CR[A-D]|St)[A-Za-z0-9+/]{5}/],
  ["dapi", /^dapi[0-9a-f]{32}/],
  ["ptr_", /^ptr_[A-Za-z0-9+/]{43}=/],
  ["oken-", /^oken-[a-z0-9]{5}:[a-z0-9]{54}/],
];

/**
 * Of connection strings, beside `Password=`, and of HTTP's `Authorization`: common words, of which
 * `connection-string.ts` and `authorization-header.ts` know the rest.
 */
const LOGIN_WORDS = [
  ...[";pwd=", ";Pwd=", ";PWD=", "@tcp(", "@unix("],
  ...["Basic ", "basic ", "Bearer ", "bearer "],
] as const;

/** Headers with a token, behind what sets one, and one that has a name of its own. */
const HEADER_WORDS = ["eader X-", "eader_up X-", "honeycomb-team"] as const;

/** Of statements of SQL that give a user a password; `sql-password.ts` knows the rest. */
export const SQL_WORDS = [
  ...["PASSWORD '", "password '", "Password '"],
  ...["IDENTIFIED BY", "identified by", "IDENTIFIED WITH", "identified with"],
] as const;

/** Of a wireless network, in NetworkManager's settings and wpa_supplicant's. */
const NETWORK_WORDS = ["psk=", "psk ="] as const;

/** `SMTP_PW`, too short for the search without what follows. */
const SHORT_NAMES = [":", "=", '"', "'", " ", ",", "}", "\r", "\n"].flatMap((after) => [
  `_pw${after}`,
  `_PW${after}`,
]);

/** Of directives with a password; `directive.ts` knows the rest. */
const DIRECTIVE_WORDS = [
  ...['secret "', "MONITOR ", "re-password ", "tats auth ", "te_password "],
  ...["tp_passwd ", "TP_Passwd ", "nk_token ", "nk_Token "],
] as const;

/** Files of logins, where they stand as a value in another. */
const LOGIN_FILES = [
  ...[".netrc", "_netrc", ".pgpass", "rclone.conf", "msmtprc", "userlist.txt"],
] as const;

/** Programs that have a short flag for a password, or are given one by `echo`. */
const PROGRAMS = [
  ...["curl", "mysql", "mariadb", "redis-cli", "sshpass", "chpasswd"],
  ...["docker login", "podman login", "registry login"],
] as const;

/** Of commands that are given a secret as an argument: kubectl's, and Flux's. */
const SECRET_COMMANDS = ["--from-literal", "--docker-password", "flux create secret"] as const;

export const KEYWORDS = {
  "age-key": [
    "AGE-SECRET-KEY-",
    "age-secret-key-",
    utf16("AGE-SECRET-KEY-"),
    utf16("age-secret-key-"),
    ...AGE_IDENTITY_BASE64.map((fragment) => fragment.text),
  ],
  "private-key": [
    "PRIVATE KEY",
    "PuTTY-User-Key-File-",
    OPENVPN_KEY,
    TUNNEL_TOKEN,
    ...SIGNING_KEYS,
    ...WIREGUARD_FIELDS,
    ...PRIVATE_KEY_BASE64.map((fragment) => fragment.text),
  ],
  "plaintext-secret": [
    "Secret",
    // Only these misspellings, of kind and Kind: the word itself is in every other file.
    ...["ind: SECRET", 'ind: "SECRET', "ind: 'SECRET", 'ind": "SECRET', 'ind":"SECRET'],
    ...["ind: secret", 'ind: "secret', "ind: 'secret", 'ind": "secret', 'ind":"secret'],
    "secretGenerator",
    "stringData",
    "kubernetes_secret",
    "auths",
    ...JSON_CREDENTIALS,
    ...DOCKER_BASE64,
    ...SECRET_BASE64.map((fragment) => fragment.text),
  ],
  "secret-not-valid": ["Secret"],
  kubeconfig: ["users", MANIFEST_BASE64],
  "talos-secrets": [
    "contexts",
    "machine",
    "secretboxEncryptionSecret",
    "aescbcEncryptionSecret",
    "aggregatorCA",
    "serviceAccount",
    "etcd",
    "WireguardConfig",
    "VolumeConfig",
    "RegistryAuthConfig",
    "RegistryTLSConfig",
    "DiscoveryIdentityConfig",
    "HCloudVIPConfig",
    "SideroLinkConfig",
    "KubeEtcdEncryptionConfig",
    "KubeServiceAccountConfig",
    "KubeAPIServerCAConfig",
    "KubeAggregatorCAConfig",
    "/cluster/",
    "trustdinfo",
    "bootstraptoken",
    "secretboxencryptionsecret",
    "aescbcencryptionsecret",
    "k8sserviceaccount",
  ],
  "inline-credential": [
    ...CREDENTIAL_NAMES,
    ...SECRET_COMMANDS,
    "://",
    ...TOKEN_WORDS,
    ...SHORT_TOKENS.map(([mark]) => mark),
    ...LOGIN_WORDS,
    ...HEADER_WORDS,
    ...SQL_WORDS,
    ...NETWORK_WORDS,
    ...DIRECTIVE_WORDS,
    ...LOGIN_FILES,
    ...PROGRAMS,
    "fake:",
    // Where a `key` is a credential.
    ...["widget:", "widget.key", "ncryption:"],
    ...["redentials:", 'redentials":'],
    ...SHORT_NAMES,
    // With the name of a bouncer of CrowdSec's behind it.
    "BOUNCER_KEY_",
    // Beside a user.
    ...["pwd:", " pw:", '"pw"'],
  ],
} as const satisfies Record<string, readonly string[]>;
