import { isCredentialName, isVagueCredential } from "./credential.ts";
import { holdsUnnamedCredential } from "./unnamed-credential.ts";
import { holdsDirective } from "./directive.ts";
import { passwordsInCommand } from "./command-line.ts";
import { valuesInBraces } from "./in-braces.ts";

/** A literal credential in a file of settings. */
export interface CredentialLine {
  /** 0-based, within the text given. */
  readonly line: number;
  readonly name: string;
}

/** `password = …`, `"password": "…",`, `- password: …`, `export PASSWORD=…`, `'password' => '…'`,
 * `PASSWORD := …`, `PASSWORD ?= …`. */
const SETTING = /^\s*(?:-\s+|export\s+)?["']?([A-Za-z][\w.-]{0,80})["']?\s*(=>?|[:?]=|:)\s*(\S.*)$/;

/** `requirepass …`, of Redis; `auth_pass …`, of keepalived. */
const DIRECTIVE = /^\s*(requirepass|masterauth|auth_pass)(\s)\s*(\S+)/;

/** `<ApiKey>…</ApiKey>`. */
const ELEMENT = /^\s*<([A-Za-z][\w.-]{0,80})(>)([^<>]+)<\/\1>/;

/** What follows closes what the setting is in, or is a comment. */
const QUOTED = /^(["'])(.*?)\1[,;)}\]\s]*(?:(?:#|\/\/).*)?$/;

const COMMENT = /^\s*(?:[#;]|\/\/)/;

/**
 * The lines of a program's settings that hold a credential: in TOML, INI, properties, HCL, YAML.
 *
 * @param isValue what counts as a literal value under a credential's name
 * @param quoted where what has no quotes refers to something else, or is computed: in braces, as jq's programs have them
 */
export function credentialLines(
  text: string,
  isValue: (value: string, isQuoted: boolean) => boolean,
  quoted: "always" | "in braces" | "never" = "in braces",
): CredentialLine[] {
  const isAlwaysQuoted = quoted === "always";
  const found: CredentialLine[] = [];
  for (const [line, whole] of text.split("\n").entries()) {
    const start = whole.slice(0, LONGEST_LINE);
    const match = SETTING.exec(start) ?? DIRECTIVE.exec(start) ?? ELEMENT.exec(start);
    const [, name = "", sign = "", rest = ""] = match ?? [];
    // In PHP too, what has no quotes calls a function; in a shell a backtick does.
    const isBare = !isAlwaysQuoted && sign !== "=>" && !rest.startsWith("`");
    const inQuotes = QUOTED.exec(rest)?.[2];
    const values = inQuotes === undefined ? (isBare ? bareValues(rest) : []) : [inQuotes];
    const isNamed = values.some(
      (value) =>
        (isCredentialName(name) && isValue(value, inQuotes !== undefined)) ||
        isVagueCredential(name, value),
    );
    if (isNamed) found.push({ line, name });
    else if (!COMMENT.test(start)) {
      const inBraces = valuesInBraces(withoutNote(start)).find(
        (one) =>
          (one.isQuoted || quoted === "never") &&
          isCredentialName(one.name) &&
          isValue(one.value, one.isQuoted),
      );
      const given = inBraces?.name ?? (isAlwaysQuoted ? undefined : passwordsInCommand(start)[0]);
      if (given !== undefined || holdsUnnamedCredential(start) || holdsDirective(start))
        found.push({ line, name: given ?? name });
    }
  }
  return found;
}

const LONGEST_LINE = 1000;

/** What stands without quotes: to its end, and up to what some formats take for a comment. */
function bareValues(rest: string): string[] {
  const value = rest.replace(/[,;]?\s*$/, "");
  const end = value.search(/\s[#;]/);
  return end === -1 ? [value] : [value, value.slice(0, end).trimEnd()];
}

/** What stands before a comment with braces in it: `a = { b = 1 } # { password = "…" }`. */
function withoutNote(line: string): string {
  const note = line.search(/\s#/);
  if (note === -1 || !line.includes("{", note)) return line;
  return /^(?:[^"'#]|(?<=\S)#|"[^"]*"|'[^']*')*(?<=\s)(?=#)/.exec(line)?.[0] ?? line;
}
