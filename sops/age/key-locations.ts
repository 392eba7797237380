import { isAbsolute, join } from "node:path";

/** The git setting under which a clone remembers a key file that was chosen for it. */
export const KEY_FILE_SETTING = "flux-sops.ageKeyFile";

/**
 * The user's own key file, where sops looks for it too: `sops/age/keys.txt` in the user's
 * configuration folder.
 *
 * @see getUserConfigDir in sops's age/keysource.go
 */
export function userKeyFile(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return join(userConfigFolder(environment, platform), "sops", "age", "keys.txt");
}

/**
 * The key files that are looked into, none of which need be there: the one that was chosen for a clone, the
 * environment's, the user's own.
 *
 * @param chosen empty where there is none.
 */
export function keyFiles(chosen: string, environment: NodeJS.ProcessEnv = process.env): string[] {
  const files = [chosen, environment["SOPS_AGE_KEY_FILE"] ?? "", userKeyFile(environment)];
  return files.filter((file) => file !== "");
}

function userConfigFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homeFolder(environment);
  const chosen = environment["XDG_CONFIG_HOME"] ?? "";
  // A relative path would name another place in each working directory: basedir-spec ignores it, too.
  if (isAbsolute(chosen)) return chosen;
  if (platform === "darwin") return join(home, "Library", "Application Support");
  if (platform === "win32") return environment["AppData"] || join(home, "AppData", "Roaming");
  return join(home, ".config");
}

/**
 * The user's home folder; the root for a user whom the machine does not know, as in a container. There
 * is no key there, but the environment may name other places.
 */
export function homeFolder(environment: NodeJS.ProcessEnv = process.env): string {
  // Most have HOME, and loading a module that is not needed takes a moment (bench/decrypt.ts).
  if (environment["HOME"]) return environment["HOME"];
  try {
    // Not homedir(), which takes an empty HOME for a home.
    return process.getBuiltinModule("node:os").userInfo().homedir;
  } catch {
    return "/";
  }
}
