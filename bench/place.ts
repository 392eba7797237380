import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built tool. */
export const TOOL = fileURLToPath(new URL("../dist/flux-sops.cjs", import.meta.url));

/** A temporary folder, and an environment in which git knows an author and nothing of this machine. */
export interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Makes a place, and removes it when the work there is done, or has failed. */
export async function inPlace(work: (place: Place) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flux-sops-bench-"));
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "A",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "A",
    GIT_COMMITTER_EMAIL: "a@example.com",
  };
  try {
    await work({ folder, env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
