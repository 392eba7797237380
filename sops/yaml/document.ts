import type { StoreFile } from "../store.ts";
import { readAnyStyle } from "./any-style/any-style.ts";
import { readBlockStyle } from "./block-style/block-style.ts";
import { YamlFile } from "./file.ts";
import type { YamlContent } from "./leaf.ts";

/**
 * Parses a YAML file, all its documents.
 *
 * @param indent the indentation of a block that is appended.
 * @throws SopsError `syntax`, `unsupported`
 */
export function parseYaml(text: string, indent: number): StoreFile {
  return new YamlFile(text, readYaml(text), indent, readYaml);
}

/**
 * What is in a YAML file.
 *
 * @throws SopsError `syntax`, `unsupported`
 */
export function readYaml(text: string): YamlContent {
  return readBlockStyle(text) ?? readAnyStyle(text);
}
