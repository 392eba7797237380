import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ControlPlane } from "./control-plane.ts";
import { freePort, start, until } from "./process.ts";

/**
 * Runs Flux's controllers beside the cluster as soon as somebody has installed Flux in it. What they read
 * and write is the same there.
 */
export async function startFlux(
  { kubectl, kubeconfig }: ControlPlane,
  folder: string,
): Promise<void> {
  const kinds = ["gitrepositories.source", "kustomizations.kustomize"];
  const definitions = kinds.map((kind) => `crd/${kind}.toolkit.fluxcd.io`);
  await until(
    "Flux is installed",
    async () => kubectl("wait", "--for=condition=Established", ...definitions).catch(() => null),
    Infinity,
  );
  const storage = `127.0.0.1:${String(await freePort())}`;
  const artifacts = join(folder, "artifacts");
  mkdirSync(artifacts);
  const common = ["--watch-all-namespaces", "--metrics-addr=0", "--health-addr=0"];
  const env = { KUBECONFIG: kubeconfig, RUNTIME_NAMESPACE: "flux-system" };
  start(
    "source-controller",
    [
      ...[...common, `--storage-path=${artifacts}`],
      ...[`--storage-addr=${storage}`, `--storage-adv-addr=${storage}`],
    ],
    { logs: folder, env },
  );
  start("kustomize-controller", [...common, "--requeue-dependency=2s"], { logs: folder, env });
}
