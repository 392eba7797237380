import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { generateKeyPair } from "../../sops/identity.ts";
import type { Selection } from "../../sops/key-selection.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { runTool, testWith } from "../real-tools.ts";
import { KNOWN_DIFFERENCES } from "./known-differences.ts";

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-differences-"));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});
const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: pair.identity };

type Format = "yaml" | "json" | "ini";

let files = 0;
function save(text: string, format: Format): string {
  files += 1;
  const path = join(folder, `${files}.${format}`);
  writeFileSync(path, text);
  return path;
}

/** A text encrypted and decrypted again by real sops; else which of the two it refuses. */
function throughSops(text: string, format: Format, selection: Selection | null): string {
  const rule = `creation_rules:\n  - age: ${pair.recipient}\n`;
  const by = selection === null ? "" : `    ${selection.option}: '${selection.pattern}'\n`;
  let encrypted: string;
  try {
    const args = ["--config", save(rule + by, "yaml"), "encrypt", save(text, format)];
    encrypted = runTool("sops", args, { env });
  } catch {
    return "refused";
  }
  try {
    return runTool("sops", ["decrypt", save(encrypted, format)], { env });
  } catch {
    return "unreadable";
  }
}

/** The same by this engine. */
async function throughOurs(text: string, format: Format, selection: Selection | null) {
  try {
    const recipients = [pair.recipient];
    const rule = { recipients, selection, macOnlyEncrypted: false };
    const encrypted = await encryptFile(readSopsFile(Buffer.from(text), format).file, rule);
    const { file, metadata } = readSopsFile(Buffer.from(encrypted.text), format);
    const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair.identity]);
    if (metadata === null || dataKey === null) throw new Error("no data key");
    return decryptFile(file, metadata, dataKey);
  } catch (error) {
    if (error instanceof SopsError) return "refused";
    throw error;
  }
}

interface Case {
  /** How an entry of the list begins. */
  readonly what: string;
  readonly text: string;
  readonly format?: Format;
  readonly selection?: Selection;
  /** What sops makes of the text. */
  readonly sops: "refused" | "unreadable" | RegExp;
  /** `same`: the text comes back. */
  readonly ours: "refused" | "same";
}

const CASES: readonly Case[] = [
  {
    what: "a float -0.0",
    text: "a_unencrypted: -0.0\nb: x\n",
    sops: "unreadable",
    ours: "same",
  },
  {
    what: "an unencrypted 1.10, 0777, 1e3",
    text: "a_unencrypted: 1.10\nb_unencrypted: 0777\nc_unencrypted: 2001-12-14\n",
    sops: /^a_unencrypted: 1.1\nb_unencrypted: 511\nc_unencrypted: 2001-12-14T00:00:00Z$/m,
    ours: "same",
  },
  {
    what: "a comment at a place where go-yaml loses comments",
    text: "a: [ # note\n  b]\n",
    sops: /^(?!.*note)/s,
    ours: "same",
  },
  { what: "a YAML file of comments alone", text: "# note\n", sops: "refused", ours: "same" },
  {
    what: "`...` twice in a row",
    text: "a: x\n...\n...\n---\nb: x\n",
    sops: /^a: x\n---\nb: x$/m,
    ours: "refused",
  },
  {
    what: "a readable block of text at the end of a file",
    text: "a_unencrypted: |\n  x",
    sops: /^a_unencrypted: x$/m,
    ours: "same",
  },
  {
    what: "encrypted_comment_regex in a list",
    text: "d:\n  # secret\n  # note\n  - a\n",
    selection: { option: "encrypted_comment_regex", pattern: "secret" },
    sops: "unreadable",
    ours: "same",
  },
  {
    what: "YAML that only go-yaml refuses, where a ciphertext",
    text: 'a: "\\ud83d\\ude00"\n',
    sops: "refused",
    ours: "same",
  },
  {
    what: "YAML that go-yaml reads as something else",
    text: "a: x\u2028b: y\n",
    sops: /b: "y"/,
    ours: "refused",
  },
  { what: "tags: `!!int`", text: "a: !!int 1\n", sops: /^a: 1$/m, ours: "refused" },
  {
    what: "an alias of a mapping or list",
    text: "a: &x {b: c}\nd: *x\n",
    sops: /^d:\n +b: c$/m,
    ours: "refused",
  },
  {
    what: "a comment without text in a list",
    text: "d:\n  #\n  - a\n",
    sops: /^ +- ""$/m,
    ours: "refused",
  },
  { what: "`<<` in quotes", text: '"<<": x\na: y\n', sops: "unreadable", ours: "same" },
  {
    what: "a text of several lines in a list",
    text: 'd_unencrypted:\n  - "\\n  x\\ny"\n',
    sops: "unreadable",
    ours: "same",
  },
  {
    what: "selection by comment: a comment at a document's end",
    text: "a: x\n# plain\n---\n# note\n\nb: y\n",
    selection: { option: "unencrypted_comment_regex", pattern: "plain" },
    sops: /^(?!.*plain)a: x\n# note\n---/s,
    ours: "refused",
  },
  {
    what: "a comment right below a `---`",
    text: "\n---\n# note 1\n\ndata: {b: y}\n# note 2\n\nc: z\n",
    selection: { option: "encrypted_regex", pattern: "^data$" },
    sops: /^data:\n +b: "y"\n +# note 2\n# note 1$/m,
    ours: "refused",
  },
  {
    what: "JSON: text behind the top object",
    text: '{"a": "x"} y',
    format: "json",
    sops: /^\{\s+"a": "x"\s+\}\s*$/,
    ours: "refused",
  },
  {
    what: "INI: a key that stands twice",
    text: "[s]\na = x\na = y\n",
    format: "ini",
    sops: /^\[s\]\na = y\n*$/,
    ours: "refused",
  },
  {
    what: "INI: text behind a section's name",
    text: "[s] t\na = x\n",
    format: "ini",
    sops: /^\[s\]\na = x\n*$/,
    ours: "refused",
  },
];

for (const { what, text, format = "yaml", selection = null, sops, ours } of CASES) {
  testWith("sops")(`still differs: ${what}: ${JSON.stringify(text)}`, async (t) => {
    t.is(KNOWN_DIFFERENCES.filter((entry) => entry.what.startsWith(what)).length, 1);
    const theirs = throughSops(text, format, selection);
    if (sops instanceof RegExp) t.regex(theirs, sops);
    else t.is(theirs, sops);
    t.is(await throughOurs(text, format, selection), ours === "same" ? text : ours);
  });
}
