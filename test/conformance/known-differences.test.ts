import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import test from "ava";
import { plaintextIn } from "../../cli/file/conversion.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { readValue } from "../../sops/data/read-data.ts";
import { decrypted } from "../../sops/decrypt.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { setValue, unsetValue, type Sealed } from "../../sops/set.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { parseTreePath, type TreePath } from "../../sops/data/tree-path.ts";
import { runTool, testWith } from "../real-tools.ts";
import { KNOWN_DIFFERENCES, type Example } from "./known-differences.ts";

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-differences-"));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});
const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: pair.identity };

let files = 0;
function save(content: string | Buffer): string {
  files += 1;
  const path = join(folder, String(files));
  writeFileSync(path, content);
  return path;
}

/** A step of an example that failed. */
class Failed extends Error {
  readonly outcome: "refused" | "unreadable";

  constructor(outcome: "refused" | "unreadable") {
    super(outcome);
    this.outcome = outcome;
  }
}

/** Runs sops, which is to fail in the example or not at all. */
function sops(outcome: "refused" | "unreadable", ...args: string[]): string {
  try {
    return runTool("sops", args, { env });
  } catch {
    throw new Failed(outcome);
  }
}

function encryptedBySops(example: Example) {
  const { text, format = "yaml", selection, macOnlyEncrypted, encryptedAs = format } = example;
  const by = selection === undefined ? "" : `    ${selection.option}: '${selection.pattern}'\n`;
  const mac = macOnlyEncrypted === true ? "    mac_only_encrypted: true\n" : "";
  const rule = save(`creation_rules:\n  - age: ${pair.recipient}\n${mac}${by}`);
  const types = ["--input-type", format, "--output-type", encryptedAs];
  return sops("refused", "--config", rule, "encrypt", ...types, save(text));
}

function decryptedBySops(encrypted: string, { format = "yaml", ...more }: Example): string {
  const { encryptedAs = format, to = encryptedAs } = more;
  const types = ["--input-type", encryptedAs, "--output-type", to];
  return sops("unreadable", "decrypt", ...types, save(encrypted));
}

/** sops signs by the second. */
async function nextSecond(): Promise<void> {
  await setTimeout(1000 - (Date.now() % 1000));
}

async function throughSops(example: Example): Promise<string> {
  const { format = "yaml", change, set, unset, shows } = example;
  const before = encryptedBySops(example);
  const path = save(change === undefined ? before : change(before));
  const types = ["--input-type", format, "--output-type", format];
  if (shows === "change") await nextSecond();
  if (set !== undefined) sops("refused", "set", ...types, path, ...set);
  if (unset !== undefined) sops("refused", "unset", ...types, path, unset);
  const after = readFileSync(path, "utf8");
  if (shows === "change") return after === before ? "none" : "changed";
  return shows === "ciphertext" ? after : decryptedBySops(after, example);
}

async function encryptedByUs(example: Example) {
  const { text, format = "yaml", selection = null, macOnlyEncrypted = false } = example;
  const rule = { recipients: [pair.recipient], selection, macOnlyEncrypted };
  return (await encryptFile(readSopsFile(Buffer.from(text), format).file, rule)).text;
}

async function opened(text: string, format: Format): Promise<Sealed> {
  const { file, metadata } = readSopsFile(Buffer.from(text), format);
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair.identity]);
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
  const before = encryptedBy === "sops" ? encryptedBySops(example) : await encryptedByUs(example);
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
    testWith("sops")(`still differs: ${what}: ${by}${text}`, async (t) => {
      const theirs = await outcome(() => throughSops(example));
      const ours = await outcome(() => throughUs(example));
      t.not(theirs, ours);
      if (example.sops instanceof RegExp) t.regex(theirs, example.sops);
      else t.is(theirs, example.sops);
      if (example.ours instanceof RegExp) t.regex(ours, example.ours);
      else t.is(ours, example.ours === "same" ? example.text.toString() : example.ours);
      if (example.sopsReads === undefined) return;
      t.regex(decryptedBySops(await encryptedByUs(example), example), example.sopsReads);
    });
  }
}
