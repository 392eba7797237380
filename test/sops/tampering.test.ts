import { inspect } from "node:util";
import test, { type ExecutionContext } from "ava";
import { decryptFile, openLeaves } from "../../sops/decrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import fc from "../seeded-fast-check.ts";
import { openVector, readVector, type Vector } from "./vector-files.ts";

/** Files that real sops wrote, some of each format. */
const VECTORS = [
  "3.13.3/yaml-secret",
  "3.13.3/yaml-secret-mac-only",
  "3.13.3/yaml-secrets",
  "3.13.3/yaml-nested",
  "3.13.3/yaml-integers",
  "3.8.1/yaml-secret-whole",
  "3.13.3/json-types",
  "3.13.3/json-encrypted-suffix-mac-only",
  "3.8.1/json-encrypted-regex",
  "3.13.3/dotenv-values",
  "3.8.1/dotenv-encrypted-regex",
  "3.13.3/ini-values",
  "3.13.3/ini-encrypted-regex-mac-only",
  "3.8.1/ini-sections",
  "3.13.3/binary-text",
  "3.8.1/binary-long",
].map(readVector);

const TOKEN = /ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:([a-z]+)\]/g;

/** A line with one entry and its token, as sops writes it in every format. */
const ENTRY = /^(\s*(?:- )?)("?)([^\s"#:=-][^":=]*?)(\2\s*[:=]\s*"?)ENC\[/;

interface Place {
  readonly start: number;
  readonly end: number;
  readonly token: string;
}

interface Opened extends Vector {
  readonly text: string;
  /** Of values; comments and the MAC are left out. */
  readonly tokens: readonly Place[];
  readonly mac: Place;
  /** Line numbers of entries with a token. */
  readonly entries: readonly number[];
  readonly lines: readonly string[];
  readonly secrets: readonly string[];
  readonly dataKey: Uint8Array;
  /** The plaintext of a token. */
  readonly plaintext: ReadonlyMap<string, string>;
}

async function open(vector: Vector): Promise<Opened> {
  const text = vector.encrypted.toString("utf8");
  const { file, metadata, dataKey } = await openVector(vector, vector.encrypted);
  const plaintext = new Map<string, string>();
  for (const { token, value } of openLeaves(file, metadata, dataKey, "refuse")) {
    if (token === null || value === null) continue;
    // To sops, a binary file is a text.
    plaintext.set(token.replace(/type:bytes\]$/, "type:str]"), value.text);
  }
  const places = [...text.matchAll(TOKEN)].map(({ index, 0: token }) => ({
    start: index,
    end: index + token.length,
    token,
  }));
  const mac = places.find(({ token }) => token === metadata.mac);
  if (mac === undefined) throw new Error("no MAC");
  const lines = text.split("\n");
  return {
    ...vector,
    text,
    tokens: places.filter(({ token }) => plaintext.has(token) && !token.endsWith("type:comment]")),
    mac,
    entries: [...lines.keys()].filter((index) => {
      const line = lines[index] ?? "";
      return ENTRY.test(line) && plaintext.has(line.match(TOKEN)?.[0] ?? "");
    }),
    lines,
    secrets: [...plaintext.values()].filter((one) => one.length >= 4),
    dataKey,
    plaintext,
  };
}

