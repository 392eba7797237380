import type { RememberedAnswers } from "./answers/answers.ts";

/** How `flux bootstrap` is called for a repository, and where it gets its access from. */
export interface BootstrapCommand {
  /** The words of the command, not quoted for a shell; capitals such as OWNER are to be filled in. */
  readonly words: readonly string[];
  /** The environment variable with the token or password; null where a key file is used. */
  readonly tokenVariable: string | null;
}

/**
 * The `flux bootstrap` command of a provider.
 *
 * @see https://fluxcd.io/flux/installation/bootstrap/
 */
export function bootstrapCommand(answers: RememberedAnswers): BootstrapCommand {
  const place = [`--branch=${answers.branch}`, `--path=clusters/${answers.cluster}`];
  const hosted = [
    `--owner=${answers.owner || "OWNER"}`,
    `--repository=${answers.repository}`,
    ...place,
    // A path of groups is no user.
    ...(answers.owner.includes("/") ? [] : ["--personal"]),
  ];
  const hostname = `--hostname=${answers.host}`;
  switch (answers.provider) {
    case "github":
      return {
        words: [
          ...["flux", "bootstrap", "github"],
          ...(answers.host === "github.com" ? [] : [hostname]),
          ...hosted,
        ],
        tokenVariable: "GITHUB_TOKEN",
      };
    case "gitlab":
      return {
        words: [
          ...["flux", "bootstrap", "gitlab"],
          ...(answers.host === "gitlab.com" ? [] : [hostname]),
          ...hosted,
        ],
        tokenVariable: "GITLAB_TOKEN",
      };
    case "forgejo":
      return {
        words: ["flux", "bootstrap", "gitea", hostname, ...hosted, "--token-auth"],
        tokenVariable: "GITEA_TOKEN",
      };
    case "git": {
      const url = `--url=${answers.url}`;
      // Without --token-auth, Flux would turn an https:// address into ssh:// with a key of its own.
      return answers.url.startsWith("https://")
        ? {
            words: ["flux", "bootstrap", "git", url, "--username=USER", "--token-auth", ...place],
            tokenVariable: "GIT_PASSWORD",
          }
        : {
            words: ["flux", "bootstrap", "git", url, "--private-key-file=KEY_FILE", ...place],
            tokenVariable: null,
          };
    }
  }
}

/** The address to push to. */
export function remoteUrl(answers: RememberedAnswers): string {
  if (answers.provider === "git") return answers.url;
  const path = `${answers.owner || "OWNER"}/${answers.repository}.git`;
  return `https://${answers.host}/${path}`;
}
