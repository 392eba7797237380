import { configValue } from "../git/repository/config.ts";
import type { GitContext } from "../git/run.ts";
import { KEY_FILE_SETTING } from "../sops/age/key-locations.ts";
import { findIdentities, type FoundIdentities } from "../sops/age/identities.ts";

/** The identities that this clone may use: sops's own places, and the file it was told of. */
export async function localIdentities(context: GitContext): Promise<FoundIdentities> {
  const keyFile = (await configValue(context, KEY_FILE_SETTING)) ?? "";
  return findIdentities({ environment: context.env, keyFile });
}
