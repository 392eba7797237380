import { chmodSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { printable } from "../../git/escape.ts";
import { pathFromText } from "../../git/path.ts";
import { configValue } from "../../git/repository/config.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { shellCommand, shellPath } from "../../git/shell-word.ts";
import { systemReason } from "../../scaffold/errors.ts";
import type { FoundIdentities, KeyPlaceProblem } from "../../sops/age/identities.ts";
import { keyFileNearby } from "../../sops/age/key-file-nearby.ts";
import { KEY_FILE_SETTING, keyFiles, userKeyFile } from "../../sops/age/key-locations.ts";
import { type Diagnosis, FIX, mended, note, ok, someOf, wrong } from "./diagnosis.ts";
import type { EncryptedEntry, RuleEntry } from "./encrypted-files.ts";

/**
 * Can this machine's private keys open what the rules encrypt, and what is encrypted?
 *
 * @param found the private keys of this machine.
 */
export async function diagnoseIdentities(
  { pairs, problems }: FoundIdentities,
  rules: readonly RuleEntry[],
  files: readonly EncryptedEntry[],
  { cwd: directory, prefix, env }: OpenedRepository,
): Promise<Diagnosis[]> {
  const held = new Set(pairs.map(({ recipient }) => recipient));
  const opens = (recipients: readonly string[]) => recipients.some((one) => held.has(one));
  const recipients = [...new Set(rules.flatMap(({ rule }) => rule.recipients))];
  const broken = problems.map((problem) =>
    wrong(printable(`${problem.place}: ${problem.reason}`), remedyOf(problem, env)),
  );
  if (recipients.length === 0) return broken;
  const put = (keys: readonly string[]) =>
    `put the key of ${keys.length > 1 ? "one of " : ""}${someOf(keys)} into ${printable(userKeyFile(env))}`;
  if (!opens(recipients)) {
    const nearby = await keyFileNearby(directory, recipients);
    return [
      note(
        "no private key of this machine opens its secrets: they can be added and committed, not read",
        nearby === null
          ? `${put(recipients)}; or have somebody who can read them let a key of your own in (npx flux-sops keys new makes one): npx flux-sops keys add age1…`
          : `${printable(nearby)} has one, where it is not looked for: ${takeOver(shellPath(pathFromText(nearby), prefix), userKeyFile(env))}`,
      ),
      ...broken,
    ];
  }
  const matching = recipients.filter((recipient) => held.has(recipient));
  const closedRules = rules.filter(
    ({ rule }) => rule.recipients.length > 0 && !opens(rule.recipients),
  );
  // The rule has been reported then, and its files with it.
  const closedFiles = files.filter(
    ({ metadata, rule }) =>
      metadata !== null &&
      !opens(metadata.age.map(({ recipient }) => recipient)) &&
      (rule === null || !closedRules.includes(rule)),
  );
  return [
    ok(`a private key of this machine opens its secrets (${matching.join(", ")})`),
    ...diagnoseClosedRules(closedRules, put),
    ...diagnoseClosed(closedFiles, put),
    ...broken,
  ];
}

/** Appends keys to a key file, which need not end with a line break. */
function takeOver(from: string, to: string): string {
  const folder = shellCommand(["mkdir", "-p", "-m", "700", "--", dirname(to)]);
  return `${folder} && (umask 077; { echo; cat -- ${from}; } >> ${shellCommand([to])})`;
}

/**
 * Those for the same keys are one note: they are those of a cluster that is not this person's, as a rule.
 *
 * @param put says where to put the keys of some recipients.
 */
function diagnoseClosedRules(
  rules: readonly RuleEntry[],
  put: (recipients: readonly string[]) => string,
): Diagnosis[] {
  const together = new Map<string, [RuleEntry, ...RuleEntry[]]>();
  for (const entry of rules) {
    const readers = [entry.file, ...new Set(entry.rule.recipients)].sort().join("\n");
    const others = together.get(readers);
    if (others === undefined) together.set(readers, [entry]);
    else others.push(entry);
  }
  return [...together.values()].map((entries) => {
    const [{ file, rule }] = entries;
    const lines = someOf(entries.map((entry) => String(entry.rule.line)));
    const encrypts =
      entries.length === 1
        ? `rule in line ${lines} of ${printable(file)} encrypts`
        : `rules in lines ${lines} of ${printable(file)} encrypt`;
    return note(`no private key of this machine opens what the ${encrypts}`, put(rule.recipients));
  });
}

/** @param put says where to put the keys of some recipients. */
function diagnoseClosed(
  files: readonly EncryptedEntry[],
  put: (recipients: readonly string[]) => string,
): Diagnosis[] {
  // With several key groups, one key is not enough: each opens a share of the data key only.
  const isForeign = ({ metadata }: EncryptedEntry) => (metadata?.foreign.length ?? 0) > 0;
  const foreign = files.filter(isForeign);
  const own = files.filter((file) => !isForeign(file));
  const ruleless = own.filter(({ rule }) => rule === null);
  const ruled = own.filter(({ rule }) => rule !== null);
  const named = (some: readonly EncryptedEntry[]) => someOf(some.map(({ shown }) => shown));
  const recipientsOf = ({ metadata }: EncryptedEntry) =>
    metadata?.age.map(({ recipient }) => recipient) ?? [];
  const found: Diagnosis[] = [];
  if (ruled.length > 0) {
    found.push(
      note(
        `no private key of this machine opens ${named(ruled)}`,
        "have somebody who can read them run npx flux-sops updatekeys on them; if nobody can any more, write them anew, with new passwords",
      ),
    );
  }
  if (ruleless.length > 0) {
    found.push(
      note(
        `no private key of this machine opens ${named(ruleless)}`,
        put([...new Set(ruleless.flatMap(recipientsOf))]),
      ),
    );
  }
  if (foreign.length > 0) {
    found.push(
      note(
        `only sops can tell whether this machine opens ${named(foreign)}: it takes keys other than age, or several groups of them`,
        "sops decrypt says what it needs",
      ),
    );
  }
  return found;
}

function remedyOf({ place, isMissing }: KeyPlaceProblem, env: NodeJS.ProcessEnv): string {
  if (/^SOPS_AGE_KEY(_CMD|_FILE)?$/.test(place)) return `correct ${place}, or unset it`;
  if (!isMissing) return "correct it, or put it elsewhere: what it holds may be the only copy";
  return place === env["SOPS_AGE_KEY_FILE"]
    ? "correct SOPS_AGE_KEY_FILE, which names it, or unset that"
    : `put it there, or have this clone forget it: git config --unset ${KEY_FILE_SETTING}`;
}

/**
 * May others read the key files?
 *
 * @param fix whether to take that away.
 * @throws GitError
 */
export async function diagnoseKeyFiles(
  repository: OpenedRepository,
  fix: boolean,
): Promise<Diagnosis[]> {
  const { env } = repository;
  const chosen = (await configValue(repository, KEY_FILE_SETTING)) ?? "";
  return [...new Set(keyFiles(chosen, env))].flatMap((path) => keyFile(path, fix));
}

function keyFile(path: string, fix: boolean): Diagnosis[] {
  const status = statusOf(path);
  if (status?.isFile() !== true || (status.mode & 0o077) === 0) return [];
  const what = `others may read ${printable(path)}`;
  if (!fix) return [wrong(what, `${FIX}, or ${shellCommand(["chmod", "600", "--", path])}`)];
  try {
    chmodSync(path, 0o600);
    return [mended(`${printable(path)} is for you alone now`)];
  } catch (error) {
    return [wrong(`${what}, and it cannot be changed`, systemReason(error))];
  }
}

/** Null for what is not there, or out of reach: that it cannot be read is said where keys are looked for. */
function statusOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
