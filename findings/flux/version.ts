import type { RepositoryFiles } from "../../flux/repository-files.ts";
import type { Severity } from "../finding.ts";

/** Since when Flux decrypts what comments select: kustomize-controller 1.10, pull request 1782. */
const READS_COMMENTS = { major: 2, minor: 10 } as const;

/** The head of what `flux bootstrap` and `flux install --export` write. */
const COMPONENTS = /(?:^|\/)gotk-components\.ya?ml$/;
const HEAD_BYTES = 1024;

/**
 * How bad it is that comments say what of a Kubernetes object is encrypted: kustomize drops them before Flux
 * decrypts. An error where the repository brings a Flux that needs them; a warning where it does not say which
 * Flux there is; null where that is no problem.
 */
export function severityOfComments(files: RepositoryFiles): Severity | null {
  const versions = [...files.paths].flatMap((path) => {
    const bytes = COMPONENTS.test(path) ? files.read(path) : null;
    const head = Buffer.from(bytes?.subarray(0, HEAD_BYTES) ?? []).toString("latin1");
    const [, major, minor] = /^# Flux Version: v(\d+)\.(\d+)\./m.exec(head) ?? [];
    return major === undefined ? [] : [{ major: Number(major), minor: Number(minor) }];
  });
  if (versions.length === 0) return "warning";
  return versions.every(readsComments) ? null : "error";
}

function readsComments({ major, minor }: { major: number; minor: number }): boolean {
  return (
    major > READS_COMMENTS.major ||
    (major === READS_COMMENTS.major && minor >= READS_COMMENTS.minor)
  );
}
