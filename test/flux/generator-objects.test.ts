import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import { objectSources, type ObjectSource } from "../../flux/generator-objects.ts";
import { readKustomizationFile } from "../../flux/kustomization-file.ts";
import { readManifests } from "../../flux/manifest.ts";
import { runTool, testWith } from "../real-tools.ts";

function generator(name: string, ...lines: readonly string[]): string {
  return [
    "apiVersion: builtin",
    "kind: SecretGenerator",
    `metadata: { name: ${name} }`,
    ...lines,
    "",
  ].join("\n");
}

const A = generator("a", "envs: [a.env]");

/** Forms of `app/kustomization.yaml` with what it names, and the files in `app` that kustomize then makes Secrets of. */
const FORMS: readonly {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly makes: readonly string[];
}[] = [
  {
    title: "a file in another folder: paths begin at the kustomization",
    files: { "app/kustomization.yaml": "generators: [b/g.yaml]\n", "app/b/g.yaml": A },
    makes: ["a.env"],
  },
  {
    title: "all fields, with and without a key",
    files: {
      "app/kustomization.yaml": "generators:\n- 'g.yaml'\n",
      "app/g.yaml": generator("a", "'envs': [a.env]", "files:", "- k=b/b.env", '- "c.env"'),
    },
    makes: ["a.env", "b/b.env", "c.env"],
  },
  {
    title: "several documents, one of them of another kind",
    files: {
      "app/kustomization.yaml": "generators: [g.yaml]\n",
      "app/g.yaml": [
        ...[A, generator("b", "files: [b/b.env]")],
        "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: { name: c }\nenvs: [c.env]\n",
      ].join("---\n"),
    },
    makes: ["a.env", "b/b.env"],
  },
  {
    title: "a List",
    files: {
      "app/kustomization.yaml": "generators: [g.yaml]\n",
      "app/g.yaml": `apiVersion: v1\nkind: List\nitems:\n- ${A.trim().replaceAll("\n", "\n  ")}\n`,
    },
    makes: ["a.env"],
  },
  {
    title: "what only go-yaml reads",
    files: {
      "app/kustomization.yaml": 'generators: ["g.yaml"#b\n  ]\n',
      "app/g.yaml": generator("a", 'envs: ["a.env"#b', "  ]"),
    },
    makes: ["a.env"],
  },
  {
    title: "JSON",
    files: {
      "app/kustomization.yaml": '{ "generators": ["g.json"] }\n',
      "app/g.json":
        '{"apiVersion":"builtin","kind":"SecretGenerator","metadata":{"name":"a"},"envs":["a.env"]}',
    },
    makes: ["a.env"],
  },
  {
    title: "text in the kustomization, on several lines and on one",
    files: {
      "app/kustomization.yaml": [
        `generators:\n- |\n  ${A.trim().replaceAll("\n", "\n  ")}`,
        "- '{apiVersion: builtin, kind: SecretGenerator, metadata: {name: b}, files: [c.env]}'\n",
      ].join("\n"),
    },
    makes: ["a.env", "c.env"],
  },
  {
    title: "a folder, and what its kustomization builds",
    files: {
      "app/kustomization.yaml": "generators: [gs]\n",
      "app/gs/kustomization.yaml": "resources: [a.yaml, more]\ncomponents: [part]\n",
      "app/gs/a.yaml": A,
      "app/gs/unlisted.yaml": generator("d", "files: [d.env]"),
      "app/gs/more/kustomization.yml": "resources: [b.yaml]\n",
      "app/gs/more/b.yaml": generator("b", "files: [b/b.env]"),
      "app/gs/part/Kustomization":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [c.yaml]\n",
      "app/gs/part/c.yaml": generator("c", "files: [c.env]"),
    },
    makes: ["a.env", "b/b.env", "c.env"],
  },
  {
    title: "a merge into a Secret, an anchor and a merge key",
    files: {
      "app/kustomization.yaml": "secretGenerator: [{ name: a }]\ngenerators: [g.yaml]\n",
      "app/g.yaml": generator("a", "behavior: merge", "x: &x { envs: [a.env] }", "<<: *x"),
    },
    makes: ["a.env"],
  },
  {
    title: "env, the old way to write one of envs, is not read in an object",
    files: {
      "app/kustomization.yaml": "generators: [g.yaml]\n",
      "app/g.yaml": generator("a", "env: a.env", "files: [c.env]"),
    },
    makes: ["c.env"],
  },
  {
    title: "under resources it is an object like others",
    files: { "app/kustomization.yaml": "resources: [g.yaml]\n", "app/g.yaml": A },
    makes: [],
  },
];

function sourcesOf(files: Readonly<Record<string, string>>): ObjectSource[] {
  const read = (path: string) => {
    const text = files[path];
    return text === undefined ? null : Buffer.from(text);
  };
  const path = "app/kustomization.yaml";
  const contents = (name: string) => [read(name) ?? []].flat();
  return [...objectSources(readKustomizationFile(path, read(path)), contents)];
}

for (const { title, files, makes } of FORMS) {
  test(`files of generator objects: ${title}`, (t) => {
    const sources = sourcesOf(files)
      .map(({ source }) => source)
      .filter(({ generator: kind, field }) => kind === "SecretGenerator" && field !== "env");
    t.deepEqual([...new Set(sources.map(({ value }) => value))].sort(), [...makes].sort());
  });

  testWith("kustomize")(`kustomize: ${title}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "flux-sops-kustomize-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const values = ["a.env", "b/b.env", "c.env", "d.env"].map((name) => [
      `app/${name}`,
      `N=${name}`,
    ]);
    for (const [path = "", text = ""] of [...Object.entries(files), ...values]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { manifests } = readManifests(
      Buffer.from(runTool("kustomize", ["build", join(folder, "app")])),
    );
    const made = manifests
      .filter(({ data }) => data["kind"] === "Secret")
      .flatMap(({ data }) => Object.values((data["data"] ?? {}) as Record<string, string>))
      .map((value) => Buffer.from(value, "base64").toString().replace("N=", ""));
    t.deepEqual([...new Set(made)].sort(), [...makes].sort());
  });
}

test("where a file is named, and what leads there", (t) => {
  const [first, second] = sourcesOf({
    "app/kustomization.yaml": `generators:\n  - gs\n  - |\n    ${A.replaceAll("\n", "\n    ")}`,
    "app/gs/kustomization.yaml": "resources:\n  - a.yaml\n",
    "app/gs/a.yaml": `# one\n---\n${A}`,
  });
  t.deepEqual(first?.namedAt, [
    { path: "app/gs/a.yaml", line: 6 },
    { path: "app/gs/kustomization.yaml", line: 2 },
    { path: "app/kustomization.yaml", line: 2 },
  ]);
  t.deepEqual(second?.namedAt, [{ path: "app/kustomization.yaml", line: 3 }]);
});

test("none of other kinds and plugins, and no end of folders that lead back", (t) => {
  const files = {
    "app/kustomization.yaml": "generators: [., a.yaml, ksops.yaml, gone.yaml, ../../out.yaml]\n",
    "app/a.yaml": "apiVersion: example.org/v1\nkind: SecretGenerator\nfiles: [a.env]\n",
    "app/ksops.yaml": "apiVersion: viaduct.ai/v1\nkind: ksops\nfiles: [a.sops.yaml]\n",
  };
  t.deepEqual(sourcesOf({ ...files, "app/x/kustomization.yaml": "resources: [..]" }), []);
});
