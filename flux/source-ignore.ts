import { RE2JS } from "re2js";
import { folderOf, type RepositoryFiles } from "./repository-files.ts";

/**
 * What source-controller leaves out of every artifact.
 *
 * @see fluxcd/pkg's sourceignore/sourceignore.go
 */
const ALWAYS = [
  ...[".git/", ".gitignore", ".gitmodules", ".gitattributes"],
  ...["*.jpg", "*.jpeg", "*.gif", "*.png", "*.wmv", "*.flv", "*.tar.gz", "*.zip"],
  ...[".github/", ".circleci/", ".travis.yml", ".gitlab-ci.yml", "appveyor.yml", ".drone.yml"],
  ...["cloudbuild.yaml", "codeship-services.yml", "codeship-steps.yml"],
  ...["**/.goreleaser.yml", "**/.sops.yaml", "**/.flux.yaml"],
];

/** More patterns than anyone writes, few enough that a hostile list stays cheap. */
const MOST_PATTERNS = 500;

interface IgnorePattern {
  readonly domain: string;
  readonly pattern: RE2JS;
  readonly takesBack: boolean;
}

/** Which files never reach Flux, by its own list and the repository's `.sourceignore` files. */
export function leftOutOfArtifacts(files: RepositoryFiles): (path: string) => boolean {
  const own = [...files.paths]
    .filter((path) => /(?:^|\/)\.sourceignore$/.test(path))
    // Those deeper down have the last word.
    .sort((a, b) => a.split("/").length - b.split("/").length)
    .flatMap((path) => patternsOf(files.read(path), folderOf(path)));
  const patterns = [...patternsIn(ALWAYS, ""), ...own].slice(0, MOST_PATTERNS);
  return (path) => isIgnored(patterns, path);
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

/** As git has it: below a folder that is left out, nothing can be taken back. */
function isIgnored(patterns: readonly IgnorePattern[], path: string): boolean {
  for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
    const part = end === -1 ? path : path.slice(0, end + 1);
    const last = patterns.findLast(
      ({ domain, pattern }) =>
        (domain === "" || path.startsWith(`${domain}/`)) &&
        part.length > domain.length &&
        pattern.matches(domain === "" ? part : part.slice(domain.length + 1)),
    );
    if (last !== undefined && !last.takesBack) return true;
    if (end === -1) return false;
  }
}
