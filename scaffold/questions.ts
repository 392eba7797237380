import { basename } from "node:path";
import { parseRecipient } from "../sops/recipient.ts";
import { type Answers, PROVIDERS, type Provider } from "./answers.ts";
import { branchNameProblem } from "./branch-name.ts";
import { printable, ScaffoldError } from "./errors.ts";

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
    problem: (answer) =>
      /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(answer)
        ? null
        : "must be a DNS label: at most 63 of a-z, 0-9 and -, no dash at either end",
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
    problem: (answer) =>
      /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$/.test(answer)
        ? null
        : "must be a host name such as git.example.org, without https:// and path",
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

/** Asks a person one question; the answer it gives back passed `question.problem`. */
export type Ask = (question: Question, fallback: RawAnswer) => Promise<RawAnswer>;

/**
 * Completes the answers: what was given, else what the repository remembers, else what a person
 * says, else the default.
 *
 * @param given answers from flags. Each is checked before anything is asked.
 * @param remembered answers from the repository's `.yo-rc.json`.
 * @param ask null where nobody can be asked.
 * @param found what an existing repository suggests, in place of the defaults.
 * @throws ScaffoldError `usage`, naming the first flag or remembered answer that is wrong.
 */
export async function collectAnswers(
  given: RawAnswers,
  remembered: RawAnswers,
  directory: string,
  ask: Ask | null,
  found: RawAnswers = {},
): Promise<Answers> {
  for (const question of QUESTIONS) {
    const answer = given[question.name];
    if (answer === undefined) continue;
    // Most often an unset shell variable: going on with the default would be a surprise.
    if (answer === "") {
      throw new ScaffoldError("usage", `--${question.flag} is empty: give a value or leave it out`);
    }
    refuseProblem(question, answer, `--${question.flag}`);
  }
  const answers: Record<string, RawAnswer> = {};
  let provider: Provider = "github";
  for (const question of QUESTIONS) {
    const applies = question.providers?.includes(provider) ?? true;
    const answer = given[question.name];
    if (!applies) {
      if (answer !== undefined) {
        throw new ScaffoldError(
          "usage",
          `--${question.flag} has no meaning for --provider ${provider}: leave it out, or choose the provider with --provider ${question.providers?.[0]}`,
        );
      }
      answers[question.name] = "";
      continue;
    }
    const settled = answer ?? recall(question, remembered);
    const fallback =
      suggested(question, provider, found) ?? question.fallback({ provider, directory });
    const asked =
      ask !== null &&
      question.message !== undefined &&
      !(question.quietFor?.includes(provider) ?? false);
    const value = settled ?? (asked ? await ask(question, fallback) : fallback);
    refuseProblem(question, value, `--${question.flag}`);
    answers[question.name] = value;
    if (question.name === "provider") provider = value as Provider;
  }
  return {
    ...(answers as unknown as Answers),
    recipients: splitRecipients(answers["recipients"] as string),
  };
}

/** What an existing repository suggests, where it can be used. */
function suggested(question: Question, provider: Provider, found: RawAnswers): RawAnswer | null {
  const answer = found[question.name];
  const fits =
    typeof answer === "string" &&
    (question.providers === undefined || found.provider === provider) &&
    question.problem(answer) === null;
  return fits ? answer : null;
}

/** A remembered answer may have been edited by anyone: it is checked like a flag. */
function recall(question: Question, remembered: RawAnswers): RawAnswer | undefined {
  const answer = remembered[question.name];
  if (answer === undefined) return undefined;
  refuseProblem(question, answer, `"${question.name}" in .yo-rc.json`);
  return answer;
}

function refuseProblem(question: Question, answer: RawAnswer, source: string): void {
  const problem =
    typeof answer === (question.value === undefined ? "boolean" : "string")
      ? typeof answer === "string"
        ? question.problem(answer)
        : null
      : `must be ${question.value === undefined ? "true or false" : "text"}`;
  if (problem !== null) throw new ScaffoldError("usage", `${source} ${problem}`);
}

export function splitRecipients(text: string): string[] {
  const recipients = text.split(",").map((part) => part.trim());
  return [...new Set(recipients.filter((part) => part !== ""))];
}

export function recipientsProblem(text: string): string | null {
  if (text === "") return null;
  const recipients = splitRecipients(text);
  if (recipients.length === 0)
    return "names no recipient: give one or more age1…, with commas between";
  for (const recipient of recipients) {
    let kind;
    try {
      kind = parseRecipient(recipient);
    } catch (error) {
      return `cannot be used: ${(error as Error).message}`;
    }
    // A commit encrypts by itself, and only these two kinds can be encrypted to without sops.
    if (kind !== "x25519" && kind !== "hybrid") {
      return `cannot be used: ${printable(recipient.slice(0, 20))}… is ${
        kind === "ssh" ? "an SSH key" : "for an age plugin"
      }, which a commit cannot encrypt to; give the public key that age-keygen prints`;
    }
  }
  return null;
}

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

function urlProblem(text: string): string | null {
  if (text === "")
    return "is needed for --provider git: give https://… or ssh://… of the repository";
  const scp = /^([A-Za-z0-9_.-]+@[A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(text);
  if (scp !== null) {
    return `must be a URL: write ssh://${scp[1]}/${printable(scp[2] ?? "").replace(/^\/+/, "")}`;
  }
  if (
    /[\x00-\x20\x7f-\uffff]/.test(text) ||
    !/^(https|ssh):\/\//.test(text) ||
    !URL.canParse(text)
  ) {
    return "must begin with https:// or ssh://, without spaces";
  }
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
