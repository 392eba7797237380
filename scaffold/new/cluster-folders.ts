import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../git/escape.ts";
import { TOOL_PATH } from "../../git/tool-command.ts";
import { ScaffoldError } from "../errors.ts";
import { type GeneratorRequest, valueOf } from "./generator.ts";

/** The clusters of a repository: the folders under `clusters/` that have a `secrets` folder. */
export function clusterFolders(directory: string): string[] {
  const folder = join(directory, "clusters");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "secrets")))
    .map(({ name }) => name)
    .sort();
}

/** Paths that the rules of a cluster take, be there such files or not. */
export function probesOf(cluster: string): string[] {
  const names = ["secrets/a.sops.yaml", "apps/a/a.sops.yaml", "apps/a/a.sops.env"];
  return names.map((name) => `clusters/${cluster}/${name}`);
}

/**
 * The cluster to work on: the one that is named, the only one there is, or the one that a person
 * chooses.
 *
 * @param withHooksAlone what to do in a repository that Flux built before, which has no such folder.
 * @throws ScaffoldError `usage` where that leaves none, or more than one.
 */
export async function chosenCluster(
  request: Pick<GeneratorRequest, "directory" | "options" | "prompter">,
  withHooksAlone: string,
): Promise<string> {
  const clusters = clusterFolders(request.directory);
  const given = valueOf(request, "cluster");
  if (given !== null) {
    if (clusters.includes(given)) return given;
    throw new ScaffoldError(
      "usage",
      `--cluster ${printable(given)}: there is no folder clusters/${printable(given)}/secrets here${clusters.length === 0 ? "" : `; there is ${clusters.map(printable).join(", ")}`}`,
    );
  }
  const [first, ...more] = clusters;
  if (first === undefined) {
    throw new ScaffoldError(
      "usage",
      `${printable(request.directory)} has no folder clusters/NAME/secrets${
        existsSync(join(request.directory, TOOL_PATH))
          ? `, since init makes none where Flux builds something already: ${withHooksAlone}`
          : ": run npx -p generator-flux-sops flux-sops init first"
      }`,
    );
  }
  if (more.length === 0) return first;
  if (request.prompter !== null) return request.prompter.select("Which cluster?", clusters, first);
  throw new ScaffoldError(
    "usage",
    `there are several clusters: name one with --cluster (${clusters.map(printable).join(", ")})`,
  );
}
