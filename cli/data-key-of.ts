import { localIdentities } from "../hooks/local-identities.ts";
import { unwrapDataKey } from "../sops/data-key.ts";
import { SopsError } from "../sops/errors.ts";
import { findIdentities, type FoundIdentities } from "../sops/identities.ts";
import type { Metadata } from "../sops/metadata.ts";

let found: Promise<FoundIdentities> | null = null;

/** All identities of this machine, looked for once. */
export function identitiesHere(): Promise<FoundIdentities> {
  found ??= localIdentities({ cwd: process.cwd(), env: process.env }).catch(() =>
    // Outside a repository, or without git: sops's own places remain.
    findIdentities(),
  );
  return found;
}

/**
 * The data key of a file.
 *
 * @throws SopsError `no-identity` with what would open the file.
 */
export async function dataKeyOf(metadata: Metadata): Promise<Uint8Array> {
  const { pairs, problems } = await identitiesHere();
  const dataKey = await unwrapDataKey(
    metadata,
    pairs.map(({ identity }) => identity),
  );
  if (dataKey !== null) return dataKey;
  const wanted = metadata.age.map(({ recipient }) => recipient).join(", ");
  const others = metadata.foreign.length === 0 ? "" : ` or ${metadata.foreign.join(", ")}`;
  const trouble = problems.length === 0 ? "" : ` (${problems.join("; ")})`;
  throw new SopsError(
    "no-identity",
    `none of the ${pairs.length} age identities found here opens it${trouble}; it needs the private key of ${wanted}${others}`,
  );
}
