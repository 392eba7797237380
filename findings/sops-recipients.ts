import type { CreationRule } from "../sops/creation-rules.ts";
import type { Metadata } from "../sops/metadata.ts";
import type { Finding } from "./finding.ts";

/** Who reads an encrypted file and should not, and who should and does not: public keys. */
export interface RecipientDrift {
  readonly extra: readonly string[];
  readonly missing: readonly string[];
}

/** How the recipients of a file differ from those of its creation rule; null where that cannot be said. */
export function recipientDrift(
  metadata: Metadata,
  rule: CreationRule | null,
): RecipientDrift | null {
  if (rule === null || rule.foreign.length > 0 || metadata.foreign.length > 0) return null;
  const present = new Set(metadata.age.map(({ recipient }) => recipient));
  const wanted = new Set(rule.recipients);
  return {
    extra: [...present].filter((recipient) => !wanted.has(recipient)),
    missing: [...wanted].filter((recipient) => !present.has(recipient)),
  };
}

/**
 * What is found: an encrypted file whose recipients are not those of its creation rule. Somebody
 * who was removed still reads it, or somebody who was added does not.
 */
export function recipientsFinding(metadata: Metadata, rule: CreationRule | null): Finding | null {
  const { extra, missing } = recipientDrift(metadata, rule) ?? { extra: [], missing: [] };
  if (extra.length === 0 && missing.length === 0) return null;
  const parts = [
    extra.length === 0 ? "" : `${shortened(extra)} can read it and should not`,
    missing.length === 0 ? "" : `${shortened(missing)} should be able to read it and cannot`,
  ].filter((part) => part !== "");
  return {
    rule: "sops-recipients",
    severity: "error",
    line: null,
    message: `its recipients are not those of its creation rule: ${parts.join("; ")}`,
    mend: {
      kind: "on-file",
      commands:
        extra.length === 0
          ? ["npx flux-sops updatekeys --yes FILE", "git add -- FILE"]
          : [
              "npx flux-sops updatekeys --yes FILE",
              "npx flux-sops rotate --in-place FILE",
              "git add -- FILE",
            ],
    },
  };
}

function shortened(recipients: readonly string[]): string {
  return recipients.map((recipient) => `${recipient.slice(0, 12)}…`).join(", ");
}
