const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
const END = "-----END AGE ENCRYPTED FILE-----";

/** An age file as text, with a line break at its end. */
export function encodeArmor(file: Uint8Array): string {
  const lines = Buffer.from(file)
    .toString("base64")
    .replace(/.{1,64}/g, "$&\n");
  return `${BEGIN}\n${lines}${END}\n`;
}

/**
 * An age file out of its text: white space around it and CRLF are ignored, all else is strict.
 *
 * @returns null where it is malformed.
 * @see the age specification, C2SP/age.md, "ASCII armor"
 */
export function decodeArmor(text: string): Uint8Array | null {
  const lines = text.trim().replaceAll("\r\n", "\n").split("\n");
  if (lines.shift() !== BEGIN || lines.pop() !== END) return null;
  const last = lines.length - 1;
  const isWhole = lines.every((line, at) =>
    at === last ? line.length > 0 && line.length <= 64 : line.length === 64,
  );
  const encoded = lines.join("");
  const file = Buffer.from(encoded, "base64");
  return isWhole && file.toString("base64") === encoded ? file : null;
}
