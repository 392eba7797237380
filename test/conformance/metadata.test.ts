import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { runTool, testWith } from "../real-tools.ts";
import { sopsBatch } from "../sops-batch.ts";

/**
 * The metadata of a file, each part of it changed by hand: sops and this engine read it, or both refuse it.
 * The MAC is not looked at: what is tried is whether the metadata can be read.
 *
 * @see ExtractMetadata in stores/metadata.go, ToInternal in stores/stores.go, and the version in
 *   DetectKMSEncryptionContextBug in cmd/sops/common/common.go of sops
 */

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-metadata-"));
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
  rmSync(folder, { recursive: true, force: true });
});

type Structured = Exclude<Format, "binary">;
const TEXTS: Readonly<Record<Structured, string>> = {
  yaml: "a: x\n",
  json: '{"a": "x"}\n',
  dotenv: "a=x\n",
  ini: "[s]\na = x\n",
};

async function encrypted(format: Structured): Promise<string> {
  const rule = { recipients: [pair.recipient], selection: null, macOnlyEncrypted: false };
  const { file } = readSopsFile(Buffer.from(TEXTS[format]), format);
  return (await encryptFile(file, rule)).text;
}

async function isReadHere(text: string, format: Structured): Promise<boolean> {
  try {
    const { file, metadata } = readSopsFile(Buffer.from(text), format);
    const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
    if (metadata === null || dataKey === null) return false;
    decryptFile(file, metadata, dataKey, { ignoreMac: true });
    return true;
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

async function isReadBySops(text: string, format: Structured): Promise<boolean> {
  return (await sops.decryptFile(Buffer.from(text), format, { ignoreMac: true })) !== null;
}

const ENTRY = "{enc: ENC, recipient: RECIPIENT}";
const MADE = "created_at: '2020-01-01T00:00:00Z'";

/** Values of a key, as they are written in YAML; none where there is to be no such key. */
const NESTED: Readonly<Record<string, readonly (string | null)[]>> = {
  version: [
    ...[null, "''", "null", "3.9", "3.9.1", "v3.9.1", "vv3.9.1", "'1'", "1.5", "1.5.x", "v1.5"],
    ...["true", "[3.9.1]", "{}", "abc", "'3.9.1 '", "03.9.1", "3.9.1-rc1", "3.9.1-01", "3.9.1-"],
    ...["3.9.1+b", "3.9.1+", "3.9.1-a..b", "99.0.0", "2001-12-14"],
  ],
  lastmodified: [
    ...[null, "''", "null", "x", "1", "true", "[x]", "2020-01-02T03:04:05Z", "'2020-01-02'"],
    ...["'2020-01-02T03:04:05Z'", "'2020-01-02t03:04:05Z'", "'2020-01-02T03:04:05z'"],
    ...["'2020-01-02 03:04:05Z'", "'2020-01-02T03:04Z'", "'2020-01-02T03:04:05.5Z'"],
    ...["'2020-01-02T03:04:05,5Z'", "'2020-01-02T03:04:05+02:00'", "'2020-01-02T03:04:05'"],
    ...["'2020-01-02T3:04:05Z'", "'2020-01-02T24:00:00Z'", "' 2020-01-02T03:04:05Z'"],
    ...["'2020-1-02T03:04:05Z'", "'2020-02-30T03:04:05Z'", "'2020-01-02T03:04:05+24:00'"],
    ...["'2020-01-02T03:04:05+25:00'", "'2020-01-02T03:04:05.Z'", "'2020-01-02T3:4:5Z'"],
  ],
  mac: [null, "''", "null", "1", "x", "[x]", "{}", "2001-12-14"],
  mac_only_encrypted: [
    ...["null", "''", "'true'", "T", "tRue", "yes", "on", "'2'", "'1'", "[]", "[true]", "{}"],
    "2001-12-14",
  ],
  shamir_threshold: ["null", "''", "0", "2", "-1", "x", "true", "[1]", "{}", "'08'", "'1.5'"],
  unencrypted_suffix: ["null", "''", "1", "[]", "{}", "2001-12-14", "x"],
  encrypted_regex: ["null", "''", "[]", "{}", "^a$"],
  unknown: ["1", "[1]", "{a: 1}", "x", "null", "2001-12-14"],
  kms: [
    ...["[]", "null", "{}", "''", "1", "[1]", "[{}]", "[{arn: x}]", `[{arn: x, ${MADE}}]`],
    `{arn: x, ${MADE}}`,
  ],
  gcp_kms: ["[{resource_id: x}]", `[{resource_id: x, ${MADE}}]`],
  azure_kv: ["[{name: x}]", `[{name: x, ${MADE}}]`],
  hc_vault: ["[{key_name: x}]", `[{key_name: x, ${MADE}}]`, "[{created_at: 2020-01-01}]"],
  hckms: ["[{key_id: 'r:k'}]", `[{key_id: 'r:k', ${MADE}}]`],
  pgp: [
    ...["x", "[x]", "[[]]", "[{fp: x}]", `[{fp: x, ${MADE}}]`, "[{created_at: '2020-01-01'}]"],
    "[{created_at: 2020-01-01T00:00:00Z}]",
  ],
  key_groups: ["[]", "null", "{}", "[1]", "x", "[{}]", "[{age: 1}]"],
  age: [
    ...[null, "[]", "null", "{}", "x", "1", "[1]", "[{}]", ENTRY, `[${ENTRY}]`],
    ...["[{recipient: RECIPIENT}]", "[{enc: '', recipient: RECIPIENT}]", `[${ENTRY}, x]`],
  ],
};

/** The same of the keys of formats that nest nothing. */
const FLAT: Readonly<Record<string, readonly (string | null)[]>> = {
  version: [null, "", "3.9", "3.9.1", "v3.9.1", "1.5", "abc", "'3.9.1'"],
  lastmodified: [null, "", "x", "2020-01-02T03:04:05Z", "2020-01-02t03:04:05Z"],
  mac: [null, "", "x"],
  mac_only_encrypted: ["true", "false", "", "2", "yes", "tRue", "T", "0.5"],
  shamir_threshold: ["0", "1", "2", "-1", "1.5", "x", ""],
  unencrypted_suffix: ["", "_unencrypted", "z"],
  encrypted_regex: ["", "^a$"],
  unknown: ["x", ""],
  unknown__list_0: ["x"],
  unknown__list_1: ["x"],
  unknown__map_a: ["x"],
  mac__map_x: ["1"],
  version__list_0: ["1"],
  age: ["x", ""],
  age__map_x: ["1"],
  age__list_0: ["1"],
  age__list_0__map_enc: [null, "", "x"],
  age__list_0__map_enc__map_x: ["1"],
  age__list_0__map_unknown: ["1"],
  age__list_2__map_enc: ["1"],
  kms: ["x", ""],
  pgp__list_0__map_fp: ["x"],
  pgp__list_0__map_created_at: ["2020-01-01T00:00:00Z", "2020-01-01"],
};

/** The metadata as flow YAML, each value as text. */
function nested(text: string, format: "yaml" | "json"): Map<string, string> {
  const { metadata } = readSopsFile(Buffer.from(text), format);
  if (metadata === null) throw new Error("no metadata");
  const { age, lastModified, mac, version } = metadata;
  const entries = { age, lastmodified: lastModified, mac, version };
  return new Map(Object.entries(entries).map(([key, value]) => [key, JSON.stringify(value)]));
}

for (const [key, values] of Object.entries(NESTED)) {
  testWith("sops-batch")(`the metadata's ${key}: read and refused as by sops`, async (t) => {
    const text = await encrypted("yaml");
    const [entry] = readSopsFile(Buffer.from(text), "yaml").metadata?.age ?? [];
    for (const value of values) {
      const block = nested(text, "yaml");
      const written = value
        ?.replaceAll("ENC", JSON.stringify(entry?.enc))
        .replaceAll("RECIPIENT", pair.recipient);
      if (written === undefined) block.delete(key);
      else block.set(key, written);
      const flow = [...block].map(([name, one]) => `${name}: ${one}`).join(", ");
      const changed = text.replace(/^sops:[^]*/m, `sops: {${flow}}\n`);
      t.is(await isReadHere(changed, "yaml"), await isReadBySops(changed, "yaml"), String(value));
    }
  });
}

testWith("sops-batch")("the metadata of JSON: read and refused as by sops", async (t) => {
  const text = await encrypted("json");
  for (const [key, values] of Object.entries({
    version: [null, '""', "null", "3.9", "1.5", '"3.9.1"', "true", "{}", "[]"],
    lastmodified: [null, "1", "{}", '"2020-01-02T03:04:05Z"', '"2020-01-02t03:04:05Z"'],
    mac_only_encrypted: ["{}", "[]", "null", '"yes"', '"true"', "true"],
    shamir_threshold: ["{}", '"x"', "2", '"2"'],
    kms: ["{}", '""', "1", "[1]", "null", "[]", '[{"arn": "x"}]'],
    age: [null, "{}", "[]", "1", "[1]"],
    unknown: ["{}", "1", "[1]"],
  })) {
    for (const value of values) {
      const block = nested(text, "json");
      if (value === null) block.delete(key);
      else block.set(key, value);
      const members = [...block].map(([name, one]) => `"${name}": ${one}`).join(", ");
      const { a } = JSON.parse(text) as { readonly a: string };
      const changed = `{"a": "${a}", "sops": {${members}}}\n`;
      const note = `${key}: ${value}`;
      t.is(await isReadHere(changed, "json"), await isReadBySops(changed, "json"), note);
    }
  }
});

for (const [format, prefix] of [
  ["dotenv", "sops_"],
  ["ini", ""],
] as const) {
  testWith("sops-batch")(`the metadata of ${format}: read and refused as by sops`, async (t) => {
    const text = await encrypted(format);
    const nameOf = (line: string) => line.slice(0, line.indexOf("=")).trim();
    for (const [key, values] of Object.entries(FLAT)) {
      for (const value of values) {
        const lines = text.split("\n").filter((line) => nameOf(line) !== prefix + key);
        if (value !== null) lines.splice(-1, 0, `${prefix}${key}=${value}`);
        const changed = lines.join("\n");
        const note = `${key}=${value}`;
        t.is(await isReadHere(changed, format), await isReadBySops(changed, format), note);
      }
    }
  });
}

testWith("sops", "sops-batch")(
  "sops-batch reads and refuses metadata as the sops program does",
  async (t) => {
    const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: pair.identity };
    const path = join(folder, "file.yaml");
    const text = await encrypted("yaml");
    const answers = new Set<boolean>();
    for (const [from, to] of [
      ["", ""],
      ["mac: .*", "mac: x"],
      ["mac: .*", "mac: [x]"],
      ["version: .*", "version: abc"],
      ["version: .*", "version: 1.5"],
      ["lastmodified: .*", "lastmodified: x"],
      ["recipient: .*", "recipient: x"],
      ["enc: [^]*?END", "enc: |\n        END"],
    ] as const) {
      const changed = text.replace(new RegExp(from), to);
      writeFileSync(path, changed);
      for (const ignoreMac of [false, true]) {
        const flags = ignoreMac ? ["--ignore-mac"] : [];
        const byBatch = await sops.decryptFile(Buffer.from(changed), "yaml", { ignoreMac });
        let byProgram: string | null;
        try {
          byProgram = runTool("sops", ["decrypt", ...flags, path], { env });
        } catch {
          byProgram = null;
        }
        t.is(byBatch === null ? null : String(byBatch), byProgram, `${to} ${String(ignoreMac)}`);
        answers.add(byProgram === null);
      }
    }
    t.is(answers.size, 2);
  },
);
