import test from "ava";
import { fluxCiphertext } from "../../findings/flux/ciphertext.ts";
import type { FluxFinding } from "../../findings/flux/finding.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { parseFile, type Format } from "../../sops/format.ts";
import type { Selection } from "../../sops/selection/selection-option.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { ciphertextCases, filesOf } from "../flux/ciphertext-cases.ts";
import { DECRYPTS, flux, repositoryOf } from "../flux/repository-of.ts";

const { recipient } = await generateKeyPair();

type Files = Readonly<Record<string, string>>;

async function encrypted(plain: string, format: Format, regex: string | null): Promise<string> {
  return encryptedBy("encrypted_regex", regex, plain, format);
}

async function encryptedBy(
  option: Selection["option"],
  pattern: string | null,
  plain: string,
  format: Format,
): Promise<string> {
  const selection = pattern === null ? null : { option, pattern };
  const rule = { recipients: [recipient], selection, macOnlyEncrypted: true };
  return (await encryptFile(parseFile(plain, format, null), rule)).text;
}

const secret = (name: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\nstringData:\n  a: hunter2\n`;
const SECRET = await encrypted(secret("db"), "yaml", "^(data|stringData)$");
const ENV = await encrypted("A=hunter2\n", "dotenv", null);

/** `PATH:LINE warning`, without the word for an error. */
function found(files: Files): string[] {
  return fluxCiphertext(repositoryOf(files)).map(placeOf).sort();
}

function placeOf({ path, line, severity }: FluxFinding): string {
  return `${path}${line === null ? "" : `:${line}`}${severity === "warning" ? " warning" : ""}`;
}

// What each of these comes to in Flux itself is in test/flux/flux-build.test.ts.
for (const [index, one] of ciphertextCases.entries()) {
  test(`blames what Flux applies as it is, or refuses: ${one.title} (${index})`, async (t) => {
    const findings = fluxCiphertext(repositoryOf(await filesOf(one, recipient)));
    const blamed = new Set(findings.flatMap(({ about }) => about));
    t.deepEqual([...blamed].sort(), [...one.blames].sort());
    for (const { message, mend } of findings) {
      t.notRegex(JSON.stringify([message, mend]), /hunter2|ENC\[/);
    }
  });
}

/** The root as `flux bootstrap` makes it, on the folder that it stands in. */
function bootstrapped(...spec: readonly string[]): Files {
  return { "cluster/flux-system/gotk-sync.yaml": flux("flux-system", "./cluster", ...spec) };
}

const NO_DECRYPTION: Files = {
  ...bootstrapped(),
  "cluster/apps.yaml": flux("apps", "./apps"),
  "apps/db.yaml": SECRET,
};

test("no decryption: once, at the Flux Kustomization, with the lines to add", (t) => {
  const files = { ...NO_DECRYPTION, "apps/more/db.yaml": SECRET, "apps/c.yaml": SECRET };
  const [finding, ...more] = fluxCiphertext(repositoryOf(files));
  t.deepEqual(more, []);
  t.like(finding, {
    rule: "flux-ciphertext",
    severity: "error",
    path: "cluster/apps.yaml",
    line: 1,
    mend: {
      kind: "edit",
      what: "add decryption: {provider: sops, secretRef: {name: sops-age}} to its spec",
    },
  });
  t.regex(
    finding?.message ?? "",
    /^it has no decryption, .* Flux applies the ciphertext of apps\/c\.yaml/,
  );
  const [refused] = fluxCiphertext(
    repositoryOf({ ...NO_DECRYPTION, "apps/db.yaml": SECRET.replace("stringData:", "data:") }),
  );
  t.regex(refused?.message ?? "", /: Flux refuses to apply apps\/db\.yaml$/);
});

test("no decryption in what flux bootstrap writes anew: a patch beside it, which is heeded", (t) => {
  const folder = "cluster/flux-system";
  const files = { ...bootstrapped(), "cluster/db.yaml": SECRET };
  t.like(fluxCiphertext(repositoryOf(files))[0]?.mend, {
    what: `patch decryption: {provider: sops, secretRef: {name: sops-age}} into its spec in ${folder}/kustomization.yaml, since flux bootstrap writes this file anew`,
  });
  const patch = `{op: add, path: /spec/decryption, value: {provider: sops, secretRef: {name: sops-age}}}`;
  const kustomization = `kind: Kustomization\nresources: [gotk-sync.yaml]\npatches:\n  - target: {kind: Kustomization}\n    patch: |-\n      [${patch}]\n`;
  t.deepEqual(found({ ...files, [`${folder}/kustomization.yaml`]: kustomization }), []);
});

test("selected by comments: as bad as the Flux is old that the repository brings", async (t) => {
  const commented = "stringData:\n  # hide\n  a: hunter2\n";
  const plain = secret("db").replace("stringData:\n  a: hunter2\n", commented);
  const files = {
    ...bootstrapped(DECRYPTS),
    "cluster/db.yaml": await encryptedBy("encrypted_comment_regex", "hide", plain, "yaml"),
  };
  const withFlux = (...versions: string[]) => ({
    ...files,
    ...Object.fromEntries(
      versions.map((version, index) => [
        `${["cluster", "other"][index]}/flux-system/gotk-components.yaml`,
        `---\n# This manifest was generated by flux. DO NOT EDIT.\n# Flux Version: v${version}\n`,
      ]),
    ),
  });
  t.deepEqual(found(files), ["cluster/db.yaml:1 warning"]);
  t.deepEqual(found(withFlux("2.9.5")), ["cluster/db.yaml:1"]);
  t.deepEqual(found(withFlux("2.10.0")), []);
  t.deepEqual(found(withFlux("3.0.0")), []);
  t.deepEqual(found(withFlux("2.10.1", "2.7.0")), ["cluster/db.yaml:1"]);
});

