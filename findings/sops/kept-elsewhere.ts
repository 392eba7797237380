import { SopsError } from "../../sops/errors.ts";
import { readBesideMetadata } from "../../sops/data/read-data.ts";

/** What says where a Secret is, or holds one sealed. Literals in their templates are findings by themselves. */
const KINDS = new Set<unknown>(["ExternalSecret", "ClusterExternalSecret", "SealedSecret"]);

/**
 * Whether a file holds nothing but what takes the place of a Secret that is kept elsewhere: somebody has moved from
 * SOPS to that.
 *
 * @param text in YAML
 */
export function isKeptElsewhere(text: string): boolean {
  try {
    const documents = readBesideMetadata(text).filter(({ size }) => size > 0);
    return documents.length > 0 && documents.every((one) => KINDS.has(one.get("kind")));
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}
