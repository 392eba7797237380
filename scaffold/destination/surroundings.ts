import { readdirSync } from "node:fs";
import { environmentInFolder, gitGrep, gitLine } from "../git-in-folder.ts";
import type { RawAnswers } from "../answers/questions.ts";
import { checkedOutBranch } from "../../git/repository/head.ts";
import { type GitPath, pathText } from "../../git/path.ts";
import { nulFields } from "../../git/run.ts";

/**
 * What a scaffold brings: a whole repository of its own; a cluster's folder beside what is there; or,
 * where Flux builds something already, only the gate.
 */
export type Scope = "repository" | "joined" | "gate";

/** What an existing repository tells about itself. */
export interface Surroundings {
  readonly scope: Scope;
  /** Files with Flux's own objects in them, relative. */
  readonly fluxFiles: readonly string[];
  /** Answers that its remote and branch suggest. */
  readonly found: RawAnswers;
}

/**
 * Looks at a repository that was not scaffolded; changes nothing.
 *
 * @param directory the top of a worktree.
 * @throws GitError
 */
export async function inspectSurroundings(directory: string): Promise<Surroundings> {
  const fluxFiles = await findFluxFiles(directory);
  const isEmpty = readdirSync(directory).every((name) =>
    /^(\.git|\.gitignore|\.gitattributes|\.yo-rc\.json|(readme|license|copying)(\..*)?)$/i.test(
      name,
    ),
  );
  return {
    scope: fluxFiles.length > 0 ? "gate" : isEmpty ? "repository" : "joined",
    fluxFiles,
    found: await answersFromRemote(directory),
  };
}

/** Files with objects of Flux's kustomize controller, or of the Flux Operator. */
async function findFluxFiles(directory: string): Promise<string[]> {
  const listed = await gitGrep(directory, [
    ...["--untracked", "-l", "-z", "-I", "-E"],
    "^apiVersion: *[\"']?(kustomize\\.toolkit\\.fluxcd\\.io|fluxcd\\.controlplane\\.io)/",
    ...["--", "*.yaml", "*.yml"],
  ]);
  return nulFields(listed).map((path) => pathText(path as GitPath));
}

const HOSTED: Readonly<Record<string, string>> = {
  "github.com": "github",
  "gitlab.com": "gitlab",
  "codeberg.org": "forgejo",
};

async function answersFromRemote(directory: string): Promise<RawAnswers> {
  const remote = await gitLine(directory, ["config", "--get", "remote.origin.url"]);
  // The user may be on a branch of their own to try this. A branch that the remote has no more is not
  // listed.
  const format = "--format=%(symref:lstrip=3)";
  const theirs = await gitLine(directory, ["for-each-ref", format, "refs/remotes/origin/HEAD"]);
  const head = await checkedOutBranch({ cwd: directory, env: environmentInFolder() });
  const own = head?.replace(/^refs\/heads\//, "");
  // A clone from before a rename goes on naming the old branch for long.
  const isMain = own === "main" || own === "master";
  const branch = theirs === "" || isMain ? own : theirs;
  return { ...(branch === undefined ? {} : { branch }), ...answersFromUrl(remote) };
}

/**
 * What the address of a remote tells.
 *
 * @param remote as git's configuration has it: a URL, or `user@host:path`.
 */
function answersFromUrl(remote: string): RawAnswers {
  const scp = /^([A-Za-z0-9_.-]+@)?([A-Za-z0-9.-]+):(?!\/\/)\/?([^\s]+)$/.exec(remote);
  const text = scp === null ? remote : `ssh://${scp[1] ?? ""}${scp[2]}/${scp[3]}`;
  if (!/^(https|ssh):\/\/\S+$/.test(text) || !URL.canParse(text)) return {};
  const url = new URL(text);
  const parts = url.pathname
    .replace(/\.git\/?$/, "")
    .split("/")
    .filter((part) => part !== "");
  const repository = parts.at(-1);
  const provider = HOSTED[url.hostname];
  if (repository === undefined) return {};
  if (provider !== undefined && parts.length > 1) {
    return { provider, owner: parts.slice(0, -1).join("/"), repository, host: url.hostname };
  }
  // A user name, a password or a token in it is not for everybody to read.
  if (url.protocol === "https:") url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  return { provider: "git", repository, url: url.href };
}
