import { RE2JS } from "re2js";
import { folderOf, type RepositoryFiles } from "./repository-files.ts";

/**
 * What source-controller leaves out of every artifact.
 *
 * Names all of them: they say nothing of the folders above.
 *
 * @see fluxcd/pkg's sourceignore/sourceignore.go
 */
const ALWAYS = [
  ...[".git/", ".gitignore", ".gitmodules", ".gitattributes"],
  ...["*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip"],
  ...[".github/", ".circleci/", ".travis.yml", ".gitlab-ci.yml", "appveyor.yml", ".drone.yml"],
  ...["cloudbuild.yaml", "codeship-services.yml", "codeship-steps.yml"],
  ...[".goreleaser.yml", ".sops.yaml", ".flux.yaml"],
];

/** More patterns than anyone writes, few enough that a hostile list stays cheap. */
const MOST_PATTERNS = 500;

interface IgnorePattern {
  readonly domain: string;
  readonly pattern: RE2JS;
  readonly takesBack: boolean;
}

/** The list above as one pattern, for the name of a file or, ending in `/`, of a folder. */
const LEFT_OUT_ALWAYS = new RegExp(
  `^(?:${ALWAYS.map((glob) => escaped(glob).replaceAll("\\*", ".*")).join("|")})/?$`,
);

/** Which files never reach Flux, by its own list and the repository's `.sourceignore` files. */
export function leftOutOfArtifacts(files: RepositoryFiles): (path: string) => boolean {
  const own = [...files.paths]
    .filter((path) => /(?:^|\/)\.sourceignore$/.test(path))
    // Those deeper down have the last word.
    .sort((a, b) => a.split("/").length - b.split("/").length)
    .flatMap((path) => patternsOf(files.read(path), folderOf(path)))
    .slice(0, MOST_PATTERNS);
  const folders = new Map<string, boolean>();
  // As git has it: below a folder that is left out, nothing can be taken back.
  const isFolderLeftOut = (folder: string): boolean => {
    if (folder === "") return false;
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const isLeftOut = isFolderLeftOut(folderOf(folder)) || isMatched(own, `${folder}/`);
    folders.set(folder, isLeftOut);
    return isLeftOut;
  };
  return (path) => isFolderLeftOut(folderOf(path)) || isMatched(own, path);
}

function patternsOf(bytes: Uint8Array | null, domain: string): IgnorePattern[] {
  if (bytes === null) return [];
  return patternsIn(Buffer.from(bytes).toString("utf8").split(/\r?\n/), domain);
}

/** gitignore(5). */
function patternsIn(lines: readonly string[], domain: string): IgnorePattern[] {
  return lines.flatMap((line) => {
    const text = line.trimEnd();
    if (text === "" || text.startsWith("#")) return [];
    const takesBack = text.startsWith("!");
    const pattern = compiled(takesBack ? text.slice(1) : text);
    return pattern === null ? [] : [{ domain, pattern, takesBack }];
  });
}

/** A pattern for a path or a folder above it; a folder's path ends in `/`. */
function compiled(glob: string): RE2JS | null {
  const isAnchored = /\/./.test(glob);
  const body = glob.replace(/^\//, "").replace(/\*\*\/|\/\*\*$|\*|\?|[^*?/]+|\//g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "/**") return "/.+";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : RE2JS.quote(part);
  });
  try {
    return RE2JS.compile(`${isAnchored ? "" : "(?:.*/)?"}${body}${glob.endsWith("/") ? "" : "/?"}`);
  } catch {
    return null;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Whether the last word on a path, or on a folder's that ends in `/`, is that it is left out. */
function isMatched(own: readonly IgnorePattern[], path: string): boolean {
  const last = own.findLast(
    ({ domain, pattern }) =>
      (domain === "" || path.startsWith(`${domain}/`)) &&
      path.length > domain.length + 1 &&
      pattern.matches(domain === "" ? path : path.slice(domain.length + 1)),
  );
  if (last !== undefined) return !last.takesBack;
  return LEFT_OUT_ALWAYS.test(path.slice(path.lastIndexOf("/", path.length - 2) + 1));
}
