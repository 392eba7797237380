/** The kinds of prompt in use: by name, so that the build leaves the others' code out. */
export { confirm, input, password, select } from "@inquirer/prompts";
