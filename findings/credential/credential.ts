import { isToken } from "../../sops/token.ts";
import { PLACEHOLDER } from "./literal-password.ts";
import { holdsExpression } from "./pointer.ts";
import { isMasked } from "./token-shapes.ts";

/**
 * Which names and values are those of a password or token. A guess, made so that it is seldom wrong:
 * a warning about nothing costs as much trust as a missed one.
 */

/** A name that ends in one of these words names a credential … */
const CREDENTIAL_ENDING =
  /(?:^|_)(?:(?:db|pg|my|mysql|sql|postgres|redis|mongo|root|admin|user|smtp|mail|imap|ldap|bind|app|web)?password|(?:[a-z0-9]+_|db)pass|[a-z0-9]+_pwd?|requirepass|masterauth|passwd|passphrase|passwort|psk|token(?:_value)?|l?api_?key|secret_?key|private_?key|secret_access_?key|auth_?key|master_?key|bouncer_?key(?:_(?!file|name|path|ref|secret)[a-z0-9]+)*|encryption_?key|license_?key|(?:client|app|jwt|session|cookie|consumer|webhook|shared|hmac|signing|oauth2?|oidc|api|auth)_?secret)(?:_?\d)?$/;

/** … and an environment variable also with one of these. */
const SECRET_ENDING = /(?:^|_)(?<!kube_|tls_|pull_)secret$/;

/** … unless it is one of these: switches, limits and names of things. */
const NOT_A_CREDENTIAL =
  /(?:^|_)(?:automount_.*token|old_pwd|(?:existing|from|use|has|is|no|enable|disable|allow|require|show|hide|reset|forgot|change|change_?me|max|min|num|next|page|continuation|cancellation|public|ssh_?public)_.*)$/;

/** A name that is a secret's as often as that of the Secret or the key which has it: the value has to tell. */
const VAGUE_ENDING =
  /(?:^|_)(?:pass|pwd|secret_key_base|(?:account|admin|app|application|consumer|cookie|enc|enroll|hmac|installation|integration|jwt|network|pre_?auth|priv|routing|service|session|setup|(?:pre)?shared|signing|user)_?key)$/;

