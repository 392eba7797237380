/** Where the repository is hosted; decides the `flux bootstrap` line. */
export const PROVIDERS = ["github", "gitlab", "forgejo", "git"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Everything that decides what a scaffolded repository looks like. No secrets in it. */
export interface Answers {
  /** A DNS label; names `clusters/NAME/`. */
  readonly cluster: string;
  readonly provider: Provider;
  /** User, organization or group at the provider; empty where not known yet. */
  readonly owner: string;
  readonly repository: string;
  readonly branch: string;
  /** Host of the provider, with a port where it needs one; empty for `git`. */
  readonly host: string;
  /** For `git` only: `https://…` or `ssh://…`; empty otherwise. */
  readonly url: string;
  /** Public keys made elsewhere; empty where the scaffold brings its own identity. */
  readonly recipients: readonly string[];
  /** A key file of the user's choice; empty for sops's own `keys.txt`. */
  readonly ageKeyFile: string;
  /** Whether the small example application is wanted. */
  readonly example: boolean;
  /** Whether manifests tell editors their schema. */
  readonly schemas?: boolean;
  /** Whether Renovate is set up, kept away from encrypted files. */
  readonly renovate?: boolean;
  /** Whether mise has tasks. */
  readonly tasks?: boolean;
}

/** The answers that a repository remembers: those that make sense on any machine. */
export type RememberedAnswers = Omit<Answers, "recipients" | "ageKeyFile">;
