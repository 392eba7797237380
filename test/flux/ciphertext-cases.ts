import { encryptFile } from "../../sops/encrypt.ts";
import { formatOf, parseFile, type Format } from "../../sops/format.ts";
import type { Selection } from "../../sops/selection/selection-option.ts";
import { DECRYPTS, flux } from "./repository-of.ts";

/** A file that is encrypted, at test time: with a key that the test makes. */
interface Encrypted {
  readonly plain: string;
  /** What is encrypted; null encrypts every value. */
  readonly selection: Selection | null;
  /** Where the name of the file does not say it. */
  readonly format?: Format;
}

/** What Flux does with a repository that is built by one Flux Kustomization `app`, on `./app`. */
export interface CiphertextCase {
  readonly title: string;
  readonly decryption: boolean;
  /** Further lines of that Flux Kustomization's spec. */
  readonly spec?: readonly string[];
  readonly files: Readonly<Record<string, string | Encrypted>>;
  /** The values that are applied encrypted, without any error: `Secret/app/db: stringData.a`. */
  readonly ciphertext?: readonly string[];
  /** What Flux says instead of applying anything. */
  readonly refuses?: RegExp;
  /** Only the API server refuses it, after all. */
  readonly invalid?: RegExp;
  /** Values as they are applied, by `Kind/name field`. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The encrypted files whose content Flux applies as it is, or refuses for that reason. */
  readonly blames: readonly string[];
}

/** What Kubernetes objects are encrypted by. */
const DATA = "^(data|stringData)$";

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** @param regex `encrypted_regex`; null encrypts every value. */
function encrypted(plain: string, regex: string | null = null, format?: Format): Encrypted {
  const selection = regex === null ? null : { option: "encrypted_regex" as const, pattern: regex };
  return { plain, selection, ...(format === undefined ? {} : { format }) };
}

function encryptedBy(option: Selection["option"], pattern: string, plain: string): Encrypted {
  return { plain, selection: { option, pattern } };
}

function object(kind: string, name: string, ...lines: readonly string[]): string {
  return [`apiVersion: v1`, `kind: ${kind}`, `metadata:`, `  name: ${name}`, ...lines, ""].join(
    "\n",
  );
}

const secret = (name: string, ...lines: readonly string[]): string =>
  object("Secret", name, ...(lines.length > 0 ? lines : ["stringData:", "  a: hunter2"]));

function kustomization(...lines: readonly string[]): string {
  return [
    "apiVersion: kustomize.config.k8s.io/v1beta1",
    "kind: Kustomization",
    "generatorOptions: { disableNameSuffixHash: true }",
    ...lines,
    "",
  ].join("\n");
}

function generatorObject(kind: string, ...lines: readonly string[]): string {
  const options = "options: { disableNameSuffixHash: true }";
  return [
    ...["apiVersion: builtin", `kind: ${kind}`, "metadata: { name: db }", options],
    ...[...lines, ""],
  ].join("\n");
}

