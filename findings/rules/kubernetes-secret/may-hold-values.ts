import type { Section } from "../../candidate/sections.ts";

/** Words of which one stands in every part of a file that holds a Secret. */
const NAMED =
  /\bSecrets?\b|SecretList|SecretGenerator|secretGenerator|SopsSecret|stringData|[Kk]ind(?:: ["']?|": ?")(?:secret|SECRET)/;

/**
 * How HelmReleases and Flux Kustomizations refer to a Secret: an item of a list with its name, and nothing
 * below it that could belong to it too. Most mentions of Secrets are such.
 */
const REFERENCE = (() => {
  const value = "[\\w$][\\w.${}[\\]-]*";
  const field = `(?:name|namespace|optional|valuesKey|targetPath): (?:${value}|"${value}"|'${value}')`;
  return new RegExp(
    `^( *)- (?:${field}\\n\\1 {2})*kind: Secret\\n(?:\\1 {2}${field}\\n)*(?!\\1 |[ \\t]*\\n)`,
    "gm",
  );
})();

/** Behind a backslash it may be a line of quoted text, with other lines in it. */
const COMMENT = /^[ \t]*#[^\n\\]*\n/gm;

/**
 * What stands before every value of a Secret: a field for values, `literals`, or what kustomize writes into
 * one. In a Secret alone values may have slipped out.
 */
const VALUES =
  /(?<!meta)data["'\\]*\s*[:=]|stringData|literals|ValueAddTransformer|sourceValue|^["']?kind["']?: *["']?Secret\b/im;

/** An operation on such a field, with its path. */
const OPERATION = /\bop["'\\]*\s*:/;
const PATH = "/data";

/** Whether a part of a file could hold a Secret with values: only such is parsed. */
export function mayHoldValues({ words }: Section): boolean {
  if (!NAMED.test(words)) return false;
  const text = words.replace(COMMENT, "").replace(REFERENCE, "");
  return NAMED.test(text) && (VALUES.test(text) || (text.includes(PATH) && OPERATION.test(text)));
}

/** Whether text that is embedded in such a part speaks of a Secret at all. */
export function namesSecret({ words }: Section): boolean {
  return NAMED.test(words);
}
