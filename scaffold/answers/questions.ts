import { basename } from "node:path";
import { printable } from "../../git/escape.ts";
import { type Answers, PROVIDERS, type Provider } from "./answers.ts";
import { branchNameProblem } from "./branch-name.ts";
import { labelProblem } from "../kubernetes-names.ts";
import { recipientsProblem } from "./recipients.ts";

/** An answer as it comes from a flag, a prompt or a file. */
export type RawAnswer = string | boolean;
export type RawAnswers = Partial<Record<keyof Answers, RawAnswer>>;

/** What is known when a question's turn comes: the checked answers to those before it. */
export interface QuestionContext {
  readonly provider: Provider;
  /** The absolute folder that is scaffolded. */
  readonly directory: string;
}

/** One thing the scaffold wants to know: the source of a flag, a prompt and a Yeoman option. */
export interface Question {
  readonly name: keyof Answers;
  /** Long flag without dashes. */
  readonly flag: string;
  /** What the flag takes, as shown in the help; a question without it is a switch. */
  readonly value?: string;
  /** The words of the help. */
  readonly description: string;
  /** The words of the prompt; a question without it is asked by flag only. */
  readonly message?: string;
  readonly choices?: readonly string[];
  readonly fallback: (context: QuestionContext) => RawAnswer;
  /** Providers for which the question has a meaning; without it, all. */
  readonly providers?: readonly Provider[];
  /** Whether a prompt would only disturb, the fallback being right nearly always. */
  readonly quietFor?: readonly Provider[];
  /**
   * What is wrong with an answer, as the end of a sentence that begins with the flag, or null.
   */
  readonly problem: (answer: string) => string | null;
}

const PUBLIC_HOSTS: Record<Provider, string> = {
  github: "github.com",
  gitlab: "gitlab.com",
  forgejo: "codeberg.org",
  git: "",
};

/** All questions, in the order they are asked in. */
export const QUESTIONS: readonly Question[] = [
  {
    name: "cluster",
    flag: "cluster",
    value: "NAME",
    description:
      "name of the cluster, a DNS label; names the folder clusters/NAME (default: homelab)",
    message: "Name of the cluster",
    fallback: () => "homelab",
    problem: labelProblem,
  },
  {
    name: "provider",
    flag: "provider",
    value: "NAME",
    description: `where the repository is hosted: ${PROVIDERS.join(", ")} (default: github)`,
    message: "Where will the repository be hosted?",
    choices: PROVIDERS,
    fallback: () => "github",
    problem: (answer) =>
      (PROVIDERS as readonly string[]).includes(answer)
        ? null
        : `must be one of ${PROVIDERS.join(", ")}`,
  },
  {
    name: "owner",
    flag: "owner",
    value: "NAME",
    description:
      "user, organization or group that owns the repository (default: none, to be filled in later)",
    message: "Owner of the repository (user, organization or group; empty to fill in later)",
    fallback: () => "",
    providers: ["github", "gitlab", "forgejo"],
    problem: (answer) =>
      answer === "" || /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/.test(answer)
        ? null
        : "must be letters, digits, dots, dashes and underscores, with / between group and subgroup",
  },
  {
    name: "repository",
    flag: "repository",
    value: "NAME",
    description: "name of the repository (default: that of the folder)",
    message: "Name of the repository",
    fallback: ({ directory }) => repositoryNameFrom(directory),
    problem: repositoryNameProblem,
  },
  {
    name: "host",
    flag: "host",
    value: "HOST",
    description: `host of a self-hosted provider (default: ${Object.values(PUBLIC_HOSTS)
      .filter((host) => host !== "")
      .join(", ")})`,
    message: "Host of the provider",
    fallback: ({ provider }) => PUBLIC_HOSTS[provider],
    providers: ["github", "gitlab", "forgejo"],
    quietFor: ["github"],
    problem: hostProblem,
  },
  {
    name: "url",
    flag: "url",
    value: "URL",
    description: "for --provider git, and needed there: https://… or ssh://… of the repository",
    message: "URL of the repository (https://… or ssh://…)",
    fallback: () => "",
    providers: ["git"],
    problem: urlProblem,
  },
  {
    name: "branch",
    flag: "branch",
    value: "NAME",
    description: "branch that Flux follows (default: main)",
    message: "Branch that Flux follows",
    fallback: () => "main",
    problem: branchNameProblem,
  },
  {
    name: "recipients",
    flag: "recipients",
    value: "KEYS",
    description:
      "public keys made elsewhere: age1…,age1… (default: none; a private key is made, and its public key taken)",
    fallback: () => "",
    problem: recipientsProblem,
  },
  {
    name: "ageKeyFile",
    flag: "age-key-file",
    value: "FILE",
    description: "private key file to use, made when missing (default: sops's own keys.txt)",
    fallback: () => "",
    problem: (answer) => (answer.includes("\0") ? "must be the path of a file" : null),
  },
  {
    name: "example",
    flag: "example",
    description: "add a small example application (default: no)",
    message: "Add a small example application?",
    fallback: () => false,
    problem: () => null,
  },
  // By flag only: few want them, and everybody would be asked.
  {
    name: "schemas",
    flag: "schemas",
    description:
      "begin Kustomizations with a comment that tells editors their schema (default: no)",
    fallback: () => false,
    problem: () => null,
  },
  {
    name: "renovate",
    flag: "renovate",
    description: "add a renovate.json that leaves encrypted files alone (default: no)",
    fallback: () => false,
    problem: () => null,
  },
  {
    name: "tasks",
    flag: "tasks",
    description: "add a mise.toml with the tasks check, build, doctor and map (default: no)",
    fallback: () => false,
    problem: () => null,
  },
];

function repositoryNameFrom(directory: string): string {
  const name = basename(directory);
  return repositoryNameProblem(name) === null ? name : "flux-homelab";
}

function repositoryNameProblem(name: string): string | null {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(name)) {
    return "must be at most 100 letters, digits, dots, dashes and underscores";
  }
  return name.endsWith(".git") ? "must be given without .git at its end" : null;
}

function hostProblem(text: string): string | null {
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$/.test(text)) {
    return "must be a host name such as git.example.org, without https:// and path";
  }
  return Number(text.split(":")[1] ?? 1) <= MOST_PORT
    ? null
    : `must not have a port above ${MOST_PORT}`;
}

const MOST_PORT = 65535;

function urlProblem(text: string): string | null {
  if (text === "")
    return "is needed for --provider git: give https://… or ssh://… of the repository";
  const scp = /^([A-Za-z0-9_.-]+@[A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(text);
  if (scp !== null) {
    return `must be a URL: write ssh://${scp[1]}/${printable(scp[2] ?? "").replace(/^\/+/, "")}`;
  }
  if (/[\x00-\x20\x7f-\uffff]/.test(text) || !/^(https|ssh):\/\//.test(text)) {
    return "must begin with https:// or ssh://, without spaces";
  }
  if (!URL.canParse(text)) return "is no URL: correct its host or port";
  const url = new URL(text);
  if (url.password !== "") {
    return "must not hold a password: it would be committed; bootstrap asks for it";
  }
  if (url.protocol === "https:" && url.username !== "") {
    return "must not hold a user name for https://: bootstrap takes it as --username";
  }
  if (url.hostname === "" || url.pathname.length < 2) return "must name a host and a repository";
  return url.search === "" && url.hash === "" ? null : "must not hold ? or #";
}
