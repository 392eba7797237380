import { isCredentialValue, isCredentialVariable } from "../../credential/credential.ts";
import type { Hit } from "../../finding.ts";
import { possibleCredential } from "./hit.ts";
import { USE_VARIABLE } from "./mends.ts";

/** `--from-literal=password=…` of kubectl. */
const FROM_LITERAL = /--from-literal[= ]["']?([\w.-]+)=["']?([^\s"'\\;|&)]+)/g;

/** `--docker-password=…` of kubectl. */
const DOCKER_PASSWORD = /--docker-(password)[= ]["']?([^\s"'\\;|&)]+)/g;

/** @see https://fluxcd.io/flux/cmd/flux_create_secret/ */
const FLUX_FLAG = /--(password|bearer-token|token)[= ]["']?([^\s"'\\;|&)]+)/g;

/** Literal secrets that a script or a workflow hands to kubectl or flux, line by line. */
export function findSecretCommands(text: string): Hit[] {
  if (!/--from-literal|--docker-password|flux create secret/.test(text)) return [];
  const hits: Hit[] = [];
  let isFlux = false;
  for (const [index, line] of text.split("\n").entries()) {
    const command = line.length > LONGEST_LINE || /^\s*(?:#|\/\/)/.test(line) ? "" : line;
    isFlux ||= command.includes("flux create secret");
    const flags = isFlux
      ? [FROM_LITERAL, DOCKER_PASSWORD, FLUX_FLAG]
      : [FROM_LITERAL, DOCKER_PASSWORD];
    const found = flags
      .flatMap((flag) => [...command.matchAll(flag)])
      .find(([, name = "", value = ""]) => isCredentialVariable(name) && isLiteral(value));
    if (found !== undefined) {
      hits.push(possibleCredential("a command", found[1] ?? "", index + 1, USE_VARIABLE));
    }
    // The command goes on.
    isFlux &&= /\\\s*$/.test(command);
  }
  return hits;
}

const LONGEST_LINE = 20_000;

/** `$NAME`, `$(command)` and a command in backticks are none. */
function isLiteral(value: string): boolean {
  return !/[$`]/.test(value) && isCredentialValue(value);
}
