import { readFileSync } from "node:fs";
import { SopsError } from "../errors.ts";
import { readKeyFile } from "./identity.ts";
import { userKeyFile } from "./key-locations.ts";
import type { KeyPair } from "./identity.ts";

/** A place that holds keys which could not be read. */
export interface KeyPlaceProblem {
  /** A file's name, or the environment variable. */
  readonly place: string;
  /** Why, in words. */
  readonly reason: string;
  /** Whether it names a file that is not there. */
  readonly isMissing: boolean;
}

/** Shown by the variable's name alone: what it holds is secret. */
const KEY_FOR_A_NAME: KeyPlaceProblem = {
  place: "SOPS_AGE_KEY_FILE",
  reason: "it holds a key, not the name of a file",
  isMissing: true,
};

/** The identities of this machine and what was found where. */
export interface FoundIdentities {
  readonly pairs: readonly KeyPair[];
  /** Places that hold keys which could not be read, for the error when none opens a file. */
  readonly problems: readonly KeyPlaceProblem[];
  /** Places that also hold identities which only sops itself can use, for the same error. */
  readonly passedOver: readonly string[];
}

/**
 * Finds age identities in all the places where sops looks for them but SSH's: `SOPS_AGE_KEY`,
 * `SOPS_AGE_KEY_FILE`, `SOPS_AGE_KEY_CMD`, and `keys.txt` in the user's configuration folder.
 *
 * @param options.keyFile one that this repository was told to use; empty where there is none.
 * @param options.recipient what `SOPS_AGE_KEY_CMD` is asked for.
 * @see loadIdentities in sops's age/keysource.go
 */
export async function findIdentities(options: {
  readonly environment?: NodeJS.ProcessEnv;
  readonly keyFile?: string;
  readonly recipient?: string;
}): Promise<FoundIdentities> {
  const { environment = process.env, keyFile = "", recipient } = options;
  const pairs = new Map<string, KeyPair>();
  const problems: KeyPlaceProblem[] = [];
  const passedOver: string[] = [];
  const take = async (place: string, read: () => string | null | Promise<string>) => {
    try {
      const text = await read();
      if (text === null) return;
      const found = await readKeyFile(text);
      for (const pair of found.pairs) pairs.set(pair.recipient, pair);
      if (found.pluginLines.length > 0) {
        passedOver.push(`${place}: its age plugin identities are for sops itself`);
      }
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
      problems.push({ place, reason: reason(error), isMissing });
    }
  };
  const inline = environment["SOPS_AGE_KEY"];
  if (inline !== undefined) {
    await take("SOPS_AGE_KEY", () => withoutComments(inline).trim().split(/\s+/).join("\n"));
  }
  const named = environment["SOPS_AGE_KEY_FILE"];
  if (named !== undefined && named !== "") {
    if (named.toUpperCase().includes("AGE-SECRET-KEY-")) problems.push(KEY_FOR_A_NAME);
    else await take(named, () => readFileSync(named, "utf8"));
  }
  const command = environment["SOPS_AGE_KEY_CMD"];
  if (command !== undefined && command !== "") {
    await take("SOPS_AGE_KEY_CMD", () => runKeyCommand(command, environment, recipient));
  }
  if (keyFile !== "") await take(keyFile, () => readFileSync(keyFile, "utf8"));
  const own = userKeyFile(environment);
  await take(own, () => {
    try {
      return readFileSync(own, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  });
  return { pairs: [...pairs.values()], problems, passedOver };
}

function withoutComments(text: string): string {
  return text.replace(/^#.*$/gm, "");
}

/**
 * sops splits the command into words and starts it without a shell, and with nothing to read: standard
 * input may be the file to decrypt, or of a hook the pipe that git answers on.
 */
async function runKeyCommand(
  command: string,
  environment: NodeJS.ProcessEnv,
  recipient: string | undefined,
): Promise<string> {
  const [program, ...words] = shellWords(command);
  if (program === undefined) return "";
  const { execFileSync } = await import("node:child_process");
  return execFileSync(program, words, {
    encoding: "utf8",
    env: {
      ...environment,
      ...(recipient === undefined ? {} : { SOPS_AGE_RECIPIENT: recipient }),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Words as a POSIX shell splits them: quotes and backslashes, no expansion. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quote === "'" ? character === "'" : quote === '"' && character === '"') quote = "";
    else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
      word ??= "";
    } else if (character === "\\" && quote !== "'") {
      index += 1;
      word = (word ?? "") + line.charAt(index);
    } else if (quote === "" && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + character;
  }
  if (word !== null) words.push(word);
  return words;
}

/** Node's errors name the path and the call; a key's text is never in them. */
function reason(error: unknown): string {
  if (error instanceof SopsError) {
    if (error.code === "unsupported") {
      return `${error.message}: SOPS_AGE_KEY_CMD='age --decrypt FILE' has age ask for it`;
    }
    return error.line === null ? error.message : `${error.message} (line ${error.line})`;
  }
  const { code, syscall = "" } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return syscall.startsWith("spawn") ? "no such command" : "no such file";
  if (code === "EACCES") return "permission denied";
  if (code === "EISDIR") return "it is a folder";
  return code ?? "the command failed";
}
