import { conflictSides } from "../../sops/text/conflict-markers.ts";
import { decodeText } from "../../sops/text/decode-text.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import type { StoreFile } from "../../sops/store.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { encryptedVerdict } from "./encrypted-verdict.ts";
import { isModel } from "../candidate/file-kind.ts";
import { isKeptElsewhere } from "./kept-elsewhere.ts";
import { knownFilter } from "./known-filter.ts";
import { isMeant, plaintextVerdict } from "./plaintext-verdict.ts";
import { isLeftAlone, isNamedSops } from "./sops-name.ts";
import { formatWithin, mayHoldMetadata, mentionsMetadata, startsAsJson } from "./sops-traces.ts";
import { searchable } from "../candidate/text.ts";
import { blocked, type SopsCandidate, type SopsVerdict } from "./verdict.ts";

/**
 * Looks at a file as the gate does: is it encrypted, to be encrypted, or wrong? Files that no rule
 * takes and that hold no SOPS metadata are always `plain`, whatever else is in them.
 */
export function sopsVerdict(candidate: SopsCandidate): SopsVerdict {
  const { path, bytes, rule } = candidate;
  if (isLeftAlone(path)) return { kind: "plain" };
  const format = formatWithin(path, bytes);
  const expected = isNamedSops(path) || candidate.before === "encrypted";
  if (rule === null && !expected && !mentionsMetadata(bytes)) return { kind: "plain" };
  // By its name, every file that is nothing else is a binary one: this tool itself, an image.
  if (format === "binary" && !expected && !startsAsJson(bytes)) return { kind: "plain" };
  // Many rules take a whole tree. What was left readable on purpose need not be read to stay so.
  if (
    candidate.before === "plaintext" &&
    !candidate.leaks &&
    !expected &&
    !mayHoldMetadata(bytes)
  ) {
    return { kind: "plain" };
  }
  const isToBeEncrypted = expected && (!isModel(path) || candidate.before === "encrypted");
  const filter = isToBeEncrypted ? knownFilter(bytes) : null;
  if (filter !== null) {
    return blocked(
      "sops-rule",
      null,
      `git is given what ${filter} makes of it, and not the file that is to be encrypted`,
      {
        kind: "edit",
        what: "take it out of the filter in .gitattributes and stage that, then git add --renormalize the file",
      },
    );
  }

  let file: StoreFile;
  let metadata: Metadata | null;
  try {
    ({ file, metadata } = readSopsFile(bytes, format, candidate.indent));
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    const isBlockBroken =
      error.code === "bad-metadata" && mentionsMetadata(bytes) && !isModel(path);
    if (!expected && !isBlockBroken && !isMeant(candidate, format)) return { kind: "plain" };
    return blocked("sops-broken", error.line, error.message, {
      kind: "edit",
      what: isEncryptedConflict(bytes)
        ? RESOLVE
        : expected || isBlockBroken || rule === null
          ? "correct it, then stage it again"
          : `correct it, then stage it again: the creation rule in line ${rule.line} of .sops.yaml has it encrypted`,
    });
  }
  if (metadata !== null) return encryptedVerdict(candidate, file, metadata);
  if (rule === null) {
    if (!isToBeEncrypted) return { kind: "plain" };
    const isOtherYaml = format === "yaml" && !isNamedSops(path);
    if (isOtherYaml && isKeptElsewhere(decodeText(bytes))) return { kind: "plain" };
    return blocked(
      "sops-rule",
      null,
      isNamedSops(path)
        ? "its name says it is encrypted, but no creation rule in .sops.yaml takes it"
        : "it was encrypted before, but no creation rule in .sops.yaml takes it any more",
      { kind: "edit", what: "add a creation rule for it to .sops.yaml and stage that too" },
    );
  }
  return plaintextVerdict(candidate, rule, file);
}

/** Once a file is staged, git knows its sides again only after `--merge`. */
const RESOLVE =
  "keep the lines you want of either side and decrypt it (npx flux-sops decrypt --in-place --ignore-mac), or take one side as it is (git checkout --merge, then --ours or --theirs); then stage it";

/** Whether a merge has left a conflict in an encrypted file. */
function isEncryptedConflict(bytes: Uint8Array): boolean {
  return conflictSides(bytes).length > 0 && searchable(bytes).includes(TOKEN_START);
}
