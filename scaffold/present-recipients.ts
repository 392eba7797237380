import type { CreationRule } from "../sops/creation-rules.ts";
import type { WantedRule } from "./wanted-rules.ts";

/**
 * To whom a scaffold encrypts where `.sops.yaml` says it already: to those whom all of its own rules name.
 * Who stands in one of them alone, or in another cluster's, is not to read the rest as well.
 *
 * @param wanted the scaffold's own rules; where none of them is there, all rules are asked.
 */
export function presentRecipients(
  rules: readonly CreationRule[],
  wanted: readonly WantedRule[],
): string[] {
  const own = rules.filter((rule) => wanted.some(({ pathRegex }) => pathRegex === rule.pathRegex));
  const asked = own.length === 0 ? rules : own;
  const named = [...new Set(asked.flatMap(({ recipients }) => recipients))];
  const common = named.filter((one) => own.every(({ recipients }) => recipients.includes(one)));
  return common.length === 0 ? named : common;
}
