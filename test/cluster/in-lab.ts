import { fork } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a test has to know of the cluster that `lab.ts` runs. */
export interface Lab {
  readonly kubeconfig: string;
  /** Of a user without rights. */
  readonly readerKubeconfig: string;
  /** Bare repositories in it are served below `url`, with this name and password. */
  readonly repositories: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** The file with the certificate of the git server. */
  readonly certificate: string;
}

/** Starts a lab, which is gone with this process. */
export async function startLab(): Promise<Lab> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "flux-sops-lab-")));
  const child = fork(fileURLToPath(new URL("lab.ts", import.meta.url)), [folder]);
  process.on("exit", () => {
    child.kill();
    if (process.env["FLUX_SOPS_KEEP_LAB"] === undefined) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
  return new Promise((resolve, reject) => {
    child.once("message", (lab) => {
      // This process may end, and the lab with it.
      child.unref();
      child.channel?.unref();
      resolve(lab as Lab);
    });
    child.once("exit", (status) => reject(new Error(`the lab has ended: ${String(status)}`)));
  });
}
