import { SopsError } from "./errors.ts";
import { parseJsonFile } from "./json/document.ts";
import { formatObject, sopsLayout } from "./json/metadata-block.ts";
import { plainMetadata } from "./metadata/metadata.ts";
import { isRecord } from "./metadata/metadata-fields.ts";
import type { Leaf, MetadataAfter, Replacement, StoreFile } from "./store.ts";
import { isToken } from "./token.ts";

/** The one key of an encrypted binary file. */
const DATA_KEY = "data";

/**
 * Reads a file of any content. What is encrypted is a JSON file with the key `data`; everything else
 * is a plaintext of bytes.
 *
 * The bytes are one {@link Leaf} of the type `bytes`, one character a byte. sops calls them `str`,
 * text or not, so tokens change their type on the way in and out: it is not authenticated.
 *
 * @param indent of what is encrypted anew; null for sops's own.
 * @throws SopsError `syntax` for an encrypted file that is damaged.
 */
export function parseBinary(bytes: Uint8Array, indent: number | null): StoreFile {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return readEnvelope(content) ?? new PlainBytes(content, indent);
}

/** The file inside, or null where the content is no encrypted file. */
function readEnvelope(content: Buffer): StoreFile | null {
  if (!/^\s*[{<]/.test(content.toString("latin1", 0, 64)) || !content.includes('"sops"')) {
    return null;
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    const file = parseJsonFile(text);
    return isRecord(file.rawMetadata) ? new Envelope(file) : null;
  } catch (error) {
    // Encrypting a damaged file once more would hide that it is damaged.
    if (!content.includes("ENC[AES256_GCM,data:")) return null;
    if (error instanceof SopsError) throw error;
    throw new SopsError("syntax", "looks encrypted, but is no valid UTF-8 text");
  }
}

class PlainBytes implements StoreFile {
  readonly leaves: readonly [Leaf];
  readonly rawMetadata = null;
  readonly singleValue = true;
  private readonly text: string;
  private readonly indent: number | null;

  constructor(content: Buffer, indent: number | null) {
    this.indent = indent;
    this.text = content.toString("latin1");
    this.leaves = [
      {
        kind: "value",
        path: [DATA_KEY],
        value: { type: "bytes", text: this.text },
        line: 1,
        form: "bare",
        alias: null,
      },
    ];
  }

  splice(replacements: ReadonlyMap<Leaf, Replacement>, metadata: MetadataAfter): string {
    if (metadata === null || metadata === "keep") return this.text;
    const replacement = replacements.get(this.leaves[0]);
    const data = replacement?.kind === "ciphertext" ? asText(replacement.token) : "";
    // As sops: no selection, which means the default one.
    const plain = plainMetadata({ ...metadata, selection: null });
    const empty = formatObject({ [DATA_KEY]: "", sops: plain }, sopsLayout(this.indent), "");
    // A token has nothing to escape, and megabytes that need not be searched for it.
    const at = empty.indexOf('""') + 1;
    return `${empty.slice(0, at)}${data}${empty.slice(at)}\n`;
  }
}

class Envelope implements StoreFile {
  readonly leaves: readonly Leaf[];
  readonly rawMetadata: unknown;
  readonly singleValue = true;
  private readonly file: StoreFile;
  private readonly data: Leaf | null;
  private readonly originals: ReadonlyMap<Leaf, Leaf>;

  constructor(file: StoreFile) {
    this.file = file;
    this.rawMetadata = file.rawMetadata;
    const originals = new Map<Leaf, Leaf>();
    let data: Leaf | null = null;
    this.leaves = file.leaves.map((leaf) => {
      const { path, kind, value } = leaf;
      if (kind !== "value" || path.length !== 1 || path[0] !== DATA_KEY || value?.type !== "str") {
        return leaf;
      }
      const own: Leaf = isToken(value.text)
        ? { ...leaf, value: { type: "str", text: asBytes(value.text) } }
        : leaf;
      originals.set(own, leaf);
      data ??= own;
      return own;
    });
    this.data = data;
    this.originals = originals;
  }

  splice(replacements: ReadonlyMap<Leaf, Replacement>, metadata: MetadataAfter): string {
    if (metadata === null) return this.plaintext(replacements);
    const inner = new Map<Leaf, Replacement>();
    for (const [leaf, replacement] of replacements) {
      const original = this.originals.get(leaf);
      if (original !== undefined && replacement.kind === "ciphertext") {
        inner.set(original, { ...replacement, token: asText(replacement.token) });
      } else inner.set(original ?? leaf, replacement);
    }
    return this.file.splice(inner, metadata);
  }

  private plaintext(replacements: ReadonlyMap<Leaf, Replacement>): string {
    // sops gives the data, and drops the rest where it writes the file.
    const isMore = this.leaves.some((leaf) => leaf.kind === "value" && leaf !== this.data);
    if (this.data !== null && isMore) throw noBinary("holds more than the data of a binary file");
    const replacement = this.data === null ? undefined : replacements.get(this.data);
    const value = replacement?.kind === "plaintext" ? replacement.value : this.data?.value;
    if (value?.type === "bytes") return value.text;
    if (value?.type === "str") return Buffer.from(value.text, "utf8").toString("latin1");
    throw noBinary("holds no data of a binary file");
  }
}

function noBinary(what: string): SopsError {
  return new SopsError(
    "unsupported",
    `${what}: say its format, for example --input-type json --output-type json, or rename it`,
  );
}

function asBytes(token: string): string {
  return token.replace(/type:str\](\n*)$/, "type:bytes]$1");
}

function asText(token: string): string {
  const end = "type:bytes]";
  return token.endsWith(end) ? `${token.slice(0, -end.length)}type:str]` : token;
}