test("no decryption: the lines to add are those of the repository's others", (t) => {
  const mendBeside = (decryption: string) => {
    const other = {
      "cluster/other.yaml": flux("other", "./other", decryption),
      "other/a.yaml": "",
    };
    const [finding] = fluxCiphertext(repositoryOf({ ...NO_DECRYPTION, ...other }));
    return finding?.mend;
  };
  t.like(mendBeside("decryption: { provider: sops }"), {
    what: "add decryption: {provider: sops} to its spec",
  });
  t.like(mendBeside("decryption: { provider: sops, secretRef: { name: keys } }"), {
    what: "add decryption: {provider: sops, secretRef: {name: keys}} to its spec",
  });
});

for (const [title, files] of Object.entries({
  "decryption without secretRef: the controller has the keys": {
    "cluster/apps.yaml": flux("apps", "./apps", "decryption: { provider: sops }"),
  },
  suspended: { "cluster/apps.yaml": flux("apps", "./apps", "suspend: true") },
  "in another source": {
    "cluster/apps.yaml": flux("apps", "./apps").replace("name: flux-system }", "name: other }"),
    "cluster/source.yaml": [
      "apiVersion: source.toolkit.fluxcd.io/v1",
      "kind: GitRepository",
      "metadata: { name: other }",
      "spec: { url: https://git.example.org/other }",
      "---",
      "apiVersion: source.toolkit.fluxcd.io/v1",
      "kind: GitRepository",
      "metadata: { name: flux-system }",
      "spec: { url: https://git.example.org/this }",
      "",
    ].join("\n"),
  },
  "left out by .sourceignore": { ".sourceignore": "/apps/db.yaml\n" },
  "switched off: no kustomization takes it up": {
    "cluster/kustomization.yaml": "resources: [flux-system/gotk-sync.yaml]\n# - apps.yaml\n",
  },
} satisfies Record<string, Files>)) {
  test(`no finding: ${title}`, (t) => {
    t.deepEqual(found({ ...NO_DECRYPTION, ...files }), []);
  });
}

test("no finding: a parent patches decryption into it, or what lists it does", (t) => {
  const patch = [
    "patches:",
    "  - target: { kind: Kustomization }",
    "    patch: '[{ op: add, path: /spec/decryption, value: { provider: sops } }]'",
  ];
  t.deepEqual(found({ ...NO_DECRYPTION, ...bootstrapped(...patch) }), []);
  // Before bootstrap the root is not there yet.
  const listed = ["resources: [apps.yaml]", ...patch, ""].join("\n");
  t.deepEqual(
    found({
      ...NO_DECRYPTION,
      "cluster/flux-system/gotk-sync.yaml": "# by flux bootstrap\n",
      "cluster/kustomization.yaml": listed,
    }),
    [],
  );
});

