import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parseDocument } from "yaml";
import { secretManifest, yamlWord } from "../../../../scaffold/new/secret/manifest.ts";
import {
  addCertificate,
  addEnvFile,
  addFiles,
  addLiteral,
  dockerConfig,
  looksGenerated,
  parseGenerated,
  randomText,
  type SecretValues,
} from "../../../../scaffold/new/secret/sources.ts";
import { requireValid, secretType } from "../../../../scaffold/new/secret/types.ts";
import fc from "../../../seeded-fast-check.ts";
import { newPlace } from "../../sandbox.ts";
import { selfSigned } from "../../self-signed.ts";

const noInput = async () => Buffer.from("input");

function texts(values: SecretValues): Record<string, string> {
  return Object.fromEntries([...values].map(([key, value]) => [key, value.toString()]));
}

function folder(files: Record<string, string>): string {
  const path = newPlace("sources");
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

test("literals are split at the first =, and errors do not quote them", (t) => {
  const values: SecretValues = new Map();
  addLiteral(values, "a=b=c");
  addLiteral(values, "empty=");
  t.deepEqual(texts(values), { a: "b=c", empty: "" });
  for (const source of ["hunter2", "=hunter2", "a=hunter2", "bad key=hunter2"]) {
    const error = t.throws(() => addLiteral(values, source));
    t.notRegex(error.message, /hunter2/);
  }
});

test("files as kubectl takes them: names as keys, folders without links and folders", async (t) => {
  const place = folder({ one: "1\n", "two.txt": "2" });
  mkdirSync(join(place, "sub"));
  symlinkSync("one", join(place, "link"));
  const values: SecretValues = new Map();
  await addFiles(values, place, noInput);
  await addFiles(values, `key=${join(place, "one")}`, noInput);
  await addFiles(values, "in=-", noInput);
  t.deepEqual(texts(values), { one: "1\n", "two.txt": "2", key: "1\n", in: "input" });
  for (const source of [`k=${place}`, "=f", "f=", "a=b=c", "-", join(place, "none")]) {
    await t.throwsAsync(addFiles(values, source, noInput), { name: "ScaffoldError" }, source);
  }
});

test("env files as kubectl takes them", async (t) => {
  const place = folder({
    env: '\ufeff# comment\n\n  A=1 \nB="q"\r\nC=x=y\nFROM_ENV\n',
    bad: "A=1\nhunter2 is no line\n",
  });
  const values: SecretValues = new Map();
  await addEnvFile(values, join(place, "env"), { FROM_ENV: "e" }, noInput);
  t.deepEqual(texts(values), { A: "1 ", B: '"q"', C: "x=y", FROM_ENV: "e" });
  const error = await t.throwsAsync(addEnvFile(new Map(), join(place, "bad"), {}, noInput));
  t.regex(error.message, /bad:2 /);
  t.notRegex(error.message, /hunter2/);
});

test("env files: what kubectl takes for blank before a name, and what not", async (t) => {
  const place = folder({ blank: "\u00a0\u0085\u2028A=1\n", mark: "A=1\n \ufeffB=2\n" });
  const values: SecretValues = new Map();
  await addEnvFile(values, join(place, "blank"), {}, noInput);
  t.deepEqual(texts(values), { A: "1" });
  await t.throwsAsync(addEnvFile(new Map(), join(place, "mark"), {}, noInput), {
    message: /mark:2 /,
  });
});

test("a certificate and its key: those that belong together, in PEM, as kubectl takes them", (t) => {
  const [one, other] = [selfSigned("one"), selfSigned("other")];
  const locked = one.privateKey.export({
    ...{ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "hunter2" },
  });
  const place = folder({
    ...{ "one.crt": one.cert, "one.key": one.key, "other.key": other.key },
    ...{ "chain.crt": `subject=one\n${one.cert}${other.cert}`, "locked.key": locked.toString() },
    "trusted.crt": one.cert.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"),
    ...{ "mark.crt": `\ufeff${one.cert}`, "mark.key": `\ufeff${one.key}` },
  });
  writeFileSync(join(place, "der.crt"), one.der);
  const add = (cert: string, key: string) => {
    const values: SecretValues = new Map();
    addCertificate(values, join(place, cert), join(place, key));
    return texts(values);
  };
  t.deepEqual(add("one.crt", "one.key"), { "tls.crt": one.cert, "tls.key": one.key });
  t.is(add("chain.crt", "one.key")["tls.crt"], `subject=one\n${one.cert}${other.cert}`);
  t.throws(() => add("one.crt", "other.key"), {
    message: /other\.key does not belong to .*one\.crt/,
  });
  for (const [cert = "", key = ""] of [
    ["der.crt", "one.key"],
    ["trusted.crt", "one.key"],
    ["mark.crt", "one.key"],
    ["one.crt", "mark.key"],
    ["one.key", "one.crt"],
    ["one.crt", "locked.key"],
    ["one.crt", "one.crt"],
  ]) {
    const error = t.throws(() => add(cert, key), undefined, `${cert} ${key}`);
    t.regex(error.message, /must be a certificate and its private key in PEM/);
  }
  t.throws(() => add("none.crt", "one.key"), { message: /none\.crt cannot be read/ });
});

test("the docker configuration is kubectl's", (t) => {
  const account = { server: "r.example", username: "u", password: "p", email: "" };
  t.is(
    dockerConfig(account).toString(),
    '{"auths":{"r.example":{"username":"u","password":"p","auth":"dTpw"}}}',
  );
});

test("generated values: the length asked for, and never the same", (t) => {
  t.deepEqual(parseGenerated("a:40"), { key: "a", length: 40 });
  t.is(parseGenerated("a").length, 32);
  for (const wrong of ["a:", "a:7", "a:x", "a:9:9", "a:-9"]) {
    t.throws(() => parseGenerated(wrong), { name: "ScaffoldError" }, wrong);
  }
  for (const mistaken of ["a:hunter2", "a:hunter2:9"]) {
    const error = t.throws(() => parseGenerated(mistaken));
    t.notRegex(error.message, /hunter2/);
  }
  t.true(looksGenerated(Buffer.from(randomText(40)), 40));
  t.is(new Set(Array.from({ length: 50 }, () => randomText(16))).size, 50);
});

test("any bytes come back from the manifest", (t) => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.string()).map((lines) => lines.join("\n")),
    fc.constantFrom("a\n", "a\nb", "a\n\n", "yes", "# x\ny\n", " a\nb\n", "a\n \nb\n", "a\r\nb\n"),
  );
  // In base64: a number, a truth value, nothing, and a number in other words.
  const words = fc.constantFrom("2020", "true", "NULL", "1e12", "0x1F");
  const bytes = fc.oneof(
    text.map((one) => Buffer.from(one)),
    fc.uint8Array().map((one) => Buffer.from(one)),
    words.map((one) => Buffer.from(one, "base64")),
  );
  fc.assert(
    fc.property(bytes, (value) => {
      const manifest = secretManifest(
        { name: "n", namespace: "yes", type: "Opaque" },
        new Map([["null", value]]),
      );
      const { metadata, stringData, data } = parseDocument(manifest).toJS() as Record<
        string,
        Record<string, string> | undefined
      >;
      const encoded = data?.["null"];
      const back =
        encoded === undefined
          ? Buffer.from(stringData?.["null"] ?? "")
          : Buffer.from(encoded, "base64");
      return metadata?.["namespace"] === "yes" && back.equals(value);
    }),
    { numRuns: 500 },
  );
  t.pass();
});

