import test from "ava";
import { Lexer, parseAllDocuments } from "yaml";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { type Data, NumberText } from "../../sops/data/data-tree.ts";
import { readData } from "../../sops/data/read-data.ts";
import { decryptFile, openLeaves } from "../../sops/decrypt.ts";
import { verifyMac, type OpenedLeaf } from "../../sops/open.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import type { Format } from "../../sops/format.ts";
import { effectiveSelection } from "../../sops/metadata/metadata.ts";
import { rewrap } from "../../sops/rewrap.ts";
import { DEFAULT_SELECTION, SELECTION_OPTIONS } from "../../sops/selection/selection-option.ts";
import { plaintextBytes, readSopsFile } from "../../sops/sops-file.ts";
import { additionalData } from "../../sops/token.ts";
import { vectorKeyPair } from "../fixtures/vector-identity.ts";
import { allVectors, openVector } from "./vector-files.ts";

const VECTORS = allVectors();
const TOKEN = /ENC\[AES256_GCM,data:[^\]]*\]/g;

test("there are vectors enough, of every format, option and version", (t) => {
  t.true(VECTORS.length >= 120, String(VECTORS.length));
  const formats = new Map<Format, number>();
  for (const { format } of VECTORS) formats.set(format, (formats.get(format) ?? 0) + 1);
  for (const format of ["yaml", "json", "dotenv", "ini", "binary"] as const) {
    t.true((formats.get(format) ?? 0) >= 15, format);
  }
  for (const option of SELECTION_OPTIONS) {
    t.true(VECTORS.filter(({ about }) => about.selection?.option === option).length >= 4, option);
  }
  for (const version of ["3.13.3", "3.8.1"]) {
    t.true(VECTORS.filter(({ name }) => name.startsWith(`${version}/`)).length >= 60, version);
  }
});

