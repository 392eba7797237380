import { Command } from "commander";
import { GitError } from "../git/errors.ts";
import { openRepository, type OpenedRepository } from "../git/repository.ts";
import { diagnoseInterrupted } from "../hooks/diagnose-interrupted.ts";
import { diagnose } from "../scaffold/diagnosis.ts";
import { parseArguments } from "./arguments.ts";
import { complain } from "./complain.ts";

/** `flux-sops doctor [--fix]`: what is wrong with this clone, each with its fix. */
export async function doctor(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops doctor")
    .description("say what is wrong with this clone, each with its fix")
    .option("--fix", "turn the hooks on where they are off, and tidy up after a killed commit");
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused === 0 ? 0 : 2;
  let repository: OpenedRepository;
  try {
    repository = await openRepository({ cwd: process.cwd(), env: process.env });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    complain(error.message);
    return 2;
  }
  const fix = command.opts()["fix"] === true;
  const found = [
    ...(await diagnose(repository.cwd, fix)),
    ...(await diagnoseInterrupted(repository, fix)),
  ];
  for (const { state, what, remedy } of found) {
    process.stdout.write(
      `${state.padEnd(7)} ${what}\n${remedy === null ? "" : `        ${remedy}\n`}`,
    );
  }
  return found.some(({ state }) => state === "wrong") ? 1 : 0;
}
