import test from "ava";
import { built, DECRYPTS, flux, mapOf, named, problems } from "./repository-of.ts";

test("without a kustomization every .yaml and .yml below is taken, a folder with one as a whole", (t) => {
  const map = mapOf({
    "c/apps.yaml": flux("apps", "./apps", DECRYPTS),
    "apps/a.yaml": "",
    "apps/.hidden/b.yml": "",
    "apps/data.json": "{}",
    "apps/README.md": "",
    "apps/web/kustomization.yaml": "resources: [web.yaml]\n",
    "apps/web/web.yaml": "",
    "apps/web/unlisted.yaml": "",
    "apps/web/deeper/also-unlisted.yaml": "",
    "apps/.sops.yaml": "",
    "other/a.yaml": "",
  });
  t.deepEqual(built(map, "apps"), [
    "apps/.hidden/b.yml",
    "apps/a.yaml",
    "apps/web/kustomization.yaml (settings)",
    "apps/web/web.yaml",
  ]);
  t.deepEqual(named(map, "apps").decryption, { provider: "sops", secret: "sops-age", from: null });
  t.deepEqual(problems(map, "apps"), []);
});

test("resources, bases, components, generators and patches are followed, out of the folder too", (t) => {
  const map = mapOf({
    "c/apps.yaml": flux("apps", "apps/prod", 'components: ["../../part"]'),
    "apps/prod/kustomization.yml": [
      "resources: [../base, ./extra.json]",
      "bases: [../old]",
      "components: [../component]",
      "secretGenerator:",
      "  - name: a",
      "    files: [key=s/key.txt, plain.txt]",
      "    envs: [a.env]",
      "    env: b.env",
      "configMapGenerator:",
      "  - name: b",
      "    files: [c.ini]",
      "    literals: [a=b]",
      "patches:",
      "  - path: patch.yaml",
      "patchesStrategicMerge: [old-patch.yaml]",
      "",
    ].join("\n"),
    "apps/prod/extra.json": "{}",
    "apps/prod/s/key.txt": "",
    "apps/prod/plain.txt": "",
    "apps/prod/a.env": "",
    "apps/prod/b.env": "",
    "apps/prod/c.ini": "",
    "apps/prod/patch.yaml": "",
    "apps/prod/old-patch.yaml": "",
    "apps/base/Kustomization": "resources: [base.yaml]\n",
    "apps/base/base.yaml": "",
    "apps/old/kustomization.yaml": "resources: [old.yaml]\n",
    "apps/old/old.yaml": "",
    "apps/component/kustomization.yaml": "kind: Component\nresources: [component.yaml]\n",
    "apps/component/component.yaml": "",
    "part/kustomization.yaml": "kind: Component\nresources: [part.yaml]\n",
    "part/part.yaml": "",
  });
  t.deepEqual(
    built(map, "apps").filter((path) => !path.includes("ustomization")),
    [
      "apps/base/base.yaml",
      "apps/component/component.yaml",
      "apps/old/old.yaml",
      "apps/prod/a.env (secretGenerator)",
      "apps/prod/b.env (secretGenerator)",
      "apps/prod/c.ini (configMapGenerator)",
      "apps/prod/extra.json",
      "apps/prod/old-patch.yaml (strategicMerge)",
      "apps/prod/patch.yaml (patch)",
      "apps/prod/plain.txt (secretGenerator)",
      "apps/prod/s/key.txt (secretGenerator)",
      "part/part.yaml",
    ],
  );
  t.deepEqual(problems(map, "apps"), []);
});

const PATCHES_DECRYPTION = `patches:
    - patch: |-
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata:
          name: _
        spec:
          decryption:
            provider: sops
      target:
        group: kustomize.toolkit.fluxcd.io
        kind: Kustomization
        labelSelector: decrypt notin (no),!plain`;

test("a parent patches decryption into its children, through nested kustomizations", (t) => {
  const map = mapOf({
    "flux/ks.yaml": flux("cluster-apps", "./apps", PATCHES_DECRYPTION),
    "apps/kustomization.yaml": "namespace: web\nresources: [./web/ks.yaml]\n",
    "apps/web/ks.yaml": `${flux("web", "./apps/web/app")}---\n${flux("db", "./apps/web/db")}`,
    "apps/web/app/kustomization.yaml": "resources: [secret.sops.yaml]\n",
    "apps/web/app/secret.sops.yaml": "",
    "apps/web/db/db.yaml": "",
  });
  t.deepEqual(
    map.kustomizations.map(({ name }) => name),
    ["cluster-apps", "web", "db"],
  );
  t.is(named(map, "cluster-apps").decryption, null);
  const web = named(map, "web");
  // Without secretRef: the controller may have the keys.
  t.deepEqual(web.decryption, { provider: "sops", secret: null, from: "flux/ks.yaml" });
  t.is(web.parent?.name, "cluster-apps");
  t.is(web.namespace, "web");
  t.deepEqual(
    named(map, "db").files.map(({ path }) => path),
    ["apps/web/db/db.yaml"],
  );
});

