import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import test, { type ExecutionContext } from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile, openLeaves } from "../../sops/decrypt.ts";
import { verifyMac } from "../../sops/open.ts";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { openMac } from "../../sops/mac.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import type { StoreFile } from "../../sops/store.ts";
import { isToken } from "../../sops/token.ts";
import { runTool, testWith } from "../real-tools.ts";
import fc, { seedOf } from "../seeded-fast-check.ts";
import { sopsBatch } from "../sops-batch.ts";
import { exoticYaml } from "./exotic-yaml.ts";
import { flowYaml } from "./flow-yaml.ts";
import {
  tidyYamlDocument,
  tidyYamlDocuments,
  yamlDocument,
  yamlDocuments,
} from "./yaml-documents.ts";

/** How many random documents in all, and in one test. */
const RUNS = Number(process.env["FLUX_SOPS_CONFORMANCE_RUNS"] ?? 2000);
const RUNS_OF_ONE = 250;

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-conformance-"));
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
  rmSync(folder, { recursive: true, force: true });
});
const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: pair.identity };

const SELECTIONS: readonly [Encryption, ...Encryption[]] = [
  {
    recipients: [pair.recipient],
    selection: { option: "encrypted_regex", pattern: "^(data|stringData)[0-9]*$" },
    macOnlyEncrypted: true,
  },
  { recipients: [pair.recipient], selection: null, macOnlyEncrypted: false },
  ...(
    [
      ["encrypted_suffix", "1"],
      ["unencrypted_suffix", "2"],
      ["unencrypted_regex", "^other"],
      ["encrypted_comment_regex", "note [0-9]*[13579]$"],
      ["unencrypted_comment_regex", "^ (note|beside) [0-9]*[2468]$"],
    ] as const
  ).map(([option, pattern]) => ({
    recipients: [pair.recipient],
    selection: { option, pattern },
    macOnlyEncrypted: false,
  })),
];

/** Encrypts with the sops program by the rule that stands for an {@link Encryption}. */
function encryptedByProgram(text: string, { selection, macOnlyEncrypted }: Encryption): string {
  const rule = [
    `creation_rules:\n  - age: ${pair.recipient}\n    mac_only_encrypted: ${macOnlyEncrypted}\n`,
    selection === null ? "" : `    ${selection.option}: '${selection.pattern}'\n`,
  ];
  return runTool("sops", ["--config", file(rule.join("")), "encrypt", file(text)], { env });
}

function byComment({ selection }: Encryption): boolean {
  return selection?.option.endsWith("comment_regex") === true;
}

let files = 0;
function file(text: string): string {
  files += 1;
  const path = join(folder, `${files}.yaml`);
  writeFileSync(path, text);
  return path;
}

async function openOurs(text: string) {
  const { file: parsed, metadata } = readSopsFile(Buffer.from(text), "yaml");
  if (metadata === null) throw new Error("no metadata");
  const dataKey = await unwrapDataKey(metadata, [pair]);
  if (dataKey === null) throw new Error("no data key");
  return { file: parsed, metadata, dataKey };
}

type Opened = ReturnType<typeof openLeaves>;

/** What is in a file of leaves, by path: all of it but null, and what of it is encrypted. */
function valuesOf(leaves: Opened) {
  const values = leaves.filter(
    ({ leaf, value }) => leaf.kind === "value" && value !== null && value.type !== "comment",
  );
  return {
    data: values.map(({ leaf, value }) => [leaf.path, value?.text ?? null]),
    encrypted: values.map(({ token, value }) => (token === null ? null : value?.type)),
  };
}

/** Whether each comment is encrypted: sops moves some, and loses some, but never changes that. */
function commentsOf(leaves: Opened): ReadonlyMap<string, boolean> {
  return new Map(
    leaves
      .filter(
        ({ leaf, value }) =>
          leaf.recordsSpelling !== true && (leaf.kind === "comment" || value?.type === "comment"),
      )
      .map(({ value, token }) => [value?.text ?? "", token !== null]),
  );
}

/** A plaintext's values without null; the spelling of those that stay readable is sops's own. */
function dataOf(plaintext: string): unknown {
  return readSopsFile(Buffer.from(plaintext), "yaml")
    .file.leaves.filter(({ kind, value }) => kind === "value" && value !== null)
    .map(({ path, value }) => [path, value?.text ?? null]);
}

