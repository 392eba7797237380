/** One recipient's part of an age header: its type and arguments, and the wrapped file key. */
export interface Stanza {
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

/** An age header, and where the payload begins behind it. */
export interface Header {
  readonly stanzas: readonly Stanza[];
  /** What the MAC is computed over: the header up to and with `---`. */
  readonly signed: Uint8Array;
  readonly mac: Uint8Array;
  readonly length: number;
}

const VERSION = "age-encryption.org/v1";
const LINE_CHARACTERS = 64;

/** A header before its MAC, up to and with `---`. */
export function encodeHeader(stanzas: readonly Stanza[]): Buffer {
  const lines = stanzas.map(({ args, body }) => {
    const text = base64(body);
    const whole = text.length - (text.length % LINE_CHARACTERS);
    // A body always ends with a line that is not full, be it an empty one.
    return `-> ${args.join(" ")}\n${text.slice(0, whole).replace(/.{64}/g, "$&\n")}${text.slice(whole)}\n`;
  });
  return Buffer.from(`${VERSION}\n${lines.join("")}---`);
}

/**
 * Reads the header of an age file.
 *
 * @returns null where it is malformed.
 * @see the age specification, C2SP/age.md, "Header"
 */
export function parseHeader(file: Uint8Array): Header | null {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  const line = (): string | null => {
    const end = bytes.indexOf("\n", at);
    if (end === -1) return null;
    const text = bytes.toString("latin1", at, end);
    at = end + 1;
    return /^[\x20-\x7e]*$/.test(text) ? text : null;
  };
  if (line() !== VERSION) return null;
  const stanzas: Stanza[] = [];
  for (;;) {
    const start = at;
    const first = line();
    if (first?.startsWith("--- ") === true) {
      const mac = unbase64(first.slice(4));
      if (mac?.length !== 32 || stanzas.length === 0) return null;
      return { stanzas, signed: bytes.subarray(0, start + 3), mac, length: at };
    }
    const [arrow, ...args] = first?.split(" ") ?? [];
    if (arrow !== "->" || args.length === 0 || args.includes("")) return null;
    let body = "";
    let part: string | null;
    do {
      part = line();
      if (part === null || part.length > LINE_CHARACTERS) return null;
      body += part;
    } while (part.length === LINE_CHARACTERS);
    const decoded = unbase64(body);
    if (decoded === null) return null;
    stanzas.push({ args, body: decoded });
  }
}

/** Base64 without padding. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

/** @returns null where the text is not what {@link base64} makes of some bytes. */
export function unbase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64");
  return base64(bytes) === text ? bytes : null;
}
