import { availableParallelism } from "node:os";

// What needs a Kubernetes API server and Flux has to be asked for: `npm run cluster`.
const hasCluster = process.env["FLUX_SOPS_CLUSTER"] !== undefined;

export default {
  files: ["test/**/*.test.ts", ...(hasCluster ? [] : ["!test/cluster/**"])],
  extensions: { ts: "module" },
  nodeArguments: ["--import=./scripts/typescript.mjs"],
  workerThreads: false,
  // One more than cores: most tests wait for git, and git for the disk.
  concurrency: availableParallelism() + 1,
  // scripts/watchdog.mjs looks after that, and says what is running.
  timeout: "1h",
};
