import { SopsError } from "../../sops/errors.ts";
import { parseKeyFile } from "../../sops/age/identity.ts";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";

/** The Secret that Flux takes its private keys from: where bootstrap puts it, and doctor looks. */
export const SOPS_AGE = { namespace: "flux-system", name: "sops-age" };

/** How it is made where Flux was there before. */
export const GIVE_KEY = `kubectl -n ${SOPS_AGE.namespace} create secret generic ${SOPS_AGE.name} --from-file=age.agekey=FILE, where FILE holds the private key of this cluster and no other`;

/** What Flux can read in that Secret. */
export interface HeldKeys {
  /** The public keys of its private keys. */
  readonly recipients: ReadonlySet<string>;
  /** Entries that are no key file, for which Flux refuses the whole Secret. */
  readonly unusable: readonly { readonly entry: string; readonly why: string }[];
}

/** Flux reads the entries that end in `.agekey`, and no others. @param secret as `kubectl get -o json` has it. */
export async function heldKeys(secret: unknown): Promise<HeldKeys> {
  const data = isRecord(secret) && isRecord(secret["data"]) ? secret["data"] : {};
  const recipients = new Set<string>();
  const unusable: { entry: string; why: string }[] = [];
  for (const [entry, value] of Object.entries(data)) {
    if (!entry.endsWith(".agekey")) continue;
    try {
      const text = Buffer.from(String(value), "base64").toString("utf8");
      for (const { recipient } of await parseKeyFile(text)) recipients.add(recipient);
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      unusable.push({ entry, why: error.message });
    }
  }
  return { recipients, unusable };
}
