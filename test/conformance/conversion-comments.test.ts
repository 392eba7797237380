import test, { type ExecutionContext } from "ava";
import { encryptedAs, encryptedIn, plaintextIn } from "../../cli/file/conversion.ts";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decrypted } from "../../sops/decrypt.ts";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Decrypted } from "../../sops/open.ts";
import { parseFile, type Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readData, readDecrypted } from "../../sops/data/read-data.ts";
import type { Selection } from "../../sops/selection/selection-option.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { writeData } from "../../sops/data/write-data.ts";
import { testWith } from "../real-tools.ts";
import fc from "../seeded-fast-check.ts";
import { sopsBatch } from "../sops-batch.ts";

/** How many random files, each decrypted and encrypted into every other format with comments. */
const RUNS = Number(process.env["FLUX_SOPS_CONFORMANCE_RUNS"] ?? 15);

const pair = await generateKeyPair();
const batch = sopsBatch(pair.identity);
test.after.always(() => {
  batch.end();
});

/** What real sops makes of a file, encrypted by a rule or decrypted; null where it refuses it. */
const sops = {
  encrypt: async (text: string, from: Format, to: Format, rule: Encryption) =>
    asText(await batch.encryptFile(Buffer.from(text), from, rule, to)),
  decrypt: async (text: string, from: Format, to: Format) =>
    asText(await batch.decryptFile(Buffer.from(text), from, { to })),
};

function asText(content: Buffer | null): string | null {
  return content === null ? null : content.toString("utf8");
}

const FORMATS = ["yaml", "dotenv", "ini"] as const;
type Commented = (typeof FORMATS)[number];

/** What may be in a comment, and looks like something else. */
const TEXTS = [
  ..."xé#;=: '\"\\[]{}-|>&*!%@`,?\t~",
  ...["a: 1", "a=1", "[s]", "- x", "---", "...", "\\n", "sops_mac=x", "[sops]", "sops:", "$(x)"],
];
const COMMENT = fc
  .tuple(fc.constantFrom("", " "), fc.array(fc.constantFrom(...TEXTS), { maxLength: 4 }))
  .map(
    ([lead, rest]) =>
      (number: number) =>
        `${lead}note${number}.${rest.join("")}`,
  );
const ABOVE = fc.array(
  fc.tuple(COMMENT, fc.constantFrom("", "", "", "\n"), fc.constantFrom("", "", "", "  ")),
  { maxLength: 2 },
);
const ENTRY = fc.record({
  above: ABOVE,
  key: fc.constantFrom("a", "b", "key", "A_B", "x-y", "open"),
  value: fc.constantFrom("x", "1", "two words", "true", "a#b", "", "it's", "l1\nl2", "l1\nl2\n"),
  style: fc.constantFrom("plain", "quoted"),
  beside: fc.option(COMMENT),
});
type Entry = typeof ENTRY extends fc.Arbitrary<infer T> ? T : never;
const entries = (minLength: number) =>
  fc.uniqueArray(ENTRY, { minLength, maxLength: 4, selector: ({ key }) => key });
const SECTION = fc.record({
  above: ABOVE,
  name: fc.constantFrom("s", "t", "open", "DEFAULT"),
  beside: fc.option(COMMENT),
  // Of a comment in an empty section sops makes no YAML.
  entries: entries(1),
  behind: ABOVE,
});
const TREE = fc.oneof(
  fc.record({ entries: entries(0), sections: fc.constant([]), behind: ABOVE }),
  fc.record({
    entries: fc.constant([]),
    sections: fc.uniqueArray(SECTION, { maxLength: 3, selector: ({ name }) => name }),
    behind: ABOVE,
  }),
);
type Tree = typeof TREE extends fc.Arbitrary<infer T> ? T : never;
const SELECTION: fc.Arbitrary<Selection | null> = fc.constantFrom(
  null,
  null,
  { option: "encrypted_regex", pattern: "^(s|a|key)$" } as const,
  { option: "unencrypted_regex", pattern: "^(open|b)$" } as const,
  { option: "encrypted_suffix", pattern: "s" } as const,
  { option: "unencrypted_suffix", pattern: "t" } as const,
);

