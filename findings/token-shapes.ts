/**
 * Tokens that say by their shape what they are, wherever they stand: by the prefixes that those who issue them
 * gave them for that, or by the address that they are part of. Each holds one of `TOKEN_WORDS`, or stands behind one.
 */
const SHAPES = [
  // GitHub, GitLab and its runners
  "gh[opusr]_[A-Za-z0-9]{36,}",
  "github_pat_[A-Za-z0-9_]{60,}",
  "gl(?:pat|rt|dt)-[A-Za-z0-9_.-]{20,}",
  "GR1348941[A-Za-z0-9_-]{20}",
  // Registries: Docker, npm, PyPI
  "dckr_[op]at_[A-Za-z0-9_-]{20,}",
  "npm_[A-Za-z0-9]{36}",
  "pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
  // Clouds and networks: DigitalOcean, Tailscale, Google, a storage account, a bus and a signed address of Azure
  "do[opr]_v1_[0-9a-f]{64}",
  "tskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{20,}",
  "AIza[A-Za-z0-9_-]{35}",
  "AccountKey=[A-Za-z0-9+/]{86}==",
  "SharedAccessKey=[A-Za-z0-9+/]{43}=",
  "(?<=[?&])sig=[A-Za-z0-9%+/_-]{40,}",
  // A tunnel of Cloudflare: base64 of `{"a":"…`.
  "eyJhIjoi[A-Za-z0-9+/]{80,}={0,2}",
  // Stores of secrets: Vault and OpenBao, Doppler, HCP Terraform
  "hv[bs]\\.[A-Za-z0-9_-]{24,}",
  "dp\\.(?:ct|pt|sa|st)\\.[A-Za-z0-9_.-]{40,}",
  "[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,}",
  // A service account of 1Password: base64 of `{"…`.
  "ops_eyJ[A-Za-z0-9+/_-]{100,}={0,2}",
  // With it a machine joins Sidero's Omni.
  "jointoken=[A-Za-z0-9_%+/.-]{20,}",
  // With it a machine joins a cluster of k3s or RKE2.
  "K10[0-9a-f]{64}::(?:server|node):[^\\s\"']{8,}",
  // Monitoring: Grafana and its cloud, Sentry, New Relic
  "glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}",
  "glc_eyJ[A-Za-z0-9+/]{30,}={0,2}",
  "sntrys_eyJ[A-Za-z0-9+/=_-]{80,}",
  "NRAK-[A-Z0-9]{27}",
  // Chats: Slack, Discord, Telegram, Teams
  "(?:xox[bep]|xapp)-[A-Za-z0-9-]{20,}",
  "https://hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,}",
  "https://(?:\\w+\\.)?discord(?:app)?\\.com/api/webhooks/\\d{17,20}/[\\w-]{60,80}",
  "https://api\\.telegram\\.org/bot\\d{8,10}:[\\w-]{35}",
  "https://[\\w-]+\\.webhook\\.office\\.com/webhookb2/[\\w@/-]{60,}",
  // Models, mail, payment, issues: Anthropic, OpenAI, OpenRouter, Groq, Brevo, Stripe, Atlassian
  "sk-(?:ant|proj|svcacct)-[A-Za-z0-9_-]{20,}",
  "sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
  "sk-or-v1-[0-9a-f]{64}",
  "gsk_[A-Za-z0-9]{52}",
  "xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}",
  "[rs]k_live_[A-Za-z0-9]{24,}",
  "ATATT3[A-Za-z0-9_=-]{180,}",
  // Hashes of passwords, which can be guessed at: of htpasswd, bcrypt, Argon2. Docker Compose has each `$` twice.
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
  // A JSON Web Token, as Home Assistant gives them: base64 of `{"alg":`, `{"typ":` or `{"kid":`, then of `{"`.
  "eyJ(?:hbGciOi|0eXAiOi|raWQiOi)[A-Za-z0-9_-]{5,}\\.eyJ[A-Za-z0-9_-]{14,}\\.[A-Za-z0-9_-]{20,}",
];

/** Not within other words, nor within base64. */
const TOKEN = new RegExp(`(?<![A-Za-z0-9_+-])(?:${SHAPES.join("|")})(?![A-Za-z0-9_-])`, "g");

/** Whether a token of a known shape stands in a text. */
export function holdsToken(text: string): boolean {
  if (text.length < SHORTEST) return false;
  for (const [token] of text.matchAll(TOKEN)) if (!isMasked(token)) return true;
  return false;
}

const SHORTEST = 20;

/** `XXXXXXXX`, `00000000`, `sampleSampleSample`, as examples have it. */
export function isMasked(text: string): boolean {
  return /(.)\1{7}/.test(text) || /([a-z]{4,10})\1\1/i.test(text);
}
