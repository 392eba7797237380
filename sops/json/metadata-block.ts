/** How a block is laid out: on lines of its own, or, with null, on one line. */
export interface BlockLayout {
  readonly indent: string;
  readonly newline: string;
}

/** How sops lays out JSON: by tabs, unless `.sops.yaml` gives a number of spaces. */
export function sopsLayout(indent: number | null): BlockLayout {
  return { indent: indent === null ? "\t" : " ".repeat(indent), newline: "\n" };
}

/**
 * An object as sops itself lays it out.
 *
 * @param indent that of the line which the object begins on.
 */
export function formatObject(
  plain: Readonly<Record<string, unknown>>,
  layout: BlockLayout | null,
  indent: string,
): string {
  return format(plain, layout, indent);
}

function format(value: unknown, layout: BlockLayout | null, indent: string): string {
  const inner = indent + (layout?.indent ?? "");
  const parts = Array.isArray(value)
    ? value.map((item) => format(item, layout, inner))
    : typeof value === "object" && value !== null
      ? Object.entries(value).map(
          // A space on one line too: Flux knows an encrypted file by the bytes `"mac": "ENC[`, and
          // would apply any other as it is (kustomize-controller's internal/decryptor).
          ([key, one]) => `${goString(key)}: ${format(one, layout, inner)}`,
        )
      : null;
  if (parts === null) return typeof value === "string" ? goString(value) : String(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (parts.length === 0 || layout === null) return open + parts.join(",") + close;
  const { newline } = layout;
  return `${open}${newline}${inner}${parts.join(`,${newline}${inner}`)}${newline}${indent}${close}`;
}

/** A string as Go's encoding/json writes it, which is safe inside HTML too. */
function goString(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