/** `dbPassword`, `DB-PASSWORD`, `db.password` → `db_password`. */
function normalised(name: string): string {
  return name
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

/** Whether a name, in any spelling, is that of a password or token. */
export function isCredentialName(name: string): boolean {
  const words = normalised(name);
  return CREDENTIAL_ENDING.test(words) && !NOT_A_CREDENTIAL.test(words);
}

/** For environment variables and dotenv files, where `APP_SECRET=…` holds a secret, not its name. */
export function isCredentialVariable(name: string): boolean {
  const words = normalised(name);
  return isCredentialName(name) || (SECRET_ENDING.test(words) && !NOT_A_CREDENTIAL.test(words));
}

/** Names that are those of Kubernetes Secrets as well: the applications' own, `BLUE_APP_SECRET`. */
const OF_APPLICATION =
  /(?<!(?:client|jwt|session|cookie|consumer|webhook|shared|hmac|signing|oauth2?|oidc|api|auth)_?)secret$/;

/**
 * Whether a variable only names something: a Kubernetes Secret, in few words (`BLUE_APP_SECRET=immich-db`; a passphrase
 * has more), or a key that is called as it is itself (`privateKey: privateKey`, `DB_PASSWORD: db-password`).
 */
export function namesSecretObject(name: string, value: string): boolean {
  const words = normalised(name);
  if (normalised(value) === words && (value === name || /[-_.]/.test(value))) return true;
  // `csLapiSecretKey: csLapiSecret`, `BLUE_APP_SECRET=blog-blue-app`.
  if (`${value}Key` === name) return true;
  if (OF_APPLICATION.test(words) && isNamedAfter(words, value)) return true;
  // A model that runs at home asks for a key, and takes any.
  if (/(?:^|_)api_?key$/.test(words) && /^(?:ollama|local|localai|lm-?studio|vllm)$/.test(value)) {
    return true;
  }
  return /^[a-z]+(?:-[a-z]+){1,2}$/.test(value) && OF_APPLICATION.test(words);
}

/** Whether the name of a Secret ends as that of the variable does, without its last word. */
function isNamedAfter(words: string, value: string): boolean {
  const stem = words.replace(/_?secret$/, "").replaceAll("_", "-");
  // As Tailscale's operator has it: `OPERATOR_SECRET=operator`.
  if (stem.length > 3 && value === stem && value !== "admin") return true;
  return stem.length > 3 && /^[a-z]+(?:-[a-z]+)+$/.test(value) && value.endsWith(stem);
}

/** Whether a name and a value are those of a credential, in a file where such are to be expected, however weak. */
export function isLiteralCredential(name: string, value: string): boolean {
  const isNamed = isCredentialVariable(name) && !namesSecretObject(name, value);
  return (isNamed && isCredentialValue(value)) || isVagueCredential(name, value);
}

/** Names of what is only about a secret, as `checksum/secret` among the annotations of a pod. */
const OF_A_SECRET = /(?:^|_)(?:checksum|digest|fingerprint|hash|sha\d*|version)(?:_|$)/;

/**
 * Names that Proxmox and Synapse have for values; elsewhere, `tokenSecret` may be the name of a Secret.
 */
const OF_ONE_SERVICE = /(?:^|_)(?:token|form|replication)_secret$/;

/** `discord-bot-v2`, `cloudflare`. */
const NAME_OF_SECRET = /^[a-z]+\d{0,3}(?:-(?:[a-z]+\d{0,3}|\d{1,3}))*$/;

/** Whether a name and a value, where the name alone is not telling: `secret: Zk3vQ8r2LmN9pXw1`. */
export function isVagueCredential(name: string, value: string): boolean {
  if (!isVagueName(name)) return false;
  if (isRandomValue(value) || (/setup_?key$/i.test(name) && UUID.test(value))) return true;
  if (/network_?key$/i.test(name)) return isListOfBytes(value);
  return (
    OF_ONE_SERVICE.test(normalised(name)) && isStrongValue(value) && !NAME_OF_SECRET.test(value)
  );
}

/** NetBird's. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Zigbee's key for all who chose none. */
const DEFAULT_NETWORK_KEY = "1,3,5,7,9,11,13,15,0,2,4,6,8,10,12,13";

/** Sixteen times `0xff`, a comma and blanks. Of a text as long as a line may be it would take long. */
const LONGEST_LIST = 200;

/** Whether a text is a key of 16 bytes as a list of numbers: `[7, 0x1f, …]`, as Zigbee2MQTT has it. */
export function isListOfBytes(text: string): boolean {
  if (text.length > LONGEST_LIST) return false;
  const bytes = text.replace(/[\s[\]]/g, "").split(",", 17);
  return (
    bytes.length === 16 &&
    bytes.every((byte) => /^(?:\d{1,3}|0x[0-9a-f]{1,2})$/i.test(byte)) &&
    bytes.join() !== DEFAULT_NETWORK_KEY
  );
}

/** Under the name of a token it is an image's, or that of a file. */
const OF_PASSWORD = /password(?:_?\d)?$/i;

/** Whether a value is a password's digest without a salt, which is guessed as fast as any can be. */
export function isDigestOfPassword(name: string, value: string): boolean {
  return OF_PASSWORD.test(name) && /^sha(?:1|256|512):[0-9a-f]{40,128}$/i.test(value);
}

/** Where the value has to tell. */
export function isVagueName(name: string): boolean {
  const words = normalised(name);
  return (
    (VAGUE_ENDING.test(words) || SECRET_ENDING.test(words)) &&
    !NOT_A_CREDENTIAL.test(words) &&
    !OF_A_SECRET.test(words)
  );
}

/**
 * The name of a Secret, of a key in one, of a variable, a file, an image, or of what Home Assistant knows
 * (`sensor.solar_1`), where a password might stand.
 */
const REFERENCE_LIKE =
  /^(?:[a-z0-9.-]+[.-](?:secrets?|creds|credentials?|passwords?|tokens?|keys?|auth)|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?:\.{0,2}|~)\/[^\s]*|file:.*|env:.*|vault:.*|secret:.*|[a-z][a-z0-9+.-]*:\/\/[^\s]*|[\w.-]+\.(?:crt|pem)|(?:[^\s@]+@)?sha256:[0-9a-f]{64}|(?:(?:binary_)?sensor|input_[a-z]+)\.[a-z0-9_]+)$/;

/**
 * Programs expand these themselves: `$NAME`, Grafana's `$__env{NAME}`, Argo CD's `$secret:key` and `$slack-token`,
 * Frigate's `{NAME}`, opencode's `{env:NAME}`, `%NAME%`, `@NAME@`, jq's `\(.name)`, LiteLLM's `os.environ/NAME`, Python's
 * `os.environ["NAME"]`.
 */
