import { catFileBatch } from "../../git/objects/batch.ts";
import { blobsHere } from "../../git/objects/blobs.ts";
import { blobOid } from "../../git/objects/object-id.ts";
import { runGit, type GitContext } from "../../git/run.ts";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
import { environmentInFolder } from "../git-in-folder.ts";

/**
 * Where a repository remembers what was generated for it, so that a newer version can tell the
 * user's edits from its own work.
 */
export const GENERATED_PATH = ".flux-sops/generated.json";

/** What earlier runs generated: path → blob id of the content, as git names it (SHA-1). */
export type GeneratedIds = ReadonlyMap<string, string>;

/** What is known of earlier runs. */
export interface GeneratedFiles {
  readonly ids: GeneratedIds;
  /** The content with an id, where git has it (the scaffold was committed). */
  readonly contents: ReadonlyMap<string, Buffer>;
}

export const NOTHING_GENERATED: GeneratedFiles = { ids: new Map(), contents: new Map() };

/** The id that git gives to a content in a SHA-1 repository. */
export function blobId(content: Buffer): string {
  return blobOid("sha1", content);
}

/**
 * Reads the text of `generated.json`. One that is damaged is no reason to stop: nothing is
 * remembered then, and every edited file is kept.
 */
function parseGenerated(text: string | null): GeneratedIds {
  let whole: unknown;
  try {
    whole = JSON.parse(text ?? "{}");
  } catch {
    return new Map();
  }
  const files = isRecord(whole) && isRecord(whole["files"]) ? whole["files"] : {};
  return new Map(
    Object.entries(files).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && /^[0-9a-f]{40}$/.test(entry[1]),
    ),
  );
}

/** The text of `generated.json`. */
export function printGenerated(ids: GeneratedIds): string {
  const files = Object.fromEntries([...ids].sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ files }, null, 2)}\n`;
}

/**
 * Fetches what earlier runs generated from the repository's objects.
 *
 * @param text that of `generated.json`, or null.
 * @throws GitError
 */
export async function readGenerated(
  directory: string,
  text: string | null,
): Promise<GeneratedFiles> {
  const ids = parseGenerated(text);
  const context = { cwd: directory, env: environmentInFolder() };
  const contents = await blobsHere(context, ids.values());
  const isKnown = ids.size === 0 || contents.size > 0;
  return { ids, contents: isKnown ? contents : await committedContents(context, ids) };
}

/** Where git names objects by SHA-256, they are not found by name, but in the commits that brought the record. */
async function committedContents(
  context: GitContext,
  ids: GeneratedIds,
): Promise<ReadonlyMap<string, Buffer>> {
  const { stdout } = await runGit(context, [
    "rev-list",
    `--max-count=${String(MOST_COMMITS)}`,
    "--all",
    "--",
    GENERATED_PATH,
  ]);
  const commits = stdout.toString("latin1").split("\n").filter(Boolean);
  const paths = [...ids.keys()].filter((path) => !/[\n\r]/.test(path));
  const wanted = new Set(ids.values());
  const names = commits.flatMap((commit) =>
    paths.map((path) => Buffer.from(`${commit}:${path}`).toString("latin1")),
  );
  const contents = new Map<string, Buffer>();
  for await (const { type, content } of catFileBatch(context, names)) {
    if (type !== "blob" || content === null) continue;
    const id = blobId(content);
    if (wanted.has(id)) contents.set(id, content);
  }
  return contents;
}

/** Each run that has something new makes one, so that few have more. */
const MOST_COMMITS = 50;
