import { constants } from "node:buffer";
import test from "ava";
import { readKustomizationFile } from "../../flux/kustomization-file.ts";
import { readManifests } from "../../flux/manifest.ts";
import { flux, mapOf, named, problems } from "./repository-of.ts";

test("kustomizations and Flux Kustomizations in a circle end", (t) => {
  const map = mapOf({
    "ks.yaml": flux("a", "a"),
    "a/kustomization.yaml": "resources: [../b]\ncomponents: [../b]\n",
    "b/kustomization.yaml": "resources: [../a, b.yaml]\n",
    "b/b.yaml": flux("b", "c"),
    "c/c.yaml": flux("c", "b"),
    "self/self.yaml": flux("self", "self"),
  });
  t.deepEqual([...new Set(map.kustomizations.map(({ name }) => name))].sort(), [
    "a",
    "b",
    "c",
    "self",
  ]);
  t.true(problems(map, "a").includes("cycle a"));
});

test("a long chain of kustomizations ends, and so does one that doubles at each step", (t) => {
  const texts: Record<string, string> = {
    "ks.yaml": flux("a", "f0"),
    "double.yaml": flux("d", "d0"),
  };
  for (let i = 0; i < 200; i += 1)
    texts[`f${i}/kustomization.yaml`] = `resources: [../f${i + 1}]\n`;
  for (let i = 0; i < 40; i += 1) {
    texts[`d${i}/kustomization.yaml`] = `resources: [../d${i + 1}, ../d${i + 1}]\n`;
    texts[`c${i}/kustomization.yaml`] = `components: [../c${i + 1}, ../c${i + 1}]\n`;
  }
  texts["components.yaml"] = flux("c", "c0");
  texts["d40/kustomization.yaml"] = "resources: []\n";
  texts["c40/kustomization.yaml"] = "resources: []\n";
  const map = mapOf(texts);
  t.deepEqual(problems(map, "a"), ["too-deep f50"]);
  t.is(named(map, "d").files.length, 41);
  t.is(named(map, "c").files.length, 41);
  t.regex(problems(map, "c")[0] ?? "", /^too-deep c/);
});

test("parents that multiply their children end", (t) => {
  const texts: Record<string, string> = {};
  for (let i = 0; i < 20; i += 1) {
    texts[`p${i}/a.yaml`] = flux(`a${i}`, `p${i + 1}`);
    texts[`p${i}/b.yaml`] = flux(`b${i}`, `p${i + 1}`);
  }
  const map = mapOf(texts);
  t.is(map.problems[0]?.kind, "too-many");
  t.true(map.kustomizations.length <= 5000);
});

test("deep nesting, alias bombs, stray bytes and odd types never throw", (t) => {
  const head = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n";
  const bomb = `a: &a [x,x]\n${["b", "c", "d", "e", "f", "g", "h", "i"]
    .map((name, i) => `${name}: &${name} [*${"abcdefgh"[i]},*${"abcdefgh"[i]},*${"abcdefgh"[i]}]\n`)
    .join("")}`;
  const odd = [
    `${head}spec: ${"[".repeat(20000)}`,
    `${head}spec: ${"{a: ".repeat(5000)}`,
    `${head}${bomb}`,
    `${head}spec: [1, 2]\nmetadata: 7\n`,
    `${head}spec: { path: 7, patches: {}, components: [7], sourceRef: x, decryption: [] }\n`,
    `${head}spec: { path: b, sourceRef: {name: flux-system}, patches: [{patch: "- op: add\\n  path: /spec/a/99/b\\n", target: {kind: "("}}, 7] }\n`,
    `${head}__proto__: { spec: { path: b } }\nconstructor: x\n`,
    `${head}&a spec: *a\n`,
    "\0\0\xff",
  ];
  const kustomizations = [
    "- a\n",
    "resources: 7\npatches: [7, {}, {path: ..}]\nsecretGenerator: [7, {files: {}, envs: [[]]}]\n",
    "resources: [[a], {b: c}, '', /etc/passwd, '..', '.']\ncomponents: ['.']\n",
    `resources: ${"[".repeat(20000)}`,
    bomb,
  ];
  for (const text of odd) {
    for (const kustomization of kustomizations) {
      t.notThrows(() =>
        mapOf({
          "ks.yaml": text,
          "root.yaml": flux("root", "."),
          "b/kustomization.yaml": kustomization,
          "b/ks.yaml": text,
        }),
      );
    }
  }
});

test("what is longer than a text can be is not read", (t) => {
  const { manifests, isPartial } = readManifests(Buffer.alloc(constants.MAX_STRING_LENGTH + 1));
  t.deepEqual([manifests, isPartial], [[], true]);
});

test("files in deep folders and with odd names", (t) => {
  const deep = `${"a/".repeat(1500)}b.yaml`;
  const map = mapOf({
    "ks.yaml": flux("root", "./"),
    [deep]: "",
    "__proto__/constructor.yaml": "",
    "a b\n/c.yaml": "",
  });
  t.is(named(map, "root").files.length, 4);
});

test("many entries and many documents of a kustomization are read in little time", (t) => {
  const entries = "resources:\n" + "- a.yaml\n".repeat(15_000);
  const documents = "--- {secretGenerator: [{files: [a]}]}\n".repeat(15_000);
  // Processor time, not wall time: other tests run beside this one.
  const start = process.cpuUsage();
  const { resources } = readKustomizationFile("kustomization.yaml", Buffer.from(entries));
  t.is(resources.length, 15_000);
  t.is(resources.at(-1)?.line, 15_001);
  const { generators } = readKustomizationFile("kustomization.yaml", Buffer.from(documents));
  t.is(generators.at(-1)?.line, 15_000);
  t.true(process.cpuUsage(start).user < 3_500_000);
});
