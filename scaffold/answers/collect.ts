import type { Answers, Provider } from "./answers.ts";
import { ScaffoldError } from "../errors.ts";
import { type Question, QUESTIONS, type RawAnswer, type RawAnswers } from "./questions.ts";
import { splitRecipients } from "./recipients.ts";

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
    // Of the provider that it is moved away from.
    const isOfAnother =
      question.name === "host" &&
      remembered.provider !== undefined &&
      remembered.provider !== provider;
    const settled = answer ?? (isOfAnother ? undefined : recall(question, remembered));
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