test("a patch reaches only its target, and may take decryption away", (t) => {
  const patch = (target: string, text: string) =>
    `patches: [{ target: { kind: Kustomization, ${target} }, patch: '${text}' }]`;
  const parents = {
    byName: patch(
      "name: w.b",
      '[{"op":"add","path":"/spec/decryption","value":{"provider":"sops"}}]',
    ),
    other: patch(
      "name: we",
      '[{"op":"add","path":"/spec/decryption","value":{"provider":"sops"}}]',
    ),
    label: patch('labelSelector: "a=b"', '{"spec":{"decryption":{"provider":"sops"}}}'),
    removes: patch("name: plain", '[{"op":"remove","path":"/spec/decryption"}]'),
    nulls: patch("name: plain", '{"spec":{"decryption":null}}'),
    deletes: patch("name: plain", '{"$patch":"delete"}'),
  };
  const decrypting = (spec: string): Record<string, boolean> => {
    const map = mapOf({
      "ks.yaml": flux("root", "apps", spec),
      "apps/web.yaml": flux("web", "web"),
      "apps/plain.yaml": flux("plain", "web", DECRYPTS),
      "web/a.yaml": "",
    });
    const children = map.kustomizations.filter(({ parent }) => parent?.name === "root");
    return Object.fromEntries(children.map((one) => [one.name, one.decryption !== null]));
  };
  t.deepEqual(decrypting(parents.byName), { plain: true, web: true });
  t.deepEqual(decrypting(parents.other), { plain: true, web: false });
  t.deepEqual(decrypting(parents.label), { plain: true, web: false });
  t.deepEqual(decrypting(parents.removes), { plain: false, web: false });
  t.deepEqual(decrypting(parents.nulls), { plain: false, web: false });
  t.deepEqual(decrypting(parents.deletes), { web: false });
});

test("a kustomization and a component patch decryption in, by a file too", (t) => {
  const decryption = `${flux("web", "web").split("spec:")[0] ?? ""}spec:\n  decryption: { provider: sops }\n`;
  const list = "- op: add\n  path: /spec/decryption\n  value:\n    provider: sops\n";
  for (const [kustomization, from] of [
    ["resources: [web.yaml]\npatches: [{ path: p.yaml }]\n", "apps/p.yaml"],
    ["resources: [web.yaml]\npatchesStrategicMerge: [p.yaml]\n", "apps/p.yaml"],
    [
      "resources: [web.yaml]\npatchesJson6902: [{ path: list.yaml, target: { name: web } }]\n",
      "apps/list.yaml",
    ],
    ["resources: [web.yaml]\ncomponents: [../c]\n", "c/kustomization.yaml"],
  ] as const) {
    const map = mapOf({
      "root.yaml": flux("root", "apps"),
      "apps/kustomization.yaml": kustomization,
      "apps/web.yaml": flux("web", "web"),
      "apps/p.yaml": decryption,
      "apps/list.yaml": list,
      "c/kustomization.yaml": `kind: Component\npatches:\n  - target: { kind: Kustomization }\n    patch: |\n      ${list.replaceAll("\n", "\n      ").trim()}\n`,
      "web/a.yaml": "",
    });
    t.is(named(map, "web").decryption?.from, from, kustomization);
  }
});

test("what flux bootstrap makes builds itself, and may patch itself", (t) => {
  const map = mapOf({
    "c/h/flux-system/gotk-sync.yaml": flux("flux-system", "./c/h"),
    "c/h/flux-system/kustomization.yaml": `resources: [gotk-sync.yaml]
patches:
  - target: { kind: Kustomization, name: flux-system }
    patch: |
      - op: add
        path: /spec/decryption
        value: { provider: sops, secretRef: { name: sops-gpg } }
`,
    "c/h/a.sops.yaml": "",
  });
  t.is(map.kustomizations.length, 1);
  t.like(named(map, "flux-system").decryption, { secret: "sops-gpg" });
  t.true(built(map, "flux-system").includes("c/h/a.sops.yaml"));
});

