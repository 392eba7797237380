import { isMeantWebToken, isWebToken, isWellKnownWebToken, WEB_TOKEN } from "./web-token.ts";

/**
 * Tokens that say by their shape what they are: by the prefixes that those who issue them gave them for that, or by
 * the address that they are part of. Each holds one of `TOKEN_WORDS`, or the mark of one of `SHORT_TOKENS`.
 */
const ISSUED = [
  // GitHub, GitLab and its runners
  "gh[opusr]_[A-Za-z0-9]{36,}",
  "github_pat_[A-Za-z0-9_]{60,}",
  "gl(?:pat|rt|dt|ft|imt|soat|oas|agent|ffct)-[A-Za-z0-9_.-]{20,}",
  "glptt-[0-9a-f]{40}",
  "GR1348941[A-Za-z0-9_-]{20}",
  // Registries: Docker, npm, PyPI; JFrog's (a reference is base64 of `reftkn:`), Clojars
  "AKCp[A-Za-z0-9]{69}",
  "cmVmdGtuO[A-Za-z0-9]{55}",
  "CLOJARS_[0-9a-z]{60}",
  "dckr_[op]at_[A-Za-z0-9_-]{20,}",
  "npm_[A-Za-z0-9]{36}",
  "pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
  // Clouds and networks: DigitalOcean, Fly, Backblaze, Cloudflare, Tailscale, Headscale, NetBird, OpenShift, Proxmox VE
  "do[opr]_v1_[0-9a-f]{64}",
  "fo1_[A-Za-z0-9_-]{43}",
  "fm(?:1[ar]|2)_[A-Za-z0-9+/]{100,}={0,3}",
  "K00\\d[A-Za-z0-9+/]{27}",
  "cf(?:k|ut|at)_[A-Za-z0-9]{40}[0-9a-f]{8}",
  // Cloudflare's for its Origin CA.
  "v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}",
  // Of Azure: what an application logs in with, and keys that say whose they are within: DevOps, a registry, storage, others.
  "[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}",
  "[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
  "[A-Za-z0-9+/]{42}\\+ACR[A-D][A-Za-z0-9+/]{5}",
  "[A-Za-z0-9+/]{76}\\+ASt[A-Za-z0-9+/]{5}[AQgw]==",
  "[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}",
  // Of AWS the models' one, base64 of `BedrockAPIKey`.
  "ABSKQmVkcm9ja0FQSUtleS[A-Za-z0-9+/]{80,}={0,2}",
  // Of names and networks: DNSimple, Porkbun, Defined's Nebula.
  "dnsimple_[au]_[A-Za-z0-9]{20,}",
  "sk1_[0-9a-f]{64}",
  "dnkey-[A-Z0-9]{26}-[A-Z0-9]{52}",
  // Of AWS a key with its id before it, as the console's .csv has them, and s3fs.
  "AKIA[A-Z2-7]{16}[\\s,:\"']{1,4}[A-Za-z0-9/+]{40}",
  "tskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{20,}",
  "hskey-(?:auth|api)-[A-Za-z0-9_-]{12}-[A-Za-z0-9_-]{64}",
  "nbp_[A-Za-z0-9]{36}",
  "sha256~[A-Za-z0-9_-]{43}",
  "[A-Za-z0-9_.-]{1,60}@(?:pam|pve)![A-Za-z0-9_.-]{1,60}[=:][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  // Ceph: what kind of key it is, the time it was made at, that 16 bytes follow, those.
  "AQ[A-D][A-Za-z0-9+/]{10}[BRhx]AA[A-Za-z0-9+/]{21}[AQgw]==",
  // A tunnel of Cloudflare: base64 of `{"a":"…`.
  "eyJhIjoi[A-Za-z0-9+/]{80,}={0,2}",
  // Stores of secrets and of states: Vault and OpenBao, Doppler, HCP Terraform, Pulumi
  "hv[brs]\\.[A-Za-z0-9_-]{24,}",
  "dp\\.(?:audit|ct|pt|sa|scim|st)\\.[A-Za-z0-9_.-]{40,}",
  "[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,}",
  "pul-[0-9a-f]{40}",
  // The key of an account of 1Password's, and a service account: base64 of `{"…`.
  "A3-[A-Z2-9]{6}-(?:[A-Z2-9]{11}|[A-Z2-9]{6}-[A-Z2-9]{5})(?:-[A-Z2-9]{5}){3}",
  "ops_eyJ[A-Za-z0-9+/_-]{100,}={0,2}",
  // Monitoring: Grafana (keys that are base64 of `{"k":"…`, too) and its cloud, Sentry, New Relic
  "glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}",
  "glc_eyJ[A-Za-z0-9+/]{30,}={0,2}",
  "eyJrIjoi[A-Za-z0-9+/]{70,400}={0,2}",
  "sntrys_eyJ[A-Za-z0-9+/=_-]{80,}",
  "sntryu_[0-9a-f]{64}",
  "NRAK-[A-Z0-9]{27}",
  "(?:eu01xx)?[0-9A-Fa-f]{30,36}NRAL",
  // and Dynatrace, Axiom, Logfire, PostHog
  "dt0[cs]\\d\\d\\.[A-Z2-7]{8,24}\\.[A-Z2-7]{64}",
  "xa[ap]t-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  "pylf_v\\d_[a-z]{2}_[A-Za-z0-9]{43}",
  "phx_[A-Za-z0-9_]{43}",
  // Chats and notes: Slack, Discord, Telegram, Teams, Matrix, ntfy
  "(?:xox[abdeprs]|xapp)-[A-Za-z0-9-]{20,}",
  "\\d{8,10}:AA[E-H][A-Za-z0-9_-]{32}",
  "syt_[A-Za-z0-9+/]{2,200}_[A-Za-z]{20}_[A-Za-z0-9]{6}",
  "tk_[a-z0-9]{29}",
  // Matrix' newer server of accounts, and where one keeps tasks and notes: Vikunja, Outline
  "mct_[A-Za-z0-9]{30}_[A-Za-z0-9]{6}",
  "tk_[0-9a-f]{40}",
  "ol_api_[A-Za-z0-9]{38}",
  "https://hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,}",
  "https://(?:\\w+\\.)?discord(?:app)?\\.com/api/(?:v\\d+/)?webhooks/\\d{17,20}/[\\w-]{60,80}",
  "https://api\\.telegram\\.org/bot\\d{8,10}:[\\w-]{35}",
  "https://[\\w-]+\\.webhook\\.office\\.com/webhookb2/[\\w@/-]{60,}",
  // Models: Anthropic, OpenAI, OpenRouter, Groq, Hugging Face, Perplexity, xAI, NVIDIA, Tavily, Langfuse
  "sk-(?:ant|proj|svcacct|admin)-[A-Za-z0-9_-]{20,}",
  "sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
  "sk-or-v1-[0-9a-f]{64}",
  "gsk_[A-Za-z0-9]{52}",
  "api_org_[A-Za-z]{34}",
  // Replicate, LangSmith, Together, Cerebras, Jina, Pinecone
  "r8_[A-Za-z0-9]{37}",
  "lsv2_[ps][kt]_[0-9a-f]{32}_[0-9a-f]{10}",
  "tgp_v1_[A-Za-z0-9_-]{43}",
  "csk-[a-z0-9]{48}",
  "jina_[A-Za-z0-9_-]{60}",
  "pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}",
  "hf_[A-Za-z]{34}",
  "pplx-[A-Za-z0-9]{48}",
  "xai-[A-Za-z0-9]{80}",
  "nvapi-[A-Za-z0-9_-]{64}",
  "tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",
  "sk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  // Mail, payment, issues, notes, maps: SendGrid, Brevo, Stripe (and webhooks signed as its own), Atlassian, Linear, Notion, MaxMind, Mapbox
  "SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}",
  "x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}",
  "[rs]k_live_[A-Za-z0-9]{24,}",
  "whsec_[A-Za-z0-9+/]{32,}={0,2}",
  "ATATT3[A-Za-z0-9_=-]{180,}",
  "ATCTT3[A-Za-z0-9_=-]{170,}",
  "ATBB[A-Za-z0-9]{32}",
  "ATTA[0-9A-Fa-f]{72}",
  "mlsn\\.[0-9a-f]{64}",
  "lin_api_[A-Za-z0-9]{40}",
  "lin_oauth_[0-9a-f]{64}",
  "ntn_\\d{11}[A-Za-z0-9]{35}",
  "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk",
  "sk\\.eyJ1Ijoi[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}",
  // Building and databases: SonarQube, Postman, RubyGems, Google's sign-in, Supabase
  "sq[apu]_[0-9a-f]{40}",
  "PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
  "rubygems_[0-9a-f]{48}",
  "GOCSPX-[A-Za-z0-9_-]{28}",
  "sbp_[0-9a-f]{40}",
  // PlanetScale, Neon, Databricks, Atlas
  "pscale_(?:oauth|pw|tkn)_[A-Za-z0-9=._-]{32,64}",
  "napi_[a-z0-9]{64}",
  "dapi[0-9a-f]{32}(?:-\\d)?",
  "mdb_sa_sk_[A-Za-z0-9_-]{40}",
  // Buildkite, CircleCI, Sourcegraph, Prefect, Netlify, Heroku, Figma, Weblate, Portainer, Rancher
  "bkua_[a-z0-9]{40}",
  "CCIP(?:AT|RJ)_[A-Za-z0-9]{22}_[0-9a-f]{40}",
  "sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}",
  "pn[bu]_[A-Za-z0-9]{36}",
  "nfp_[A-Za-z0-9]{36}",
  "HRKU-AA[A-Za-z0-9_-]{58}",
  "figd_[A-Za-z0-9_-]{40}",
  "wl[pu]_[A-Za-z0-9]{36}",
  "ptr_[A-Za-z0-9+/]{43}=",
  "token-[a-z0-9]{5}:[a-z0-9]{54}",
];

