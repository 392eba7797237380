import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { printable } from "../../git/escape.ts";
import { isOpenAlready } from "../../git/open-already.ts";
import { SopsError } from "../../sops/errors.ts";
import {
  generateKeyPair,
  type KeyPair,
  parseKeyFile,
  readKeyFile,
} from "../../sops/age/identity.ts";
import { keyFiles, userKeyFile } from "../../sops/age/key-locations.ts";
import { ScaffoldError, systemReason } from "../errors.ts";

/** Which keys the repository will be encrypted to, and where their private halves are. */
export type IdentityPlan =
  /** Made now and written to `file`. */
  | {
      readonly kind: "new";
      readonly file: string;
      readonly pair: KeyPair;
      readonly recipients: readonly string[];
      /** Those of the keys that `file` holds already. */
      readonly beside: readonly string[];
    }
  /** In `file` already. */
  | { readonly kind: "present"; readonly file: string; readonly recipients: readonly string[] }
  /** None of the recipients' private keys is in the key files of this machine. */
  | { readonly kind: "elsewhere"; readonly recipients: readonly string[] };

export interface IdentityWish {
  /** The repository, in which no private key may lie; null where there is none. */
  readonly directory: string | null;
  /** From `--recipients`; empty where not given. */
  readonly recipients: readonly string[];
  /** From `--age-key-file`; empty where not given. */
  readonly ageKeyFile: string;
  /** From an earlier `--age-key-file`, as git's configuration remembers it; empty where not. */
  readonly rememberedKeyFile: string;
  /** Recipients of the repository's rules; null where it has none. */
  readonly present: readonly string[] | null;
  /** Whether a new key is made even where the key file holds some: they are other clusters', or older. */
  readonly ownKey?: boolean;
}

/**
 * Decides about the identity; makes a key pair in memory at most, and writes nothing.
 *
 * @throws ScaffoldError `environment` when a key file is unreadable, malformed or in a bad place.
 */
export async function planIdentity(
  wish: IdentityWish,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<IdentityPlan> {
  const chosen = wish.ageKeyFile === "" ? null : resolve(wish.ageKeyFile);
  const wanted = wish.recipients.length > 0 ? wish.recipients : wish.present;
  if (wanted !== null) {
    // Only a file the user named must be there and in order; the others are looked into on the way.
    if (chosen !== null) {
      const held = await identitiesIn(chosen);
      if (held === null) throw unusableKeyFile(chosen, "it does not exist");
      if (holdsOneOf(held, wanted)) return { kind: "present", file: chosen, recipients: wanted };
    }
    for (const file of keyFiles(wish.rememberedKeyFile, environment)) {
      const held = await identitiesIn(file, true).catch(() => null);
      if (held !== null && holdsOneOf(held, wanted)) {
        return { kind: "present", file: resolve(file), recipients: wanted };
      }
    }
    return { kind: "elsewhere", recipients: wanted };
  }

  const file = chosen ?? userKeyFile(environment);
  // What is only written to may hold what only sops can use.
  const held = await identitiesIn(file, chosen === null || wish.ownKey === true);
  if (chosen !== null && held !== null && held.length > 0 && wish.ownKey !== true) {
    const [first, second] = held;
    if (first !== undefined && second === undefined) {
      return { kind: "present", file, recipients: [first.recipient] };
    }
    throw new ScaffoldError(
      "usage",
      `${printable(file)} holds ${held.length} identities: say with --recipients which of their public keys the cluster gets`,
    );
  }
  const { directory } = wish;
  if ((held ?? []).length === 0 && directory !== null && isInside(directory, file)) {
    throw new ScaffoldError(
      "usage",
      `a private key must not lie in the repository: give --age-key-file a path outside ${printable(directory)}`,
    );
  }
  requireWritable(file);
  const pair = await generateKeyPair();
  const beside = (held ?? []).map(({ recipient }) => recipient);
  return { kind: "new", file, pair, recipients: [pair.recipient], beside };
}

/**
 * The identities of a key file; null where there is no such file.
 *
 * @param leniently whether identities that only the real sops understands (age plugins) are passed over.
 */
async function identitiesIn(file: string, leniently = false): Promise<readonly KeyPair[] | null> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw unusableKeyFile(file, systemReason(error));
  }
  try {
    return leniently ? (await readKeyFile(text)).pairs : await parseKeyFile(text);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw unusableKeyFile(
      file,
      `${error.line === null ? "" : `line ${error.line}: `}${error.message}`,
    );
  }
}

function holdsOneOf(held: readonly KeyPair[], recipients: readonly string[]): boolean {
  return held.some((pair) => recipients.includes(pair.recipient));
}

/** The error for a key file, by why it is none that can be used. */
export function unusableKeyFile(file: string, reason: string): ScaffoldError {
  return new ScaffoldError(
    "environment",
    `the age key file ${printable(file)} cannot be used: ${reason}; mend it, or name another with --age-key-file`,
  );
}

/** Neither can it be the repository's folder, or the one above, where these are not there yet. */
function isInside(directory: string, file: string): boolean {
  const path = relative(behindLinks(directory), behindLinks(file));
  return !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** Where a path leads, of which the last parts need not be there. */
function behindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(behindLinks(dirname(path)), basename(path));
  }
}

/** Found out before anything is written: whether the file, or the nearest folder, takes a write. */
function requireWritable(file: string): void {
  for (let path = file; ; path = dirname(path)) {
    try {
      accessSync(path, constants.W_OK);
      // What is written to a device is gone, and what the shell has opened is somebody's output.
      if (path === file && (isOpenAlready(path) || !statSync(path).isFile())) {
        throw unusableKeyFile(file, "it is no file");
      }
      return;
    } catch (error) {
      if (error instanceof ScaffoldError) throw error;
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || path === dirname(path)) {
        throw unusableKeyFile(file, systemReason(error));
      }
    }
  }
}
