import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Repository } from "./repository/open.ts";
import { shellPath } from "./shell-word.ts";
import { pathFromText } from "./path.ts";

/** Where the bundled tool lies in a scaffolded repository. */
export const TOOL_PATH = ".flux-sops/flux-sops.mjs";

/** How commands for the user name this tool before it is known where they stand. */
const NPX = "npx flux-sops";

/**
 * Commands for the user with the tool named so that they work where the user stands. Where no
 * package.json of the repository names it, npx would fetch a package of that name, whoever's it is.
 *
 * @param text with `npx flux-sops`
 */
export function withToolCommand(
  text: string,
  repository: Pick<Repository, "cwd" | "prefix">,
): string {
  return text.includes(NPX) ? text.replaceAll(NPX, () => toolCommand(repository)) : text;
}

/**
 * The same, for where somebody stands.
 *
 * @param directory the top of the repository.
 */
export function withToolFromHere(
  text: string,
  directory: string,
  here: string = process.cwd(),
): string {
  const inside = relative(directory, here);
  const prefix = inside === "" || /^\.\.(?:\/|$)/.test(inside) ? "" : `${inside}/`;
  return withToolCommand(text, { cwd: directory, prefix: pathFromText(prefix) });
}

function toolCommand({ cwd, prefix }: Pick<Repository, "cwd" | "prefix">): string {
  if (!existsSync(join(cwd, TOOL_PATH))) return "npx -p generator-flux-sops flux-sops";
  const folders = prefix
    .split("/")
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  // npx looks no further up than to the first of these.
  const isInner = folders.some((folder) =>
    ["package.json", "node_modules"].some((name) =>
      existsSync(
        Buffer.concat([Buffer.from(`${cwd}/`), Buffer.from(`${folder}/${name}`, "latin1")]),
      ),
    ),
  );
  return isInner || !hasOwnBin(cwd) ? `node ${shellPath(pathFromText(TOOL_PATH), prefix)}` : NPX;
}

/** Whether the repository's own package.json names the program, as that of a scaffolded one does. */
export function hasOwnBin(directory: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    const { bin } = manifest as { bin?: Record<string, unknown> };
    return typeof bin?.["flux-sops"] === "string";
  } catch {
    return false;
  }
}
