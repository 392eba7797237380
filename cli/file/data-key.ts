import { localIdentities } from "../../hooks/local-identities.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { SopsError } from "../../sops/errors.ts";
import { findIdentities, type FoundIdentities } from "../../sops/age/identities.ts";
import { userKeyFile } from "../../sops/age/key-locations.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";

let found: Promise<FoundIdentities> | null = null;
/** By what `SOPS_AGE_KEY_CMD` is asked for; the empty text where it is not set. */
const usual = new Map<string, Promise<FoundIdentities>>();

/** All identities of this machine, looked for once; those of `SOPS_AGE_KEY_CMD`, which may want a touch, are asked for before. */
export function identitiesHere(): Promise<FoundIdentities> {
  const env = { ...process.env };
  delete env["SOPS_AGE_KEY_CMD"];
  found ??= localIdentities({ cwd: process.cwd(), env }).catch(() =>
    // Outside a repository, or without git: sops's own places remain.
    findIdentities({ environment: env }),
  );
  return found;
}

/**
 * The data key of a file.
 *
 * @throws SopsError `no-identity` with what would open the file.
 */
export async function dataKeyOf(metadata: Metadata): Promise<Uint8Array> {
  // sops's own places nearly always have the key: only if not, git is asked for another place.
  for (const recipient of askedFor(metadata)) {
    const dataKey = await unwrapped(metadata, usualIdentities(recipient));
    if (dataKey !== null) return dataKey;
  }
  const dataKey = await unwrapped(metadata, identitiesHere());
  if (dataKey !== null) return dataKey;
  const places = await Promise.all([...askedFor(metadata).map(usualIdentities), identitiesHere()]);
  const known = new Set(places.flatMap(({ pairs }) => pairs.map(({ recipient }) => recipient)));
  const reasons = new Set(
    places.flatMap(({ problems, passedOver }) => [
      ...problems.map(({ place, reason }) => `${place}: ${reason}`),
      ...passedOver,
    ]),
  );
  const own = metadata.age.map(({ recipient }) => recipient).join(" or ");
  const wanted = [own === "" ? "" : `the private key of ${own}`, metadata.foreign.join(", ")];
  const trouble = reasons.size === 0 ? "" : ` (${[...reasons].join("; ")})`;
  const here =
    known.size === 0
      ? "there is no age identity here that could open it"
      : `of the age identities here (${known.size}) none opens it`;
  throw new SopsError(
    "no-identity",
    `${here}${trouble}; it needs ${wanted.filter((one) => one !== "").join(" or ")}: in ${userKeyFile()}, or SOPS_AGE_KEY_FILE=FILE before the command${OF_SOMEBODY_ELSE}`,
  );
}

/** A new colleague is not to ask for the cluster's key; and where nobody has one any more, no command helps. */
const OF_SOMEBODY_ELSE =
  "; or have somebody who can read it let a key of your own in (npx flux-sops keys new makes one); if nobody has such a key any more, its values are lost: write the file anew, with new passwords, under a rule that names a new key";

/** As sops, a command is asked for the key of each recipient in turn; all other places hold what they hold. */
function askedFor(metadata: Metadata): readonly string[] {
  const asks = (process.env["SOPS_AGE_KEY_CMD"] ?? "") !== "";
  return asks ? metadata.age.map(({ recipient }) => recipient) : [""];
}

function usualIdentities(recipient: string): Promise<FoundIdentities> {
  const known = usual.get(recipient) ?? findIdentities(recipient === "" ? {} : { recipient });
  usual.set(recipient, known);
  return known;
}

async function unwrapped(
  metadata: Metadata,
  identities: Promise<FoundIdentities>,
): Promise<Uint8Array | null> {
  return unwrapDataKey(metadata, (await identities).pairs);
}