/** The text of a file, each comment with a number of its own. */
function spelled({ entries, sections, behind }: Tree, format: Commented): string {
  let number = 0;
  const mark = format === "ini" ? ";" : "#";
  const line = (text: (number: number) => string) => `${mark}${text((number += 1))}`;
  const above = (comments: typeof behind, indent: string) =>
    comments
      .map(([text, gap, further]) => {
        return `${indent}${format === "dotenv" ? "" : further}${line(text)}\n${gap}`;
      })
      .join("");
  const entry = (one: Entry, indent: string): string => {
    const before = above(one.above, indent);
    const beside = one.beside === null || format === "dotenv" ? "" : ` ${line(one.beside)}`;
    const { key } = one;
    if (format === "dotenv") return `${before}${key}=${one.value.replaceAll("\n", "\\n")}\n`;
    if (format === "ini") {
      // A `\` at its end takes in the next line; where that is a section's name, a key may stand twice.
      const ended = beside.replace(/\\+$/, "");
      return `${before}${key} = ${one.value.split("\n")[0]}${ended}\n`;
    }
    if (one.value.includes("\n") && one.style === "plain") {
      const [first = "", second = ""] = one.value.split("\n");
      return `${before}${indent}${key}: |${beside}\n${indent}  ${first}\n${indent}  ${second}\n`;
    }
    const value =
      one.style === "quoted" || one.value === "" ? JSON.stringify(one.value) : one.value;
    return `${before}${indent}${key}: ${value}${beside}\n`;
  };
  const inside = format === "yaml" ? "  " : "";
  const text = [
    ...entries.map((one) => entry(one, "")),
    ...sections.map((section) => {
      const before = above(section.above, "");
      // To sops, the last bracket of a line ends the section's name.
      const beside = section.beside === null ? "" : ` ${line(section.beside)}`.replaceAll("]", "");
      const name = format === "yaml" ? `${section.name}:` : `[${section.name}]`;
      const within = section.entries.map((one) => entry(one, inside)).join("");
      const end = above(section.behind, inside);
      return `${before}${name}${beside}\n${within}${end}`;
    }),
  ];
  return text.join("") + above(behind, "");
}

interface Outcome {
  compared: number;
  comments: number;
  /** Files with more comments than sops writes. */
  more: number;
  readable: number;
  refusedBySops: number;
  refusedByUs: number;
}

function numbersIn(text: string): string[] {
  return [...text.matchAll(/note(\d+)\./g)].map(([, number = ""]) => number);
}

/** The comments of a plaintext with their mappings, as the format's own store reads them. */
function commentsIn(text: string, format: Format): string[] {
  return parseFile(text, format, null)
    .leaves.filter(({ kind, recordsSpelling }) => kind === "comment" && recordsSpelling !== true)
    .flatMap(({ path, value }) => {
      const lines = (value?.text ?? "").split("\n");
      return lines.flatMap((line) => numbersIn(line).map((one) => `${path.join(":")}:${one}`));
    });
}

/** What we do; null where the format cannot hold it. */
async function held<T>(work: () => T | Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SopsError && ["cannot-hold", "unsupported"].includes(error.code))
      return null;
    throw error;
  }
}

async function opened(text: string, format: Format) {
  const { file, metadata } = readSopsFile(Buffer.from(text), format);
  const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [pair]);
  if (metadata === null || dataKey === null) throw new Error("no data key");
  return { dataKey, plaintext: decrypted(file, metadata, dataKey) };
}

/** A `\n` in a text, as where a comment stands in a block: in dotenv it reads as a line break, and sops writes it. */
function holdsBreakMark({ leaves }: Decrypted): boolean {
  return leaves.some(({ leaf, value }) => leaf.kind === "value" && value?.text.includes("\\n"));
}