/** {@link dataOf} what sops wrote; null where it cannot be read. */
function shownData(plaintext: string): unknown {
  try {
    return dataOf(plaintext);
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}

function withoutComments(text: string): string {
  return text.replace(/^ *#.*\n| +#.*$/gm, "").replace(/\s+/g, " ");
}

/** Lists in lists and complex keys, where go-yaml moves some comments: see known-differences.ts. */
const MOVED_COMMENTS = /^[ -]*(?:-\s+-\s|\?\s)/m;

/** Above an empty item, where go-yaml takes a comment out of the list: see there. */
const ABOVE_EMPTY_ITEM =
  /#.*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( *)-[ \t]*(?:#.*)?(?:\r?\n(?!\1[ \t]+[^\s#])|$)/;

const EMPTY = /\{\s*\}|\[\s*\]/;

/** In a list, and behind a `?` there, sops makes an item of it in its own file: see known-differences.ts. */
const COMMENT_WITHOUT_TEXT = /^[ \t]*#[ \t]*$/m;

type Skipped =
  "refused by sops" | "refused by us" | "unreadable to sops itself" | "misspelled by sops";

/**
 * Everything that is to agree about one document.
 *
 * @returns null where all was compared; else why not.
 */
async function compare(
  t: ExecutionContext,
  text: string,
  encryption: Encryption,
): Promise<Skipped | null> {
  let theirs: string;
  try {
    theirs = await sops.encrypt(text, encryption);
  } catch {
    return "refused by sops";
  }
  let parsed: StoreFile;
  let ours: string;
  try {
    parsed = readSopsFile(Buffer.from(text), "yaml").file;
    ours = (await encryptFile(parsed, encryption)).text;
  } catch (error) {
    if (error instanceof SopsError) return "refused by us";
    throw error;
  }

  // sops verifies our MAC and decrypts ours to the same data.
  const shown = await sops.decrypt(ours);
  if (!isDeepStrictEqual(shownData(shown), dataOf(text))) {
    // It may spell it so that it reads as something else, but then its own file's, too.
    if (!(await canDecrypt(theirs))) return "unreadable to sops itself";
    const own = withoutComments(await sops.decrypt(theirs));
    const isComparable = !EMPTY.test(text) && !COMMENT_WITHOUT_TEXT.test(text);
    if (isComparable && withoutComments(shown) !== own) {
      // A value left readable it has misspelled in its own file, and then misread.
      const again = await sops.decrypt(await sops.encrypt(shown, encryption));
      t.is(withoutComments(again), own, text);
    }
    return "misspelled by sops";
  }
  // Comments too, but for those that sops puts into an empty mapping: see known-differences.ts.
  const isMoved = MOVED_COMMENTS.test(text);
  const isTakenOut = ABOVE_EMPTY_ITEM.test(text);
  if (!byComment(encryption) && !EMPTY.test(text) && !isMoved && !isTakenOut) {
    t.false(shown.includes("ENC[AES256_GCM,"), `${text}\nis to sops:\n${shown}`);
  }

  // The author's bytes come back.
  const our = await openOurs(ours);
  t.is(decryptFile(our.file, our.metadata, our.dataKey), text);

  // We verify sops's MAC, decrypt its file to the same data, and compute the same MAC.
  if (byComment(encryption) && !(await canDecrypt(theirs))) return "unreadable to sops itself";
  let their: Awaited<ReturnType<typeof openOurs>>;
  let theirLeaves: Opened;
  try {
    their = await openOurs(theirs);
    theirLeaves = openLeaves(their.file, their.metadata, their.dataKey, "refuse");
    verifyMac(theirLeaves, their.metadata, their.dataKey);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    // A comment in an empty mapping, or what it cannot read either: see known-differences.ts.
    t.true(EMPTY.test(text) || !(await canDecrypt(theirs)), `${error.message} in:\n${theirs}`);
    return "unreadable to sops itself";
  }
  t.deepEqual(dataOf(decryptFile(their.file, their.metadata, their.dataKey)), dataOf(text));
  const ourLeaves = openLeaves(our.file, our.metadata, our.dataKey, "refuse");
  t.is(macIn(our), macIn(their));

  // Both encrypted the same values and comments.
  t.deepEqual(valuesOf(ourLeaves), valuesOf(theirLeaves));
  const ourComments = commentsOf(ourLeaves);
  const mayBeTaken = new Set(
    parsed.leaves
      .filter(({ endOfFile }) => endOfFile !== undefined)
      .map(({ value }) => value?.text),
  );
  for (const [comment, encrypted] of commentsOf(theirLeaves)) {
    // Put into another mapping than it was encrypted for, sops itself cannot read it: see there.
    if (isToken(comment) || isTakenOut) continue;
    if (isMoved) {
      // Wherever it is to sops, none that it encrypts stays readable.
      t.false(encrypted && ourComments.get(comment) === false, `${comment} in:\n${text}`);
      continue;
    }
    // One that sops leaves readable there may be encrypted: see known-differences.ts.
    if (!encrypted && mayBeTaken.has(comment)) continue;
    t.is(ourComments.get(comment), encrypted, `${comment} in:\n${text}`);
  }
  return null;
}

/** Selected by comment, sops cannot always read its own file: see known-differences.ts. */
async function canDecrypt(text: string): Promise<boolean> {
  try {
    await sops.decrypt(text);
    return true;
  } catch {
    return false;
  }
}

function macIn({ metadata, dataKey }: Awaited<ReturnType<typeof openOurs>>): string | null {
  return metadata.mac === null ? null : openMac(metadata.mac, dataKey, metadata.lastModified);
}

/** Files as people write them, and tidy ones, where a selection by comment is no guess of go-yaml's. */
const KINDS = [
  { what: "documents", any: yamlDocument, tidy: tidyYamlDocument, runs: RUNS * 0.5, least: 0.9 },
  {
    what: "exotic documents",
    any: exoticYaml,
    tidy: tidyYamlDocument,
    runs: RUNS * 0.25,
    least: 0.45,
  },
  {
    what: "documents in brackets",
    any: flowYaml,
    tidy: tidyYamlDocument,
    runs: RUNS / 8,
    least: 0.8,
  },
  {
    what: "files of several documents",
    any: yamlDocuments,
    tidy: tidyYamlDocuments,
    runs: RUNS / 4,
    least: 0.5,
  },
];

/** No -0.0, for whose files sops computes another MAC than it verifies. */
for (const { what, any, tidy, runs: all, least } of KINDS) {
  for (let first = 0; first < all; first += RUNS_OF_ONE) {
    const runs = Math.min(RUNS_OF_ONE, Math.ceil(all) - first);
    testWith("sops-batch")(
      `random ${what} ${first + 1} to ${first + runs}: sops reads ours, we read sops's, both encrypt the same`,
      async (t) => {
        const outcomes: Record<string, number> = {};
        const property = fc.asyncProperty(
          fc
            .constantFrom(...SELECTIONS)
            .chain((encryption) =>
              fc.tuple(byComment(encryption) ? tidy() : any(), fc.constant(encryption)),
            ),
          async ([text, encryption]) => {
            const outcome = (await compare(t, text, encryption)) ?? "compared";
            outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
          },
        );
        const details = await fc.check(property, { numRuns: runs, ...seedOf(first) });
        t.log(`seed ${details.seed}: ${JSON.stringify(outcomes)}`);
        t.false(details.failed, fc.defaultReportMessage(details));
        t.true((outcomes["compared"] ?? 0) > runs * least, JSON.stringify(outcomes));
      },
    );
  }
}

/** A text without what is random in it: values of tokens, the data key, the time. */
function masked(text: string): string {
  return text
    .replace(/,data:[^,\]]*,iv:[^,\]]*,tag:[^,\]]*/g, "")
    .replace(/-----BEGIN[^]*?-----END/g, "")
    .replace(/lastmodified: .*/g, "");
}