/** The file is refused, with an error that says nothing of its plaintext or its key. */
function refused(t: ExecutionContext, vector: Opened, changed: string, what: string): void {
  if (changed === vector.text) throw new Error(`${what}: nothing was changed`);
  let error: unknown;
  let plain: string | null = null;
  try {
    const { file, metadata } = readSopsFile(Buffer.from(changed, "utf8"), vector.format);
    plain = metadata === null ? null : decryptFile(file, metadata, vector.dataKey);
    if (metadata === null) error = new SopsError("no-metadata", "no metadata");
  } catch (caught) {
    error = caught;
  }
  if (plain !== null) throw new Error(`${what}: was accepted\n${changed}`);
  if (!(error instanceof SopsError)) throw new Error(`${what}: no SopsError`, { cause: error });
  const shown = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}`;
  const told = [
    ...vector.secrets,
    Buffer.from(vector.dataKey).toString("hex"),
    Buffer.from(vector.dataKey).toString("base64"),
  ].find((secret) => shown.includes(secret));
  if (told !== undefined) throw new Error(`${what}: the error tells ${told}`);
  t.pass();
}

/** A token with one byte of a part changed. */
function flipped(token: string, part: 1 | 2 | 3, at: number, mask: number): string {
  const match = new RegExp(TOKEN.source).exec(token);
  const old = match?.[part];
  if (old === undefined) throw new Error("no token");
  const bytes = Buffer.from(old, "base64");
  const index = at % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(index) ^ mask, index);
  // The data may stand in the token twice only by chance of one in 2^128.
  return token.replace(old, bytes.toString("base64"));
}

function replaced(text: string, { start, end }: Place, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

const mask = fc.integer({ min: 1, max: 255 });
const part = fc.constantFrom<1 | 2 | 3>(1, 2, 3);

let withEntries = 0;
for (const vector of await Promise.all(VECTORS.map(open))) {
  const { name, format, text, tokens, mac, entries, lines, plaintext } = vector;
  const token = fc.constantFrom(...tokens);
  const check = (property: fc.IProperty<unknown> | fc.IRawProperty<unknown>, numRuns: number) =>
    fc.assert(property as fc.IProperty<unknown>, { numRuns });

  test(`${name}: a changed byte in the data, IV or tag of a value is refused`, (t) => {
    check(
      fc.property(token, part, fc.nat(), mask, (place, which, at, bits) => {
        refused(t, vector, replaced(text, place, flipped(place.token, which, at, bits)), "flip");
      }),
      60,
    );
  });

  test(`${name}: a changed byte of the MAC, another MAC and none are refused`, (t) => {
    check(
      fc.property(part, fc.nat(), mask, (which, at, bits) => {
        refused(t, vector, replaced(text, mac, flipped(mac.token, which, at, bits)), "MAC");
      }),
      40,
    );
    for (const { token: other } of tokens.slice(0, 3)) {
      refused(t, vector, replaced(text, mac, other), "another MAC");
    }
    refused(t, vector, replaced(text, mac, ""), "no MAC");
  });

  test(`${name}: another time in lastmodified is refused`, (t) => {
    const [whole = "", before = "", time = ""] =
      /(lastmodified"?\s*[:=]\s*"?)(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/.exec(text) ?? [];
    t.truthy(time);
    const digits = [...time].flatMap((character, index) => (/\d/.test(character) ? [index] : []));
    check(
      fc.property(fc.constantFrom(...digits), fc.integer({ min: 1, max: 9 }), (index, more) => {
        const digit = (Number(time[index]) + more) % 10;
        const other = time.slice(0, index) + String(digit) + time.slice(index + 1);
        refused(
          t,
          vector,
          text.replace(whole, () => before + other),
          "lastmodified",
        );
      }),
      30,
    );
  });

  test(`${name}: another selection in the block is refused`, (t) => {
    if (format === "binary") {
      // It has no keys to select by; the block's selection means nothing.
      t.pass();
      return;
    }
    const option = /((?:un)?encrypted_(?:regex|suffix)"?\s*[:=]\s*"?)([^\s",]+)/.exec(text);
    const [whole = "", before = "", pattern = ""] = option ?? [];
    t.truthy(pattern);
    // What encrypts only what it names, or all but that, names something else.
    const readable = /^unencrypted/.test(before) ? "" : "zzz";
    if (readable !== "") {
      refused(
        t,
        vector,
        text.replace(whole, () => before + readable),
        "selection",
      );
    }
    const inverse = before.startsWith("un") ? before.slice(2) : `un${before}`;
    refused(
      t,
      vector,
      text.replace(whole, () => inverse + pattern),
      "inverse selection",
    );
    const toggled = text.includes("mac_only_encrypted")
      ? text.replace(/(mac_only_encrypted"?\s*[:=]\s*)true/, "$1false")
      : text.replace(whole, (all) => all.replace(before, () => onlyEncrypted(before) + before));
    refused(t, vector, toggled, "mac_only_encrypted");
  });

  test(`${name}: swapped, copied and readable values are refused`, (t) => {
    check(
      fc.property(token, token, (one, other) => {
        const [first, second] = one.start < other.start ? [one, other] : [other, one];
        fc.pre(plaintext.get(first.token) !== plaintext.get(second.token));
        const swapped = replaced(replaced(text, second, first.token), first, second.token);
        refused(t, vector, swapped, "swapped");
        refused(t, vector, replaced(text, first, second.token), "copied");
      }),
      // A file of one value has nothing to swap.
      new Set(tokens.map((place) => plaintext.get(place.token))).size > 1 ? 40 : 0,
    );
    check(
      fc.property(token, fc.constantFrom("hunter2", "ENC[hunter2]", "1"), (place, plain) => {
        refused(t, vector, replaced(text, place, plain), "readable");
        refused(t, vector, replaced(text, place, `${place.token} ${plain}`), "text behind");
        refused(t, vector, replaced(text, place, `${plain}${place.token}`), "text before");
      }),
      20,
    );
  });

  test(`${name}: a renamed key is refused`, (t) => {
    if (entries.length === 0) throw new Error("no entries");
    check(
      fc.property(fc.constantFrom(...entries), fc.constantFrom("x", "X9"), (index, suffix) => {
        const line = lines[index] ?? "";
        const renamed = line.replace(ENTRY, (all, indent, quote, key, colon) =>
          all.replace(
            `${indent}${quote}${key}${colon}`,
            () => `${indent}${quote}${key}${suffix}${colon}`,
          ),
        );
        refused(t, vector, lines.with(index, renamed).join("\n"), "renamed");
      }),
      30,
    );
  });

  // Lines that stand alone: no items of lists; in JSON, each but the last of an object.
  const whole = entries.filter((index) => {
    const line = lines[index] ?? "";
    return !/^\s*- /.test(line) && (format !== "json" || line.endsWith(","));
  });
  if (whole.length < 2) continue;
  withEntries += 1;
  test(`${name}: moved, dropped and doubled entries are refused`, (t) => {
    const entry = fc.constantFrom(...whole);
    const content = (index: number) =>
      plaintext.get((lines[index] ?? "").match(TOKEN)?.[0] ?? "") ?? "";
    check(
      fc.property(entry, entry, (from, to) => {
        const without = lines.toSpliced(from, 1);
        refused(t, vector, without.join("\n"), "dropped");
        // Behind the line at `to`, in its column: another place, or another order.
        const column = /^\s*/.exec((lines[to] ?? "").replace("- ", "  "))?.[0] ?? "";
        const moved = without.toSpliced(
          from < to ? to : to + 1,
          0,
          column + (lines[from] ?? "").trimStart(),
        );
        const between = whole.filter(
          (index) => index > Math.min(from, to) && index < Math.max(from, to),
        );
        fc.pre(
          from !== to &&
            from !== to + 1 &&
            between.every((index) => content(index) !== content(from)) &&
            content(from) !== content(to),
        );
        refused(t, vector, moved.join("\n"), "moved");
        // A new name may be one that is readable: then mac_only_encrypted leaves it out.
        if (vector.about.macOnlyEncrypted) return;
        const doubled = (lines[from] ?? "").replace(ENTRY, (all) =>
          all.replace(/[A-Za-z]\w*/, "$&Y"),
        );
        refused(t, vector, lines.toSpliced(from, 0, doubled).join("\n"), "doubled");
      }),
      40,
    );
  });
}

test("entries were moved in files enough", (t) => {
  t.true(withEntries >= 8, String(withEntries));
});

/** A line, or a part of one, that sets mac_only_encrypted before an option written like `before`. */
function onlyEncrypted(before: string): string {
  if (before.includes('"')) return 'mac_only_encrypted": true,\n\t\t"';
  if (before.endsWith("=")) return "mac_only_encrypted=true\nsops_";
  return before.includes("=") ? "mac_only_encrypted = true\n" : "mac_only_encrypted: true\n    ";
}

test("dropped, swapped and doubled documents are refused", async (t) => {
  for (const name of ["3.13.3/yaml-secrets", "3.8.1/yaml-documents", "3.13.3/yaml-documents"]) {
    const vector = await open(readVector(name));
    const documents = vector.text.split(/^---\n/m);
    t.is(documents.length, 3);
    const join = (some: readonly string[]) => some.join("---\n");
    for (const [index, document] of documents.entries()) {
      refused(t, vector, join(documents.toSpliced(index, 1)), `without ${index}`);
      refused(t, vector, join([...documents, document]), `${index} twice`);
    }
    const [a = "", b = "", c = ""] = documents;
    for (const order of [
      [b, a, c],
      [a, c, b],
      [c, a, b],
      [b, c, a],
    ]) {
      refused(t, vector, join(order), "another order");
    }
  }
});

test("a readable value under the MAC is bound to it", async (t) => {
  for (const [name, from, to] of [
    ["3.13.3/yaml-secret", "kind: Secret", "kind: ConfigMap"],
    ["3.13.3/json-encrypted-suffix", '"name": "readable', '"name": "other'],
    ["3.13.3/dotenv-encrypted-suffix", "USER=admin", "USER=root"],
    ["3.13.3/ini-encrypted-suffix", "admin", "root"],
  ] as const) {
    const vector = await open(readVector(name));
    t.true(vector.text.includes(from), name);
    refused(t, vector, vector.text.replace(from, to), name);
  }
});

test("every single byte of every token of one file is bound", async (t) => {
  for (const name of ["3.13.3/yaml-secret", "3.13.3/dotenv-encrypted-regex"]) {
    const vector = await open(readVector(name));
    for (const place of [...vector.tokens, vector.mac]) {
      for (const which of [1, 2, 3] as const) {
        const part = new RegExp(TOKEN.source).exec(place.token)?.[which] ?? "";
        for (let at = 0; at < Buffer.from(part, "base64").length; at += 1) {
          const token = flipped(place.token, which, at, 1);
          refused(t, vector, replaced(vector.text, place, token), `${which} at ${at}`);
        }
      }
    }
  }
});

test("a changed byte of an encrypted comment is refused with its line", async (t) => {
  for (const name of ["3.13.3/yaml-comments", "3.13.3/dotenv-comments", "3.13.3/ini-comments"]) {
    const vector = await open(readVector(name));
    const comments = [...vector.text.matchAll(TOKEN)].filter(({ 0: one }) =>
      one.endsWith("type:comment]"),
    );
    t.true(comments.length >= 1, name);
    for (const { index, 0: token } of comments) {
      for (const which of [1, 2, 3] as const) {
        const place = { start: index, end: index + token.length, token };
        const changed = replaced(vector.text, place, flipped(token, which, 3, 64));
        refused(t, vector, changed, "comment");
        const { file, metadata, dataKey } = await openVector(vector, Buffer.from(changed));
        const error = t.throws(() => decryptFile(file, metadata, dataKey), {
          instanceOf: SopsError,
          code: "tampered",
        });
        t.is(error?.line, vector.text.slice(0, index).split("\n").length);
      }
    }
  }
});

test("only --ignore-mac lets a damaged comment stand, as ciphertext", async (t) => {
  const vector = await open(readVector("3.13.3/yaml-comments"));
  const token = /#(ENC\S*type:comment\])/.exec(vector.text)?.[1] ?? "";
  const changed = flipped(token, 1, 0, 1);
  const text = vector.text.replace(token, changed);
  const { file, metadata, dataKey } = await openVector(vector, Buffer.from(text));
  t.throws(() => decryptFile(file, metadata, dataKey), { code: "tampered" });
  t.true(decryptFile(file, metadata, dataKey, { ignoreMac: true }).includes(changed));
});
