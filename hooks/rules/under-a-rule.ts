import type { Finding, UnderARule } from "../../findings/finding.ts";
import { isNamedSops } from "../../findings/sops/sops-name.ts";
import { sopsVerdict } from "../../findings/sops/sops-verdict.ts";
import type { CreationRule } from "../../sops/creation-rules/creation-rules.ts";
import { formatOf } from "../../sops/format.ts";
import { effectiveSelection } from "../../sops/metadata/metadata.ts";
import { literalFolder } from "../../sops/creation-rules/pattern-text.ts";
import { selector } from "../../sops/selection/selection.ts";
import { RULE_FILE } from "./gate-files.ts";
import type { RulesInForce } from "./rules-in-force.ts";

/**
 * Adds to a finding about a file that no creation rule takes how one would take it: whoever wants to
 * commit a Secret is not helped by a way to leave it out.
 *
 * @param findings of one file
 * @throws BrokenRulesError
 */
export function orUnderARule(
  findings: readonly Finding[],
  path: string,
  bytes: Uint8Array,
  rules: RulesInForce,
): readonly Finding[] {
  const at = findings.findIndex(({ rule, mend }) => isForARule(rule, mend.kind, path));
  const found = findings[at];
  if (found === undefined || rules.for(path).rule !== null) return findings;
  const mend = { ...found.mend, orUnderARule: underARule(path, bytes, rules) };
  return findings.with(at, { ...found, mend });
}

/** Files of variables and other credentials are seldom for Flux, so nobody knows where they belong. */
function isForARule(rule: Finding["rule"], mend: Finding["mend"]["kind"], path: string): boolean {
  if (rule === "sops-rule") return mend === "edit";
  return rule === "plaintext-secret" && mend === "leave-out" && formatOf(path) === "yaml";
}

/** Of the rules that would encrypt the file elsewhere, the one for the folder nearest to its own. */
function underARule(path: string, bytes: Uint8Array, rules: RulesInForce): UnderARule | null {
  const nearest = rules.nearest(path);
  if (nearest === null) return null;
  const below = path.slice(nearest.folder.length);
  const own = below.slice(0, below.lastIndexOf("/") + 1);
  const name = below.slice(own.length);
  const encryptedName = isNamedSops(name)
    ? name
    : name.replace(/(\.[^./]+)?$/, (ending) => `.sops${ending}`);
  const places = (nearest.file.rules ?? []).flatMap((rule) => {
    const folder = literalFolder(rule.pathRegex);
    const to = [`${own}secrets/`, /secrets?\/$/.test(folder) ? folder : `${folder}secrets/`, folder]
      .flatMap((one) => [`${one}${name}`, `${one}${encryptedName}`])
      .find((one) => rules.for(nearest.folder + one).rule === rule);
    return to !== undefined && encrypts(rule, to, bytes) ? [{ rule, to }] : [];
  });
  const [best] = places.sort((a, b) => common(b.to, own) - common(a.to, own));
  if (best === undefined) return null;
  const ending = /\.[^.]*$/.exec(encryptedName)?.[0] ?? "";
  return {
    to: nearest.folder + best.to,
    rules: nearest.folder + RULE_FILE,
    line: best.rule.line,
    pathRegex: `^${own === "" ? "[^/]*" : `${literally(own)}.*`}\\.sops${/^\.ya?ml$/.test(ending) ? "\\.ya?ml" : literally(ending)}$`,
    name: encryptedName === name ? null : encryptedName,
  };
}

/** Whether a rule encrypts the file under a name, and leaves Flux and kustomize what they have to read. */
function encrypts(rule: CreationRule, below: string, bytes: Uint8Array): boolean {
  const verdict = sopsVerdict({
    path: below,
    bytes,
    rule,
    below,
    indent: null,
    leaks: true,
    before: "nothing",
  });
  if (verdict.kind !== "encrypt") return false;
  const selects = selector(effectiveSelection(rule), verdict.file);
  const [kind] = verdict.file.leaves.filter(
    (leaf) => leaf.path.length === 1 && leaf.path[0] === "kind",
  );
  return kind === undefined || !selects(kind);
}

/** How many folders two paths have in common. */
function common(a: string, b: string): number {
  const [one, other] = [a.split("/").slice(0, -1), b.split("/").slice(0, -1)];
  const end = one.findIndex((folder, index) => folder !== other[index]);
  return end === -1 ? one.length : end;
}

function literally(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}
