import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { type Ended, type Scaffolded, scaffolded } from "../e2e/scaffolded.ts";
import type { Lab } from "./in-lab.ts";
import { PROGRAMS, until } from "./process.ts";

/** Who has a scaffolded repository, a git server to push it to, and a cluster. */
export interface ClusterUser extends Scaffolded {
  /** Runs a program in the repository, with kubectl, flux and the cluster at hand. */
  run(program: string, args: readonly string[], options?: Parameters<Scaffolded["run"]>[2]): Ended;
  /** Runs the repository's own copy of the tool, as `run`. */
  tool(...args: string[]): Ended;
  /** Runs the repository's own `bootstrap` against the lab. */
  bootstrap(...flags: string[]): Ended;
  /** Runs kubectl and returns its output; throws with what it complains of. */
  kubectl(...args: string[]): string;
  /** Objects of a kind, in all namespaces. */
  objects(kind: string): ClusterObject[];
  /** Commits all that differs, and pushes it. */
  push(message: string): void;
  /** Waits until every Flux Kustomization of flux-system has applied what is on the branch. */
  reconciled(): Promise<void>;
}

/** An object as the API server gives it. */
export interface ClusterObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
    }[];
    readonly lastAppliedRevision?: string;
    readonly lastAttemptedRevision?: string;
  };
}

/** Scaffolds a repository and pushes it to the lab's git server. */
export function clusterUser(
  t: Parameters<typeof scaffolded>[0],
  lab: Lab,
  repository: string,
  flags: readonly string[],
): ClusterUser {
  const url = `${lab.url}/${repository}.git`;
  const at = scaffolded(t, { flags: ["--provider", "git", "--url", url, ...flags] });
  spawnSync("git", [
    "init",
    "-q",
    "--bare",
    "-b",
    "main",
    join(lab.repositories, `${repository}.git`),
  ]);
  const credentials = join(at.home, ".git-credentials");
  writeFileSync(credentials, `${lab.url.replace("://", `://${lab.username}:${lab.password}@`)}\n`);
  at.must("config", "--global", "http.sslCAInfo", lab.certificate);
  at.must("config", "--global", "credential.helper", `store --file=${credentials}`);
  at.must("remote", "add", "origin", url);
  at.must("push", "-q", "-u", "origin", "main");
  const run: ClusterUser["run"] = (program, args, options = {}) =>
    at.run(program, args, {
      ...options,
      env: {
        PATH: `${PROGRAMS}${delimiter}${process.env["PATH"] ?? ""}`,
        KUBECONFIG: lab.kubeconfig,
        GIT_PASSWORD: lab.password,
        ...options.env,
      },
    });
  const kubectl = (...args: string[]) => {
    const { status, stdout, stderr } = run("kubectl", args);
    if (status === 0) return stdout;
    throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
  };
  const objects = (kind: string) =>
    (JSON.parse(kubectl("get", kind, "-A", "-o", "json")) as { items: ClusterObject[] }).items;
  const tool = (...args: string[]) => run("node", [".flux-sops/flux-sops.mjs", ...args]);
  return {
    ...at,
    ...{ run, tool, kubectl, objects },
    bootstrap: (...flags) =>
      tool(
        ...["bootstrap", "--yes", `--username=${lab.username}`, ...flags, "--"],
        // The lab has the two that all needs.
        ...[`--ca-file=${lab.certificate}`, "--components=source-controller,kustomize-controller"],
      ),
    push: (message) => {
      at.must("add", "-A");
      at.must("commit", "-q", "-m", message);
      at.must("push", "-q");
    },
    reconciled: async () => {
      const head = at.must("rev-parse", "HEAD").trim();
      reconcile(kubectl, "gitrepository", "flux-system");
      await until(`Flux has applied ${head}`, () => {
        const late = objects("kustomizations.kustomize").filter(
          ({ metadata, status }) =>
            metadata.namespace === "flux-system" &&
            (status?.lastAppliedRevision?.endsWith(head) !== true ||
              readiness({ status })?.status !== "True"),
        );
        return late.length === 0 ? true : null;
      });
    },
  };
}

/** The condition Ready. */
export function readiness({ status }: Pick<ClusterObject, "status">) {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

/** What `flux reconcile` does, without waiting for it. */
export function reconcile(kubectl: ClusterUser["kubectl"], kind: string, name: string): void {
  kubectl(
    ...["-n", "flux-system", "annotate", "--overwrite", kind, name],
    `reconcile.fluxcd.io/requestedAt=${String(process.hrtime.bigint())}`,
  );
}

/**
 * Every encrypted file of a folder is a Secret in the cluster, with its values, and there are no others
 * but Flux's own.
 */
export function secretsArrived(
  t: { deepEqual(a: unknown, b: unknown): void },
  user: ClusterUser,
  folder: string,
): void {
  const files = user.must("ls-files", "--", `${folder}/*.sops.yaml`).trim().split("\n");
  const expected = files.map((file) => valuesIn(user, file));
  const found = user
    .objects("secrets")
    .filter(({ metadata }) => metadata.namespace !== "flux-system")
    .map(({ metadata: { name, namespace }, type, data }) => ({
      ...{ metadata: { name, namespace }, type, data },
    }));
  const sorted = (all: readonly { metadata: { name: string; namespace: string } }[]) =>
    Object.fromEntries(all.map((one) => [`${one.metadata.namespace}/${one.metadata.name}`, one]));
  t.deepEqual(sorted(found), sorted(expected));
}

/** The values of an encrypted file, each as base64, as the API server would give them. */
function valuesIn(user: ClusterUser, file: string): ClusterObject {
  const { type, metadata, data, stringData } = parse(
    user.tool("decrypt", file).stdout,
  ) as ClusterObject & {
    readonly stringData?: Readonly<Record<string, string>>;
  };
  const texts = Object.entries(stringData ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text).toString("base64"),
  ]);
  return { metadata, type: type ?? "Opaque", data: { ...data, ...Object.fromEntries(texts) } };
}