test("several clusters: one child of two parents is two Kustomizations", (t) => {
  const map = mapOf({
    "a/ks.yaml": flux("a", "shared", PATCHES_DECRYPTION),
    "b/ks.yaml": flux("b", "shared"),
    "shared/web.yaml": flux("web", "web/${CLUSTER:=none}"),
    "web/none/a.yaml": "",
  });
  const web = map.kustomizations.filter(({ name }) => name === "web");
  t.deepEqual(
    web.map(({ parent, decryption }) => [parent?.name, decryption === null]),
    [
      ["a", false],
      ["b", true],
    ],
  );
});

test("variables of the parent stand for themselves in a path; others are a problem", (t) => {
  const map = mapOf({
    "ks.yaml": flux("root", "apps", "postBuild: { substitute: { CLUSTER: home } }"),
    "apps/a.yaml": flux("a", "web/${CLUSTER}"),
    "apps/b.yaml": flux("b", "web/${OTHER}"),
    "web/home/a.yaml": "",
  });
  t.deepEqual(built(map, "a"), ["web/home/a.yaml"]);
  t.deepEqual(problems(map, "b"), ["unknown-variable web/${OTHER}"]);
  t.like(named(map, "b").source, { kind: "unresolved" });
});

test("sources that are not this repository", (t) => {
  const from = (name: string, source: string) =>
    flux(name, "./web").replace(/sourceRef: .*/, `sourceRef: ${source}`);
  const source = (kind: string, name: string, url: string) =>
    `apiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { url: "${url}" }\n`;
  const map = mapOf({
    "s/a.yaml": source("GitRepository", "flux-system", "ssh://git@github.com/me/home.git"),
    "s/b.yaml": source("GitRepository", "same", "https://github.com/me/home"),
    "s/c.yaml": source("GitRepository", "other", "https://github.com/you/home"),
    "k/a.yaml": from("same", "{ kind: GitRepository, name: same }"),
    "k/b.yaml": from("other", "{ kind: GitRepository, name: other }"),
    "k/c.yaml": from("oci", "{ kind: OCIRepository, name: manifests }"),
    "k/d.yaml": from("unknown", "{ kind: GitRepository, name: unknown }"),
    "k/e.yaml": from("bucket", "{ kind: Bucket, name: b }"),
    "web/a.yaml": "",
  });
  t.is(named(map, "same").source.kind, "this-repository");
  t.is(named(map, "unknown").source.kind, "this-repository");
  t.deepEqual(named(map, "other").source, { kind: "elsewhere", what: "GitRepository other" });
  t.deepEqual(named(map, "oci").source, { kind: "elsewhere", what: "OCIRepository manifests" });
  t.deepEqual(built(map, "bucket"), []);
});

test("a folder that is not here comes from elsewhere where its source brings more than this repository", (t) => {
  const from = (name: string, path: string, kind: string) =>
    flux(name, path).replace("kind: GitRepository", `kind: ${kind}`);
  const map = mapOf({
    "s/a.yaml":
      "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: flux-system }\nspec: { url: https://a, include: [{ repository: { name: b }, toPath: b }] }\n",
    "k/a.yaml": from("included", "./b", "GitRepository"),
    "k/b.yaml": from("of-git", "./web", "GitRepository"),
    "k/c.yaml": from("generated", "./c", "OCIRepository"),
    "k/d.yaml": from("of-oci", "./web", "OCIRepository"),
    "k/e.yaml": from("all", "./", "OCIRepository"),
    "web/a.yaml": "",
  });
  const here = { kind: "this-repository", folder: "web" } as const;
  t.like(named(map, "included").source, { kind: "elsewhere", what: "GitRepository flux-system" });
  t.like(named(map, "of-git").source, here);
  t.like(named(map, "generated").source, { kind: "elsewhere", what: "OCIRepository flux-system" });
  t.like(named(map, "of-oci").source, here);
  t.like(named(map, "all").source, { kind: "this-repository", folder: "" });
});

test("an artifact made of this repository's folders is followed to them", (t) => {
  const generator = (cluster: string) => `apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: { name: flux-system }
spec:
  sources: [{ alias: mono, kind: GitRepository, name: flux-system }]
  artifacts:
    - name: apps
      copy:
        - { from: "@mono/apps/base/**", to: "@artifact/base/" }
        - { from: "@mono/apps/${cluster}/**", to: "@artifact/${cluster}/" }
`;
  const of = (path: string) =>
    flux("apps", path).replace(
      /sourceRef: .*/,
      "sourceRef: { kind: ExternalArtifact, name: apps }",
    );
  const map = mapOf({
    "c/a/artifacts.yaml": generator("a"),
    "c/a/apps.yaml": of("./a"),
    "c/b/artifacts.yaml": generator("b"),
    "c/b/apps.yaml": of("./b"),
    "apps/a/kustomization.yaml": "resources: [../base]\n",
    "apps/b/b.yaml": "",
    "apps/base/kustomization.yaml": "resources: [x.yaml]\n",
    "apps/base/x.yaml": "",
  });
  t.deepEqual(
    map.kustomizations.map(({ files }) => files.some(({ path }) => path === "apps/base/x.yaml")),
    [true, false],
  );
});

