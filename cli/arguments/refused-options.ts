const OTHER_KEYS = "keys other than age are for sops itself";
const KEY_SERVICE = "there is no key service here, only the age keys of this machine";

/**
 * The options of sops 3.13.3 that no command takes here, each with its reason: a script that was written
 * for sops is told, and never goes on without what it asked for.
 */
export const REFUSED_OPTIONS: Readonly<Record<string, string>> = {
  "--kms": OTHER_KEYS,
  "-k": OTHER_KEYS,
  "--aws-profile": OTHER_KEYS,
  "--gcp-kms": OTHER_KEYS,
  "--hckms": OTHER_KEYS,
  "--azure-kv": OTHER_KEYS,
  "--hc-vault-transit": OTHER_KEYS,
  "--pgp": OTHER_KEYS,
  "-p": OTHER_KEYS,
  "--encryption-context": OTHER_KEYS,
  "--add-kms": OTHER_KEYS,
  "--rm-kms": OTHER_KEYS,
  "--add-gcp-kms": OTHER_KEYS,
  "--rm-gcp-kms": OTHER_KEYS,
  "--add-hckms": OTHER_KEYS,
  "--rm-hckms": OTHER_KEYS,
  "--add-azure-kv": OTHER_KEYS,
  "--rm-azure-kv": OTHER_KEYS,
  "--add-hc-vault-transit": OTHER_KEYS,
  "--rm-hc-vault-transit": OTHER_KEYS,
  "--add-pgp": OTHER_KEYS,
  "--rm-pgp": OTHER_KEYS,
  "--shamir-secret-sharing-threshold": "several groups of keys are for sops itself",
  "--enable-local-keyservice": KEY_SERVICE,
  "--keyservice": KEY_SERVICE,
  "--show-master-keys": "change recipients in .sops.yaml, then run npx flux-sops updatekeys FILE",
  "-s": "change recipients in .sops.yaml, then run npx flux-sops updatekeys FILE",
  "--background": "sops itself has deprecated it: end the command with &",
  "--user": "run flux-sops as that user: sudo -u USER npx flux-sops …",
  "--same-process": "Node.js cannot become another program: leave it out",
};
