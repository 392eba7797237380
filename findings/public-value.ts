import { isPublicLines } from "./secret-source.ts";

const PUBLIC_NAME =
  /(?:^|[._-])(?:user(?:[._-]?name)?|login|e?-?mail|domain|host(?:[._-]?name)?|port|example|placeholder)$/i;

/**
 * Whether a literal value of a template's Secret is none to hide. What is secret comes into a template from
 * elsewhere; beside it stand names of users and hosts, samples, and keys of hosts.
 */
export function isPublicValue(key: string, value: string): boolean {
  return PUBLIC_NAME.test(key) || isPublicLines(value.trim());
}
