import { join } from "node:path";
import { scaffolded, type Scaffolded } from "./scaffolded.ts";

/** A scaffolded repository with its `origin`, a bare one beside it. */
export interface WithOrigin extends Scaffolded {
  /** Where `origin` is. */
  readonly remote: string;
}

/** Scaffolds a repository of which `origin` has all that `init` has committed. */
export function withOrigin(
  t: Parameters<typeof scaffolded>[0],
  options: Parameters<typeof scaffolded>[1] = {},
): WithOrigin {
  const repository = scaffolded(t, { ...options, prepare: pushed });
  const remote = join(repository.dir, "../remote.git");
  repository.must("remote", "set-url", "origin", remote);
  return { ...repository, remote };
}

function pushed({ run, git, must, dir }: Scaffolded): void {
  run("git", ["init", "-q", "--bare", "../remote.git"]);
  must("remote", "add", "origin", join(dir, "../remote.git"));
  if (git("rev-parse", "-q", "--verify", "HEAD").status === 0) must("push", "-q", "origin", "main");
}
