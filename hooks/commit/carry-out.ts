import type { Finding } from "../../findings/finding.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { FoundIdentities } from "../../sops/age/identities.ts";
import type { Encrypted } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { formatOf } from "../../sops/format.ts";
import type { Judgement } from "../judge.ts";
import type { NewContent } from "./replace-staged.ts";
import type { StagedFile } from "./staged.ts";

/** What is wrong with a staged file, and what it is to hold instead. */
export interface Outcome {
  readonly findings: readonly Finding[];
  readonly content: NewContent | null;
}

/** Encrypts a file if its judgement says so. What stays readable in it must not leak either. */
export async function carryOut(
  { entry, bytes, before }: StagedFile,
  { verdict, leaks, inForce }: Judgement,
  identities: () => Promise<FoundIdentities>,
  mayResign: boolean,
): Promise<Outcome> {
  const { encryptPlaintext, inspectEncrypted } = await import("../encrypt-entry.ts");
  const { recipientsFinding } = await import("../../findings/sops/sops-recipients.ts");
  const { plaintextValue } = await import("../../findings/sops/plaintext-value.ts");
  const { mendOfUnverified, RESTORE, sopsBroken } =
    await import("../../findings/sops/sops-broken.ts");
  const version =
    before === null ? null : { bytes: before, format: formatOf(pathText(entry.path)) };
  switch (verdict.kind) {
    case "plain":
    case "unverified":
      return { findings: leaks, content: null };
    case "blocked":
      return { findings: [verdict.finding, ...leaks], content: null };
    case "encrypt": {
      const { file, rule } = verdict;
      let result: Encrypted;
      try {
        result = await encryptPlaintext(file, rule, version, (await identities()).pairs);
      } catch (error) {
        if (!(error instanceof SopsError)) throw error;
        const what = error.code === "tampered" ? RESTORE : "correct it, then stage it again";
        return { findings: [sopsBroken(error, what), ...leaks], content: null };
      }
      const { pairs, problems } = await identities();
      const opensHere = pairs.some(({ recipient }) => rule.recipients.includes(recipient));
      const closedFor = opensHere ? null : problems;
      return {
        findings: await leftAfter({ path: entry.path, bytes }, leaks, result.text),
        content: { entry, text: result.text, result, closedFor, changed: null },
      };
    }
    case "encrypted": {
      const { file, metadata, added } = verdict;
      const drift = recipientsFinding(metadata, inForce.rule);
      const drifted = drift === null ? [] : [drift];
      const known = [...drifted, ...leaks];
      if (drift?.severity === "error") return { findings: known, content: null };
      const inspection = await inspectEncrypted(
        file,
        metadata,
        added.length > 0,
        mayResign ? version : null,
        (await identities()).pairs,
      );
      switch (inspection.kind) {
        case "verified":
          return { findings: known, content: null };
        case "unverified":
          return {
            findings: [...added.map((one) => plaintextValue(one, true)), ...known],
            content: null,
          };
        case "broken": {
          const what = mendOfUnverified(inspection.decrypts, added);
          return { findings: [sopsBroken(inspection, what), ...known], content: null };
        }
        case "sealed": {
          const { result, changed } = inspection;
          return {
            findings: [
              ...drifted,
              ...(await leftAfter({ path: entry.path, bytes }, leaks, result.text)),
            ],
            content: { entry, text: result.text, result, closedFor: null, changed },
          };
        }
      }
    }
  }
}

/**
 * What is still wrong once a file is encrypted: leaks in what stays readable, and values that no Secret
 * may have.
 */
async function leftAfter(
  { path, bytes }: { readonly path: GitPath; readonly bytes: Buffer },
  before: readonly Finding[],
  text: string,
): Promise<readonly Finding[]> {
  const { scan } = await import("../../findings/scan.ts");
  const { candidateOf } = await import("../../findings/candidate/candidate.ts");
  // From before: then the values could still be read.
  const notValid = before.filter(({ rule }) => rule === "secret-not-valid");
  const leaks = scan(candidateOf(pathText(path), Buffer.from(text)), new Set(["secret-not-valid"]));
  if (leaks.length === 0) return notValid;
  const { linesAsStaged } = await import("./line-as-staged.ts");
  const lineOf = linesAsStaged(text, bytes.toString("utf8"));
  return [
    ...notValid,
    ...leaks.map((one) => (one.line === null ? one : { ...one, line: lineOf(one.line) })),
  ];
}