test("before bootstrap, and where a FluxInstance syncs the folder: found all the same", (t) => {
  const gotk = { "cluster/flux-system/gotk-sync.yaml": "# by flux bootstrap\n" };
  t.deepEqual(found({ ...NO_DECRYPTION, ...gotk }), ["cluster/apps.yaml:1"]);
  const rest = { "cluster/apps.yaml": flux("apps", "./apps"), "apps/db.yaml": SECRET };
  const other = { "old/ks.yaml": flux("old", "./old/apps"), "old/apps/db.yaml": SECRET };
  const instance = [
    "apiVersion: fluxcd.controlplane.io/v1",
    "kind: FluxInstance",
    "metadata: { name: flux, namespace: flux-system }",
    "spec: { sync: { kind: GitRepository, url: https://git.example.org/this, path: cluster } }",
    "",
  ].join("\n");
  t.deepEqual(found({ ...rest, ...other, "flux.yaml": instance }), ["cluster/apps.yaml:1"]);
});

test("what nobody is seen to apply counts where it builds others, or nothing else is known", (t) => {
  const alone = { "ks/apps.yaml": flux("apps", "./apps"), "apps/db.yaml": SECRET };
  t.deepEqual(found(alone), ["ks/apps.yaml:1"]);
  t.deepEqual(found({ ...alone, "ks/kustomization.yaml": "resources: []\n" }), []);
  t.deepEqual(found({ ...alone, "ks/kustomization.yaml": "resources: [apps.yaml]\n" }), [
    "ks/apps.yaml:1",
  ]);
  const parent = {
    "flux/parent.yaml": flux("parent", "./children"),
    "children/child.yaml": flux("child", "./child"),
    "child/db.yaml": SECRET,
  };
  t.deepEqual(found(parent), ["children/child.yaml:1"]);
  t.deepEqual(found({ ...parent, ...alone }), ["children/child.yaml:1"]);
});

test("of two parents that nobody is seen to apply, one that patches decryption is enough", (t) => {
  const patch = [
    "patches:",
    "  - target: { kind: Kustomization }",
    "    patch: '[{ op: add, path: /spec/decryption, value: { provider: sops } }]'",
  ];
  t.deepEqual(
    found({
      "archive/parent.yaml": flux("parent", "./children"),
      "flux/parent.yaml": flux("parent", "./children", ...patch),
      "children/child.yaml": flux("child", "./child"),
      "child/db.yaml": SECRET,
    }),
    [],
  );
});

test("a root without kustomization.yaml takes in all folders: the mend is to write one", (t) => {
  const files = {
    ...bootstrapped(),
    "cluster/secrets.yaml": flux("secrets", "./cluster/secrets", DECRYPTS),
    "cluster/secrets/db.yaml": SECRET,
  };
  const [finding] = fluxCiphertext(repositoryOf(files));
  t.like(finding, { path: "cluster/flux-system/gotk-sync.yaml", line: 1 });
  t.regex(
    JSON.stringify(finding?.mend),
    /put a kustomization\.yaml into cluster that lists only .* and secrets builds these files already/,
  );
});

test("a Flux Kustomization in a file that kustomize takes for its own", (t) => {
  // It is found without any encrypted file, and where nobody is seen to apply it.
  const own = { "apps/kustomization.yaml": flux("apps", "./apps"), "apps/a.yaml": "" };
  t.deepEqual(found(own), ["apps/kustomization.yaml:1"]);
  const elsewhere = { "ks/kustomization.yaml": flux("apps", "./apps"), "apps/a.yaml": "" };
  t.deepEqual(found(elsewhere), []);
  // A library's test data.
  t.deepEqual(found({ "lib/data/kustomization.yaml": flux("app", "./lib"), "lib/a.yaml": "" }), []);
  t.deepEqual(found({ ...elsewhere, "cluster/flux-system/gotk-sync.yaml": flux("x", "./ks") }), [
    "ks/kustomization.yaml:1",
  ]);
});

/** What one Flux Kustomization on `./app` with decryption builds. */
function inApp(kustomization: string, files: Files): Files {
  return {
    ...bootstrapped(),
    "cluster/app.yaml": flux("app", "./app", DECRYPTS),
    "app/kustomization.yaml": kustomization,
    ...files,
  };
}

test("secretGenerator env: Flux decrypts envs only", (t) => {
  const files = { "app/a.sops.env": ENV };
  t.deepEqual(found(inApp("secretGenerator:\n  - name: a\n    env: a.sops.env\n", files)), [
    "app/kustomization.yaml:3",
  ]);
  t.deepEqual(found(inApp("secretGenerator:\n  - name: a\n    envs: [a.sops.env]\n", files)), []);
});