test("a word is quoted where YAML has another meaning for it", (t) => {
  const image = "localhost:5000/me/web:1.2.3@sha256:0f";
  for (const plain of [image, "kubernetes.io/tls", "a=", "web"]) t.is(yamlWord(plain), plain);
  for (const other of ["null", "On", "1234", "0x1f", "a:", "-a", "", "~"]) {
    t.is(yamlWord(other), `"${other}"`);
  }
});

test("types: short names, required keys, JSON, service account tokens, bootstrap tokens", (t) => {
  t.is(secretType("tls").name, "kubernetes.io/tls");
  t.is(secretType("example.org/x").name, "example.org/x");
  t.throws(() => secretType("a b"), { message: /--type must be one of generic, docker-registry/ });
  t.throws(() => secretType("service-account-token"), { message: /plain manifest/ });
  const valid = (type: string, values: Record<string, string>, name = "n", namespace = "d") =>
    requireValid(
      secretType(type),
      { name, namespace },
      new Map(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)])),
    );
  t.throws(() => valid("tls", { "tls.crt": "c" }), {
    message: /needs tls\.key: give --cert FILE and --key FILE$/,
  });
  t.throws(() => valid("basic-auth", { x: "c" }), { message: /needs username or password/ });
  t.notThrows(() => valid("basic-auth", { password: "c" }));
  t.throws(() => valid("ssh-auth", { x: "c" }), { message: /ssh-privatekey/ });
  t.throws(() => valid("docker-registry", { ".dockerconfigjson": "hunter2" }), {
    message: /JSON object/,
  });
  const half = "x".repeat(2 ** 19);
  t.notThrows(() => valid("generic", { a: half, b: half }));
  t.throws(() => valid("generic", { a: half, b: half, c: half }), {
    message: /1048576 bytes at most, .* have 1572864:/,
  });
  const token = { "token-id": "abcdef", "token-secret": "0123456789abcdef" };
  const type = "bootstrap.kubernetes.io/token";
  t.throws(() => valid(type, token), { message: /named bootstrap-token-ID/ });
  t.notThrows(() => valid(type, token, "bootstrap-token-abcdef", "kube-system"));
});