for (const vector of VECTORS) {
  const { name, about, format, encrypted, plain } = vector;
  test(`${name}: ${about.what}`, async (t) => {
    t.is(format, about.format);
    const { file, metadata, dataKey } = await openVector(vector, encrypted);
    const text = encrypted.toString("utf8");

    // Its block says what the case says, and each recipient opens it.
    const pairs = await Promise.all(about.recipients.map(vectorKeyPair));
    t.deepEqual(
      metadata.age.map(({ recipient }) => recipient),
      pairs.map(({ recipient }) => recipient),
    );
    t.deepEqual(effectiveSelection(metadata), about.selection ?? DEFAULT_SELECTION);
    // In a binary file, sops does not heed it.
    t.is(metadata.macOnlyEncrypted, about.macOnlyEncrypted && format !== "binary");
    for (const pair of pairs) {
      t.deepEqual(await unwrapDataKey(metadata, [pair]), dataKey);
    }

    // Every token opens, nothing else is selected, and the MAC holds.
    const opened = openLeaves(file, metadata, dataKey, "refuse");
    verifyMac(opened, metadata, dataKey);
    const tokens = opened.flatMap(({ token }) => token ?? []);
    const macs = text.match(/^\W*(?:sops_)?mac\W*ENC\[/gm)?.length ?? 0;
    t.true(macs > 0);
    t.is(tokens.length, (text.match(TOKEN)?.length ?? 0) - macs);

    // The data are those that real sops gives.
    const decrypted = plaintextBytes(file, decryptFile(file, metadata, dataKey));
    t.deepEqual(dataOf(decrypted, format), dataOf(plain, format));
    if (format === "yaml") {
      t.deepEqual(asGoReads(decrypted), asGoReads(plain));
      t.deepEqual(commentsOf(decrypted), commentsOf(plain));
    }

    // Encrypted again with the same data key: the same values, with the same ciphertext.
    const recipients = metadata.age.map(({ recipient }) => recipient);
    const { selection, macOnlyEncrypted } = metadata;
    const again = await encryptFile(
      readSopsFile(decrypted, format, about.indent ?? null).file,
      { recipients, selection, macOnlyEncrypted },
      { previous: { file, metadata, dataKey } },
    );
    const retyped = opened.filter((one) => format === "json" && isWholeFloat(one));
    t.is(again.unchanged, tokens.length - retyped.length);
    const reopened = await openVector(vector, Buffer.from(again.text, "utf8"));
    const kept = openLeaves(reopened.file, reopened.metadata, dataKey, "refuse");
    verifyMac(kept, reopened.metadata, dataKey);
    t.deepEqual(placed(kept, retyped), placed(opened, retyped));

    // The same recipients again: not a byte changes.
    const rewrapped = await rewrap(
      file,
      metadata,
      recipients,
      () => t.fail("asks for the data key") as never,
    );
    t.is(rewrapped, text);
  });
}

/**
 * JSON has one kind of number: what sops 3.8 called a float because all of them were, or what 1e3
 * was, is an integer when it is read again. Real sops encrypts these anew as well.
 */
function isWholeFloat({ token, value }: OpenedLeaf): boolean {
  if (token === null || value?.type !== "float" || !/^-?\d+$/.test(value.text)) return false;
  return BigInt.asIntN(64, BigInt(value.text)) === BigInt(value.text);
}

/** The tokens in their order with their paths, but for those that may change. */
function placed(opened: readonly OpenedLeaf[], changing: readonly OpenedLeaf[]): string[] {
  const left = new Set(changing.map(({ leaf }) => additionalData(leaf.path)));
  return opened.flatMap(({ leaf, token }) => {
    const path = additionalData(leaf.path);
    // The record of spellings is ours.
    return token === null || left.has(path) ? [] : [`${path} ${token}`];
  });
}

/** The data of a plaintext, read without the engine; in flat formats, its bytes. */
function dataOf(bytes: Buffer, format: Format): unknown {
  const text = bytes.toString("utf8");
  switch (format) {
    case "yaml":
      return parseAllDocuments(text, { intAsBigInt: true, merge: false, logLevel: "silent" }).map(
        (document) => {
          if (document.errors.length > 0) throw document.errors[0];
          return comparable(document.toJS({ mapAsMap: true }) ?? new Map());
        },
      );
    case "json":
      // By its tokens, so that numbers keep their digits. Go escapes what means something in HTML.
      return text
        .replace(/\\u00(3c|3e|26)/g, (escape) => JSON.parse(`"${escape}"`) as string)
        .match(/"(?:[^"\\]|\\.)*"|[^\s"]/g);
    default:
      return bytes.toString("latin1");
  }
}

/** Numbers by what they are, not by how they were written: 1000.0 is 1000. */
function comparable(value: unknown): unknown {
  // sops tags the text "<<", and the yaml package makes a symbol of what is tagged so.
  if (typeof value === "symbol") return "<<";
  if (value instanceof Map) {
    return [...value].map(([key, one]) => [comparable(key), comparable(one)] as const);
  }
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === "bigint") return { number: value.toString() };
  if (typeof value === "number") {
    return { number: Number.isInteger(value) ? BigInt(value).toString() : String(value) };
  }
  return value;
}

/** The same by go-yaml's rules, to which 0o17 and 0b1 are numbers. */
function asGoReads(bytes: Buffer): unknown {
  const plain = (data: Data): unknown => {
    if (data instanceof NumberText) return { number: Number(data.text) + 0 };
    if (data instanceof Map) return [...data].map(([key, one]) => [key, plain(one as Data)]);
    return Array.isArray(data) ? data.map((one) => plain(one as Data)) : data;
  };
  return readData(bytes.toString("utf8"), "yaml").map(plain);
}

/** The comments of a YAML text in their order; sops moves those beside a value in front of it. */
function commentsOf(bytes: Buffer): string[] {
  return [...new Lexer().lex(bytes.toString("utf8"))]
    .filter((token) => token.startsWith("#"))
    .sort();
}