const EXPANDED =
  /^(?:\$(?:[A-Za-z_]\w*|__\w+\{.*\}|[A-Za-z][\w-]*(?:[.:][A-Za-z][\w-]*)+|[a-z]+(?:-[A-Za-z]+)*-(?:token|password|secret|key|[A-Za-z]*(?:Token|Password|Secret|Key)))|\{[A-Za-z_]\w*\}|\{(?:env|file):[^{}]+\}|%[A-Za-z_]\w*%|@[A-Z][A-Z0-9_]*@|\\\(\.[\w.]+\)?|os\.environ\/\w+|os\.(?:environ|getenv)(?:\.get)?[[(]["']\w+["'][^"']*)$/;

/** As dotenvx encrypts a value, by ECIES with a public key in front; as Renovate's users do, by PGP. */
const ENCRYPTED = /^(?:encrypted:B[A-Za-z0-9+/]{80,}|wcFMA[A-Za-z0-9+/]{20,})={0,2}$/;

/**
 * Whether a value under a credential's name is a literal one.
 *
 * @param value the scalar's text, without quotes.
 */
export function isCredentialValue(value: string): boolean {
  const text = value.trim();
  if (text.length < 4 || text.length > 10_000) return false;
  if (isToken(value) || ENCRYPTED.test(text) || holdsExpression(text)) return false;
  if (EXPANDED.test(text) || (text.length < 40 && /(.)\1{7}/.test(text))) return false;
  if (/^(?:[\d.,]{1,5}[a-z]{0,2}|\d+\.\d+(?:e-?\d+)?)$/i.test(text)) return false;
  if (/\s/.test(text) && !text.startsWith("-----BEGIN") && !isPassphrase(text)) return false;
  return !PLACEHOLDER.test(text) && !REFERENCE_LIKE.test(text);
}

const WORDS = /^[A-Za-z0-9]{2,20}(?: [A-Za-z0-9]{2,20}){2,11}$/;

/** Of what is said about a password, where it stands in its place. */
const OF_A_SENTENCE =
  /(?:^| )(?:an?|and|any|are|as|at|be|been|before|by|can|change|created?|default|during|enter|for|from|generated?|get|has|if|in|insert|into|is|it|its|key|managed|must|my|no|not|of|on|only|optional|or|pass(?:word|phrase)?|please|provided|put|replace|required|same|secrets?|see|set|should|stored|that|the|this|to|tokens?|used?|value|via|was|when|where|which|will|with|your?)(?: |$)/i;

/** `correct horse battery staple`. */
function isPassphrase(text: string): boolean {
  return WORDS.test(text) && !OF_A_SENTENCE.test(text);
}

/**
 * Whether a value is a literal one where a password may as well be spoken of: those who draw words draw four at least, and
 * three are said of a password as often.
 */
export function isLikelyValue(value: string): boolean {
  return !/^\w+ \w+ \w+$/.test(value.trim()) && isCredentialValue(value);
}

/**
 * Whether such a value looks made up or drawn at random. If only a name says that it is a credential, a
 * mere word is more likely to be something else.
 */
export function isStrongValue(value: string): boolean {
  const text = value.trim();
  if (text.length < 8 || text.length > 500) return false;
  return /[A-Za-z]/.test(text) && /\d/.test(text) && isLikelyValue(text);
}

/** Names of commits and fingerprints of keys in hexadecimal digits, and public keys in DER. */
const PUBLIC = /^(?:[0-9a-f]{40}$|MCowBQYDK2V|MFkwEwYHKoZI|MIIBIjANBgkq)/;

/**
 * Whether a value was certainly drawn at random, as `openssl rand` and password managers do it:
 * hexadecimal digits, or letters of both cases and digits that make no words. Names of Secrets have no
 * capitals, and other names have words in them.
 */
export function isRandomValue(value: string): boolean {
  const text = value.trim().replace(/^base64:/, "");
  if (text.length < 16 || !isStrongValue(text) || isMasked(text)) return false;
  if (PUBLIC.test(text)) return false;
  if (/^[0-9a-f]{32,}$/.test(text)) return true;
  if (!/^[A-Za-z0-9+/=_~!@#%^&*-]+$/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) {
    return false;
  }
  const dividers = text.match(/[-_/]/g)?.length ?? 0;
  const words = text.match(/[A-Z]?[a-z]+|[A-Z]+/g) ?? [];
  const longestWord = Math.max(...words.map((word) => word.length));
  return dividers <= text.length / 8 && longestWord <= Math.max(5, text.length / 5);
}
