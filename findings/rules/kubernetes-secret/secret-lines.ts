import { isToken } from "../../../sops/token.ts";
import { holdsExpression, isPointer } from "../../credential/pointer.ts";

/**
 * Secrets in text that is no YAML: Helm and Jinja templates, shell scripts with a here-document,
 * manifests with a syntax error, and those too long to be parsed. Judged by line and indentation
 * alone, in one pass.
 */

/** A literal value of a Secret in such text. */
export interface SecretLine {
  /** 0-based, within the text given. */
  readonly line: number;
  readonly key: string;
}

/** Whether the value of a key, in a line (0-based), is none to hide. */
type IsPublic = (key: string, value: string, line: number) => boolean;

/** A mapping that is open at the current line. */
interface Mapping {
  /** Column of its keys. */
  readonly column: number;
  isSecret: boolean;
  /** The least column of values, while those of a `data:` or `stringData:` are being read; else null. */
  valuesFrom: number | null;
  /** The value being read goes on over the following, deeper lines. */
  value: { line: number; key: string; column: number; lines: string[] } | null;
  literal: SecretLine | null;
}

const KEY = /^(["']?)([A-Za-z_.][\w./-]*)\1\s*:(?=\s|$)[ \t]*(.*)$/;

/** Longer lines are never a manifest's keys; their values may be long, though. */
const LONGEST_LINE = 200_000;

/**
 * The first literal value of each Secret in the text.
 *
 * @param isPublic which literal values are none to hide
 */
export function secretLines(text: string, isPublic: IsPublic = () => false): SecretLine[] {
  const found: SecretLine[] = [];
  const open: Mapping[] = [];

  const close = (column: number): void => {
    for (let top = open.at(-1); top !== undefined && top.column >= column; top = open.at(-1)) {
      endValue(top, isPublic);
      if (top.isSecret && top.literal !== null) found.push(top.literal);
      open.pop();
    }
  };

  for (const [number, whole] of text.split("\n").entries()) {
    const line = whole.length > LONGEST_LINE ? whole.slice(0, LONGEST_LINE) : whole.trimEnd();
    let column = line.length - line.trimStart().length;
    let rest = line.slice(column);
    if (rest === "" || isTemplateLine(rest)) continue;

    const reading = open.findLast((mapping) => mapping.valuesFrom !== null);
    if (reading?.value && column > reading.value.column) {
      reading.value.lines.push(rest);
      continue;
    }
    if (rest.startsWith("#")) continue;
    const onLine = secretOnLine(rest);
    if (onLine !== null) {
      found.push({ line: number, key: onLine });
      continue;
    }
    if (/^[}\]]/.test(rest)) {
      // The closing brace of the values, not one inside of a value.
      if (reading !== undefined && reading.valuesFrom === column && reading.column === column) {
        endValue(reading, isPublic);
        reading.valuesFrom = null;
      }
      continue;
    }

    // `- - key:` opens a mapping at the key's column; what stood there before is over.
    while (/^-\s/.test(rest)) {
      close(column);
      const dash = /^-\s+/.exec(rest)?.[0] ?? "- ";
      column += dash.length;
      rest = rest.slice(dash.length);
    }
    // `[{"kind": …`, as in a JSON list written on lines of its own.
    if (/^[{[]+\s*$/.test(rest)) {
      close(column + 1);
      continue;
    }

    const match = KEY.exec(rest);
    if (match === null) {
      // Only the end of a here-document: a template's own text may stand anywhere, and so may closing
      // braces.
      if ((column === 0 && !/[}\],]$/.test(rest)) || /^-{3}/.test(rest)) close(column);
      continue;
    }
    const [, , key = "", value = ""] = match;
    close(column + 1);
    let mapping = open.at(-1);

    if (mapping !== undefined && column >= (mapping.valuesFrom ?? Infinity)) {
      endValue(mapping, isPublic);
      mapping.value = { line: number, key, column, lines: [value] };
      continue;
    }
    if (mapping === undefined || mapping.column < column) {
      mapping = { column, isSecret: false, valuesFrom: null, value: null, literal: null };
      open.push(mapping);
    } else {
      endValue(mapping, isPublic);
      mapping.valuesFrom = null;
      // A second `kind:` at the same place: another manifest of a script or template began.
      if (key === "kind" && mapping.isSecret) {
        close(column);
        mapping = { column, isSecret: false, valuesFrom: null, value: null, literal: null };
        open.push(mapping);
      }
    }
    if (key === "kind" && /^(["']?)Secret\1\s*,?\s*(?:(?:#|\/\/).*)?$/.test(value))
      mapping.isSecret = true;
    if (/^(?:string)?data$/i.test(key) && /^\{?\s*(?:(?:#|\/\/).*)?$/.test(value)) {
      // In braces they need not be deeper.
      mapping.valuesFrom = value.startsWith("{") ? column : column + 1;
    }
  }
  close(0);
  return found.sort((a, b) => a.line - b.line);
}

/**
 * The first literal value of a Secret that stands on one line, in JSON or flow style: an argument of a
 * script, a line of a log, Jsonnet.
 */
function secretOnLine(line: string): string | null {
  const isSecret = /(["']?)\bkind\1\s*:\s*(["']?)Secret\2\s*[,}]/.test(line);
  // `kubectl patch secret NAME -p '{"stringData": …}'`
  if (!isSecret && !/\bpatch\s[^|;]{0,200}?\bsecrets?[\s/]/.test(line)) return null;
  for (const [, , entries = ""] of line.matchAll(
    /(["']?)\b(?:data|stringData)\1\s*:\s*\{([^{}]*)/g,
  )) {
    for (const [, , key = "", value = ""] of entries.matchAll(
      /(["']?)([\w./-]+)\1\s*:\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,"'{}]+)/g,
    )) {
      if (isLiteral([value])) return key;
    }
  }
  return null;
}

function endValue(mapping: Mapping, isPublic: IsPublic): void {
  const { value } = mapping;
  mapping.value = null;
  if (value === null || mapping.literal !== null || !isLiteral(value.lines)) return;
  if (isPublic(value.key, scalarOf(value.lines), value.line)) return;
  mapping.literal = { line: value.line, key: value.key };
}

/** A line of nothing but template statements: `{{- if .x }}`, `{% for … %}`, `<% … %>`, `#% … %#`. */
function isTemplateLine(text: string): boolean {
  return (
    /^(?:\{\{.*\}\}|\{%.*%\}|<%.*%>|#%.*%#|\{#.*#\}|%.*)$/.test(text) && !/\}\}\s*:/.test(text)
  );
}

/** A value that is written over some lines. */
function scalarOf([first = "", ...below]: readonly string[]): string {
  const isBlock = /^[|>][-+0-9]*\s*(?:#.*)?$/.test(first);
  return (isBlock ? below : [unquoted(first), ...below]).join("\n").trim();
}

function isLiteral(lines: readonly string[]): boolean {
  const value = scalarOf(lines);
  if (value === "" || value === "~" || value === "null" || /^[{[]\s*[}\]]?$/.test(value)) {
    return false;
  }
  if (isToken(value) || isPointer(value, { shell: true })) return false;
  // `postgres://{{ user }}:{{ password }}@db`: what is secret in it comes from elsewhere.
  return !(holdsExpression(value) && !/default|:-/.test(value));
}

function unquoted(text: string): string {
  const plain = text.replace(/,\s*$/, "");
  const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(plain);
  if (quoted !== null) return quoted[2] ?? "";
  return plain.replace(/(?:^|\s)#.*$/, "");
}
