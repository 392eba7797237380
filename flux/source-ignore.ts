import { RE2JS } from "re2js";
import { type RepositoryFiles } from "./repository-files.ts";

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
const MOST_PATTERNS = 250;

interface IgnorePattern {
  /** The folders above what it is for. */
  readonly domain: readonly string[];
  readonly takesBack: boolean;
  readonly foldersOnly: boolean;
  readonly segments: readonly Segment[];
}

/** What of a pattern stands between two slashes. */
interface Segment {
  readonly text: string;
  matches(name: string): boolean;
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
    .flatMap((path) => patternsOf(files.read(path), path.split("/").slice(0, -1)))
    .slice(0, MOST_PATTERNS);
  return (path) => isLeftOut(own, path);
}

function patternsOf(bytes: Uint8Array | null, domain: readonly string[]): IgnorePattern[] {
  if (bytes === null) return [];
  return patternsIn(Buffer.from(bytes).toString("utf8").split(/\r?\n/), domain);
}

function patternsIn(lines: readonly string[], domain: readonly string[]): IgnorePattern[] {
  return lines.flatMap((line) => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const takesBack = line.startsWith("!");
    const text = line.slice(takesBack ? 1 : 0).replace(/(?<!\\) +$/, "");
    const foldersOnly = text.endsWith("/");
    const segments = (foldersOnly ? text.slice(0, -1) : text).split("/").map(segmentOf);
    return [{ domain, takesBack, foldersOnly, segments }];
  });
}

function segmentOf(text: string): Segment {
  if (!/[*?[\\]/.test(text)) return { text, matches: (name) => name === text };
  const source = text.replace(/\\.|\[\^?[^\]]+\]|[^]/gu, (part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    return /^\[./.test(part) ? part : RE2JS.quote(part.replace(/^\\(?=.)/, ""));
  });
  try {
    const pattern = RE2JS.compile(source, RE2JS.DOTALL);
    return { text, matches: (name) => pattern.matches(name) };
  } catch {
    return { text, matches: () => false };
  }
}

/**
 * Whether the last pattern for a file, or for a folder above it, leaves it out. Flux looks at each file by itself, so that
 * one can be taken back from a folder that is left out, which git would not do.
 *
 * @see Archive in fluxcd/pkg's artifact/storage/archive.go
 */
function isLeftOut(own: readonly IgnorePattern[], path: string): boolean {
  const names = path.split("/");
  const last = own.findLast((pattern) => isFor(pattern, names));
  if (last !== undefined) return !last.takesBack;
  return names.some((name, at) => {
    return LEFT_OUT_ALWAYS.test(at < names.length - 1 ? `${name}/` : name);
  });
}

/** @see Match in fluxcd/pkg's sourceignore/gitignore/pattern.go: behind `**` it tries the first name that fits, and no other */
function isFor({ domain, segments, foldersOnly }: IgnorePattern, path: readonly string[]): boolean {
  if (path.length <= domain.length || domain.some((name, at) => name !== path[at])) return false;
  const names = domain.length === 0 ? path : path.slice(domain.length);
  const [only] = segments;
  if (only !== undefined && segments.length === 1) {
    const at = names.findIndex((name) => only.matches(name));
    return at !== -1 && !(foldersOnly && at === names.length - 1);
  }
  let rest = names;
  let isMatched = false;
  let skips = false;
  for (const [index, segment] of segments.entries()) {
    const { text } = segment;
    if (text === "" || text === "**") {
      if (text !== "" && index === segments.length - 1) break;
      skips = text !== "";
      continue;
    }
    if (text.includes("**") || rest.length === 0) return false;
    const at = rest.findIndex((name) => segment.matches(name));
    if (!skips && at !== 0) return false;
    isMatched = at !== -1;
    rest = isMatched ? rest.slice(at + 1) : [];
    skips = false;
  }
  return isMatched && !(foldersOnly && rest.length === 0);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
