import type { RuleId } from "./finding.ts";

/** What to do about a secret that a history holds. */
export interface Rotation {
  readonly rule: RuleId;
  /** What leaked, as a plural. */
  readonly what: string;
  /** In the imperative. */
  readonly how: string;
}

/**
 * What is to be replaced after a leak, the most dangerous first: what opens or makes everything else
 * comes before what opens one thing. Taking a file out of the history does not make its secret secret
 * again.
 */
export const ROTATIONS: readonly Rotation[] = [
  {
    rule: "age-key",
    what: "age keys",
    how: "make a new key (flux-sops keys new), let it in and the old one out (keys add, keys remove), give the cluster the new key, and change every secret that the old key opened: all of them, in the whole history",
  },
  {
    rule: "talos-secrets",
    what: "Talos secrets",
    how: "rotate the certificate authorities of Talos and Kubernetes (talosctl rotate-ca), issue a new talosconfig, and replace the tokens and encryption secrets of the machine configurations",
  },
  {
    rule: "kubeconfig",
    what: "kubeconfigs",
    how: "revoke the user's token or password; a client certificate is good until it expires, unless the cluster's certificate authority is replaced",
  },
  {
    rule: "private-key",
    what: "private keys",
    how: "make new key pairs, have certificates issued anew and the old ones revoked, and take the old public keys from wherever they give access",
  },
  {
    rule: "plaintext-secret",
    what: "Secrets and credential files",
    how: "change every password and token in them where it is checked, then in the encrypted file",
  },
  {
    rule: "plaintext-value",
    what: "readable values in encrypted files",
    how: "change each of them where it is checked, then in the encrypted file",
  },
  {
    rule: "inline-credential",
    what: "what may be literal passwords and tokens",
    how: "look at each, and change those that are real",
  },
];

/** The place of a rule in that order; what is no secret comes last. */
export function dangerOf(rule: RuleId): number {
  const at = ROTATIONS.findIndex((rotation) => rotation.rule === rule);
  return at === -1 ? ROTATIONS.length : at;
}
