import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import test, { type ExecutionContext } from "ava";
import { plaintextIn } from "../../cli/file/conversion.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import type { Data } from "../../sops/data/data-tree.ts";
import { readData } from "../../sops/data/read-data.ts";
import { plain } from "../../sops/data/yaml-text.ts";
import { decrypted } from "../../sops/decrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { runTool, testWith } from "../real-tools.ts";
import fc from "../seeded-fast-check.ts";
import { sopsBatch } from "../sops-batch.ts";

/** How many random files, each in every other format. */
const RUNS = Number(process.env["FLUX_SOPS_CONFORMANCE_RUNS"] ?? 25);

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-conversion-"));
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
  rmSync(folder, { recursive: true, force: true });
});
const RULE = { recipients: [pair.recipient], selection: null, macOnlyEncrypted: false };

/** Without a backslash: see known-differences.ts. */
const TEXT = fc
  .array(fc.constantFrom(..."abc019 _-.:=#;,!'\"<>[]{}$%&@*", "\n", "\t", "é", "😀"), {
    maxLength: 8,
  })
  .map((all) => all.join(""));
const WORD = fc.constantFrom("true", "null", "~", "1", "007", "1e3", "yes", "2001-12-14", "-", "=");
const SCALAR: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: TEXT },
  { weight: 1, arbitrary: WORD },
  { weight: 1, arbitrary: fc.integer() },
  { weight: 1, arbitrary: fc.constantFrom(1.5, -0.25, 1234.75) },
  { weight: 1, arbitrary: fc.boolean() },
);
const KEY = fc.constantFrom("a", "b", "key", "A_B", "x-y", "z.z");

function mapping(value: fc.Arbitrary<unknown>, minKeys = 1): fc.Arbitrary<Record<string, unknown>> {
  return fc.dictionary(KEY, value, { minKeys, maxKeys: 4, noNullPrototype: true });
}

/** Flat, in sections, or deeper: what dotenv, what INI, and what only the others hold. */
const TREE = fc.oneof(
  mapping(SCALAR),
  mapping(mapping(SCALAR, 0)),
  mapping(fc.oneof(SCALAR, fc.array(SCALAR, { maxLength: 3 }), mapping(SCALAR))),
);

const FORMATS: readonly Format[] = ["yaml", "json", "dotenv", "ini"];

/**
 * Without the section DEFAULT that sops makes where INI has none, and how numbers are spelled: see
 * known-differences.ts.
 */
function dataIn(content: Uint8Array, format: Format, typed: boolean): unknown {
  const text = Buffer.from(content).toString("utf8");
  return readData(text, format).map((one) => shown(plain(one as Data), typed));
}

/** What sops wrote; null where it is no YAML, which sops cannot read either: see known-differences.ts. */
function readBack(content: Uint8Array, format: Format, typed: boolean): unknown {
  try {
    return dataIn(content, format, typed);
  } catch (error) {
    if (error instanceof SopsError && format === "yaml") return null;
    throw error;
  }
}

function shown(value: unknown, typed: boolean): unknown {
  if (value instanceof Map) {
    return [...value]
      .filter(([key, one]) => !(key === "DEFAULT" && one instanceof Map && one.size === 0))
      .map(([key, one]) => [key, shown(one, typed)]);
  }
  if (Array.isArray(value)) return value.map((one) => shown(one, typed));
  if (!typed) return String(value);
  return typeof value === "bigint" || typeof value === "number" ? Number(value) : value;
}

interface Outcome {
  compared: number;
  /** Quotes inside quotes in INI, line breaks before text in YAML: see known-differences.ts. */
  changedBySops: number;
  refusedBySops: number;
  refusedByUs: number;
}

/** What we make of an encrypted file; null where the format cannot hold it. */
async function ours(content: Buffer, from: Format, to: Format): Promise<Buffer | null> {
  const { file, metadata } = readSopsFile(content, from);
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) throw new Error("no data key");
  try {
    return plaintextIn(decrypted(file, metadata, dataKey), { from, to, indent: null });
  } catch (error) {
    if (error instanceof SopsError && error.code === "cannot-hold") return null;
    throw error;
  }
}

async function compare(t: ExecutionContext, tree: unknown, outcome: Outcome): Promise<void> {
  const json = JSON.stringify(tree);
  for (const from of FORMATS) {
    const encrypted = await sops.encryptFile(Buffer.from(json), "json", RULE, from);
    if (encrypted === null) continue;
    for (const to of FORMATS) {
      if (to === from) continue;
      const theirs = await sops.decryptFile(encrypted, from, { to });
      const own = await ours(encrypted, from, to);
      if (theirs === null || own === null) {
        outcome.refusedBySops += Number(theirs === null);
        outcome.refusedByUs += Number(own === null);
        t.is(own === null, theirs === null, `${from} to ${to}: ${json}`);
        continue;
      }
      const isTyped = to === "yaml" || to === "json";
      const source = dataIn(Buffer.from(json), "json", isTyped);
      t.deepEqual(dataIn(own, to, isTyped), source, `${from} to ${to}: ${json}\n${own}`);
      if (!isDeepStrictEqual(readBack(theirs, to, isTyped), source)) outcome.changedBySops += 1;
      outcome.compared += 1;
    }
  }
}

testWith("sops-batch")(
  `${RUNS} random files in every other format: the data that sops gives`,
  async (t) => {
    const outcome: Outcome = { compared: 0, changedBySops: 0, refusedBySops: 0, refusedByUs: 0 };
    const property = fc.asyncProperty(TREE, (tree) => compare(t, tree, outcome));
    const details = await fc.check(property, { numRuns: RUNS });
    t.log(`seed ${details.seed}: ${JSON.stringify(outcome)}`);
    t.false(details.failed, fc.defaultReportMessage(details));
    t.true(outcome.compared > RUNS * 2, JSON.stringify(outcome));
    t.true(outcome.changedBySops < outcome.compared * 0.1, JSON.stringify(outcome));
  },
);

testWith("sops", "sops-batch")(
  "sops-batch makes other formats of a file as the sops program does",
  async (t) => {
    const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: pair.identity };
    let files = 0;
    const program = (content: string | Uint8Array, ...args: string[]): Buffer | null => {
      files += 1;
      const path = join(folder, String(files));
      writeFileSync(path, content);
      try {
        return Buffer.from(runTool("sops", [...args, path], { env }));
      } catch {
        return null;
      }
    };
    const [types, age] = [
      ["--input-type", "json", "--output-type"],
      ["--age", pair.recipient],
    ];
    let [made, refused] = [0, 0];
    for (const tree of [{ a: "1\n2", b: true }, { s: { a: 1.5, b: "#" } }, { a: [{ b: null }] }]) {
      const json = JSON.stringify(tree);
      for (const from of FORMATS) {
        const encrypted = program(json, "encrypt", ...age, ...types, from);
        const byBatch = await sops.encryptFile(Buffer.from(json), "json", RULE, from);
        t.is(byBatch === null, encrypted === null, `${from}: ${json}`);
        if (encrypted === null || byBatch === null) continue;
        for (const to of FORMATS) {
          const note = `${from} to ${to}: ${json}`;
          const plain = program(encrypted, "decrypt", "--input-type", from, "--output-type", to);
          t.deepEqual(await sops.decryptFile(encrypted, from, { to }), plain, note);
          t.deepEqual(await sops.decryptFile(byBatch, from, { to }), plain, note);
          made += Number(plain !== null);
          refused += Number(plain === null);
        }
      }
    }
    t.true(made > 20 && refused > 5, `${made}, ${refused}`);
  },
);
