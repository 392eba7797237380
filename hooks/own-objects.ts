/**
 * The git names of this tool's own files, as SHA-1 and as SHA-256 repositories name them; empty where it
 * runs from source. The build fills it in (scripts/build.mjs), and these blobs are not judged: the
 * tool lies in the repositories that it guards, with every word in it that it looks for.
 */
export const OWN_OBJECTS: ReadonlySet<string> = new Set();