test("envs of a file that is not encrypted as dotenv", async (t) => {
  const files = { "app/a.enc": await encrypted("A=hunter2\n", "binary", null) };
  t.deepEqual(found(inApp("secretGenerator:\n  - name: a\n    envs:\n      - a.enc\n", files)), [
    "app/kustomization.yaml:4",
  ]);
});

for (const [key, plain, format, isRight] of [
  ["a.dockerconfigjson", '{"a":"x"}', "json", true],
  ["a.yaml", '{"a":"x"}', "json", true],
  ["a.env", "A=x\n", "dotenv", true],
  ["a.txt", "x", "binary", true],
  ["a.txt", "A=x\n", "dotenv", false],
  ["a.txt", "[a]\nb = x\n", "ini", false],
  ["a.env", "a: { b: x }\n", "yaml", false],
] as const) {
  test(`files: ${format} under the key ${key} is ${isRight ? "right" : "wrong"}`, async (t) => {
    const text = `secretGenerator:\n  - name: a\n    files:\n      - ${key}=x.enc\n`;
    const files = { "app/x.enc": await encrypted(plain, format, null) };
    t.deepEqual(found(inApp(text, files)), isRight ? [] : ["app/kustomization.yaml:4"]);
  });
}

test("configMapGenerator without any decryption may be meant: a warning", (t) => {
  const files = {
    ...inApp("configMapGenerator:\n  - name: a\n    files: [a.sops.env]\n", {
      "app/a.sops.env": ENV,
    }),
    "cluster/app.yaml": flux("app", "./app"),
  };
  t.deepEqual(found(files), ["app/kustomization.yaml:3 warning"]);
});

test("patchesStrategicMerge into an object without values of its own decrypts", (t) => {
  const text = "resources: [db.yaml]\npatchesStrategicMerge: [p.yaml]\n";
  const empty = secret("db").replace(/stringData:[^]*/, "");
  t.deepEqual(found(inApp(text, { "app/db.yaml": empty, "app/p.yaml": SECRET })), []);
  t.deepEqual(found(inApp(text, { "app/db.yaml": secret("db"), "app/p.yaml": SECRET })), [
    "app/kustomization.yaml:2",
  ]);
});

test("a SOPS file in stringData is applied, in data only without decryption", (t) => {
  const indented = ENV.replace(/^(?=.)/gm, "    ");
  const inText = `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData:\n  a.env: |\n${indented}`;
  const base64 = Buffer.from(ENV).toString("base64");
  const inData = `apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata:\n  a.env: ${base64}\n`;
  t.deepEqual(found(inApp("resources: [s.yaml]\n", { "app/s.yaml": inText })), ["app/s.yaml:5"]);
  const decrypted = inApp("resources: [s.yaml]\n", { "app/s.yaml": inData });
  // The file that makes this be looked at.
  t.deepEqual(found({ ...decrypted, "talos.yaml": SECRET }), []);
  t.deepEqual(
    found({ ...decrypted, "talos.yaml": SECRET, "cluster/app.yaml": flux("app", "./app") }),
    ["cluster/app.yaml:1"],
  );
});

test("a Secret beside a kustomization that does not list it: a warning, unless it is named", (t) => {
  const unlisted = inApp("resources: []\n", { "app/db.sops.yaml": SECRET });
  t.deepEqual(found(unlisted), ["app/db.sops.yaml:1 warning"]);
  for (const files of [
    // Left out on purpose, applied by a script, of another tool, in a folder of its own.
    { "app/kustomization.yaml": "resources: []\n#  - db.sops.yaml, applied by hand\n" },
    { "bootstrap.sh": "sops -d app/db.sops.yaml | kubectl apply -f -\n" },
    { "app/generator.yaml": "kind: ksops\nfiles: [db.sops.yaml]\n" },
    { ".sourceignore": "db.sops.yaml\n" },
    { "cluster/app.yaml": flux("app", "./app", DECRYPTS, "suspend: true") },
    { "other/kustomization.yaml": "resources: [../app/db.sops.yaml]\n" },
    { "app/db.sops.yaml": ofKind(SECRET, "talos") },
  ]) {
    t.deepEqual(found({ ...unlisted, ...files }), [], JSON.stringify(Object.keys(files)));
  }
  const below = inApp("resources: []\n", { "app/old/db.sops.yaml": SECRET });
  t.deepEqual(found(below), []);
  const disabled = inApp("resources: []\n", {
    "app/web/kustomization.yaml": "resources: []\n",
    "app/web/db.sops.yaml": SECRET,
  });
  t.deepEqual(found(disabled), []);
});

