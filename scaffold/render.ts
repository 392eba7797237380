import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import ejs from "ejs";
import type { RememberedAnswers } from "./answers/answers.ts";
import { bootstrapCommand, remoteUrl } from "./bootstrap-command.ts";
import { appendLines } from "./addition/append-lines.ts";
import { addHusky } from "./addition/add-husky.ts";
import type { WantedFile } from "./plan/plan.ts";
import type { EncryptedTo } from "./recipients/encrypted-to.ts";
import { addRules } from "./addition/add-rules.ts";
import { withSchemaComment } from "./schema-comment.ts";
import type { Scope } from "./destination/surroundings.ts";
import { shellText } from "../git/shell-word.ts";
import { TOOL_PATH } from "../git/tool-command.ts";
import { YO_RC_KEY } from "./destination/yo-rc.ts";
import { templateFiles } from "./template-files.ts";
import { isOlderOrSame, toolVersion } from "./tool-file.ts";
import { rulesForAnyLayout, rulesOfScope, type WantedRule } from "./wanted-rules.ts";

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
  /** Default: a whole repository. */
  readonly scope?: Scope;
  /** Files that are encrypted already. */
  readonly encryptedTo?: EncryptedTo;
  /** The files that bring the hooks; by default husky's, as templates have them. */
  readonly hooks?: readonly WantedFile[];
}

/**
 * Checks what a push brought, in CI. A branch that is new there has nothing before it but the default branch, whose
 * past is no fault of its own.
 */
const PUSHED_RANGE =
  'case "$BEFORE $REF" in 0000000*" refs/heads/$MAIN") ;; 0000000*" refs/heads/"?*) BEFORE=origin/$MAIN ;; esac; ' +
  'if git merge-base "$BEFORE" "$AFTER" >/dev/null 2>&1; then ' +
  `node ${TOOL_PATH} check --range "$BEFORE..$AFTER"; else node ${TOOL_PATH} check --history; fi`;

/**
 * The files of a scaffolded repository, sorted by path. The same answers give the same bytes, on
 * every machine.
 */
