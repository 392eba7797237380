import { printable } from "../../git/escape.ts";
import { gitInFolder } from "../git-in-folder.ts";
import type { Scope } from "../destination/surroundings.ts";
import { YO_RC_KEY } from "../destination/yo-rc.ts";

/** What a scaffold's commit is about. */
export interface Subject {
  readonly cluster: string;
  readonly scope: Scope;
  /** Of the tool that scaffolds now. */
  readonly version: string;
}

/** The subject of a scaffold's commit: what it is to what the last commit has. */
export async function commitSubject(directory: string, about: Subject): Promise<string> {
  const before = await versionInHead(directory);
  if (before === null) return firstSubject(about);
  const { version } = about;
  return before === version
    ? `Update what flux-sops ${version} scaffolded`
    : `Upgrade flux-sops from ${printable(before)} to ${version}`;
}

/** The same, where no commit has anything of the scaffold's. */
export function firstSubject({ cluster, scope }: Subject): string {
  return scope === "gate"
    ? "Add flux-sops, which encrypts Secrets at commit"
    : `Scaffold the Flux repository of cluster ${cluster}`;
}

/** The version that wrote the `.yo-rc.json` of the last commit; null where there is none. */
async function versionInHead(directory: string): Promise<string | null> {
  const { status, stdout } = await gitInFolder(
    directory,
    ["cat-file", "blob", "HEAD:.yo-rc.json"],
    { allowed: [0, 128] },
  );
  if (status !== 0) return null;
  try {
    const whole = JSON.parse(stdout.toString("utf8")) as Record<string, { version?: unknown }>;
    const version = whole[YO_RC_KEY]?.version;
    return typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}
