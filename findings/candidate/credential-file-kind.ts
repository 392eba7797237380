/**
 * Files that are made to hold credentials, by their names: the one list for the prefilter, which looks at them whatever
 * they hold, and for the rules that read them.
 */

/** Of logins, one format each. */
const LOGINS = {
  netrc: /[._]?netrc|\.authinfo/,
  pgpass: /\.pgpass/,
  // PgBouncer's; those of msmtp, Postfix, pppd and strongSwan; a wireless network's.
  userlist: /userlist\.txt/,
  msmtp: /\.?msmtprc/,
  "sasl-passwd": /sasl_passwd/,
  ppp: /(?:chap|pap)-secrets/,
  ipsec: /ipsec\.secrets/,
  wpa: /wpa_supplicant[^/]*\.conf/,
  pypirc: /\.pypirc/,
  "my.cnf": /\.my\.cnf/,
  "git-credentials": /\.git-credentials/,
  // Velero's, too.
  aws: /(?<=(?:^|\/)\.aws\/)credentials|credentials-[\w-]+|aws[._-]?credentials|cloud/,
  dockercfg: /\.dockercfg/,
  htpasswd: /[^/]*htpasswd/,
  "vault-token": /\.vault-token/,
  terraformrc: /\.terraformrc/,
  "credentials.tfrc.json": /credentials\.tfrc\.json/,
  s3cfg: /\.s3cfg/,
  rclone: /rclone\.conf/,
  // Ceph's: `ceph.client.admin.keyring`.
  keyring: /[^/]*\.keyring/,
} as const;

/**
 * In the order in which a name counts. Copies and variants are what their model is: `.env.prod`, `prod.tfvars.bak`; but
 * `prod.env.tf` and the like are written in another language.
 */
const NAMES = {
  npmrc: /[^/]*npmrc/,
  ...LOGINS,
  // Of Ansible Vault, restic, borg and the like: `.vault_pass`, `restic-password`, `password.txt`.
  password: /(?:[^/]*[._-])?(?:vault[._-]?pass|password|passphrase)(?:\.txt)?/,
  "terraform-state": /[^/]*\.tfstate(?:\.[^/]*)?~?/,
  variables:
    /\.(?:env(?:rc)?|flaskenv|dev\.vars)(?:\.[^/]*)?~?|(?:[^/]*[._-])?env(?:\.(?:txt|bak|old|local))?~?|[^/]*\.(?:(?:flask)?env(?:rc)?(?:\.(?!(?:ya?ml|json[c5]?|toml|tf|hcl|nix|cue|jsonnet|libsonnet)$)[^/]*)?|tfvars(?:\.[^/]*)?)~?/,
} as const;

/** A format of logins. */
export type LoginFormat = keyof typeof LOGINS;

/** What a file is made to hold: logins by their format, or something else. */
export type CredentialFileKind = keyof typeof NAMES;

const PATTERNS = Object.entries(NAMES).map(
  ([kind, { source }]) => [kind as CredentialFileKind, whole(source)] as const,
);

/** Files of these names are looked at whatever they hold. */
export const CREDENTIAL_FILE_PATHS = whole(
  Object.values(NAMES)
    .map(({ source }) => source)
    .join("|"),
);

/**
 * What a file is made to hold by its name; null for all others.
 *
 * @param path of the file, or its name where it stands as a value in another
 */
export function credentialFileKind(path: string): CredentialFileKind | null {
  return PATTERNS.find(([, pattern]) => pattern.test(path))?.[0] ?? null;
}

/** Whether it is a format of logins. */
export function isLoginFormat(kind: CredentialFileKind | null): kind is LoginFormat {
  return kind !== null && Object.hasOwn(LOGINS, kind);
}

/** The lookahead keeps what is tried to the last part of a path: it may be long, and hostile. */
function whole(names: string): RegExp {
  return new RegExp(`(?:^|/)(?=[^/]*$)(?:${names})$`, "i");
}
