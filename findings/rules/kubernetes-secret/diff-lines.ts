import { isProseOrCode } from "../../candidate/file-kind.ts";

/**
 * The contents in a patch of files as `git diff` and `diff -u` print it, line by line where they stood:
 * both what it adds and what it removes. Markers and headers become document markers, prose and code
 * empty lines. Null for text that is no such patch.
 */
export function linesOfDiff(text: string): string | null {
  if (!/^@@ -\d/m.test(text)) return null;
  let isRead = true;
  let inHunk = false;
  const lines = text.split("\n").map((line) => {
    if (/^(?:diff |@@ -\d|--- \S)/.test(line)) {
      inHunk = line.startsWith("@@");
      return MARKER;
    }
    if (!inHunk) {
      const [, path] = /^\+\+\+ (?:b\/)?([^\t\r]+)/.exec(line) ?? [];
      if (path !== undefined) isRead = !isProseOrCode(path);
      return "";
    }
    return isRead && /^[-+ ]/.test(line) ? line.slice(1) : "";
  });
  return lines.join("\n");
}

const MARKER = "---";
