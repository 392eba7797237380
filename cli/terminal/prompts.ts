// By name, so that the build leaves the code of other kinds of prompt out.
import { confirm, input, password, select } from "@inquirer/prompts";
import { validator } from "../../scaffold/answers/validator.ts";
import type { Prompter } from "../../scaffold/new/generator.ts";

export { confirm, password };

/** Asks whoever sits at the terminal. To be loaded only where somebody does. */
export const prompter: Prompter = {
  input: async (message, fallback, problem) =>
    input({
      message,
      ...(fallback === "" ? {} : { default: fallback }),
      validate: validator(problem),
    }),
  hidden: async (message, problem) => password({ message, validate: validator(problem) }),
  select: async (message, choices, fallback) =>
    select({
      message,
      default: fallback,
      choices: choices.map((value) => ({ value, name: value })),
    }),
};