/** The silent cases, and those beside them that are fine or that Flux refuses: as Flux really does. */
export const ciphertextCases: readonly CiphertextCase[] = [
  {
    title: "a Secret, in a folder that is taken whole",
    decryption: true,
    files: { "app/db.yaml": encrypted(secret("db"), DATA) },
    values: { "Secret/db stringData": { a: "hunter2" } },
    blames: [],
  },
  {
    title: "several documents in one file, two of them Secrets",
    decryption: true,
    files: {
      "app/db.yaml": encrypted(
        `${secret("one")}---\n${object("ConfigMap", "c", "data:", "  b: x")}---\n${secret("two")}`,
        DATA,
      ),
    },
    values: {
      "Secret/one stringData": { a: "hunter2" },
      "ConfigMap/c data": { b: "x" },
      "Secret/two stringData": { a: "hunter2" },
    },
    blames: [],
  },
  {
    title: "a Secret that kustomize changes after it was encrypted",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "namespace: default",
        "namePrefix: pre-",
        "resources: [db.yaml]",
      ),
      "app/db.yaml": encrypted(secret("db"), DATA),
    },
    values: { "Secret/pre-db stringData": { a: "hunter2" } },
    blames: [],
  },
  {
    title: "a Secret's data without decryption: refused",
    decryption: false,
    files: {
      "app/db.yaml": encrypted(secret("db", "data:", `  a: ${encoded("hunter2")}`), DATA),
    },
    refuses: /Secret\/db is SOPS encrypted, configuring decryption is required/,
    blames: ["app/db.yaml"],
  },
  {
    title:
      "a Secret's stringData without decryption: Flux has dropped the sops block before it looks",
    decryption: false,
    files: { "app/db.yaml": encrypted(secret("db"), DATA) },
    ciphertext: ["Secret/db: stringData.a"],
    blames: ["app/db.yaml"],
  },
  {
    title: "a Secret whose comments say what is encrypted: Flux before 2.10 has lost them",
    decryption: true,
    files: {
      "app/db.yaml": encryptedBy(
        "encrypted_comment_regex",
        "hide",
        secret("db", "stringData:", "  # hide", "  a: hunter2"),
      ),
    },
    ciphertext: ["Secret/db: stringData.a"],
    blames: ["app/db.yaml"],
  },
  {
    title: "a Secret whose comments say what stays readable: Flux before 2.10 refuses it",
    decryption: true,
    files: {
      "app/db.yaml": encryptedBy(
        "unencrypted_comment_regex",
        "show",
        [
          ...[
            "# show",
            "apiVersion: v1",
            "# show",
            "kind: Secret",
            "# show",
            "metadata:",
            "  name: db",
          ],
          ...["stringData:", "  a: hunter2", ""],
        ].join("\n"),
      ),
    },
    refuses: /decrypt/,
    blames: ["app/db.yaml"],
  },
  {
    title: "a ConfigMap without decryption",
    decryption: false,
    files: {
      "app/c.yaml": encrypted(object("ConfigMap", "c", "data:", "  a: hunter2"), DATA),
    },
    ciphertext: ["ConfigMap/c: data.a"],
    blames: ["app/c.yaml"],
  },
  {
    title: "a HelmRelease with encrypted values",
    decryption: true,
    files: {
      "app/h.yaml": encrypted(
        [
          ...["apiVersion: helm.toolkit.fluxcd.io/v2", "kind: HelmRelease"],
          ...["metadata:", "  name: h", "spec:", "  interval: 1h"],
          ...["  chartRef: { kind: OCIRepository, name: h }", "  values:", "    password: hunter2"],
          "",
        ].join("\n"),
        "^password$",
      ),
    },
    values: {
      "HelmRelease/h spec": {
        interval: "1h",
        chartRef: { kind: "OCIRepository", name: "h" },
        values: { password: "hunter2" },
      },
    },
    blames: [],
  },
  {
    title: "the annotation that turns decryption off",
    decryption: true,
    files: {
      "app/db.yaml": encrypted(
        secret(
          "db",
          "  annotations:",
          "    kustomize.toolkit.fluxcd.io/decrypt: disabled",
          "stringData:",
          "  a: hunter2",
        ),
        DATA,
      ),
    },
    ciphertext: ["Secret/db: stringData.a"],
    blames: ["app/db.yaml"],
  },
  {
    title: "a List, encrypted as a whole",
    decryption: true,
    files: {
      "app/list.yaml": encrypted(
        [
          ...["apiVersion: v1", "kind: List", "items:", "  - apiVersion: v1", "    kind: Secret"],
          ...["    metadata:", "      name: db", "    stringData:", "      a: hunter2", ""],
        ].join("\n"),
        DATA,
      ),
    },
    ciphertext: ["Secret/db: stringData.a"],
    blames: ["app/list.yaml"],
  },
  {
    title: "a SecretList, encrypted as a whole",
    decryption: true,
    files: {
      "app/list.yaml": encrypted(
        [
          ...["apiVersion: v1", "kind: SecretList", "items:", "  - apiVersion: v1"],
          ...["    kind: Secret", "    metadata:", "      name: db", "    data:"],
          ...[`      a: ${encoded("hunter2")}`, ""],
        ].join("\n"),
        DATA,
      ),
    },
    ciphertext: ["Secret/db: data.a"],
    invalid: /Secret\/db: illegal base64 data/,
    blames: ["app/list.yaml"],
  },
  {
    title: "secretGenerator: files and envs",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    files: [c.json=c.json.encrypted, values.yaml=values.sops.yaml, plain.sops.txt]",
        "    envs: [a.sops.env]",
      ),
      "app/c.json.encrypted": encrypted('{"a": "hunter2"}\n', null, "json"),
      "app/values.sops.yaml": encrypted("password: hunter2\n"),
      "app/plain.sops.txt": encrypted("hunter2\n", null, "binary"),
      "app/a.sops.env": encrypted("A=hunter2\n"),
    },
    values: {
      "Secret/db data": {
        "c.json": encoded('{\n\t"a": "hunter2"\n}\n'),
        "values.yaml": encoded("password: hunter2\n"),
        "plain.sops.txt": encoded("hunter2\n"),
        A: encoded("hunter2"),
      },
    },
    blames: [],
  },
  {
    title: "secretGenerator: a file whose key does not say its format",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    files: [c.json.encrypted]",
      ),
      "app/c.json.encrypted": encrypted('{"a": "hunter2"}\n', null, "json"),
    },
    refuses: /error decrypting sources: /,
    blames: ["app/c.json.encrypted"],
  },
  {
    title: "secretGenerator: a YAML file under a key of another format",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    files: [config=config.sops.yaml]",
      ),
      "app/config.sops.yaml": encrypted("password: hunter2\n"),
    },
    // Found after the build, by its bytes, and written as what the key says: binary.
    refuses: /decryption failed for .* Secret field 'config'/,
    blames: ["app/config.sops.yaml"],
  },
  {
    title: "secretGenerator: JSON on one line",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    files: [c.sops.json]",
      ),
      "app/c.sops.json": encrypted('{"a":"hunter2"}'),
    },
    values: { "Secret/db data": { "c.sops.json": encoded('{\n\t"a": "hunter2"\n}\n') } },
    blames: [],
  },
  {
    title: "secretGenerator: a YAML file that is JSON on one line",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    files: [c.sops.yaml]",
      ),
      "app/c.sops.yaml": encrypted('{"a":"hunter2"}\n'),
    },
    // Not by the mark of YAML, but found after the build by that of JSON.
    values: { "Secret/db data": { "c.sops.yaml": encoded("a: hunter2\n") } },
    blames: [],
  },
  {
    title: "secretGenerator without decryption",
    decryption: false,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    files: [values.yaml=values.sops.yaml]",
        "    envs: [a.sops.env]",
      ),
      "app/values.sops.yaml": encrypted("password: hunter2\n"),
      "app/a.sops.env": encrypted("A=hunter2\n"),
    },
    ciphertext: ["Secret/db: data.A", "Secret/db: data.sops_mac", "Secret/db: data.values.yaml"],
    blames: ["app/a.sops.env", "app/values.sops.yaml"],
  },
  {
    title: "secretGenerator in a component and in a base",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("resources: [../base]", "components: [../extra]"),
      "base/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: base",
        "    envs: [a.sops.env]",
      ),
      "base/a.sops.env": encrypted("A=hunter2\n"),
      "extra/kustomization.yaml": [
        "apiVersion: kustomize.config.k8s.io/v1alpha1",
        "kind: Component",
        "generatorOptions: { disableNameSuffixHash: true }",
        "secretGenerator:",
        "  - name: extra",
        "    envs: [b.sops.env]",
        "",
      ].join("\n"),
      "extra/b.sops.env": encrypted("B=hunter2\n"),
    },
    values: {
      "Secret/base data": { A: encoded("hunter2") },
      "Secret/extra data": { B: encoded("hunter2") },
    },
    blames: [],
  },
  {
    title: "secretGenerator: literals in an encrypted kustomization.yaml",
    decryption: true,
    files: {
      "app/kustomization.yaml": encrypted(
        kustomization("secretGenerator:", "  - name: db", "    literals:", "      - a=hunter2"),
        "^literals$",
      ),
    },
    // What stands before the first `=` of the token becomes the key, which the API server refuses.
    ciphertext: ["Secret/db: data (a key)"],
    invalid: /Secret\/db: data: .*a valid config key must consist of/,
    blames: ["app/kustomization.yaml"],
  },
  {
    title: "configMapGenerator: files and envs",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "configMapGenerator:",
        "  - name: c",
        "    files: [values.yaml=values.sops.yaml]",
        "    envs: [a.sops.env]",
      ),
      "app/values.sops.yaml": encrypted("password: hunter2\n"),
      "app/a.sops.env": encrypted("A=hunter2\n"),
    },
    ciphertext: [
      "ConfigMap/c: data.A",
      "ConfigMap/c: data.sops_mac",
      "ConfigMap/c: data.values.yaml",
    ],
    blames: ["app/a.sops.env", "app/values.sops.yaml"],
  },
  {
    title: "a file that both generators name is decrypted for both",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "configMapGenerator:",
        "  - name: c",
        "    files: [values.sops.yaml]",
        "secretGenerator:",
        "  - name: db",
        "    files: [values.sops.yaml]",
      ),
      "app/values.sops.yaml": encrypted("password: hunter2\n"),
    },
    values: { "ConfigMap/c data": { "values.sops.yaml": "password: hunter2\n" } },
    blames: [],
  },
  {
    title: "a patch, by path",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "resources: [db.yaml]",
        "patches: [{ path: p.yaml }]",
      ),
      "app/db.yaml": secret("db", "stringData:", "  b: ''"),
      "app/p.yaml": encrypted(secret("db"), DATA),
    },
    values: { "Secret/db stringData": { a: "hunter2", b: "" } },
    blames: [],
  },
  {
    title: "a patch, by path, without decryption",
    decryption: false,
    files: {
      "app/kustomization.yaml": kustomization(
        "resources: [db.yaml]",
        "patches: [{ path: p.yaml }]",
      ),
      "app/db.yaml": secret("db", "stringData:", "  b: ''"),
      "app/p.yaml": encrypted(secret("db"), DATA),
    },
    ciphertext: ["Secret/db: stringData.a"],
    blames: ["app/p.yaml"],
  },
  {
    title: "patchesStrategicMerge: not decrypted beforehand",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "resources: [db.yaml]",
        "patchesStrategicMerge: [p.yaml]",
      ),
      "app/db.yaml": secret("db", "stringData:", "  b: plain"),
      "app/p.yaml": encrypted(secret("db"), DATA),
    },
    refuses: /decryption failed for .*does not match sops' data format/,
    blames: ["app/p.yaml"],
  },
  {
    title: "secretGenerator: env, the old way to write one of envs, is not decrypted",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    env: a.sops.env",
      ),
      "app/a.sops.env": encrypted("A=hunter2\n"),
    },
    ciphertext: ["Secret/db: data.A", "Secret/db: data.sops_mac"],
    blames: ["app/a.sops.env"],
  },
  {
    title: "secretGenerator: envs that are not encrypted as dotenv",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    envs: [a.enc]",
      ),
      "app/a.enc": encrypted("A=hunter2\n", null, "binary"),
    },
    refuses: /kustomize build failed: /,
    blames: ["app/a.enc"],
  },
  {
    title: "SecretGenerator: files of an object are decrypted in the Secret, by their keys",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("generators: [generators/db.yaml]"),
      "app/generators/db.yaml": generatorObject(
        "SecretGenerator",
        "files: [a.sops.env, b.yaml=b.sops.yaml, c=c.sops.txt]",
      ),
      "app/a.sops.env": encrypted("A=hunter2\n"),
      "app/b.sops.yaml": encrypted("b: hunter2\n"),
      "app/c.sops.txt": encrypted("hunter2\n"),
    },
    values: {
      "Secret/db data": {
        "a.sops.env": encoded("A=hunter2\n"),
        "b.yaml": encoded("b: hunter2\n"),
        c: encoded("hunter2\n"),
      },
    },
    blames: [],
  },
  {
    title: "SecretGenerator: a file under a key of another format",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("generators: [db.json]"),
      "app/db.json": JSON.stringify({
        apiVersion: "builtin",
        kind: "SecretGenerator",
        metadata: { name: "db" },
        files: ["b=b.sops.yaml"],
      }),
      "app/b.sops.yaml": encrypted("b: hunter2\n"),
    },
    refuses: /failed to decrypt and format Secret field 'b'/,
    blames: ["app/b.sops.yaml"],
  },
  {
    title: "SecretGenerator: envs of an object are not decrypted, in a folder and as text either",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "generators:",
        "  - generators",
        "  - |",
        "    apiVersion: builtin",
        "    kind: SecretGenerator",
        "    metadata: { name: text }",
        "    options: { disableNameSuffixHash: true }",
        "    envs: [b.sops.env]",
      ),
      "app/generators/kustomization.yaml": "resources: [db.yaml]\n",
      "app/generators/db.yaml": generatorObject("SecretGenerator", "envs: [a.sops.env]"),
      "app/a.sops.env": encrypted("A=hunter2\n"),
      "app/b.sops.env": encrypted("A=hunter2\n"),
    },
    ciphertext: ["A", "sops_mac"]
      .flatMap((key) => ["db", "text"].map((name) => `Secret/${name}: data.${key}`))
      .sort(),
    blames: ["app/a.sops.env", "app/b.sops.env"],
  },
  {
    title:
      "SecretGenerator: env of an object is not read, and envs that a secretGenerator names too are decrypted",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator: [{ name: other, envs: [a.sops.env] }]",
        "generators: [db.yaml]",
      ),
      "app/db.yaml": generatorObject("SecretGenerator", "envs: [a.sops.env]", "env: b.sops.env"),
      "app/a.sops.env": encrypted("A=hunter2\n"),
      "app/b.sops.env": encrypted("B=hunter2\n"),
    },
    values: { "Secret/db data": { A: encoded("hunter2") } },
    blames: [],
  },
  {
    title: "SecretGenerator: an object that is encrypted itself",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("generators: [db.yaml]"),
      "app/db.yaml": encrypted(
        generatorObject("SecretGenerator", "literals:", "  - a=hunter2"),
        "^literals$",
      ),
    },
    ciphertext: ["Secret/db: data (a key)"],
    invalid: /a valid config key must consist of/,
    blames: ["app/db.yaml"],
  },
  {
    title: "ConfigMapGenerator: files and envs of an object",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("generators: [db.yaml]"),
      "app/db.yaml": generatorObject(
        "ConfigMapGenerator",
        "envs: [a.sops.env]",
        "files: [b=b.txt]",
      ),
      "app/a.sops.env": encrypted("A=hunter2\n"),
      "app/b.txt": "b\n",
    },
    ciphertext: ["ConfigMap/db: data.A", "ConfigMap/db: data.sops_mac"],
    blames: ["app/a.sops.env"],
  },
  {
    title: "PatchTransformer: what it names is decrypted, in the Secret that is patched",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("resources: [db.yaml]", "transformers: [patch.yaml]"),
      "app/db.yaml": object("Secret", "db"),
      "app/patch.yaml": [
        ...["apiVersion: builtin", "kind: PatchTransformer", "metadata: { name: patch }"],
        ...["target: { kind: Secret }", "path: values.yaml", ""],
      ].join("\n"),
      "app/values.yaml": encrypted(secret("db"), DATA),
    },
    values: { "Secret/db stringData": { a: "hunter2" } },
    blames: [],
  },
  {
    title: "PatchTransformer: one that is encrypted itself",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("resources: [db.yaml]", "transformers: [patch.yaml]"),
      "app/db.yaml": object("Secret", "db"),
      "app/patch.yaml": encrypted(
        [
          ...["apiVersion: builtin", "kind: PatchTransformer", "metadata: { name: patch }"],
          ...["target: { kind: Secret }", "patch: '[{op: add, path: /stringData, value: {a: b}}]'"],
          "",
        ].join("\n"),
        "^patch$",
      ),
    },
    refuses: /unable to parse SM or JSON patch/,
    blames: ["app/patch.yaml"],
  },
  {
    title: "patchesStrategicMerge: into an object without values of its own",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "resources: [db.yaml]",
        "patchesStrategicMerge: [p.yaml]",
      ),
      "app/db.yaml": object("Secret", "db"),
      "app/p.yaml": encrypted(secret("db"), DATA),
    },
    values: { "Secret/db stringData": { a: "hunter2" } },
    blames: [],
  },
  {
    title: "an object of which all is encrypted, under labels",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "labels: [{ pairs: { app: web } }]",
        "resources: [db.yaml]",
      ),
      "app/db.yaml": encrypted(secret("db")),
    },
    refuses: /does not match sops' data format/,
    blames: ["app/db.yaml"],
  },
  {
    title: "data: a SOPS document in Base64",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization(
        "secretGenerator:",
        "  - name: db",
        "    files: [a.yaml=a.txt]",
      ),
      // The marker of YAML is not looked for where the key says so, but in the Secret it is.
      "app/a.txt": encrypted("a: hunter2\n", null, "yaml"),
    },
    values: { "Secret/db data": { "a.yaml": encoded("a: hunter2\n") } },
    blames: [],
  },
  {
    title: "a file that no kustomization lists is not deployed",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("resources: []"),
      "app/db.yaml": encrypted(secret("db"), DATA),
    },
    blames: ["app/db.yaml"],
  },
  {
    title: "JSON in a folder that is taken whole is not found",
    decryption: true,
    files: {
      "app/db.json": encrypted(
        '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db"},"stringData":{"a":"x"}}\n',
        DATA,
      ),
    },
    blames: ["app/db.json"],
  },
  {
    title: "an object of which all is encrypted, under a transformer",
    decryption: true,
    files: {
      "app/kustomization.yaml": kustomization("namespace: x", "resources: [db.yaml]"),
      "app/db.yaml": encrypted(secret("db")),
    },
    refuses: /./,
    blames: ["app/db.yaml"],
  },
  {
    title: "an object of which all is encrypted, alone",
    decryption: true,
    files: { "app/db.yaml": encrypted(secret("db")) },
    values: { "Secret/db stringData": { a: "hunter2" } },
    blames: [],
  },
  {
    title: "a number in stringData",
    decryption: true,
    files: { "app/db.yaml": encrypted(secret("db", "stringData:", "  port: 5432"), DATA) },
    values: { "Secret/db stringData": { port: 5432 } },
    invalid: /Secret\/db: .*cannot unmarshal number into Go .*string/,
    blames: [],
  },
  {
    title: "postBuild runs over decrypted Secrets",
    decryption: true,
    spec: ["postBuild: { substitute: { X: value } }"],
    files: {
      "app/db.yaml": encrypted(
        secret("db", "stringData:", "  a: pa$$w", "  b: ${MISSING}", "  c: ${X}"),
        DATA,
      ),
    },
    values: { "Secret/db stringData": { a: "pa$w", b: null, c: "value" } },
    blames: [],
  },
  {
    title: "postBuild passes over a Secret that says so",
    decryption: true,
    spec: ["postBuild: { substitute: { X: value } }"],
    files: {
      "app/db.yaml": encrypted(
        secret(
          "db",
          "  annotations:",
          "    kustomize.toolkit.fluxcd.io/substitute: disabled",
          "stringData:",
          "  a: pa$$w ${X}",
        ),
        DATA,
      ),
    },
    values: { "Secret/db stringData": { a: "pa$$w ${X}" } },
    blames: [],
  },
  {
    title: "files beside the manifests that are no objects: the whole build fails",
    decryption: true,
    files: { "app/values.sops.yaml": encrypted("password: hunter2\n") },
    refuses: /failed to decode Kubernetes YAML from app\/values\.sops\.yaml/,
    blames: ["app/values.sops.yaml"],
  },
];

/** The files of a case, encrypted for a recipient, with the Flux Kustomization that builds them. */
export async function filesOf(
  { decryption, spec = [], files }: CiphertextCase,
  recipient: string,
): Promise<Record<string, string>> {
  const lines = decryption ? [DECRYPTS, ...spec] : spec;
  const texts: Record<string, string> = {
    "cluster/kustomization.yaml": kustomization("resources: [app.yaml]"),
    "cluster/app.yaml": flux("app", "./app", "interval: 10m", "prune: true", ...lines),
  };
  for (const [path, content] of Object.entries(files)) {
    texts[path] =
      typeof content === "string" ? content : await encryptedText(path, content, recipient);
  }
  return texts;
}

async function encryptedText(
  path: string,
  { plain, selection, format }: Encrypted,
  recipient: string,
): Promise<string> {
  const file = parseFile(plain, format ?? formatOf(path), null);
  const rule = { recipients: [recipient], selection, macOnlyEncrypted: true };
  return (await encryptFile(file, rule)).text;
}
