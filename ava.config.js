// What needs a Kubernetes API server and Flux has to be asked for: `npm run cluster`.
const hasCluster = process.env["FLUX_SOPS_CLUSTER"] !== undefined;

export default {
  files: ["test/**/*.test.ts", ...(hasCluster ? [] : ["!test/cluster/**"])],
  extensions: { ts: "module" },
  nodeArguments: ["--import=tsx"],
  workerThreads: false,
  // scripts/watchdog.mjs looks after that, and says what is running.
  timeout: "1h",
};
