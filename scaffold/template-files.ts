import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The templates: path under `templates/`, with `/`, → EJS text. In a built file an esbuild plugin
 * (scripts/build.mjs) replaces this module by one that holds them.
 */
export function templateFiles(): Map<string, string> {
  const folder = fileURLToPath(new URL("../templates", import.meta.url));
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(
    paths.map((path) => [relative(folder, path).split(sep).join("/"), readFileSync(path, "utf8")]),
  );
}
