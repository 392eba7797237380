import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FluxMap } from "../../flux/flux-map.ts";
import { fluxBuild, type BuiltKustomization } from "../flux-build.ts";
import { testWith } from "../real-tools.ts";
import { DECRYPTS, flux, mapOf } from "./repository-of.ts";

/** What the map says of those Flux Kustomizations that the real build has come to, beside that. */
function compared(
  map: FluxMap,
  built: readonly BuiltKustomization[],
): { readonly map: unknown; readonly build: unknown } {
  const ofBuild = built
    .filter(({ parent }) => parent !== "")
    .map(({ name, decryption, status, files }) => ({
      name,
      decryption,
      files: status === "built" ? [...files].sort() : null,
    }));
  const names = new Set(ofBuild.map(({ name }) => name));
  const ofMap = map.kustomizations
    .map(({ namespace, name, decryption, files }) => ({
      name: `${namespace ?? ""}/${name}`,
      decryption: decryption !== null,
      files: [...new Set(files.map(({ path }) => path))].sort(),
    }))
    .filter(({ name }) => names.has(name))
    .map((one) => {
      const other = ofBuild.find(({ name }) => name === one.name);
      return other?.files === null ? { ...one, files: null } : one;
    });
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  return { map: ofMap.sort(byName), build: ofBuild.sort(byName) };
}

const KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
const COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
const NEEDS = ["interval: 1m", "prune: true"];

function configMap(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: default }\ndata: { a: b }\n`;
}

/** Repositories whose cluster is in `cluster/`. */
const repositories: Record<string, Record<string, string>> = {
  "a parent that patches decryption into its children": {
    "cluster/apps.yaml": flux(
      "apps",
      "./apps",
      ...NEEDS,
      "patches:",
      "  - patch: |-",
      "      apiVersion: kustomize.toolkit.fluxcd.io/v1",
      "      kind: Kustomization",
      "      metadata: { name: _ }",
      "      spec: { decryption: { provider: sops, secretRef: { name: sops-age } } }",
      "    target:",
      "      group: kustomize.toolkit.fluxcd.io",
      "      kind: Kustomization",
      "      labelSelector: 'substitution.flux.home.arpa/disabled notin (true)'",
    ),
    "apps/web/ks.yaml": flux("web", "./apps/web/app", ...NEEDS),
    "apps/web/kustomization.yaml": `${KUSTOMIZATION}namespace: web\nresources: [ks.yaml, namespace.yaml]\n`,
    "apps/web/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: { name: web }\n",
    "apps/web/app/kustomization.yaml": `${KUSTOMIZATION}resources: [a.yaml]\n`,
    "apps/web/app/a.yaml": configMap("a"),
    "apps/web/app/unlisted.yaml": configMap("unlisted"),
    "apps/plain/ks.yaml": flux("plain", "./apps/plain/app", ...NEEDS).replace(
      "  namespace: flux-system\n",
      "  namespace: flux-system\n  labels: { substitution.flux.home.arpa/disabled: 'true' }\n",
    ),
    "apps/plain/app/b.yml": configMap("b"),
    "apps/plain/app/.hidden/c.yaml": configMap("c"),
    "apps/plain/app/README.md": "text\n",
    "apps/plain/app/d.json": "{}\n",
  },
  "a patch in a kustomization, by JSON 6902 and by name": {
    "cluster/kustomization.yaml": `${KUSTOMIZATION}resources: [sync.yaml, one.yaml, two.yaml, three.yaml]
patches:
  - target: { kind: Kustomization, name: on.* }
    patch: |-
      - op: add
        path: /spec/decryption
        value: { provider: sops, secretRef: { name: sops-age } }
  - path: two-patch.yaml
  - target: { kind: Kustomization, name: three }
    patch: |-
      - op: remove
        path: /spec/decryption
`,
    "cluster/sync.yaml": flux("flux-system", "./cluster", ...NEEDS),
    "cluster/one.yaml": flux("one", "./one", ...NEEDS),
    "cluster/two.yaml": flux("two", "./two", ...NEEDS),
    "cluster/three.yaml": flux("three", "./one", ...NEEDS, DECRYPTS),
    "cluster/two-patch.yaml":
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: two, namespace: flux-system }\nspec: { path: ./other }\n",
    "one/a.yaml": configMap("a"),
    "two/b.yaml": configMap("b"),
    "other/c.yaml": configMap("c"),
  },
  "selectors of every kind": {
    "cluster/parent.yaml": flux(
      "parent",
      "./children",
      ...NEEDS,
      "patches:",
      ...[
        ...["tier=front", "tier!=front", "tier", "!tier", "tier in (front, back)"],
        ...["tier notin (front, back),off!=yes", "tier==front , off"],
      ].flatMap((selector, index) => [
        `  - target: { kind: Kustomization, labelSelector: '${selector}' }`,
        `    patch: '[{ op: add, path: /spec/components/-, value: ../c${index} }]'`,
      ]),
      "  - target: { kind: Kustomization, annotationSelector: 'a in (b)' }",
      "    patch: '[{ op: add, path: /spec/decryption, value: { provider: sops } }]'",
    ),
    ...Object.fromEntries(
      [
        ["front", "labels: { tier: front }"],
        ["back", "labels: { tier: back, off: 'yes' }"],
        ["both", "labels: { tier: front, off: 'yes' }"],
        ["none", "annotations: { a: b }"],
        ["other", "labels: { tier: other, off: 'no' }"],
      ].map(([name = "", metadata = ""]) => [
        `children/${name}.yaml`,
        flux(name, "./empty", ...NEEDS, "components: [../always]").replace(
          "  namespace:",
          `  ${metadata}\n  namespace:`,
        ),
      ]),
    ),
    "empty/a.yaml": configMap("a"),
    ...Object.fromEntries(
      ["always", ...Array.from({ length: 7 }, (_, index) => `c${index}`)].map((name) => [
        `${name}/kustomization.yaml`,
        `${COMPONENT}commonAnnotations: { ${name}: x }\n`,
      ]),
    ),
  },
  "components, bases, generators, patches and settings": {
    "cluster/app.yaml": flux(
      "app",
      "./overlay",
      ...NEEDS,
      DECRYPTS,
      "components: [../extra]",
      "targetNamespace: there",
    ),
    "overlay/kustomization.yaml": `${KUSTOMIZATION}resources: [../base, own.yaml]
