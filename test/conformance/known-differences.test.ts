import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import test from "ava";
import { plaintextIn } from "../../cli/file/conversion.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { readValue } from "../../sops/data/read-data.ts";
import { decrypted } from "../../sops/decrypt.ts";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { setValue, unsetValue, type Sealed } from "../../sops/set.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { parseTreePath, type TreePath } from "../../sops/data/tree-path.ts";
import { runTool, testWith } from "../real-tools.ts";
import { sopsBatch } from "../sops-batch.ts";
import { KNOWN_DIFFERENCES, type Example } from "./known-differences.ts";

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-differences-"));
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;

/** A step of an example that failed. */
class Failed extends Error {
  readonly outcome: "refused" | "unreadable";

  constructor(outcome: "refused" | "unreadable") {
    super(outcome);
    this.outcome = outcome;
  }
}

function ruleOf({ selection, macOnlyEncrypted }: Example): Encryption {
  return {
    recipients: [pair.recipient],
    selection: selection ?? null,
    macOnlyEncrypted: macOnlyEncrypted ?? false,
  };
}

async function encryptedBySops(example: Example): Promise<string> {
  const { text, format = "yaml", encryptedAs = format } = example;
  const encrypted = await sops.encryptFile(Buffer.from(text), format, ruleOf(example), encryptedAs);
  if (encrypted === null) throw new Failed("refused");
  return encrypted.toString();
}

async function decryptedBySops(encrypted: string, example: Example): Promise<string> {
  const { format = "yaml", encryptedAs = format, to = encryptedAs } = example;
  const plain = await sops.decryptFile(Buffer.from(encrypted), encryptedAs, { to });
  if (plain === null) throw new Failed("unreadable");
  return plain.toString();
}

/** `sops set` or `sops unset`: the program itself. */
function changedBySops(before: string, { format = "yaml", set, unset }: Example): string {
  if (set === undefined && unset === undefined) return before;
  files += 1;
  const path = join(folder, String(files));
  writeFileSync(path, before);
  const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: pair.identity };
  const types = ["--input-type", format, "--output-type", format];
  try {
    if (set !== undefined) runTool("sops", ["set", ...types, path, ...set], { env });
    if (unset !== undefined) runTool("sops", ["unset", ...types, path, unset], { env });
  } catch {
    throw new Failed("refused");
  }
  return readFileSync(path, "utf8");
}

/** sops signs by the second. */
async function nextSecond(): Promise<void> {
  await setTimeout(1000 - (Date.now() % 1000));
}

async function throughSops(example: Example): Promise<string> {
  const { change, shows } = example;
  const before = await encryptedBySops(example);
  if (shows === "change") await nextSecond();
  const after = changedBySops(change === undefined ? before : change(before), example);
  if (shows === "change") return after === before ? "none" : "changed";
  return shows === "ciphertext" ? after : decryptedBySops(after, example);
}

async function encryptedByUs(example: Example) {
  const { text, format = "yaml" } = example;
  return (await encryptFile(readSopsFile(Buffer.from(text), format).file, ruleOf(example))).text;
}

async function opened(text: string, format: Format): Promise<Sealed> {
  const { file, metadata } = readSopsFile(Buffer.from(text), format);
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) throw new Error("no data key");
  return { text, file, format, metadata, dataKey, ignoreMac: false };
}

function treePath(path: string): TreePath {
  const parsed = parseTreePath(path);
  if (parsed === null) throw new Error(`no path: ${path}`);
  return parsed;
}

async function throughUs(example: Example): Promise<string> {
  const { format = "yaml", encryptedAs = format, to = encryptedAs } = example;
  const { encryptedBy, change, set, unset, shows } = example;
  const before = await (encryptedBy === "sops" ? encryptedBySops(example) : encryptedByUs(example));
  let after = change === undefined ? before : change(before);
  if (set !== undefined) {
    const [path, value] = set;
    after = await setValue(await opened(after, format), treePath(path), readValue(value));
  }
  if (unset !== undefined) {
    after = (await unsetValue(await opened(after, format), treePath(unset))) ?? after;
  }
  if (shows === "change") return after === before ? "none" : "changed";
  if (shows === "ciphertext") return after;
  const { file, metadata, dataKey } = await opened(after, encryptedAs);
  return plaintextIn(decrypted(file, metadata, dataKey), {
    from: encryptedAs,
    to,
    indent: null,
  }).toString("utf8");
}

/** What came of an example, or where it ended. */
async function outcome(through: () => Promise<string>): Promise<string> {
  try {
    return await through();
  } catch (error) {
    if (error instanceof Failed) return error.outcome;
    if (error instanceof SopsError) return "refused";
    throw error;
  }
}

for (const { what, examples } of KNOWN_DIFFERENCES) {
  for (const example of examples) {
    const text = JSON.stringify(example.text.toString("latin1").slice(0, 60));
    const by = example.selection === undefined ? "" : `${example.selection.option} `;
    testWith("sops", "sops-batch")(`still differs: ${what}: ${by}${text}`, async (t) => {
      const theirs = await outcome(() => throughSops(example));
      const ours = await outcome(() => throughUs(example));
      t.not(theirs, ours);
      if (example.sops instanceof RegExp) t.regex(theirs, example.sops);
      else t.is(theirs, example.sops);
      if (example.ours instanceof RegExp) t.regex(ours, example.ours);
      else t.is(ours, example.ours === "same" ? example.text.toString() : example.ours);
      if (example.sopsReads === undefined) return;
      t.regex(await decryptedBySops(await encryptedByUs(example), example), example.sopsReads);
    });
  }
}