testWith("sops", "sops-batch")("sops-batch does what the sops program does", async (t) => {
  const outcome = async (run: () => string | Promise<string>) => {
    try {
      return await run();
    } catch {
      return null;
    }
  };
  let encrypted = 0;
  for (const [index, text] of fc.sample(exoticYaml(), { numRuns: 28, ...seedOf(0) }).entries()) {
    const encryption = SELECTIONS[index % SELECTIONS.length] ?? SELECTIONS[0];
    const batch = await outcome(() => sops.encrypt(text, encryption));
    const program = await outcome(() => encryptedByProgram(text, encryption));
    t.is(batch === null, program === null, text);
    if (batch === null || program === null) continue;
    encrypted += 1;
    t.is(masked(batch), masked(program), text);
    t.is(
      await outcome(() => sops.decrypt(program)),
      await outcome(() => runTool("sops", ["decrypt", file(program)], { env })),
      text,
    );
  }
  t.true(encrypted > 14, String(encrypted));
});

/** How often each value is readable, with its path: a path is that of all items of a list. */
function readableValues(leaves: Opened): ReadonlyMap<string, number> {
  const { data, encrypted } = valuesOf(leaves);
  const readable = data.filter((_, at) => encrypted[at] === null).map((value) => String(value));
  return new Map(readable.map((one) => [one, readable.filter((other) => other === one).length]));
}

/** What of two encrypted files is readable in the first alone. */
function onlyReadableIn(ours: Opened, theirs: Opened): string[] {
  const theirComments = commentsOf(theirs);
  const comments = [...commentsOf(ours)].filter(
    ([comment, encrypted]) => !encrypted && theirComments.get(comment) === true,
  );
  const [our, their] = [readableValues(ours), readableValues(theirs)];
  // sops makes null of some texts where they stay readable.
  const known = new Set(valuesOf(theirs).data.map(String));
  const values = [...our].filter(
    ([value, count]) => known.has(value) && count > (their.get(value) ?? 0),
  );
  return [...comments, ...values].map(([what]) => what);
}

