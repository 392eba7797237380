import type { CreationRule } from "../../sops/creation-rules/creation-rules.ts";
import { SHAMIR, type Metadata } from "../../sops/metadata/metadata.ts";
import type { Finding } from "../finding.ts";

/** Who reads an encrypted file and should not, and who should and does not. */
export interface RecipientDrift {
  /** Public keys, and of keys other than age their kind. */
  readonly extra: readonly string[];
  readonly missing: readonly string[];
  /** Whether there are keys on either side that are left to sops. */
  readonly isForSops: boolean;
}

/**
 * How the recipients of a file differ from those of its creation rule; null where that cannot be said. Of keys
 * other than age only the kinds are compared: the rest is left to sops.
 */
export function recipientDrift(
  metadata: Metadata,
  rule: CreationRule | null,
): RecipientDrift | null {
  if (rule === null || [...rule.foreign, ...metadata.foreign].includes(SHAMIR)) return null;
  const present = new Set(metadata.age.map(({ recipient }) => recipient));
  for (const kind of metadata.foreign) present.add(kind);
  const wanted = new Set([...rule.recipients, ...rule.foreign]);
  return {
    extra: [...present].filter((recipient) => !wanted.has(recipient)),
    missing: [...wanted].filter((recipient) => !present.has(recipient)),
    isForSops: rule.foreign.length > 0 || metadata.foreign.length > 0,
  };
}

/**
 * What is found: an encrypted file whose recipients are not those of its creation rule. Somebody
 * who was removed still reads it, or somebody who was added does not. A warning where the keys are not all
 * age's: those files pass.
 */
export function recipientsFinding(metadata: Metadata, rule: CreationRule | null): Finding | null {
  const drift = recipientDrift(metadata, rule);
  if (drift === null) return null;
  const { extra, missing, isForSops } = drift;
  if (extra.length === 0 && missing.length === 0) return null;
  const parts = [
    extra.length === 0 ? "" : `${shortened(extra)} can read it and should not`,
    missing.length === 0 ? "" : `${shortened(missing)} should be able to read it and cannot`,
  ].filter((part) => part !== "");
  const tool = isForSops ? "sops" : "npx flux-sops";
  return {
    rule: "sops-recipients",
    severity: isForSops ? "warning" : "error",
    line: null,
    message: `its recipients are not those of its creation rule: ${parts.join("; ")}`,
    mend: {
      kind: "on-file",
      commands: [
        `${tool} updatekeys --yes FILE`,
        ...(extra.length === 0 ? [] : [`${tool} rotate --in-place FILE`]),
        "git add -- FILE",
      ],
    },
  };
}

function shortened(recipients: readonly string[]): string {
  return recipients
    .map((one) => (one.startsWith("age1") ? `${one.slice(0, 12)}…` : `a key of the kind ${one}`))
    .join(", ");
}
