import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, PROGRAMS, start, until } from "./process.ts";

/** An etcd and an API server, and nothing that runs pods. */
export interface ControlPlane {
  /** For one who may do everything. */
  readonly kubeconfig: string;
  /** For one who has no rights but those that somebody gives to the user `reader`. */
  readonly readerKubeconfig: string;
  /** A certificate for 127.0.0.1 that signs itself, and its private key, both in PEM. */
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly certificateFile: string;
  /** Runs kubectl and returns its output; throws with what it complains of. */
  kubectl(...args: readonly string[]): Promise<string>;
}

const TOKENS = { admin: "t-admin", reader: "t-reader" };

/** @param folder an empty one, for data, keys and logs. */
export async function startControlPlane(folder: string): Promise<ControlPlane> {
  const at = (name: string) => join(folder, name);
  mkdirSync(at("certificates"));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${String(etcdPort)}`;
  const peerUrl = `http://127.0.0.1:${String(peerPort)}`;
  start(
    "etcd",
    [
      ...["--data-dir", at("etcd"), "--unsafe-no-fsync"],
      ...["--listen-client-urls", etcdUrl, "--advertise-client-urls", etcdUrl],
      ...["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl],
      ...["--initial-cluster", `default=${peerUrl}`],
    ],
    { logs: folder },
  );
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  writeFileSync(at("service-accounts.key"), privateKey, { mode: 0o600 });
  writeFileSync(at("service-accounts.pub"), publicKey);
  writeFileSync(
    at("tokens.csv"),
    `${TOKENS.admin},admin,1,system:masters\n${TOKENS.reader},reader,2\n`,
  );
  start(
    "kube-apiserver",
    [
      `--etcd-servers=${etcdUrl}`,
      ...["--bind-address=127.0.0.1", `--secure-port=${String(port)}`],
      ...[`--cert-dir=${at("certificates")}`, `--token-auth-file=${at("tokens.csv")}`],
      ...["--authorization-mode=RBAC", "--service-cluster-ip-range=10.96.0.0/16"],
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${at("service-accounts.pub")}`,
      `--service-account-signing-key-file=${at("service-accounts.key")}`,
    ],
    { logs: folder },
  );
  const cert = at("certificates/apiserver.crt");
  const kubeconfigOf = (user: keyof typeof TOKENS) => {
    const path = at(`${user}.kubeconfig`);
    writeFileSync(path, kubeconfigText(port, cert, TOKENS[user]), { mode: 0o600 });
    return path;
  };
  const kubeconfig = kubeconfigOf("admin");
  const kubectl = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)(join(PROGRAMS, "kubectl"), args, {
      maxBuffer: 2 ** 28,
      env: { PATH: process.env["PATH"], HOME: folder, KUBECONFIG: kubeconfig },
    });
    return stdout;
  };
  await until("the API server is ready", async () =>
    kubectl("get", "--raw", "/readyz").catch(() => null),
  );
  return {
    ...{ kubeconfig, readerKubeconfig: kubeconfigOf("reader"), kubectl, certificateFile: cert },
    certificate: {
      cert: readFileSync(cert, "utf8"),
      key: readFileSync(at("certificates/apiserver.key"), "utf8"),
    },
  };
}

function kubeconfigText(port: number, cert: string, token: string): string {
  return `apiVersion: v1
kind: Config
current-context: lab
contexts:
  - name: lab
    context: { cluster: lab, user: lab }
clusters:
  - name: lab
    cluster:
      server: https://127.0.0.1:${String(port)}
      certificate-authority: ${cert}
users:
  - name: lab
    user: { token: ${token} }
`;
}
