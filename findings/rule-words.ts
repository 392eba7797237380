import type { RuleId } from "./finding.ts";

/** What a rule is about, for lists of rules such as that of code scanning. */
export interface RuleWords {
  /** One line: what the rule finds. */
  readonly title: string;
  /** Why it matters, in sentences. */
  readonly why: string;
}

/** The words of every rule. They stand apart, since a commit says nothing of them. */
export const RULE_WORDS: Readonly<Record<RuleId, RuleWords>> = {
  "plaintext-secret": {
    title: "Kubernetes Secret, or a file made for credentials, in plaintext",
    why: "Whoever reads the repository, now or in its history, reads the secret. Base64 under data is no protection. Flux deploys a plaintext Secret without a word, so nothing else will notice.",
  },
  "plaintext-value": {
    title: "Plaintext in an encrypted file",
    why: "Whoever reads the repository, now or in its history, reads it, though the file looks encrypted.",
  },
  "age-key": {
    title: "age private key",
    why: "The key opens every file that was ever encrypted to it, in the whole history of the repository. One that left the machine must be replaced, and every secret it opened changed.",
  },
  "private-key": {
    title: "Private key (PEM, OpenSSH, PGP, PuTTY, WireGuard)",
    why: "Whoever holds it can pose as the server, user or author that it stands for. One that left the machine must be replaced; taking it out of the repository again is not enough.",
  },
  kubeconfig: {
    title: "kubeconfig with a user's key, token or password",
    why: "It is a login to the cluster, most often as its administrator.",
  },
  "talos-secrets": {
    title: "Talos secrets: talosconfig, machine configuration, secrets bundle",
    why: "They make anyone an administrator of every machine, or let a machine of theirs join the cluster. Rotating them means new certificate authorities for Talos, Kubernetes and etcd.",
  },
  "sops-broken": {
    title: "Encrypted file that cannot be decrypted as it is",
    why: "sops and Flux refuse it: nothing that is built with it is applied, and nobody gets at its values.",
  },
  "sops-recipients": {
    title: "Encrypted file whose keys are not those of its creation rule",
    why: "Somebody who should read it cannot, or somebody who should no longer can.",
  },
  "sops-rule": {
    title: "File that is to be encrypted, and that no creation rule encrypts",
    why: "It would stay readable in a place, or under a name, that says it is encrypted.",
  },
  "sops-unsupported": {
    title: "File that only sops itself can encrypt",
    why: "Its creation rule names keys other than age, to which git commit does not encrypt, so it would stay readable.",
  },
  "flux-ciphertext": {
    title: "Encrypted file that Flux applies as ciphertext, or refuses",
    why: "An application gets ENC[…] for its password, or a Kustomization no longer reconciles.",
  },
  "secret-not-valid": {
    title: "Kubernetes Secret that the API server refuses",
    why: "Flux applies all objects of a Kustomization or none: one invalid Secret stops all that is built with it, and what depends on it. Once it is encrypted nobody sees why.",
  },
  "inline-credential": {
    title: "Literal password or token in Helm values, env, a ConfigMap or postBuild.substitute",
    why: "It is readable in the repository and, being no Secret, in the cluster too. Keep it in an encrypted Secret and refer to it: valuesFrom, secretKeyRef, substituteFrom.",
  },
};
