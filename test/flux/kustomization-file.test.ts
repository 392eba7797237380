import test from "ava";
import { readKustomizationFile } from "../../flux/kustomization-file.ts";

function generators(text: string) {
  return readKustomizationFile("kustomization.yaml", Buffer.from(text)).generators;
}

test("the sources of both generators, with their keys and lines", (t) => {
  const text = `secretGenerator:
  - name: a
    files:
      - config.json=config.json.encrypted
      - keys/id_ed25519
    envs:
      - a.env
    literals: [a=b=c]
  - name: b
    env: b=c.env
---
configMapGenerator:
  - name: c
    files: [d/app.ini]
`;
  const secret = "secretGenerator" as const;
  t.deepEqual(generators(text), [
    {
      generator: secret,
      field: "files",
      line: 4,
      key: "config.json",
      value: "config.json.encrypted",
    },
    { generator: secret, field: "files", line: 5, key: "id_ed25519", value: "keys/id_ed25519" },
    { generator: secret, field: "envs", line: 7, key: null, value: "a.env" },
    { generator: secret, field: "literals", line: 8, key: "a", value: "b=c" },
    { generator: secret, field: "env", line: 10, key: null, value: "b=c.env" },
    {
      generator: "configMapGenerator",
      field: "files",
      line: 14,
      key: "app.ini",
      value: "d/app.ini",
    },
  ]);
});

test("one thing that was to be a list of one names a file all the same, though kustomize refuses it", (t) => {
  const text = `secretGenerator:
  name: a
  files: a.txt
  envs: a.env
  env:
    - b.env
`;
  t.deepEqual(
    generators(text).map(({ field, value, line }) => ({ field, value, line })),
    [
      { field: "files", value: "a.txt", line: 3 },
      { field: "envs", value: "a.env", line: 4 },
      { field: "env", value: "b.env", line: 6 },
    ],
  );
  t.deepEqual(
    generators("secretGenerator: a.env\nconfigMapGenerator: {files: 1, envs: {a: b}}\n"),
    [],
  );
});

test("an alias and a merge are followed: kustomize follows them too", (t) => {
  const text = "x: &x { envs: [a.env] }\nsecretGenerator:\n  - { <<: *x, name: a }\n  - *x\n";
  t.deepEqual(
    generators(text).map(({ value }) => value),
    ["a.env", "a.env"],
  );
});

test("what go-yaml reads is read, line breaks of old and of Unicode too", (t) => {
  for (const text of [
    'namespace: "a"#b\nsecretGenerator:\n  - envs: ["a.env"#c\n    ]\n',
    "secretGenerator:\r  - envs: [a.env]\r",
    "secretGenerator:\u2028  - envs: [a.env]\u0085",
    '{"secretGenerator": [{"envs": ["a.env"]}]},\n',
  ])
    t.deepEqual(
      generators(text).map(({ value }) => value),
      ["a.env"],
      text,
    );
  const objects = 'generators: ["a.yaml"#b\n]\n';
  const { generatorObjects, isPartial } = readKustomizationFile("k", Buffer.from(objects));
  t.deepEqual(generatorObjects, [{ text: "a.yaml", line: 1 }]);
  t.true(isPartial);
});

test("none where there is no generator, or no YAML", (t) => {
  t.deepEqual(generators("resources: [a.yaml]\n"), []);
  t.deepEqual(generators("secretGenerator: [\n"), []);
});

for (const [text, changes] of [
  ["namespace: a", true],
  ["labels: [{ pairs: { a: b } }]", true],
  ["buildMetadata: [originAnnotations]", true],
  ["labels: []", false],
  ["images: [{ name: a, newTag: b }]", false],
] as const) {
  test(`whether all objects are changed: ${text}`, (t) => {
    const file = readKustomizationFile("kustomization.yaml", Buffer.from(`${text}\n`));
    t.is(file.changesAll, changes);
  });
}
