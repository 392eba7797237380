/**
 * Values that only point at a secret kept elsewhere: substitution variables, template expressions and
 * references of secret stores.
 */

/**
 * References that are the whole value: 1Password's, vals' (`ref+vault://…`), and those that a store's
 * own injector resolves (`vault://…` stands in Talos configurations, `vault:path#key` is bank-vaults').
 * `azure://account:key@container` is no reference.
 */
const REFERENCE =
  /^(?:op:\/\/[^\n]+|ref\+[a-z0-9+.-]+:\/\/\S+|(?:vault|bws|bitwarden|infisical|doppler|akeyless|conjur|awssm|awsssm|gcpsm|azkv|keeper):\/\/\S+|(?:azure|secret):\/\/[\w./#-]+|(?:>>)?vault:[^\s#]+#\S+)$/i;

/** A variable of `envsubst`; no password looks like one. */
const VARIABLE = /^\$[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

/** A longer value is a file, not a pointer; also keeps the search for a closing brace short. */
const LONGEST_POINTER = 4096;

export interface PointerOptions {
  /** `$NAME` counts too: the text is a script's or a template's, not plain YAML. */
  readonly shell?: boolean;
}

/**
 * Whether a whole value consists of pointers: `${VAR}`, `$(VAR)`, `$MY_VAR`, `{{ … }}`, `{% … %}`, `#{ … }#`,
 * `<% … %>`, `<< … >>`, `<path:…>`, `op://…`, `ref+…://…` and other stores' references. Punctuation between them is nobody's password; a letter or a
 * digit makes the value a literal. So does a default: `${VAR:-hunter2}`, `{{ x | default "hunter2" }}`.
 *
 * @param value the scalar's text. An empty one is no pointer.
 */
export function isPointer(value: string, options: PointerOptions = {}): boolean {
  if (value.length > LONGEST_POINTER) return false;
  const text = value.trim();
  if (REFERENCE.test(text) || VARIABLE.test(text)) return true;
  let seen = false;
  let position = 0;
  while (position < text.length) {
    const end = expressionEnd(text, position, options, 0);
    if (end !== null) {
      seen = true;
      position = end;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
    if (/[\p{L}\p{N}]/u.test(character)) return false;
    position += character.length;
  }
  return seen;
}

/** Whether a text holds a template expression anywhere: what of it is a secret is decided elsewhere. */
export function holdsExpression(text: string): boolean {
  return /\{\{|\{%|\$\{|#\{|<%|<< |\$\(|<path:/.test(text);
}

/** Deeper than this, `${A:-${B:-…}}` counts as a literal. */
const DEEPEST_DEFAULT = 10;

/** End of the pointer that begins at `position`, or null where none does. */
function expressionEnd(
  text: string,
  position: number,
  options: PointerOptions,
  depth: number,
): number | null {
  if (text.startsWith("${", position)) return substitutionEnd(text, position, options, depth);
  if (text.startsWith("{{", position)) return templateEnd(text, position, "}}");
  if (text.startsWith("{%", position)) return templateEnd(text, position, "%}");
  if (text.startsWith("<< ", position)) return templateEnd(text, position, " >>");
  if (text.startsWith("#{", position)) return templateEnd(text, position, "}#");
  if (text.startsWith("<%", position)) return templateEnd(text, position, "%>");
  if (text.startsWith("<path:", position)) {
    const end = text.indexOf(">", position);
    return end === -1 ? null : end + 1;
  }
  const pattern =
    options.shell === true ? /\$(?:\([A-Za-z_]\w*\)|[A-Z_][A-Z0-9_]*)/y : /\$\([A-Za-z_]\w*\)/y;
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function substitutionEnd(
  text: string,
  position: number,
  options: PointerOptions,
  depth: number,
): number | null {
  const name = /\$\{[A-Za-z_][A-Za-z0-9_.]*/y;
  name.lastIndex = position;
  if (!name.test(text) || depth > DEEPEST_DEFAULT) return null;
  const close = closingBrace(text, position + 2);
  if (close === null) return null;
  const rest = text.slice(name.lastIndex, close);
  const fallback = /^:?[-=+](.*)$/s.exec(rest)?.[1]?.replace(/^["']|["']$/g, "") ?? "";
  if (fallback.trim() !== "" && !isWholePointer(fallback, options, depth)) return null;
  return close + 1;
}

function isWholePointer(value: string, options: PointerOptions, depth: number): boolean {
  const text = value.trim();
  return REFERENCE.test(text) || expressionEnd(text, 0, options, depth + 1) === text.length;
}

/** Offset of the `}` that closes a brace opened just before `position`. */
function closingBrace(text: string, position: number): number | null {
  let open = 1;
  for (let index = position; index < text.length; index += 1) {
    const character = text[index];
    if (character === "{") open += 1;
    if (character === "}") open -= 1;
    if (open === 0) return index;
  }
  return null;
}

/** A value given inside the expression: at its start, or as a default. */
const LITERAL = [
  /^[-\s(]*(?:"([^"]*)"|'([^']*)'|`([^`]*)`)/,
  /\b(?:default|d)\b[\s(]*(?:"([^"]*)"|'([^']*)'|`([^`]*)`)/,
];

function templateEnd(text: string, position: number, close: string): number | null {
  const end = text.indexOf(close, position + 2);
  if (end === -1) return null;
  const inside = text.slice(position + 2, end);
  for (const pattern of LITERAL) {
    const literal = pattern.exec(inside)?.slice(1).join("") ?? "";
    if (/[\p{L}\p{N}]/u.test(literal) && !holdsExpression(literal)) return null;
  }
  return end + close.length;
}
