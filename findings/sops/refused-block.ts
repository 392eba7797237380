import { SopsError } from "../../sops/errors.ts";
import { parseBytes } from "../../sops/format.ts";
import { parseSelection } from "../../sops/metadata/metadata.ts";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
import { plaintextLeaves } from "../../sops/sops-file.ts";
import type { Leaf, StoreFile } from "../../sops/store.ts";
import { shownPath } from "../../sops/token.ts";
import { holdsCiphertext, isKubernetesSecret, isOfASecret } from "./encrypted-verdict.ts";
import { formatWithin, mentionsMetadata } from "./sops-traces.ts";

/**
 * The values in plaintext of a file with a `sops` block that sops refuses, where others are encrypted: those that the
 * selection in it takes. Of a Kubernetes Secret its values only, and all of them where nobody can tell what is
 * selected. Never throws, whatever the bytes are.
 *
 * @param path repository-relative
 */
export function valuesBesideRefusedBlock(
  path: string,
  bytes: Uint8Array,
): { readonly line: number; readonly path: string }[] {
  if (!mentionsMetadata(bytes)) return [];
  try {
    const file = parseBytes(bytes, formatWithin(path, bytes), null);
    if (file.rawMetadata === null || !holdsCiphertext(file)) return [];
    const isSecret = isKubernetesSecret(file);
    const whole = isSecret ? plaintextLeaves(file, { selection: null }) : [];
    return (selectedByBlock(file) ?? whole)
      .filter((leaf) => leaf.kind === "value" && (!isSecret || isOfASecret(leaf)))
      .map((leaf) => ({ line: leaf.line, path: shownPath(leaf.path) }));
  } catch (error) {
    if (error instanceof SopsError) return [];
    throw error;
  }
}

/** Null where nobody can tell what the block selects. */
function selectedByBlock(file: StoreFile): Leaf[] | null {
  if (!isRecord(file.rawMetadata)) return null;
  try {
    const selection = parseSelection(
      file.rawMetadata,
      (message) => new SopsError("bad-metadata", message),
    );
    return plaintextLeaves(file, { selection });
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}
