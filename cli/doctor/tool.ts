import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { indexEntries } from "../../git/index/entries.ts";
import { blobOid } from "../../git/objects/object-id.ts";
import { displayPath, type GitPath, pathFromText, pathText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { commandOnFiles } from "../../git/shell-word.ts";
import { TOOL_PATH } from "../../git/tool-command.ts";
import { toolVersion } from "../../scaffold/tool-file.ts";
import { isBundled, version } from "../../scaffold/version.ts";
import { type Diagnosis, note, ok, someOf, wrong } from "./diagnosis.ts";

const INIT = "npx -p generator-flux-sops@latest flux-sops init";

/** Is the tool that the hooks run here, whole, and of the version that is running now? */
export async function diagnoseTool(repository: OpenedRepository): Promise<Diagnosis[]> {
  const { cwd: directory, prefix } = repository;
  const folder = pathFromText(dirname(TOOL_PATH));
  const tool = contentOf(directory, TOOL_PATH);
  if (tool === null) {
    return [
      wrong(
        `${TOOL_PATH} is missing, so no hook can run it`,
        commandOnFiles(["git", "checkout", "--"], [pathFromText(TOOL_PATH)], prefix),
      ),
    ];
  }
  const changed = await changedParts(repository);
  if (changed.length > 0) {
    return [
      wrong(
        `${someOf(changed.map(displayPath))}: not what was staged or committed`,
        `${commandOnFiles(["git", "checkout", "--"], changed, prefix)}; or, after an upgrade, ${commandOnFiles(["git", "add", "--"], [folder], prefix)}`,
      ),
    ];
  }
  const here = toolVersion(tool);
  if (here !== version) {
    return [
      note(
        `the tool in ${TOOL_PATH} is ${here ?? "of an unknown version"}, and this is ${version}`,
        `to change it: ${INIT}`,
      ),
    ];
  }
  const unlike = unlikeOurs(directory);
  if (unlike.length === 0) return [ok(`the tool in ${TOOL_PATH}: ${here}`)];
  return [
    wrong(
      `${someOf(unlike)}: somebody changed it, it is not as published with ${version}`,
      `${commandOnFiles(["git", "log", "-p", "--"], [folder], prefix)} tells who; ${INIT} puts it right`,
    ),
  ];
}

/** The tool's own files on disk that are missing, or are not those of the index. */
async function changedParts(repository: OpenedRepository): Promise<GitPath[]> {
  const format = repository.objectFormat;
  return (await indexEntries(repository))
    .filter(({ path }) => /^\.flux-sops\/[^/]+\.[cm]js$/.test(path))
    .filter(({ path, oid }) => {
      const content = contentOf(repository.cwd, pathText(path));
      return content === null || blobOid(format, content) !== oid;
    })
    .map(({ path }) => path);
}

/** Those that are not as in the copy that is running now, where that is another one. */
function unlikeOurs(directory: string): string[] {
  const ours = import.meta.dirname;
  const theirs = join(directory, dirname(TOOL_PATH));
  if (!isBundled || ours === theirs) return [];
  return readdirSync(ours)
    .filter((name) => /\.[cm]js$/.test(name))
    .filter((name) => contentOf(theirs, name)?.equals(readFileSync(join(ours, name))) !== true)
    .map((name) => `${dirname(TOOL_PATH)}/${name}`);
}

function contentOf(directory: string, path: string): Buffer | null {
  try {
    return readFileSync(join(directory, path));
  } catch {
    return null;
  }
}
