import test from "ava";
import { candidateOf } from "../../findings/candidate.ts";
import { generatorFiles } from "../../findings/generator-files.ts";

test("the files of both generators, with their keys and lines", (t) => {
  const text = `secretGenerator:
  - name: a
    files:
      - config.json=config.json.encrypted
      - keys/id_ed25519
    envs:
      - a.env
  - name: b
    env: b=c.env
configMapGenerator:
  - name: c
    files: [d/app.ini]
`;
  t.deepEqual(generatorFiles(candidateOf("kustomization.yaml", Buffer.from(text))), [
    {
      generator: "secretGenerator",
      field: "files",
      line: 4,
      key: "config.json",
      path: "config.json.encrypted",
    },
    {
      generator: "secretGenerator",
      field: "files",
      line: 5,
      key: "id_ed25519",
      path: "keys/id_ed25519",
    },
    { generator: "secretGenerator", field: "envs", line: 7, key: null, path: "a.env" },
    { generator: "secretGenerator", field: "envs", line: 9, key: null, path: "b=c.env" },
    {
      generator: "configMapGenerator",
      field: "files",
      line: 12,
      key: "app.ini",
      path: "d/app.ini",
    },
  ]);
});

test("none where there is no generator, or no YAML", (t) => {
  t.deepEqual(generatorFiles(candidateOf("a.yaml", Buffer.from("resources: [a.yaml]\n"))), []);
  t.deepEqual(generatorFiles(candidateOf("a.yaml", Buffer.from("secretGenerator: [\n"))), []);
});
