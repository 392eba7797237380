import {
  isCredentialName,
  isTokenShaped,
  isUrlWithPassword,
  isVagueCredential,
} from "./credential.ts";

/** A literal credential in a file of settings. */
export interface CredentialLine {
  /** 0-based, within the text given. */
  readonly line: number;
  readonly name: string;
}

/** `password = …`, `"password": "…",`, `password: …`. */
const SETTING = /^\s*["']?([A-Za-z][\w.-]{0,80})["']?\s*[=:]\s*(\S.*)$/;

/**
 * The lines of a program's settings that hold a credential: in TOML, INI, properties, HCL, YAML.
 *
 * @param isValue what counts as a literal value under a credential's name
 * @param isAlwaysQuoted what has no quotes refers to something else
 */
export function credentialLines(
  text: string,
  isValue: (value: string) => boolean,
  isAlwaysQuoted = false,
): CredentialLine[] {
  const found: CredentialLine[] = [];
  for (const [line, whole] of text.split("\n").entries()) {
    const [, name = "", rest = ""] = SETTING.exec(whole.slice(0, LONGEST_LINE)) ?? [];
    const written = rest.replace(/[,;]?\s*$/, "");
    const value = written.replace(/^(["'])(.*)\1$/, "$2");
    if (isAlwaysQuoted && value === written) continue;
    const isNamed = (isCredentialName(name) && isValue(value)) || isVagueCredential(name, value);
    if (isNamed || isUrlWithPassword(value) || isTokenShaped(value)) found.push({ line, name });
  }
  return found;
}

const LONGEST_LINE = 1000;