components: [../component]
configurations: [names.yaml]
secretGenerator:
  - name: s
    files: [key=secret.txt, bare.txt]
    envs: [secret.env]
configMapGenerator:
  - name: c
    files: [config.txt]
patches:
  - path: patch.yaml
replacements:
  - path: replacement.yaml
`,
    "overlay/own.yaml": configMap("own"),
    "overlay/names.yaml": "nameReference: []\n",
    "overlay/secret.txt": "x\n",
    "overlay/bare.txt": "x\n",
    "overlay/secret.env": "A=b\n",
    "overlay/config.txt": "x\n",
    "overlay/patch.yaml": configMap("own").replace("a: b", "c: d"),
    "overlay/replacement.yaml": `source: { kind: ConfigMap, name: own, fieldPath: data.a }
targets: [{ select: { kind: ConfigMap, name: in-base }, fieldPaths: [data.a] }]
`,
    "base/kustomization.yml": `${KUSTOMIZATION}resources: [in-base.yaml, nested]\n`,
    "base/in-base.yaml": configMap("in-base"),
    "base/nested/Kustomization": `${KUSTOMIZATION}resources: [../../shared/file.yaml]\n`,
    "shared/file.yaml": configMap("shared"),
    "component/kustomization.yaml": `${COMPONENT}resources: [in-component.yaml]\n`,
    "component/in-component.yaml": configMap("in-component"),
    "extra/kustomization.yaml": `${COMPONENT}resources: [in-extra.yaml]\n`,
    "extra/in-extra.yaml": configMap("in-extra"),
  },
  "a folder taken whole, with kustomizations inside and files left out": {
    ".sourceignore": "ignored.yaml\n/docs/\n",
    "cluster/whole.yaml": flux("whole", "./whole", ...NEEDS),
    "whole/a.yaml": configMap("a"),
    "whole/empty.yaml": "# nothing\n",
    "whole/ignored.yaml": configMap("ignored"),
    "whole/.sops.yaml": "creation_rules: []\n",
    "whole/deep/er/b.yaml": configMap("b"),
    "whole/own/kustomization.yaml": `${KUSTOMIZATION}resources: [c.yaml]\n`,
    "whole/own/c.yaml": configMap("c"),
    "whole/own/unlisted.yaml": configMap("unlisted"),
    "whole/own/below/d.yaml": configMap("d"),
  },
  "nested Flux Kustomizations, one of them with variables in its path": {
    "cluster/first.yaml": flux(
      "first",
      "./first",
      ...NEEDS,
      "postBuild: { substitute: { WHERE: third } }",
    ),
    "first/second.yaml": flux("second", "./second", ...NEEDS, DECRYPTS),
    "first/third.yaml": flux("third", "./${WHERE}", ...NEEDS),
    "second/fourth.yaml": flux("fourth", "./third", ...NEEDS),
    "third/a.yaml": configMap("a"),
  },
  "what Flux refuses does not stop the rest": {
    "cluster/broken.yaml": flux("broken", "./broken", ...NEEDS, DECRYPTS),
    "cluster/lost.yaml": flux("lost", "./lost", ...NEEDS),
    "cluster/fine.yaml": flux("fine", "./fine", ...NEEDS),
    "broken/kustomization.yaml": `${KUSTOMIZATION}resources: [missing.yaml]\n`,
    "fine/a.yaml": configMap("a"),
  },
};

for (const [title, files] of Object.entries(repositories)) {
  testWith("flux-build")(`the map is what Flux builds: ${title}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "flux-sops-map-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const built = fluxBuild(folder, "cluster", { leaveEncrypted: true });
    t.is(built[0]?.status, "built", built[0]?.error);
    const { map, build } = compared(mapOf(files), built);
    t.true(built.length > 1);
    t.deepEqual(map, build, built.map(({ name, error }) => `${name}: ${error}`).join("\n"));
  });
}
