import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { secret } from "../e2e/scaffolded.ts";
import { escapeRegExp } from "../e2e/escape-reg-exp.ts";
import { keyFileOf } from "../e2e/reconciled.ts";
import { type ClusterUser, clusterUser, readiness } from "./cluster-user.ts";
import { type Lab, startLab } from "./in-lab.ts";
import { until } from "./process.ts";

/** What Flux says of a repository that is wrong in some way: the guide quotes it, and doctor knows it. */

let lab: Lab;
let user: ClusterUser;
const cleanUps: (() => void)[] = [];

interface Case {
  /** Files in the folder that the Flux Kustomization builds; those named `*.sops.yaml` are encrypted. */
  readonly files: Readonly<Record<string, string>>;
  /** What is added to an encrypted file afterwards. */
  readonly added?: string;
  /** The Secret with its keys; null for no decryption. */
  readonly keys?: string | null;
  /** What the guide's table quotes. */
  readonly quoted: string;
  /** What doctor says; null where it is none of its business. */
  readonly doctor: string | null;
}

const inDefault = (values: Readonly<Record<string, string>>) =>
  secret(values).replace("  name: db\n", "  name: db\n  namespace: default\n");

const CASES: Readonly<Record<string, Case>> = {
  "no-decryption": {
    files: { "a.sops.yaml": inDefault({ a: "aHVudGVyMg==" }).replace("stringData", "data") },
    keys: null,
    quoted:
      "… is SOPS encrypted, configuring decryption is required for this secret to be reconciled",
    doctor: "it builds an encrypted file, and has no decryption",
  },
  "no-keys": {
    files: { "a.sops.yaml": inDefault({ a: "hunter2" }) },
    keys: "sops-age-elsewhere",
    quoted: 'secrets "sops-age" not found',
    doctor: "the Secret with its keys is not there",
  },
  rubbish: {
    files: { "a.sops.yaml": inDefault({ a: "hunter2" }) },
    keys: "rubbish",
    quoted: "failed to import 'age.agekey' data from sops decryption Secret",
    doctor: "an entry in the Secret with its keys is no age key",
  },
  "other-key": {
    files: { "a.sops.yaml": inDefault({ a: "hunter2" }) },
    keys: "other",
    quoted:
      "cannot get sops data key: Failed to get the data key required to decrypt the SOPS file.",
    doctor: "no key in the cluster opens a file",
  },
  "readable-value": {
    files: { "a.sops.yaml": inDefault({ a: "hunter2" }) },
    added: "  b: hunter2\n",
    quoted: "Input string … does not match sops' data format",
    doctor: "somebody added a readable value to an encrypted file",
  },
  "no-object": {
    files: { "values.yaml": "a: 1\n" },
    quoted: "failed to decode Kubernetes YAML from …",
    doctor: null,
  },
  "no-folder": { files: {}, quoted: "kustomization path not found: …", doctor: null },
  "no-namespace": {
    files: { "a.sops.yaml": inDefault({ a: "b" }).replace("default", "nobody-makes") },
    quoted: 'namespaces "…" not found',
    doctor: null,
  },
  "namespace-left-out": {
    files: { "a.sops.yaml": secret({ a: "b" }) },
    quoted: "namespace not specified",
    doctor: null,
  },
  number: {
    files: { "a.sops.yaml": inDefault({ a: "8472" }) },
    quoted: "expected string, got &value.valueUnstructured{…}",
    doctor: "a number or a boolean in a Secret has no quotes",
  },
  "flux-in-kustomization": {
    files: {
      "kustomization.yaml":
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: x\n  namespace: flux-system\nspec:\n  interval: 1m\n  path: ./x\n  prune: true\n  sourceRef:\n    kind: GitRepository\n    name: x\n",
    },
    quoted: "apiVersion for Kustomization should be kustomize.config.k8s.io/v1beta1",
    doctor: null,
  },
};

/** What Flux applies as it is without a word; see normalize.Unstructured in github.com/fluxcd/pkg/ssa. */
const APPLIED: Readonly<Record<string, { readonly kind: string; readonly text: string }>> = {
  "text-without-decryption": {
    kind: "secret",
    text: inDefault({ a: "hunter2" }).replace("name: db", "name: text"),
  },
  "settings-without-decryption": {
    kind: "configmap",
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: default\ndata:\n  a: hunter2\n",
  },
};

const FOLDER = "clusters/homelab/cases";

function kustomization(name: string, { keys }: Pick<Case, "keys">): object {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: "flux-system" },
    spec: {
      ...{ interval: "10m", retryInterval: "1m", path: `./${FOLDER}/${name}`, prune: true },
      sourceRef: { kind: "GitRepository", name: "messages" },
      ...(keys === null
        ? {}
        : { decryption: { provider: "sops", secretRef: { name: keys ?? "sops-age" } } }),
    },
  };
}

