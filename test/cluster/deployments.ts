import type { ControlPlane } from "./control-plane.ts";

/**
 * Says of every Deployment that its pods run: there is nothing here that would run them, and Flux waits
 * for that.
 */
export async function makeDeploymentsAvailable({ kubectl }: ControlPlane): Promise<void> {
  const { items } = JSON.parse(await kubectl("get", "deployments", "-A", "-o", "json")) as {
    items: readonly Deployment[];
  };
  for (const { metadata, spec, status } of items) {
    const { replicas = 1 } = spec;
    const { generation, name, namespace } = metadata;
    if (status.observedGeneration === generation && status.availableReplicas === replicas) continue;
    const numbers = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"];
    const conditions = [
      { type: "Available", status: "True", reason: "MinimumReplicasAvailable" },
      { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
    ];
    const patch = {
      status: {
        observedGeneration: generation,
        ...Object.fromEntries(numbers.map((number) => [number, replicas])),
        conditions,
      },
    };
    await kubectl(
      ...["-n", namespace, "patch", "deployment", name, "--subresource=status"],
      ...["--type=merge", "-p", JSON.stringify(patch)],
    );
  }
}

interface Deployment {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly generation: number;
  };
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly observedGeneration?: number; readonly availableReplicas?: number };
}
