import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { fluxBuild, type AppliedObject } from "../flux-build.ts";
import { testWith } from "../real-tools.ts";
import { ciphertextCases, filesOf } from "./ciphertext-cases.ts";
import { flux } from "./repository-of.ts";

/** Writes files below a new folder, which is removed when the test is over. */
function folderOf(
  t: { teardown(cleanUp: () => void): void },
  files: Readonly<Record<string, string>>,
): string {
  const folder = mkdtempSync(join(tmpdir(), "flux-sops-build-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function valueIn(objects: readonly AppliedObject[], place: string): unknown {
  const [name = "", field = ""] = place.split(" ");
  return objects.find((one) => `${one.kind}/${one.metadata.name}` === name)?.[field];
}

for (const [index, one] of ciphertextCases.entries()) {
  testWith("flux-build")(`Flux: ${one.title} (${index})`, async (t) => {
    const { identity, recipient } = await generateKeyPair();
    const files = { ...(await filesOf(one, recipient)), "key.agekey": `${identity}\n` };
    const folder = folderOf(t, files);
    const built = fluxBuild(folder, "cluster", {
      keyFile: join(folder, "key.agekey"),
      strict: true,
    });
    const app = built.find(({ name }) => name === "flux-system/app");
    const said = `${app?.status} ${app?.error}\n${JSON.stringify(app?.objects)}`;
    t.is(app?.status, one.refuses === undefined ? "built" : "failed", said);
    if (one.refuses !== undefined) t.regex(app?.error ?? "", one.refuses);
    t.deepEqual([...(app?.ciphertext ?? [])].sort(), one.ciphertext ?? []);
    if (one.invalid === undefined) t.deepEqual(app?.invalid, []);
    else t.regex(app?.invalid.join("\n") ?? "", one.invalid);
    for (const [place, value] of Object.entries(one.values ?? {})) {
      t.deepEqual(valueIn(app?.objects ?? [], place), value, place);
    }
  });
}

const WORKLOAD = [
  ...["apiVersion: apps/v1", "kind: Deployment", "metadata: { name: web }", "spec:"],
  ...["  selector: { matchLabels: { app: web } }", "  template:"],
  ...["    metadata: { labels: { app: web } }", "    spec:"],
  ...["      containers: [{ name: web, image: web }]", ""],
].join("\n");

const invalidObjects: Record<string, [manifest: string, says: RegExp | null]> = {
  "nothing wrong": [WORKLOAD, null],
  "an unknown field of Kubernetes": [
    WORKLOAD.replace("image: web", "image: web, imagePullPolice: Never"),
    /^Deployment\/web: unknown field "spec\.template\.spec\.containers\[0\]\.imagePullPolice"$/,
  ],
  "a wrong type in Kubernetes": [
    WORKLOAD.replace("spec:\n", "spec:\n  replicas: two\n"),
    /^Deployment\/web: .*cannot unmarshal string into Go struct field .*replicas of type int32$/,
  ],
  "an unknown field of Flux": [
    flux("child", "./app", "suspend: true", "interval: 1m", "prune: true", "dependOn: []"),
    /^Kustomization\/flux-system\/child: unknown field "spec\.dependOn"$/,
  ],
  "a wrong type in Flux": [
    [
      ...["apiVersion: source.toolkit.fluxcd.io/v1", "kind: GitRepository"],
      ...["metadata: { name: lab }", "spec: { interval: 10, url: https://git.example }", ""],
    ].join("\n"),
    /^GitRepository\/lab: .*cannot unmarshal number into Go .*string$/,
  ],
  "a missing field of Kubernetes": [
    WORKLOAD.replace(/ *selector:.*\n/, ""),
    /^Deployment\/web: spec\.selector is missing$/,
  ],
  "a missing field of a container": [
    WORKLOAD.replace("name: web, image", "image"),
    /^Deployment\/web: spec\.template\.spec\.containers\.0\.name is missing$/,
  ],
  "missing fields of Flux": [
    flux("child", "./app", "suspend: true").replace(/ *sourceRef:.*\n/, ""),
    /^(?=.*: spec\.interval is)(?=[^]*: spec\.prune is)(?=[^]*: spec\.sourceRef is missing)/,
  ],
  "a kind that nobody knows": [
    WORKLOAD.replace("apps/v1", "apps/v9"),
    /^Deployment\/web: no kind "Deployment" is registered for version "apps\/v9"/,
  ],
};

for (const [title, [manifest, says]] of Object.entries(invalidObjects)) {
  testWith("flux-build")(`flux-build --strict: ${title}`, (t) => {
    const folder = folderOf(t, { "cluster/object.yaml": manifest });
    const [root] = fluxBuild(folder, "cluster", { strict: true });
    t.is(root?.status, "built", root?.error);
    if (says === null) t.deepEqual(root?.invalid, []);
    else t.regex(root?.invalid.join("\n") ?? "", says);
    // Without the flag nothing is looked at.
    t.deepEqual(fluxBuild(folder, "cluster")[0]?.invalid, []);
  });
}