/** What has another shape of its own, that samples and programs have as well. */
const OTHERS = [
  // Keys of Google, which web pages show; a storage account, a bus and a signed address of Azure
  "AIza[A-Za-z0-9_-]{35}",
  "AccountKey=[A-Za-z0-9+/]{86}==",
  // Supabase's, which has a word in it that is made up elsewhere.
  "sb_secret_[A-Za-z0-9_-]{31}",
  "SharedAccessKey=[A-Za-z0-9+/]{43}=",
  "(?<=[?&])sig=[A-Za-z0-9%+/_-]{40,}",
  // With it a machine joins Sidero's Omni.
  "jointoken=[A-Za-z0-9_%+/.-]{20,}",
  // With it a machine joins a cluster of k3s or RKE2.
  "K10[0-9a-f]{64}::(?:server|node):[^\\s\"']{8,}",
  // Hashes of passwords, which can be guessed at: PostgreSQL's, LDAP's.
  "SCRAM-SHA-(?:256|512)\\$\\d{1,9}:[A-Za-z0-9+/]{16,}={0,2}\\$[A-Za-z0-9+/]{43,}={0,2}:[A-Za-z0-9+/]{43,}={0,2}",
  "\\{SSHA(?:256|384|512)?\\}[A-Za-z0-9+/]{32,}={0,2}",
  // And of htpasswd, bcrypt, Argon2. Docker Compose has each `$` twice.
  "\\${1,2}apr1\\${1,2}[./A-Za-z0-9]{1,8}\\${1,2}[./A-Za-z0-9]{22}",
  "\\${1,2}2[abxy]\\${1,2}\\d\\d\\${1,2}[./A-Za-z0-9]{53}",
  "\\${1,2}argon2(?:d|id?)\\${1,2}v=\\d+\\${1,2}[\\w=,]+\\${1,2}[A-Za-z0-9+/]{11,}\\${1,2}[A-Za-z0-9+/]{16,}",
  // Those of crypt(3), as machines are set up with: SHA-256, SHA-512, yescrypt.
  "\\${1,2}5\\${1,2}(?:rounds=\\d+\\${1,2})?[./A-Za-z0-9]{1,16}\\${1,2}[./A-Za-z0-9]{43}",
  "\\${1,2}6\\${1,2}(?:rounds=\\d+\\${1,2})?[./A-Za-z0-9]{1,16}\\${1,2}[./A-Za-z0-9]{86}",
  "\\${1,2}g?y\\${1,2}[./A-Za-z0-9]+\\${1,2}[./A-Za-z0-9]{1,86}\\${1,2}[./A-Za-z0-9]{43}",
  // Mosquitto's.
  "(?<=\\w:)\\${1,2}7\\${1,2}\\d+\\${1,2}[A-Za-z0-9+/]{11,}={0,2}\\${1,2}[A-Za-z0-9+/]{86}==",
  "(?<=\\w:)\\{SHA\\}[A-Za-z0-9+/]{27}=",
  WEB_TOKEN,
];