/** The same as another kind of document. */
function ofKind(text: string, kind: string): string {
  return text.replace("kind: Secret", `kind: ${kind}`);
}

test("outside of what Flux builds nothing is said: Talos, archives, templates", (t) => {
  t.deepEqual(
    found({
      ...bootstrapped(),
      "talos/talsecret.sops.yaml": SECRET,
      "archive/app/kustomization.yaml": "resources: []\n",
      "archive/app/db.sops.yaml": SECRET,
      "archive/ks.yaml": flux("old", "./archive/app"),
      "templates/app/kustomization.yaml.j2": "resources: [db.sops.yaml]\n",
    }),
    [],
  );
});

/** A Secret for a namespace. */
async function secretIn(namespace: string): Promise<string> {
  const named = secret("db").replace("name: db", `name: db\n  namespace: ${namespace}`);
  return encrypted(named, "yaml", "^(data|stringData)$");
}

const namespace = (name: string) => `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n`;

test("a Secret for a namespace that nothing makes: a warning, once a namespace", async (t) => {
  const web = await secretIn("web");
  const files = inApp("resources: [db.yaml, b.yaml]\n", { "app/db.yaml": web, "app/b.yaml": web });
  const [finding, ...more] = fluxCiphertext(repositoryOf(files));
  t.deepEqual(more, []);
  t.like(finding, { rule: "flux-ciphertext", severity: "warning", path: "app/db.yaml", line: 1 });
  t.regex(finding?.message ?? "", /for the namespace web, and nothing in this repository makes/);
  // One of another name is no help, nor is one that kustomize gives another.
  t.deepEqual(found({ ...files, "cluster/n.yaml": namespace("web-2") }), ["app/db.yaml:1 warning"]);
  const renamed = "resources: [n.yaml, db.yaml]\nnamespace: other\n";
  t.deepEqual(
    found({ ...inApp(renamed, { "app/db.yaml": web }), "app/n.yaml": namespace("x") }),
    [],
  );
  const target = flux("app", "./app", DECRYPTS, "targetNamespace: other");
  t.deepEqual(found({ ...files, "cluster/app.yaml": target, "n.yaml": namespace("web") }), [
    "app/db.yaml:1 warning",
  ]);
});

for (const [title, files] of Object.entries({
  "a manifest makes it": { "cluster/n.yaml": namespace("web") },
  "a manifest that nobody is seen to build makes it": { "other/n.yaml": namespace("web") },
  "kustomize names the Namespace of a component so": {
    "app/kustomization.yaml": "resources: [db.yaml]\ncomponents: [../part]\nnamespace: web\n",
    "part/kustomization.yaml": "kind: Component\nresources: [n.yaml]\n",
    "part/n.yaml": namespace("_"),
  },
  "a chart's release makes it": {
    "cluster/release.yaml":
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: { targetNamespace: web, install: { createNamespace: true } }\n",
  },
  "a script makes it": { "up.sh": "kubectl create namespace web\n" },
  "a helmfile makes it": { "helmfile.yaml": "releases:\n  - name: a\n    namespace: web\n" },
  "what lies on another server may make it": {
    "app/kustomization.yaml": "resources: [db.yaml, 'https://example.org/all.yaml']\n",
  },
  "another repository may make it": {
    "cluster/other.yaml": flux("other", "./").replace(
      "kind: GitRepository, name: flux-system",
      "kind: OCIRepository, name: other",
    ),
  },
  "it is Flux's own": {
    "app/kustomization.yaml": "resources: [db.yaml]\nnamespace: flux-system\n",
  },
  "it is a variable": { "app/kustomization.yaml": "resources: [db.yaml]\nnamespace: ${NAME}\n" },
  "it is for another cluster": {
    "cluster/app.yaml": flux("app", "./app", DECRYPTS, "kubeConfig: { secretRef: { name: c } }"),
  },
} satisfies Record<string, Files>)) {
  test(`no finding of a missing namespace: ${title}`, async (t) => {
    const before = inApp("resources: [db.yaml]\n", { "app/db.yaml": await secretIn("web") });
    t.deepEqual(found(before), ["app/db.yaml:1 warning"]);
    t.deepEqual(found({ ...before, ...files }), []);
  });
}

