import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { stringify } from "yaml";
import { unwrapDataKey } from "../../sops/data-key.ts";
import type { Data } from "../../sops/data/data-tree.ts";
import { readData, readValue } from "../../sops/data/read-data.ts";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { setValue, unsetValue, type Sealed } from "../../sops/set.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import type { StoreFile } from "../../sops/store.ts";
import { isToken } from "../../sops/token.ts";
import { parseTreePath } from "../../sops/data/tree-path.ts";
import { runTool, testWith } from "../real-tools.ts";
import { sopsBatch } from "../sops-batch.ts";
import fc from "../seeded-fast-check.ts";

/** How many random changes of each format. */
const RUNS = Math.ceil(Number(process.env["FLUX_SOPS_CONFORMANCE_RUNS"] ?? 90) / 3);

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-set-"));
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
  rmSync(folder, { recursive: true, force: true });
});
const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: pair.identity };

const KEYS = ["a", "b", "data", "n_unencrypted"];
const EXTENSIONS = { yaml: ".yaml", json: ".json", dotenv: ".env", ini: ".ini" } as const;
type Structured = keyof typeof EXTENSIONS;

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };
const { tree } = fc.letrec<{ tree: Plain; map: Plain }>((tie) => ({
  map: fc.dictionary(fc.constantFrom(...KEYS), tie("tree"), { maxKeys: 3 }),
  tree: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom<Plain>(null, true, 7, 1.5, "", "two", "a: b", "x\ny\n", "it's # one", " s"),
    tie("map"),
    fc.array(tie("tree"), { maxLength: 3 }),
  ),
}));
const document = fc.dictionary(fc.constantFrom(...KEYS), tree, { minKeys: 1, maxKeys: 4 });

const yamlText = fc
  .tuple(
    document,
    fc.constantFrom(2, 4),
    fc.boolean(),
    fc.boolean(),
    fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  )
  .map(([data, indent, flow, indentSeq, comments]) => {
    const text = stringify(data, {
      indent,
      indentSeq,
      lineWidth: 0,
      compat: "yaml-1.1",
      defaultStringType: comments[0] === true ? "QUOTE_DOUBLE" : "PLAIN",
      ...(flow ? { collectionStyle: "flow" as const } : {}),
    });
    // No comments in lists, where sops counts them as items, nor in text blocks.
    if (flow || /^ *- /m.test(text) || text.includes("|")) return text;
    return text
      .split("\n")
      .flatMap((line, index) =>
        comments[index] === true && line !== ""
          ? [`${/^ */.exec(line)?.[0] ?? ""}# note ${index}`, line]
          : [line],
      )
      .join("\n");
  });
const jsonText = fc
  .tuple(document, fc.constantFrom(undefined, "\t", 2))
  .map(([data, indent]) => JSON.stringify(data, null, indent));
const flat = fc.dictionary(
  fc.constantFrom(...KEYS),
  fc.constantFrom("1", "two words", "", "x\\ny", "{"),
  { minKeys: 1, maxKeys: 4 },
);
const lines = (between: string, notes: boolean) =>
  flat.map((entries) =>
    Object.entries(entries)
      .map(([key, value]) => `${notes ? `# on ${key}\n` : ""}${key}${between}${value}\n`)
      .join(""),
  );
const dotenvText = fc.boolean().chain((notes) => lines("=", notes));
// Real sops loses comments when a key of INI goes.
const iniText = fc
  .uniqueArray(fc.tuple(fc.constantFrom("s", "t", "u"), lines(" = ", false)), {
    minLength: 1,
    selector: ([name]) => name,
  })
  .map((sections) => sections.map(([name, body]) => `[${name}]\n${body}`).join("\n"));

const part = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...KEYS, "new", "s").map((key) => `["${key}"]`) },
  { weight: 1, arbitrary: fc.nat(3).map((index) => `[${index}]`) },
);
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));
const textPath = fc
  .array(fc.constantFrom(...KEYS, "new", "s", "t"), { minLength: 1, maxLength: 2 })
  .map((keys) => keys.map((key) => `["${key}"]`).join(""));
const VALUES = ['"new"', '"a\\nb\\n"', '" # ;x"', '""', "true", '{"k":"v","b":"x"}'];
const OF_TREES = ["5", "-1.25", "null", "{}", '{"k":[1,{"b":null}],"e":[]}'];

let files = 0;

async function sealed(
  text: string,
  format: Structured,
  encryption: Encryption,
  by: "sops" | "ours",
): Promise<Sealed | null> {
  const content = Buffer.from(text);
  if (by === "ours") {
    return seal((await encryptFile(readSopsFile(content, format).file, encryption)).text, format);
  }
  const encrypted = await sops.encryptFile(content, format, encryption);
  if (encrypted === null) throw new Error(`sops refuses ${text}`);
  return seal(encrypted.toString(), format);
}

async function seal(text: string, format: Structured): Promise<Sealed | null> {
  const { file, metadata } = readSopsFile(Buffer.from(text), format);
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) return null;
  return { text, file, format, metadata, dataKey, ignoreMac: false };
}

function save(text: string, format: Structured): string {
  files += 1;
  const name = join(folder, `${files}${EXTENSIONS[format]}`);
  writeFileSync(name, text);
  return name;
}