/** Not within other words, nor within base64. */
function anyOf(shapes: readonly string[]): RegExp {
  return new RegExp(`(?<![A-Za-z0-9_+-])(?:${shapes.join("|")})(?![A-Za-z0-9_-])`, "g");
}

const TOKEN = anyOf([...ISSUED, ...OTHERS]);
const ISSUED_TOKEN = anyOf([...ISSUED, WEB_TOKEN]);

/** Whether a token of a known shape stands in a text. */
export function holdsToken(text: string): boolean {
  if (text.length < SHORTEST) return false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (!isMasked(token) && !isWellKnownWebToken(token)) return true;
  }
  return false;
}

/**
 * Whether a token stands in a text that its issuer made to be known by its shape, and nobody made up: what a guide or
 * a program would show instead has words in it, or digits and letters in their order.
 */
export function holdsIssuedToken(text: string): boolean {
  if (text.length < SHORTEST) return false;
  for (const [token] of text.matchAll(ISSUED_TOKEN)) {
    if (!isMasked(token) && !isMadeUp(token)) return true;
  }
  return false;
}

const SHORTEST = 20;

/** `XXXXXXXX`, `00000000`, `sampleSampleSample`, as examples have it. */
export function isMasked(text: string): boolean {
  return /(.)\1{7}/.test(text) || /([a-z]{4,10})\1\1/i.test(text);
}

const MADE_UP =
  /example|sample|dummy|placeholder|redact|changeme|replace|your[-_]|fake|x{4}|([a-z0-9])\1{5}|(\w{3,12})\2\2|foobar|deadbeef|[-_](?:here|token|key|secret|test)(?:[-_]|$)/i;

function isMadeUp(token: string): boolean {
  // Of a web token the claims tell; its signature may hold any row of letters.
  if (isWebToken(token)) return !isMeantWebToken(token);
  return MADE_UP.test(token) || holdsRow(token);
}

/** `1234567`, `abcdefg`: as long as this by chance is none. */
const LONGEST_ROW = 6;

function holdsRow(text: string): boolean {
  let row = 1;
  for (let at = 1; at < text.length; at += 1) {
    row = text.charCodeAt(at) === text.charCodeAt(at - 1) + 1 ? row + 1 : 1;
    if (row > LONGEST_ROW) return true;
  }
  return false;
}