function compareComments(
  t: ExecutionContext,
  texts: { readonly own: string; readonly theirs: string; readonly bare: string },
  [from, to]: readonly [Commented, Commented],
  about: string,
  outcome: Outcome,
): void {
  const { own, theirs, bare } = texts;
  const inData = numbersIn(bare);
  const isComment = (one: string) => !inData.includes(one);
  const ours = commentsIn(own, to);
  t.is(numbersIn(own).length, ours.length + inData.length, about);
  const sopss = numbersIn(theirs).filter(isComment);
  if (from !== "ini" && to !== "ini") {
    t.is(own.replace(/^[^#].*\n/gm, ""), theirs.replace(/^[^#].*\n/gm, ""), about);
    t.deepEqual(numbersIn(own).filter(isComment), sopss, about);
  }
  t.deepEqual(
    sopss.filter((one) => !numbersIn(own).includes(one)),
    [],
    about,
  );
  outcome.compared += 1;
  outcome.comments += ours.length;
  outcome.more += Number(ours.length > sopss.length);
}

async function compare(
  t: ExecutionContext,
  tree: Tree,
  selection: Selection | null,
  outcome: Outcome,
): Promise<void> {
  const rule = { recipients: [pair.recipient], selection, macOnlyEncrypted: false };
  for (const from of FORMATS) {
    if (from === "dotenv" && tree.sections.length > 0) continue;
    // Of nothing, sops makes an empty section.
    if (from === "ini" && tree.entries.length + tree.sections.length === 0) continue;
    const text = spelled(tree, from);
    const same = await sops.encrypt(text, from, from, rule);
    if (same === null) continue;
    for (const to of FORMATS) {
      if (to === from) continue;
      const about = `${from} to ${to}, ${JSON.stringify(selection)}:\n${text}`;
      const conversion = { from, to, indent: null };

      const theirs = await sops.decrypt(same, from, to);
      const { plaintext, dataKey } = await opened(same, from);
      const own = await held(() => plaintextIn(plaintext, conversion).toString());
      if (theirs === null || own === null) {
        outcome.refusedBySops += Number(theirs === null);
        outcome.refusedByUs += Number(own === null);
        t.is(
          own === null,
          theirs === null || (to === "dotenv" && holdsBreakMark(plaintext)),
          about,
        );
        continue;
      }
      const bare = writeData(readDecrypted(plaintext, from), to, null);
      t.deepEqual(readData(own, to), readData(bare, to), about);
      compareComments(
        t,
        { own, theirs, bare },
        [from, to],
        `${about}\nours:\n${own}\nsops:\n${theirs}`,
        outcome,
      );

      const theirSecret = await sops.encrypt(text, from, to, rule);
      const secret = await held(async () => (await encryptedAs(text, conversion, rule)).text);
      // What can be read could be read in its own format, and can where sops has it.
      const kept = await held(() => encryptFile(parseFile(text, from, null), rule));
      if (secret === null && kept === null) {
        outcome.refusedByUs += 1;
        continue;
      }
      if (theirSecret === null || secret === null) {
        outcome.refusedBySops += Number(theirSecret === null);
        outcome.refusedByUs += Number(secret === null);
        t.is(secret === null, theirSecret === null, about);
        continue;
      }
      await checkSecret(t, secret, numbersIn(own), to, about);
      const again = await held(() => encryptedIn(same, conversion, dataKey));
      if (again === null) t.fail(about);
      else await checkSecret(t, again, numbersIn(own), to, about);

      const readable = numbersIn(kept?.text ?? same);
      const lost = numbersIn(theirs).filter((one) => !numbersIn(theirSecret).includes(one));
      for (const one of numbersIn(secret + again)) {
        t.true(readable.includes(one) && !lost.includes(one), `${one}, ${about}\n${secret}`);
        outcome.readable += 1;
      }
    }
  }
}

/** sops decrypts it to the same data and comments. */
async function checkSecret(
  t: ExecutionContext,
  secret: string,
  plain: readonly string[],
  to: Commented,
  about: string,
): Promise<void> {
  const back = await sops.decrypt(secret, to, to);
  if (back === null) {
    t.fail(`sops cannot decrypt it: ${about}\n${secret}`);
    return;
  }
  const own = (await opened(secret, to)).plaintext.text;
  t.notRegex(back, /type:comment\]/, `${about}\n${back}`);
  t.deepEqual(numbersIn(back).sort(), numbersIn(own).sort(), `${about}\n${own}\n${back}`);
  t.deepEqual(readData(back, to), readData(own, to), about);
  // sops had lost some before that, from behind the last key of an INI file.
  t.deepEqual(
    plain.filter((one) => !numbersIn(own).includes(one)),
    [],
    about,
  );
}

testWith("sops-batch")(
  `${RUNS} random files with comments in every other format: where sops has them, encrypted as it does`,
  async (t) => {
    const outcome: Outcome = {
      compared: 0,
      comments: 0,
      more: 0,
      readable: 0,
      refusedBySops: 0,
      refusedByUs: 0,
    };
    const property = fc.asyncProperty(TREE, SELECTION, (tree, selection) =>
      compare(t, tree, selection, outcome),
    );
    const details = await fc.check(property, { numRuns: RUNS });
    t.log(`seed ${details.seed}: ${JSON.stringify(outcome)}`);
    t.false(details.failed, fc.defaultReportMessage(details));
    t.true(outcome.comments > RUNS, JSON.stringify(outcome));
  },
);
