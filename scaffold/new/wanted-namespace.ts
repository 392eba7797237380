import { ScaffoldError } from "../errors.ts";
import { type GeneratorRequest, valueOf } from "./generator.ts";
import { labelProblem } from "../kubernetes-names.ts";

/** The namespace of the flag, else of a person, else the fallback. */
export async function wantedNamespace(
  request: GeneratorRequest,
  fallback = "default",
): Promise<string> {
  const given = valueOf(request, "namespace");
  if (given === null) {
    return (await request.prompter?.input("Namespace", fallback, labelProblem)) ?? fallback;
  }
  const problem = labelProblem(given);
  if (problem !== null) throw new ScaffoldError("usage", `--namespace ${problem}`);
  return given;
}