test("what .sourceignore takes never reaches Flux", (t) => {
  const map = mapOf({
    ".sourceignore": "/*\n!/apps/\n!/ks.yaml\n*.tmp.yaml\n/apps/drafts/\n",
    "ks.yaml": flux("apps", "apps"),
    "apps/a.yaml": "",
    "apps/b.tmp.yaml": "",
    "apps/drafts/c.yaml": "",
    "apps/x/.sourceignore": "d.yaml\n",
    "apps/x/d.yaml": "",
    "apps/x/e.yaml": "",
  });
  t.deepEqual(built(map, "apps"), ["apps/a.yaml", "apps/x/e.yaml"]);
});

test("from a folder that .sourceignore leaves out, files are taken back, as source-controller has it", (t) => {
  const map = mapOf({
    ".sourceignore": "/apps\n!/apps/[wx]/**\n**/[^a-c].md/e.yaml\n**/g/h.yaml\n!*.zip\n",
    "ks.yaml": flux("apps", "apps"),
    "apps/a.yaml": "",
    "apps/x/b.yaml": "",
    "apps/x/.git/c.yaml": "",
    "apps/x/d.md/e.yaml": "",
    "apps/x/f.zip/f.yaml": "",
    "apps/x/g/g/h.yaml": "",
  });
  t.deepEqual(built(map, "apps"), [
    "apps/x/.git/c.yaml",
    "apps/x/b.yaml",
    "apps/x/f.zip/f.yaml",
    "apps/x/g/g/h.yaml",
  ]);
});

test("a component that is not there is no problem where Flux is told so", (t) => {
  const components = "components: [../c, ../gone]";
  const map = mapOf({
    "a.yaml": flux("told", "a", components, "ignoreMissingComponents: true"),
    "b.yaml": flux("untold", "a", components),
    "a/a.yaml": "",
    "c/kustomization.yaml": "kind: Component\n",
  });
  t.deepEqual(problems(map, "told"), []);
  t.deepEqual(problems(map, "untold"), ["missing-resource ../gone"]);
  t.true(built(map, "told").includes("c/kustomization.yaml (settings)"));
});

test("what lies on another server is told from what is not here, however it is written", (t) => {
  const remote = [
    ...["https://example.com/x.yaml", "github.com/me/home//x", "github.com:me/home//x"],
    ...[
      "git@example.com:me/home//x",
      "gitea@example.com:me/home.git//x",
      "org-1@github.com:me/home",
    ],
    "example.com/me/home?ref=v1",
  ];
  const resources = JSON.stringify([...remote, "me@home.yaml"]);
  const map = mapOf({
    "a.yaml": flux("a", "a"),
    "a/kustomization.yaml": `resources: ${resources}\n`,
  });
  t.deepEqual(problems(map, "a"), [
    ...remote.map((text) => `remote-resource ${text}`),
    "missing-resource me@home.yaml",
  ]);
});

test("what cannot be followed is a problem, at its place", (t) => {
  const map = mapOf({
    "a.yaml": flux("gone", "nowhere"),
    "b.yaml": flux("b", "b"),
    "b/kustomization.yaml":
      "resources:\n  - gone.yaml\n  - https://example.com/x.yaml\n  - ../../out\n  - ../c\n  - ../two\n",
    "c/kustomization.yaml": flux("inner", "x"),
    "two/kustomization.yaml": "{}",
    "two/Kustomization": "{}",
    "d.yaml": flux("broken", "d"),
    "d/kustomization.yaml": "resources: [\n",
  });
  t.deepEqual(problems(map, "gone"), ["missing-path nowhere"]);
  t.deepEqual(problems(map, "b"), [
    "missing-resource gone.yaml",
    "remote-resource https://example.com/x.yaml",
    "missing-resource ../../out",
    "flux-object-as-kustomization c/kustomization.yaml",
    "several-kustomizations two",
  ]);
  t.is(named(map, "b").problems[0]?.line, 2);
  t.deepEqual(problems(map, "broken"), ["unreadable d/kustomization.yaml"]);
});
