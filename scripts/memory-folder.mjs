import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the repositories of a run take at most, several times over. */
const LEAST_BYTES = 4 * 2 ** 30;

/**
 * A temporary folder in memory, removed when this process ends; null where there is none that is large
 * enough and lets programs be started, as hooks are. Tests make some thousand repositories, and
 * git takes a sixth less time for them there.
 *
 * @returns {string | null}
 */
export function memoryFolder(parent = "/dev/shm") {
  try {
    const { bavail, bsize } = statfsSync(parent);
    if (bavail * bsize < LEAST_BYTES || process.availableMemory() < LEAST_BYTES) return null;
    const folder = mkdtempSync(join(parent, "flux-sops-tests-"));
    process.on("exit", () => {
      rmSync(folder, { recursive: true, force: true });
    });
    // As /tmp is: some tests go on as an ordinary user.
    chmodSync(folder, 0o1777);
    const script = join(folder, "script");
    writeFileSync(script, "#!/bin/sh\n", { mode: 0o700 });
    return spawnSync(script).status === 0 ? folder : null;
  } catch {
    return null;
  }
}