function apply(...objects: readonly object[]): void {
  const items = objects.map((object) => ({ apiVersion: "v1", ...object }));
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const { status, stderr } = user.run("kubectl", ["apply", "-f", "-"], { input: list });
  if (status !== 0) throw new Error(stderr);
}

function keySecret(name: string, text: string): object {
  return {
    kind: "Secret",
    metadata: { name, namespace: "flux-system" },
    stringData: { "age.agekey": text },
  };
}

test.before(async () => {
  lab = await startLab();
  user = clusterUser({ teardown: (cleanUp) => cleanUps.push(cleanUp) }, lab, "messages", []);
  for (const [name, { files, added = "" }] of Object.entries(CASES)) {
    for (const [file, text] of Object.entries(files)) {
      const path = `${FOLDER}/${name}/${file}`;
      user.write(path, text);
      if (!file.endsWith(".sops.yaml")) continue;
      const { status, stderr } = user.tool("encrypt", "-i", path);
      if (status !== 0) throw new Error(stderr);
      user.write(path, user.read(path).replace("sops:\n", `${added}sops:\n`));
    }
  }
  for (const [name, { text }] of Object.entries(APPLIED)) {
    const path = `${FOLDER}/${name}/a.sops.yaml`;
    user.write(path, text);
    user.tool("encrypt", "-i", path);
  }
  user.must("add", ".");
  user.must("commit", "-q", "--no-verify", "-m", "Add all that is wrong");
  user.must("push", "-q", "--no-verify");
  const installed = user.run("flux", [
    ...["install", "--components=source-controller,kustomize-controller"],
  ]);
  if (installed.status !== 0) throw new Error(installed.stderr);
  const other = await generateKeyPair();
  apply(
    keySecret("sops-age", readFileSync(keyFileOf(user), "utf8")),
    keySecret("other", other.identity),
    keySecret("rubbish", "-----BEGIN OPENSSH PRIVATE KEY-----\n"),
    {
      kind: "Secret",
      metadata: { name: "messages", namespace: "flux-system" },
      stringData: {
        ...{ username: lab.username, password: lab.password },
        "ca.crt": readFileSync(lab.certificate, "utf8"),
      },
    },
    {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: { name: "messages", namespace: "flux-system" },
      spec: {
        ...{ interval: "10m", url: `${lab.url}/messages.git`, ref: { branch: "main" } },
        secretRef: { name: "messages" },
      },
    },
    ...Object.entries(CASES).map(([name, one]) => kustomization(name, one)),
    ...Object.keys(APPLIED).map((name) => kustomization(name, { keys: null })),
  );
});

test.after.always(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

for (const [name, { quoted, doctor }] of Object.entries(CASES)) {
  test(`the guide quotes what Flux says, and doctor knows it: ${name}`, async (t) => {
    const message = await until(`a message of ${name}`, () => {
      const found = user
        .objects("kustomizations.kustomize")
        .find(({ metadata }) => metadata.name === name);
      const ready = found === undefined ? undefined : readiness(found);
      return ready?.status === "False" && !/not ready|not found, retrying/.test(ready.message)
        ? ready.message
        : null;
    });
    const guide = readFileSync(
      fileURLToPath(new URL("../../docs/guide.md", import.meta.url)),
      "utf8",
    );
    t.true(guide.includes(`| \`${quoted}\``), "the guide has it");
    const pattern = quoted
      .split("…")
      .map(escapeRegExp)
      .join("[^]*")
      .replace('"sops-age"', '"sops-age-elsewhere"');
    t.regex(message, new RegExp(pattern));
    if (doctor === null) return;
    const { stdout } = user.tool("doctor", "--cluster");
    t.true(stdout.includes(`Flux Kustomization flux-system/${name}: ${doctor}`), stdout);
    t.false(stdout.includes("hunter2"));
  });
}

for (const [name, { kind }] of Object.entries(APPLIED)) {
  test(`Flux applies ciphertext without a word: ${name}`, async (t) => {
    const objectName = name.slice(0, name.indexOf("-"));
    const { data = {} } = await until(`${kind} ${objectName}`, () => {
      const found = user.objects(kind).find(({ metadata }) => metadata.name === objectName);
      return found ?? null;
    });
    const value = kind === "secret" ? Buffer.from(data["a"] ?? "", "base64").toString() : data["a"];
    t.regex(value ?? "", /^ENC\[AES256_GCM,/);
    const { stdout } = user.tool("doctor", "--cluster");
    t.regex(
      stdout,
      new RegExp(
        `^wrong {3}Flux Kustomization flux-system/${name} has applied ciphertext: ${kind} default/${objectName} \\(a\\)$`,
        "im",
      ),
    );
  });
}
