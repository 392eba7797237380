import type { Finding, Mend } from "./finding.ts";
import { shownName } from "./wording.ts";

/** Shell scripts, and guides with commands to copy: what stands first in them runs first. */
const IN_ORDER = /\.(?:md|markdown|adoc|rst|txt|sh|bash|zsh|fish)$/i;

/** Where commands stand in any order. */
const TASKS =
  /\.(?:mk|just|ya?ml|toml)$|(?:^|\/)\.?(?:gnu)?(?:makefile|justfile)$|(?:^|\/)[^./]+$/i;

const MARKDOWN = /\.(?:md|markdown)$/i;

/** A file of commands is never so long. */
const MOST_BYTES = 1_000_000;

/** Nor a command; what is longer is data. */
const LONGEST = 20_000;

interface Command {
  /** 1-based. */
  readonly line: number;
  /** With the lines that it goes on in. */
  readonly text: string;
}

/**
 * Mistakes of common guides in the commands that set up a cluster, in a repository's scripts, task files
 * and guides: warnings, since nobody is seen to run them.
 *
 * @param bytes the content of the file at that path
 */
export function findSetUpCommands(path: string, bytes: Uint8Array): Finding[] {
  const isInOrder = IN_ORDER.test(path);
  if ((!isInOrder && !TASKS.test(path)) || bytes.length > MOST_BYTES) return [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!["bootstrap git", "create secret", "sed "].some((word) => buffer.includes(word))) return [];
  const commands = commandsOf(buffer.toString("utf8"), MARKDOWN.test(path));
  return [
    ...commands.filter(isBootstrapOverHttps).map(overHttps),
    ...(isInOrder ? keysTooEarly(commands) : []),
    ...swappedKeys(commands),
  ];
}

function* linesOf(text: string, isMarkdown: boolean): Generator<Command> {
  let fence: string | null = null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, mark] = /^\s*(?:>\s*)?(```|~~~)/.exec(line) ?? [];
    if (isMarkdown && mark !== undefined) fence = fence === null ? mark : null;
    else if (!isMarkdown || fence !== null) yield { line: index + 1, text: line };
  }
}

function commandsOf(text: string, isMarkdown: boolean): Command[] {
  const commands: Command[] = [];
  let open: Command | null = null;
  for (const { line, text: written } of linesOf(text, isMarkdown)) {
    if (/^\s*(?:#|\/\/)/.test(written)) continue;
    const body = written.length > LONGEST ? "" : written.replace(/ # [^]*/, "");
    const goesOn = body.endsWith("\\");
    const part = goesOn ? `${body.slice(0, -1)} ` : body;
    const command: Command = { line: open?.line ?? line, text: `${open?.text ?? ""}${part}` };
    open = goesOn && command.text.length <= LONGEST ? command : null;
    if (open === null) commands.push(command);
  }
  if (open !== null) commands.push(open);
  return commands;
}

/**
 * Without `--token-auth` the address in the cluster becomes ssh://, with a new key that the server does
 * not know. With a key or an SSH host named, that is meant.
 *
 * @see bootstrapGitCmdRun in fluxcd/flux2's cmd/flux/bootstrap_git.go
 */
function isBootstrapOverHttps({ text }: Command): boolean {
  return (
    /\bflux\s+bootstrap\s+git\b/.test(text) &&
    /--url[= ]\s*["']?https?:\/\//.test(text) &&
    !/--token-auth(?!=["']?false)|--with-bearer-token|--private-key-file|--ssh-hostname/.test(
      text,
    ) &&
    !/git-codecommit|\$[@*]|\[@\]|\$\{?\w*(?:ARGS|FLAGS|OPT)/i.test(text)
  );
}

function overHttps({ line }: Command): Finding {
  return warning(
    "flux-ciphertext",
    line,
    "flux bootstrap git with an https:// address and without --token-auth: Flux turns the address into ssh:// with a new key, and cannot read the repository until the server knows that",
    edit("add --token-auth, or give an ssh:// address"),
  );
}

/** The Secret with Flux's key for a namespace that the next commands make. */
function keysTooEarly(commands: readonly Command[]): Finding[] {
  const steps = commands.flatMap(({ line, text }) =>
    text.split(/&&|\|\||;/).map((step) => ({ line, text: step })),
  );
  // Whatever runs before the key may have made it.
  const before = steps.findIndex(
    ({ text }) => MAY_MAKE.test(text) || namespaceOfKey(text) !== null,
  );
  const { line, text } = steps[before] ?? { line: 0, text: "" };
  const namespace = namespaceOfKey(text);
  if (namespace === null) return [];
  const after = steps.slice(before + 1);
  // What stands in another function or branch runs at another time.
  const made = after.findIndex((step) => makes(step.text, namespace));
  const left = after.findIndex((step) => LEAVES.test(step.text));
  if (made === -1 || (left !== -1 && left < made)) return [];
  return [
    warning(
      "flux-ciphertext",
      line,
      `the Secret with Flux's key is made before its namespace ${shownName(namespace)}: the API server refuses it, and Flux cannot decrypt`,
      edit(`run kubectl create namespace ${shownName(namespace)} before it`),
    ),
  ];
}

