import type { CreationRule } from "../../sops/creation-rules/creation-rules.ts";
import { isDocumented } from "../../sops/age/documented-recipients.ts";
import { literalFolder } from "../../sops/creation-rules/pattern-text.ts";
import type { Destination } from "../destination/destination.ts";
import { rulesOfScope } from "../wanted-rules.ts";
import type { Scope } from "../destination/surroundings.ts";

/**
 * To whom a scaffold encrypts where `.sops.yaml` says it already: to those whom all of its own rules name.
 * Who stands in one of them alone, or in another cluster's, is not to read the rest as well. Where none of
 * its own rules is there, it is those whom all rules name that are not another cluster's.
 *
 * @returns null where there is nobody: the cluster is to have a key of its own
 */
export function presentRecipients(
  rules: readonly CreationRule[],
  scope: Scope,
  cluster: string,
): string[] | null {
  const wanted = rulesOfScope(scope, cluster, []).map(({ pathRegex }) => pathRegex);
  const own = rules.filter(({ pathRegex }) => wanted.includes(pathRegex));
  if (own.some(({ pathRegex }) => !isOfAnother(cluster, pathRegex)))
    return inAll(own) ?? inAny(own);
  // Rules for any layout take what is left between those of the clusters.
  if (scope === "gate") return inAll(rules) ?? inAny(rules);
  const shared = rules.filter(({ pathRegex }) => !isOfAnother(cluster, pathRegex));
  if (shared.length === 0) return rules.length === 0 ? [] : null;
  return inAny(shared).length === 0 ? [] : inAll(shared);
}

/**
 * To whom a scaffold encrypts where there are no rules yet: to those who can read all that is encrypted already.
 * A key of its own would take those files away from them, and from Flux, as soon as somebody follows
 * the rules. Files that are encrypted to a manual's key say nothing, nor those for a key that the repository
 * itself gives away.
 *
 * @returns null where there is nobody: a key is to be made
 */
export function recipientsOfFiles(
  { encryptedTo, keysInTheOpen }: Pick<Destination, "encryptedTo" | "keysInTheOpen">,
  scope: Scope,
): string[] | null {
  const isAnybodys = (one: string) => isDocumented(one) || keysInTheOpen.has(one);
  const own = [...encryptedTo.values()].map((all) => ({
    recipients: all.filter((one) => NATIVE.test(one) && !isAnybodys(one)),
  }));
  const any = scope === "gate" && inAny(own).length > 0 ? inAny(own) : null;
  return inAll(own) ?? any;
}

/** A key of age itself, and none of a plugin's, whose name would stand before another 1. */
const NATIVE = /^age1(?:pq1)?[02-9ac-hj-np-z]+$/;

type HasRecipients = Pick<CreationRule, "recipients">;

function inAny(rules: readonly HasRecipients[]): string[] {
  return [...new Set(rules.flatMap(({ recipients }) => recipients))];
}

/** Null where no recipient stands in all rules that have any. */
function inAll(rules: readonly HasRecipients[]): string[] | null {
  const asked = rules.filter(({ recipients }) => recipients.length > 0);
  const common = inAny(asked).filter((one) =>
    asked.every(({ recipients }) => recipients.includes(one)),
  );
  return common.length === 0 ? null : common;
}

/** Talos machine secrets are those of a cluster, too. */
function isOfAnother(cluster: string, pathRegex: string): boolean {
  const folder = literalFolder(pathRegex);
  const isOfACluster = /^(?:clusters\/.|talos\/)/.test(folder);
  return isOfACluster && !folder.startsWith(`clusters/${cluster}/`);
}