export function renderRepository(input: RenderInput): WantedFile[] {
  const { answers, recipients, scope = "repository", hooks } = input;
  const data = {
    ...answers,
    scope,
    recipients,
    bootstrap: bootstrapCommand(answers),
    remote: remoteUrl(answers),
    pushedRange: PUSHED_RANGE,
    husky: hooks === undefined || hooks.some(({ path }) => path.startsWith(".husky/")),
    shellText,
    packageName: answers.repository.toLowerCase().replace(/^[._]+/, "") || "flux-homelab",
  };
  const render = (tree: string) => {
    const files = renderTree(tree, data, answers.cluster);
    if (answers.schemas !== true) return files;
    return files.map((file) => ({ ...file, content: withSchemaComment(file.content) }));
  };
  const files = new Map(
    [
      ...render("repository").filter(({ path }) => isIn(scope, path)),
      ...(scope === "repository" ? [] : render("addition")),
      ...render(`ci/${answers.provider}`),
      ...(answers.example && scope !== "gate" ? render("example") : []),
      ...(answers.renovate === true ? render("renovate") : []),
      ...(answers.tasks === true ? render("tasks") : []),
      ...(hooks ?? []),
    ].map((file) => [file.path, file] as const),
  );
  if (hooks !== undefined) dropOtherHooks(files, hooks);
  if (scope === "gate") files.set(".sops.yaml", anyLayoutRules(recipients));
  const rules = rulesOfScope(scope, answers.cluster, recipients);
  return [...files.values(), ...toolFiles(input), answersFile(input)]
    .map((file) => addable(file, rules, input))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a template of the whole repository has a place in a smaller scope. */
function isIn(scope: Scope, path: string): boolean {
  if (scope === "repository" || /^\.husky\/|^\.sops\.yaml$/.test(path)) return true;
  if (path === "package.json" || /^\.(gitignore|gitattributes|prettierignore)$/.test(path)) {
    return false;
  }
  return scope === "joined";
}

/** Where another program runs the hooks, husky's files are of no use. */
function dropOtherHooks(files: Map<string, WantedFile>, hooks: readonly WantedFile[]): void {
  const wanted = new Set(hooks.map(({ path }) => path));
  for (const path of files.keys()) {
    if (path.startsWith(".husky/") && !wanted.has(path)) files.delete(path);
  }
}

function anyLayoutRules(recipients: readonly string[]): WantedFile {
  const lines = rulesForAnyLayout(recipients).flatMap((rule) => rule.lines);
  const text = [
    "# What is encrypted, and to whom. The first rule that matches a path counts.",
    "creation_rules:",
    ...lines.map((line) => `  ${line}`),
    "",
  ].join("\n");
  return { path: ".sops.yaml", content: Buffer.from(text), mode: 0o644 };
}

/** How the files that others write as well are added to. */
function addable(
  file: WantedFile,
  rules: readonly WantedRule[],
  { recipients, encryptedTo = new Map() }: RenderInput,
): WantedFile {
  const { path, content } = file;
  const additions: Readonly<Record<string, WantedFile["addTo"]>> = {
    ".gitignore": (present) =>
      appendLines(
        present,
        withoutModules(content, present),
        "Keys, plaintext, and what was left behind.",
      ),
    ".gitattributes": (present) =>
      appendLines(
        present,
        besideTheirs(content, present),
        "Encrypted files, and the line ends of hooks, stay as they are.",
      ),
    ".prettierignore": (present) =>
      appendLines(present, content, "Encrypted files stay as they are."),
    ".sops.yaml": (present) => addRules(present, rules, recipients, encryptedTo),
    "package.json": addHusky,
    ".gitlab-ci.yml": (present) =>
      present.includes(TOOL_PATH)
        ? { content: present }
        : { content: null, byHand: `add a job to it that runs: node ${TOOL_PATH} check --all` },
  };
  const addTo = additions[path];
  return addTo === undefined ? file : { ...file, addTo };
}

/**
 * The lines of a `.gitignore` to add: without `node_modules`, if the file there mentions that in any
 * spelling.
 */
function withoutModules(wanted: Buffer, present: Buffer): Buffer {
  if (!present.includes("node_modules")) return wanted;
  return Buffer.from(wanted.toString("latin1").replace(/^node_modules\/\n/m, ""), "latin1");
}

/** A line from sops's own manual, or another one on how encrypted files are shown. */
const DIFF_DRIVER =
  /^[^#\s]\S*\s(?:.*\s)?diff=\S*sops|^[^#\s]*sops\S*\s(?:.*\s)?(?:-?diff|binary)\b/;

/**
 * The lines of a `.gitattributes` to add. The last line that takes a file counts, so one for all files,
 * or a second driver, would undo what is there.
 */
function besideTheirs(wanted: Buffer, present: Buffer): Buffer {
  const text = wanted.toString("latin1").replace(/^\* .*\n/gm, "");
  const ours = new Set(text.split("\n"));
  const theirs = present.toString("latin1").split(/\r?\n/);
  const hasOne = theirs.some((line) => !ours.has(line) && DIFF_DRIVER.test(line));
  return Buffer.from(hasOne ? text.replaceAll(" diff=sops", "") : text, "latin1");
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
  const mayReplace = (present: Buffer) => {
    const theirs = toolVersion(present);
    return theirs !== null && isOlderOrSame(theirs, version);
  };
  return [
    { path: TOOL_PATH, content: tool, mode: 0o755, mayReplace },
    ...[...toolParts].map(([name, content]): WantedFile => {
      const path = posix.join(posix.dirname(TOOL_PATH), name);
      return { path, content, mode: 0o644, mayReplace };
    }),
  ];
}

/** Answers that are remembered only where they are wanted. */
const ASIDE = ["schemas", "renovate", "tasks"] as const;

/** JSON with the indentation of a text. */
function laidOutAs(text: string, content: object): string {
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? "  ";
  return `${JSON.stringify(content, null, indent)}\n`;
}

/** `.yo-rc.json`: ours beside what other generators remember. */
function answersFile({ answers, version, yoRc, scope = "repository" }: RenderInput): WantedFile {
  const present = yoRc === null ? {} : (JSON.parse(yoRc) as Record<string, unknown>);
  const { cluster, provider, owner, repository, branch, host, url, example } = answers;
  const remembered = {
    version,
    ...{ cluster, provider, owner, repository, branch },
    ...(provider === "git" ? { url } : { host }),
    example,
    ...Object.fromEntries(ASIDE.filter((name) => answers[name] === true).map((one) => [one, true])),
    ...(scope === "repository" ? {} : { scope }),
  };
  const whole = { ...present, [YO_RC_KEY]: remembered };
  return {
    path: ".yo-rc.json",
    content: Buffer.from(
      yoRc !== null && isDeepStrictEqual(present, whole) ? yoRc : laidOutAs(yoRc ?? "", whole),
    ),
    mode: 0o644,
    mayReplace: () => true,
  };
}