const LEAVES = /^\s*(?:function\b|[\w-]+\s*\(\)|\}|fi\b|else\b|elif\b|esac\b)/;

const MAY_MAKE =
  /namespace\b.*\bcreate\b|create\s+(?:ns|namespaces?)\b|create-?namespace|kind:\s*Namespace|\bapply\b|\bhelm(?:file)?\b|\bflux\s+(?:install|bootstrap)\b|^\s*(?:make|task|just|mise|terraform|tofu|source|\.)\s/i;

function namespaceOfKey(step: string): string | null {
  if (!/\bcreate\s+secret\s+generic\s+["']?[\w.-]*(?:sops|age)\b/.test(step)) return null;
  if (/--dry-run/.test(step) && !/\bapply\b/.test(step)) return null;
  const [, namespace] = /\s(?:-n|--namespace)[= ]\s*["']?([a-z0-9-]+)/.exec(step) ?? [];
  return namespace ?? null;
}

function makes(step: string, namespace: string): boolean {
  const [, created] = /\bcreate\s+(?:ns|namespaces?)\s+["']?([a-z0-9-]+)/.exec(step) ?? [];
  if (created === namespace) return true;
  return namespace === "flux-system" && /\bflux\s+(?:install|bootstrap)\s/.test(step);
}

/** `sed` that puts another age key in, and nothing after it that encrypts the files for that. */
function swappedKeys(commands: readonly Command[]): Finding[] {
  const update = commands.findLastIndex(({ text }) => UPDATES.test(text));
  return commands.flatMap(({ line, text }, at) =>
    at <= update || !isSwap(text)
      ? []
      : [
          warning(
            "sops-recipients",
            line,
            "sed puts another age key in, and encrypted files stay as they are: for the old key only",
            edit(
              "change the key in .sops.yaml, then run flux-sops updatekeys and flux-sops rotate on the encrypted files",
            ),
          ),
        ],
  );
}

/** In place; what only prints a key changes none. */
function isSwap(text: string): boolean {
  return (
    /\bsed\b/.test(text) &&
    /\s(?:-\w*i|--in-place)/.test(text) &&
    /\bs([/|#,@])(?:(?!\1)[^"'])*\bage1/.test(text) &&
    /\.sops\.|\bsops\.ya?ml/.test(text)
  );
}

const UPDATES = /\bupdatekeys\b|\brotate\b|\bsops\b.*\s(?:-r|--rotate|-e|--encrypt|encrypt)\b/;

function warning(rule: Finding["rule"], line: number, message: string, mend: Mend): Finding {
  return { rule, severity: "warning", line, message, mend };
}

function edit(what: string): Mend {
  return { kind: "edit", what };
}