test("two that build and decrypt the same Secret: a warning, once for the two", (t) => {
  const files = {
    ...bootstrapped(DECRYPTS),
    "cluster/secrets.yaml": flux("secrets", "./cluster/secrets", DECRYPTS),
    "cluster/secrets/db.yaml": SECRET,
    "cluster/secrets/more/db.yaml": SECRET,
  };
  t.deepEqual(found(files), ["cluster/secrets.yaml:1 warning"]);
  const [finding] = fluxCiphertext(repositoryOf(files));
  t.regex(
    finding?.message ?? "",
    /^secrets and flux-system both build cluster\/secrets\/db\.yaml, /,
  );
});

for (const [title, spec, files] of [
  ["in a namespace each", "targetNamespace: kube-system", {}],
  ["under another name", "namePrefix: second-", {}],
  ["in another cluster", "kubeConfig: { secretRef: { name: other } }", {}],
  ["suspended", "suspend: true", {}],
  [
    "named by a variable",
    "retryInterval: 1m",
    { "app/db.yaml": SECRET.replace("name: db", "name: ${NAME}-db") },
  ],
  [
    "under another name, by an overlay",
    "path: ./overlay",
    { "overlay/kustomization.yaml": "resources: [../app]\nnamePrefix: second-\n" },
  ],
] as const) {
  test(`no finding of two owners: ${title}`, (t) => {
    const before = {
      ...inApp("resources: [db.yaml]\n", { "app/db.yaml": SECRET }),
      "cluster/second.yaml": flux("second", "./app", DECRYPTS),
    };
    t.deepEqual(found(before), ["cluster/second.yaml:1 warning"]);
    const second = flux("second", "./app", DECRYPTS, spec).replace(
      /^ {2}path: \.\/app\n(?=[^]*path:)/m,
      "",
    );
    t.deepEqual(found({ ...before, "cluster/second.yaml": second, ...files }), []);
  });
}

test("no finding of two owners: a cluster each", (t) => {
  t.deepEqual(
    found({
      "one/flux-system/gotk-sync.yaml": flux("flux-system", "./one"),
      "one/app.yaml": flux("app", "./app", DECRYPTS),
      "two/flux-system/gotk-sync.yaml": flux("flux-system", "./two"),
      "two/app.yaml": flux("app-2", "./app", DECRYPTS),
      "app/db.yaml": SECRET,
    }),
    [],
  );
});

test("a warning: what is to be built is not there", (t) => {
  const files = {
    ...bootstrapped(),
    "cluster/apps.yaml": flux("apps", "./apps", DECRYPTS),
    "cluster/gone.yaml": flux("gone", "./gone"),
    "apps/kustomization.yaml": "resources:\n  - db.yaml\n  - gone.yaml\n",
    "apps/db.yaml": SECRET,
  };
  const warnings = ["apps/kustomization.yaml:3 warning", "cluster/gone.yaml:1 warning"];
  t.deepEqual(found(files), warnings);
  // Of what .sourceignore empties Flux has the folder; what it leaves out of one, Flux has not.
  const ignored = {
    "gone/a.yaml": "",
    "apps/gone.yaml": "",
    ".sourceignore": "/*/gone.yaml\n/gone\n",
  };
  t.deepEqual(found({ ...files, ...ignored }), warnings.slice(0, 1));
  t.deepEqual(found({ ...files, ".gitmodules": "" }), []);
});

test("a warning says so where what is to be built is in git, and kept from Flux", (t) => {
  const files = {
    ...bootstrapped(),
    "cluster/apps.yaml": flux("apps", "./apps", DECRYPTS),
    "apps/kustomization.yaml":
      "resources: [db.yaml]\nconfigMapGenerator:\n  - name: icons\n    files: [logo.png, x.yaml]\n",
    "apps/logo.png": "",
    "apps/db.yaml": SECRET,
  };
  const messages = (more: Record<string, string>) =>
    fluxCiphertext(repositoryOf({ ...files, ...more })).map(({ message }) => message);
  t.deepEqual(messages({ "apps/x.yaml": "" }), [
    "it names logo.png, which .sourceignore, or Flux's own list, keeps from Flux: it refuses to build the folder",
  ]);
  t.deepEqual(messages({ "apps/x.yaml": "", ".sourceignore": "!/apps/logo.png\n" }), []);
});

test("hostile files end without a throw", (t) => {
  const odd = [SECRET.slice(0, -40), `${SECRET}---\n${"[".repeat(20_000)}`, `${SECRET}\0`, "\0"];
  for (const text of odd) {
    const files = inApp("secretGenerator: [{ name: a, files: [x=a.yaml, 7] }, 7]\n", {
      "app/a.yaml": text,
      "cluster/app.yaml": flux("app", "./app"),
    });
    t.notThrows(() => found(files));
  }
});
