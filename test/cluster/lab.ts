/**
 * A cluster that a repository can be pushed to, in a process of its own: a test waits for `git push`.
 *
 *     FLUX_SOPS_CLUSTER=$(test/cluster/build.sh) \
 *       node --import=./scripts/typescript.mjs test/cluster/lab.ts FOLDER
 *
 * keeps one running to play with, until it is interrupted.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startControlPlane } from "./control-plane.ts";
import { makeDeploymentsAvailable } from "./deployments.ts";
import { startFlux } from "./flux.ts";
import { startGitServer } from "./git-server.ts";
import type { Lab } from "./in-lab.ts";

const [folder = ""] = process.argv.slice(2);
for (const signal of ["SIGTERM", "SIGINT", "disconnect"]) process.on(signal, () => process.exit());

const account = { username: "me", password: "p-me" };
const repositories = join(folder, "repositories");
mkdirSync(repositories, { recursive: true });
const cluster = await startControlPlane(folder);
const url = await startGitServer(repositories, cluster.certificate, account);
const lab: Lab = {
  ...{ kubeconfig: cluster.kubeconfig, readerKubeconfig: cluster.readerKubeconfig },
  ...{ repositories, url, ...account, certificate: cluster.certificateFile },
};
if (process.send === undefined) console.log(lab);
else process.send(lab);

void startFlux(cluster, folder);
for (;;) {
  await makeDeploymentsAvailable(cluster).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
