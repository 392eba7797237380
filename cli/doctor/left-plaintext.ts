import { MOST_ENCRYPTED } from "../../flux/repository-files.ts";
import { candidateOf } from "../../findings/candidate/candidate.ts";
import type { RuleId } from "../../findings/finding.ts";
import { suspectedRules } from "../../findings/prefilter/prefilter.ts";
import { scan } from "../../findings/scan.ts";
import { isNamedSops } from "../../findings/sops/sops-name.ts";
import { readBlobs } from "../../git/objects/blobs.ts";
import { indexEntries } from "../../git/index/entries.ts";
import { type LeftBlob, leftBlobs } from "../../git/objects/left-blobs.ts";
import { displayPath, pathText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { inspectPast } from "../../hooks/history/inspect-past.ts";
import {
  BrokenRulesError,
  rulesOfIndex,
  type RulesInForce,
} from "../../hooks/rules/rules-in-force.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { type Diagnosis, note, ok, someOf } from "./diagnosis.ts";

/** A guess is of no use about what nobody sees. */
const WITHOUT: ReadonlySet<RuleId> = new Set(["inline-credential"]);

/**
 * Prunes what is left, and keeps the stashes: `reflog expire --expire=now --all` would drop all but
 * the newest. gc expires reflogs by these settings, the stash's never (git-gc(1), gc.reflogExpire).
 */
const PRUNE = "git -c gc.reflogExpire=now -c gc.reflogExpireUnreachable=now gc --prune=now";

const UNSEEN = note(
  "git's objects are shared with another repository (objects/info/alternates): whether readable secrets are left among them was not looked at",
  "npx flux-sops doctor, in a clone made without --shared and --reference",
);

/**
 * Are there readable secrets in git's objects that no branch has? `git add` stores what is staged, and
 * it stays when the commit holds the encrypted file.
 *
 * @throws GitError
 */
export async function diagnoseLeftPlaintext(repository: OpenedRepository): Promise<Diagnosis[]> {
  const blobs = await leftBlobs(repository);
  if (blobs === null) return [UNSEEN];
  const { OWN_OBJECTS } = await import("../../hooks/own-objects.ts");
  const left = new Map(
    blobs.filter(({ oid }) => !OWN_OBJECTS.has(oid)).map((blob) => [blob.oid, blob]),
  );
  const rules = await rulesOfIndex(repository, await indexEntries(repository));
  const found: LeftBlob[] = [];
  for await (const { oid, bytes } of readBlobs(repository, left.keys(), {
    maxBytes: MOST_ENCRYPTED,
  })) {
    const blob = left.get(oid);
    if (blob !== undefined && bytes !== null && isSecret(blob, bytes, rules)) found.push(blob);
  }
  if (found.length === 0) return [ok("git's objects hold no readable secret beside the branches")];
  const stashed = found.filter(({ heldBy }) => heldBy === "stash");
  const others = found.filter(({ heldBy }) => heldBy !== "stash");
  return [
    ...(others.length === 0
      ? []
      : [
          note(
            `${counted(others)}, in no branch: not pushed, but in every copy of .git (${namesOf(others)}). This removes them, and all commits that only the reflog remembers:`,
            PRUNE,
          ),
        ]),
    ...(stashed.length === 0
      ? []
      : [
          note(
            `${counted(stashed)}, in a stash (${namesOf(stashed)})`,
            "git stash list, git stash pop or drop; then run doctor again",
          ),
        ]),
  ];
}

function counted({ length }: readonly LeftBlob[]): string {
  return length === 1
    ? "git's objects hold a readable secret"
    : `git's objects hold ${String(length)} readable secrets`;
}

/** By its path, or by a name to hand to git cat-file. */
function namesOf(blobs: readonly LeftBlob[]): string {
  return someOf(
    blobs.map(({ oid, path }) =>
      path === null ? `git cat-file -p ${oid.slice(0, 12)}` : displayPath(path),
    ),
  );
}

function isSecret({ path }: LeftBlob, bytes: Buffer, rules: RulesInForce): boolean {
  const name = path === null ? nameFor(bytes) : pathText(path);
  const isSuspected =
    suspectedRules(name, bytes).size > 0 || isNamedSops(name) || bytes.includes(TOKEN_START);
  return (
    isSuspected && pastFindings(name, bytes, rules).some(({ severity }) => severity === "error")
  );
}

/**
 * Without a path only the content tells what a file was: lines of `KEY=VALUE`, or else YAML, which finds
 * Secrets in JSON too.
 */
function nameFor(bytes: Buffer): string {
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .filter((line) => !/^\s*(?:[#;].*|\[[^\]]*\]\s*)?$/.test(line));
  const isVariables = (line: string) => /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=/.test(line);
  return lines.length > 0 && lines.every(isVariables) ? "left.env" : "left.yaml";
}

function pastFindings(name: string, bytes: Buffer, rules: RulesInForce) {
  try {
    return inspectPast(name, bytes, rules, WITHOUT).map(({ finding }) => finding);
  } catch (error) {
    // A broken rule file is reported elsewhere. Without its rules the contents are still scanned for
    // leaks.
    if (error instanceof BrokenRulesError) return scan(candidateOf(name, bytes), WITHOUT);
    throw error;
  }
}
