import { wrapDataKey } from "./data-key.ts";
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
  const present = new Map(metadata.age.map((entry) => [entry.recipient, entry]));
  const missing = recipients.filter((recipient) => !present.has(recipient));
  // Their order says nothing.
  if (missing.length === 0 && [...present.keys()].every((one) => recipients.includes(one))) {
    return file.splice(new Map(), "keep");
  }
  const added = missing.length === 0 ? [] : await wrapDataKey(await dataKey(), missing);
  const all = new Map([...present, ...added.map((entry) => [entry.recipient, entry] as const)]);
  const age = recipients.flatMap((recipient) => all.get(recipient) ?? []);
  return file.splice(new Map(), { ...metadata, age });
}
