import { posix } from "node:path";
import ejs from "ejs";
import type { RememberedAnswers } from "./answers.ts";
import { bootstrapCommand, remoteUrl } from "./bootstrap-command.ts";
import type { WantedFile } from "./plan.ts";
import { shellText } from "../git/shell-word.ts";
import { YO_RC_KEY } from "./target.ts";
import { templateFiles } from "./template-files.ts";

export interface RenderInput {
  readonly answers: RememberedAnswers;
  readonly recipients: readonly string[];
  /** The bundled tool, `flux-sops.mjs`. */
  readonly tool: Buffer;
  /** What the tool loads from beside it when it is wanted, by file name. */
  readonly toolParts?: ReadonlyMap<string, Buffer>;
  readonly version: string;
  /** Text of the `.yo-rc.json` that is there, or null. */
  readonly yoRc: string | null;
}

/** Where the bundled tool lies in a scaffolded repository. */
export const TOOL_PATH = ".flux-sops/flux-sops.mjs";

/**
 * The files of a scaffolded repository, sorted by path. The same answers give the same bytes, on
 * every machine.
 */
export function renderRepository(input: RenderInput): WantedFile[] {
  const { answers, recipients } = input;
  const data = {
    ...answers,
    recipients,
    bootstrap: bootstrapCommand(answers),
    remote: remoteUrl(answers),
    shellText,
    packageName: answers.repository.toLowerCase().replace(/^[._]+/, "") || "flux-homelab",
  };
  const files = [
    ...renderTree("repository", data, answers.cluster),
    ...(answers.example ? renderTree("example", data, answers.cluster) : []),
    ...toolFiles(input),
    answersFile(input),
  ];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Every template under `templates/TREE/` renders to the same path without its `.ejs`, with
 * `__cluster__` replaced by the cluster's name.
 *
 * @param below takes only the templates whose path in the tree begins so.
 */
export function renderTree(tree: string, data: object, cluster: string, below = ""): WantedFile[] {
  const files: WantedFile[] = [];
  for (const [path, template] of templateFiles()) {
    if (!path.startsWith(`${tree}/${below}`)) continue;
    files.push({
      path: path
        .slice(tree.length + 1)
        .replace(/\.ejs$/, "")
        .replaceAll("__cluster__", cluster),
      // Nothing here is HTML: what a template prints is printed as it is.
      content: Buffer.from(ejs.render(template, data, { escape: String })),
      mode: 0o644,
    });
  }
  return files;
}

function toolFiles({ tool, toolParts = new Map(), version }: RenderInput): WantedFile[] {
  const mayReplace = (present: Buffer) => isOlderOrSame(toolVersion(present), version);
  return [
    { path: TOOL_PATH, content: tool, mode: 0o755, mayReplace },
    ...[...toolParts].map(([name, content]) => ({
      path: posix.join(posix.dirname(TOOL_PATH), name),
      ...{ content, mode: 0o644 as const, mayReplace },
    })),
  ];
}

/** The version in the first lines that the build gives the tool; null where there is none. */
function toolVersion(tool: Buffer): string | null {
  const head = tool.subarray(0, 400).toString("latin1");
  return /^\/\/ flux-sops (\d+\.\d+\.\d+\S*), /m.exec(head)?.[1] ?? null;
}

/** Compares the three numbers of a version; what is after them has no weight. */
function isOlderOrSame(present: string | null, version: string): boolean {
  if (present === null) return false;
  const [theirs, ours] = [present, version].map((text) => text.split(/[.-]/).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (theirs?.[index] ?? 0) - (ours?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

/** `.yo-rc.json`: ours beside what other generators remember. */
function answersFile({ answers, version, yoRc }: RenderInput): WantedFile {
  const present = yoRc === null ? {} : (JSON.parse(yoRc) as Record<string, unknown>);
  const { cluster, provider, owner, repository, branch, host, url, example } = answers;
  const remembered = {
    version,
    ...{ cluster, provider, owner, repository, branch },
    ...(provider === "git" ? { url } : { host }),
    example,
  };
  const whole = { ...present, [YO_RC_KEY]: remembered };
  return {
    path: ".yo-rc.json",
    content: Buffer.from(`${JSON.stringify(whole, null, 2)}\n`),
    mode: 0o644,
    mayReplace: () => true,
  };
}