/** What real sops makes of a file: its text, or null where it fails or crashes. */
function bySops(text: string, format: Structured, args: readonly string[]): string | null {
  const name = save(text, format);
  const [command = "", ...rest] = args;
  try {
    runTool("sops", [command, name, ...rest], { env });
  } catch {
    return null;
  }
  return readFileSync(name, "utf8");
}

/** The plaintext that real sops finds, the MAC verified; null where it cannot decrypt the file. */
async function decrypted(text: string, format: Structured): Promise<Data | null> {
  // JSON, since go-yaml has spellings of its own; the other formats as they are.
  const to = format === "yaml" ? "json" : format;
  const plain = await sops.decryptFile(Buffer.from(text), format, { to });
  const [data = null] = plain === null ? [] : readData(plain.toString(), to);
  return data;
}

function tokens({ leaves }: StoreFile, but: string | number | undefined): string[] {
  return leaves
    .filter(({ kind, path: [first] }) => kind === "value" && first !== but)
    .flatMap(({ value }) => (value !== null && isToken(value.text) ? [value.text] : []));
}

interface Change {
  readonly at: string;
  /** Null to take the value out. */
  readonly value: string | null;
}

async function compare(
  t: ExecutionContext,
  text: string,
  format: Structured,
  { at, value }: Change,
  encryption: Encryption,
  by: "sops" | "ours",
): Promise<"same" | "refused" | "only ours" | "broken by sops"> {
  const before = await sealed(text, format, encryption, by);
  const treePath = parseTreePath(at);
  if (before === null || treePath === null) throw new Error("no file");
  let ours: string | null;
  try {
    ours =
      value === null
        ? await unsetValue(before, treePath)
        : await setValue(before, treePath, readValue(value));
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    ours = null;
  }
  const theirs = bySops(before.text, format, value === null ? ["unset", at] : ["set", at, value]);
  if (ours === null) {
    // Where a position meets a mapping, sops says nothing and does nothing; a mapping as a value in
    // INI it writes in Go's own notation.
    const isGoText = format === "ini" && value?.startsWith("{") === true;
    const made = theirs === null || isGoText ? null : await decrypted(theirs, format);
    if (made !== null) t.deepEqual(made, await decrypted(before.text, format), `${at} ${text}`);
    return "refused";
  }
  const read = await decrypted(ours, format);
  t.not(read, null);
  if (theirs === null) return "only ours";
  const made = await decrypted(theirs, format);
  // A mapping as a value in INI, a boolean that stays readable in dotenv.
  if (made === null) return "broken by sops";
  t.deepEqual(read, made, `${at} ${value}\n${text}`);
  const after = await seal(ours, format);
  if (after === null) throw new Error("no file");
  const kept = tokens(after.file, treePath[0]);
  t.deepEqual(kept, tokens(before.file, treePath[0]), "the other values keep their ciphertext");
  return "same";
}

const FORMATS: readonly {
  readonly format: Structured;
  readonly texts: fc.Arbitrary<string>;
  readonly paths: fc.Arbitrary<string>;
  readonly values: readonly string[];
}[] = [
  { format: "yaml", texts: yamlText, paths: path, values: [...VALUES, ...OF_TREES] },
  { format: "json", texts: jsonText, paths: path, values: [...VALUES, ...OF_TREES] },
  { format: "dotenv", texts: dotenvText, paths: textPath, values: VALUES },
  { format: "ini", texts: iniText, paths: textPath, values: VALUES },
];

for (const { format, texts, paths, values } of FORMATS) {
  testWith("sops", "sops-batch")(
    `${RUNS} random set and unset in ${format}: as real sops`,
    async (t) => {
      const outcomes = { same: 0, refused: 0, "only ours": 0, "broken by sops": 0 };
      const property = fc.asyncProperty(
        texts,
        paths,
        fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...values) }, fc.constant(null)),
        fc.boolean(),
        fc.constantFrom("sops" as const, "ours" as const),
        async (text, at, value, macOnlyEncrypted, by) => {
          const encryption = { recipients: [pair.recipient], selection: null, macOnlyEncrypted };
          outcomes[await compare(t, text, format, { at, value }, encryption, by)] += 1;
        },
      );
      const details = await fc.check(property, { numRuns: RUNS });
      t.log(`seed ${details.seed}: ${JSON.stringify(outcomes)}`);
      t.false(
        details.failed,
        `${fc.defaultReportMessage(details)} ${String(details.errorInstance)}`,
      );
      t.true(outcomes.same > RUNS / 10, JSON.stringify(outcomes));
    },
  );
}

testWith("sops")("sops reads a comment that unset moved into another mapping", async (t) => {
  const encryption = { recipients: [pair.recipient], selection: null, macOnlyEncrypted: false };
  const text = "a: # of a\n  # note\n  c: 2\nz: 3\n";
  const before = await sealed(text, "yaml", encryption, "ours");
  const after = before === null ? null : await unsetValue(before, ["a", "c"]);
  const plain = runTool("sops", ["decrypt", save(after ?? "", "yaml")], { env });
  t.regex(plain, /# of a$[^]*^# note$/m);
  t.notRegex(plain, /ENC\[/);
});
