import { wrapForAll } from "./data-key.ts";
import { SopsError } from "./errors.ts";
import type { Metadata } from "./metadata/metadata.ts";
import type { StoreFile } from "./store.ts";

/**
 * Gives a file other recipients. The data key, the values and the MAC stay: whoever was removed
 * still knows the data key, so `rotate` has to follow where somebody was.
 *
 * @param dataKey asked for only where a recipient is new.
 * @returns the new text; the same text where nothing changes.
 * @throws SopsError `bad-key`, `unsupported`, and what `dataKey` throws.
 */
export async function rewrap(
  file: StoreFile,
  metadata: Metadata,
  recipients: readonly string[],
  dataKey: () => Promise<Uint8Array>,
): Promise<string> {
  if (recipients.length === 0) {
    throw new SopsError("bad-config", "the creation rule names no age recipient");
  }
  const present = metadata.age.map(({ recipient }) => recipient);
  // Their order says nothing.
  const isSame =
    recipients.every((one) => present.includes(one)) &&
    present.every((one) => recipients.includes(one));
  if (isSame) return file.splice(new Map(), "keep");
  const age = await wrapForAll(recipients, metadata.age, dataKey);
  return file.splice(new Map(), { ...metadata, age });
}