/** Between brackets, nearly all comments are refused that select. */
const SELECTED_BY_COMMENT = KINDS.filter(({ any }) => any !== flowYaml);

for (const { what, any, runs: all } of SELECTED_BY_COMMENT) {
  const runs = Math.max(20, Math.ceil(all / 10));
  testWith("sops-batch")(
    `${runs} random ${what}, selected by comment: nothing that sops encrypts stays readable`,
    async (t) => {
      let compared = 0;
      const property = fc.asyncProperty(
        any(),
        fc.constantFrom(...SELECTIONS.filter(byComment)),
        async (text, encryption) => {
          let ours: string;
          let theirs: Awaited<ReturnType<typeof openOurs>>;
          try {
            const { file: parsed } = readSopsFile(Buffer.from(text), "yaml");
            ours = (await encryptFile(parsed, encryption)).text;
            const encrypted = await sops.encrypt(text, encryption).catch(() => null);
            if (encrypted === null) return;
            theirs = await openOurs(encrypted);
          } catch (error) {
            if (error instanceof SopsError) return;
            throw error;
          }
          const [our, their] = [await openOurs(ours), theirs].map((one) =>
            openLeaves(one.file, one.metadata, one.dataKey, "accept"),
          );
          t.deepEqual(onlyReadableIn(our ?? [], their ?? []), [], text);
          compared += 1;
        },
      );
      const details = await fc.check(property, { numRuns: runs, ...seedOf(0) });
      t.log(`seed ${details.seed}: ${compared} compared`);
      t.false(
        details.failed,
        `${fc.defaultReportMessage(details)} ${String(details.errorInstance)}`,
      );
      t.true(compared > runs / 4, `${compared}`);
    },
  );
}

testWith("sops-batch")("what sops wrote: a comment that selects, beside a dash", async (t) => {
  const selection = { option: "unencrypted_comment_regex", pattern: "plain" } as const;
  const text = "a:\n  - - ? # plain\n        b\n      : x\n    - y\n";
  const theirs = await sops.encrypt(text, { ...SELECTIONS[0], selection });
  t.regex(theirs, /- # plain\n +- b: x\n +- ENC/);
  const { file: parsed, metadata, dataKey } = await openOurs(theirs);
  t.regex(decryptFile(parsed, metadata, dataKey), /- # plain\n +- b: x\n +- "y"/);
});

testWith("sops-batch")(
  "what sops wrote: a comment that it displaced is readable to it once the file was edited",
  async (t) => {
    const encryption = { ...SELECTIONS[0], selection: null };
    const theirs = await sops.encrypt("a:\n  b: {c: []}\n# note", encryption);
    t.regex(await sops.decrypt(theirs), /#ENC\[/);
    const previous = await openOurs(theirs);
    const plaintext = decryptFile(previous.file, previous.metadata, previous.dataKey);
    const typed = readSopsFile(Buffer.from(`z: new\n${plaintext}`), "yaml").file;
    const { text } = await encryptFile(typed, encryption, { previous });
    t.regex(await sops.decrypt(text), /^z: new\n[^]*^ +# note$/m);
  },
);

testWith("sops")("comments: real sops decrypts every comment that we encrypted", async (t) => {
  const text = [
    "# top",
    "kind: Secret",
    "stringData:",
    "  # before a",
    "  a: x # beside a",
    "",
    "  # before b",
    "  b: |",
    "    text",
    "  # before list",
    "  list:",
    "    # before item",
    "    - y # beside item",
    "    # last in list",
    "  # last in map",
    "metadata:",
    "  name: db",
    "",
  ].join("\n");
  const { file: parsed } = readSopsFile(Buffer.from(text), "yaml");
  const ours = await encryptFile(parsed, SELECTIONS[0]);
  const back = runTool("sops", ["decrypt", file(ours.text)], { env });
  t.false(back.includes("ENC["), back);
  for (const comment of text.match(/# .*/g) ?? []) t.true(back.includes(comment), comment);
});

testWith("sops")(
  "what sops wrote: comments in lists, multi-line values, several documents",
  async (t) => {
    const text =
      "stringData:\n  # note\n  a: |\n    one\n    two\n  l:\n    # hidden\n    - x\n---\nstringData:\n  b: '123'\n";
    const theirs = runTool(
      "sops",
      ["encrypt", "--age", pair.recipient, "--encrypted-regex", "^stringData$", file(text)],
      { env },
    );
    const { file: parsed, metadata, dataKey } = await openOurs(theirs);
    t.is(
      decryptFile(parsed, metadata, dataKey),
      'stringData:\n    #  note\n    a: |\n        one\n        two\n    l:\n        #  hidden\n        - x\n---\nstringData:\n    b: "123"\n'.replaceAll(
        "#  ",
        "# ",
      ),
    );
  },
);
