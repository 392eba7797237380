import { isCredentialName, isStrongValue } from "../../credential/credential.ts";
import type { Candidate, Hit } from "../../finding.ts";
import { holdsSqlPassword } from "../../credential/sql-password.ts";
import { holdsToken } from "../../credential/token-shapes.ts";
import { USE_SOURCE } from "./mends.ts";
import { findTokens } from "./tokens.ts";
import { possibleCredential } from "./hit.ts";

/**
 * Prose and programs, where names and values are examples or computed: only tokens count that nobody makes up. In SQL
 * also what gives a user a password, and hashes; in XML also what an element or an attribute is named for.
 */
export function findInSource({ path, readable }: Candidate): Hit[] {
  if (readable === null) return [];
  const hits = findTokens(readable, () => true);
  if (/\.sql$/i.test(path)) hits.push(...hitsByLine(readable, nameInSql));
  if (/\.xml$/i.test(path)) hits.push(...hitsByLine(readable, nameInXml));
  return hits;
}

const LONGEST_LINE = 2000;

/** @param nameIn the name of what a line holds, or null where that is no credential */
function hitsByLine(text: string, nameIn: (line: string) => string | null): Hit[] {
  return text.split("\n").flatMap((line, index) => {
    const name = nameIn(line.slice(0, LONGEST_LINE));
    return name === null ? [] : [possibleCredential("settings", name, index + 1, USE_SOURCE)];
  });
}

function nameInSql(line: string): string | null {
  if (/^\s*--/.test(line)) return null;
  return holdsSqlPassword(line) || holdsToken(line) ? "" : null;
}

/** `<password>…</password>`, ` password="…"`. */
const XML = /<([A-Za-z][\w.-]{0,80})>([^<>]{4,500})<\/|\s([A-Za-z][\w.-]{0,80})="([^"<>]{4,500})"/g;

function nameInXml(line: string): string | null {
  for (const [, element, text = "", attribute = "", value = ""] of line.matchAll(XML)) {
    const name = element ?? attribute;
    const isElement = element !== undefined;
    if (isCredentialName(name) && isStrongValue(isElement ? text : value)) return name;
  }
  return null;
}
