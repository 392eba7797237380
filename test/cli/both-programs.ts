import { execFile } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { readData } from "../../sops/data/read-data.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import type { KeyPair } from "../../sops/age/identity.ts";
import { effectiveSelection } from "../../sops/metadata/metadata.ts";
import { plaintextBytes, readSopsFile } from "../../sops/sops-file.ts";
import { LIMIT } from "../bounded-programs.ts";
import { TOOL } from "../e2e/scaffolded.ts";
import { realTool } from "../installed-tools.ts";

/** What a command line did. */
export interface Outcome {
  /** `EXIT`, then `> STDOUT`, then `NAME=CONTENT` for each file that is new or another one. */
  readonly summary: string;
  /** What was printed and written encrypted: its data, and for whom it is. */
  readonly contents: Readonly<Record<string, unknown>>;
  readonly stderr: string;
  /** What a program must not do, whatever was asked of it; null where all is well. */
  readonly complaint: string | null;
}

export interface BothPrograms {
  /** What a line of shell does in a folder of its own, `sops` being one of the two. */
  outcome(program: "sops" | "ours", line: string): Promise<Outcome>;
  remove(): void;
}

type Files = Readonly<Record<string, string>>;

/** sops lives for some milliseconds: Go's collector and its threads cost a seventh of that. */
const GO = { GOGC: "off", GOMAXPROCS: "1" };

/** What a secret of a test has to begin with. */
const SECRET = "hunter";

const MOST_AT_ONCE = 2;

/**
 * @param files by name; those in `ed/` can be run, and `unreadable*` cannot be read.
 * @param words names for contents, for summaries.
 * @param pairs names for recipients; the first one's identity is at hand.
 */
export function bothPrograms(
  files: Files,
  words: Files,
  pairs: Readonly<Record<string, KeyPair>>,
): BothPrograms {
  const root = mkdtempSync(join(tmpdir(), "flux-sops-both-"));
  const bins = { sops: join(root, "bin-sops"), ours: join(root, "bin-ours") };
  for (const folder of Object.values(bins)) mkdirSync(folder);
  symlinkSync(resolve(realTool("sops") ?? "not-installed"), join(bins.sops, "sops"));
  writeFileSync(join(bins.ours, "sops"), `#!/bin/sh\nexec node '${TOOL}' "$@"\n`, { mode: 0o755 });
  const wordOf = new Map(Object.entries(words).map(([word, text]) => [text, word]));
  const identity = Object.values(pairs)[0]?.identity ?? "";
  const named = (text: string): string =>
    Object.entries(pairs).reduce(
      (all, [name, { recipient }]) => all.replaceAll(recipient, name),
      text,
    );
  let lines = 0;

  async function outcome(program: "sops" | "ours", line: string): Promise<Outcome> {
    lines += 1;
    const top = join(root, `${program}-${lines}`);
    const dir = join(top, "repository");
    for (const name of ["home", "tmp", "run"]) mkdirSync(join(top, name), { recursive: true });
    fill(dir, mentioned(files, line));
    const { status, stdout, stderr } = await inShell(withRecipients(line, pairs), dir, {
      PATH: `${bins[program]}:${process.env["PATH"] ?? ""}`,
      HOME: join(top, "home"),
      TMPDIR: join(top, "tmp"),
      XDG_RUNTIME_DIR: join(top, "run"),
      LC_ALL: "C.UTF-8",
      SOPS_AGE_KEY: identity,
      // One that changes nothing: whatever else is installed would wait for somebody to type.
      EDITOR: "true",
      ...GO,
    });
    const contents: Record<string, unknown> = {};
    const shown = async (what: string, text: string): Promise<string> => {
      const format = formatOfEncrypted(text);
      if (format === null) return wordOf.get(text) ?? named(text.trim());
      contents[what] = await decrypted(text, format, identity);
      return `ENC-${format}`;
    };
    const parts = [String(status)];
    if (stdout !== "") parts.push(">", await shown("stdout", stdout));
    for (const name of namesIn(dir)) {
      const path = join(dir, name);
      if (!statSync(path).isFile() || isUnreadable(name)) continue;
      const text = readFileSync(path, "utf8");
      if (text !== files[name]) parts.push(`${name}=${await shown(name, text)}`);
    }
    const left = [...namesIn(join(top, "tmp")), ...namesIn(join(top, "run"))];
    rmSync(top, { recursive: true, force: true });
    const complaint = complaintAbout(stderr, left);
    return { summary: parts.join(" "), contents, stderr, complaint };
  }
  return { outcome, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function complaintAbout(stderr: string, left: readonly string[]): string | null {
  if (left.length > 0) return `left behind: ${left.join(", ")}`;
  if (stderr.includes(SECRET)) return `a secret in: ${stderr}`;
  return /^\s+at .*:\d+:\d+\)?$/m.test(stderr) ? `a stack trace: ${stderr}` : null;
}

function withRecipients(line: string, pairs: Readonly<Record<string, KeyPair>>): string {
  return Object.entries(pairs).reduce(
    (all, [name, { recipient }]) => all.replaceAll(name, recipient),
    line,
  );
}

const isUnreadable = (name: string): boolean => name.startsWith("unreadable");

/** The files that a line can touch: all others would only be written and read again. */
function mentioned(files: Files, line: string): Files {
  const isMentioned = (name: string) => line.includes(name.replace(/\/.*/, ""));
  return Object.fromEntries(
    Object.entries(files).filter(([name]) => name === ".sops.yaml" || isMentioned(name)),
  );
}

function fill(dir: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    // Root can read any file but this one.
    if (isUnreadable(name) && process.getuid?.() === 0) symlinkSync("/proc/self/mem", path);
    else writeFileSync(path, content, { mode: name.startsWith("ed/") ? 0o755 : 0o644 });
    if (isUnreadable(name) && process.getuid?.() !== 0) chmodSync(path, 0);
  }
}

function namesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();
}

let running = 0;
const waiting: (() => void)[] = [];

/** Two lines run at once, others queue. */
async function inShell(line: string, cwd: string, env: NodeJS.ProcessEnv) {
  if (running >= MOST_AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  else running += 1;
  try {
    return await alone(line, cwd, env);
  } finally {
    // The place goes to the next in the queue.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

function alone(line: string, cwd: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ status: number; stdout: string; stderr: string }>((done, failed) => {
    const child = execFile("sh", ["-c", line], { ...LIMIT, cwd, env }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === "number") done({ status, stdout, stderr });
      else failed(error ?? new Error(line));
    });
    child.stdin?.end();
  });
}

/** By the ways in which sops's metadata stand in the formats; null for what is no encrypted file. */
function formatOfEncrypted(text: string): Format | null {
  if (/^sops_mac=/m.test(text)) return "dotenv";
  if (/^\[sops\]$/m.test(text)) return "ini";
  if (/^\{\s*"data": "ENC\[.*",\s*"sops"/.test(text)) return "binary";
  if (/^\s*"sops": ?\{$/m.test(text)) return "json";
  return /^sops:$|"sops": ?\{/m.test(text) ? "yaml" : null;
}

/** The data of an encrypted file, and for whom it is; of one for others, only that it is. */
async function decrypted(text: string, format: Format, identity: string): Promise<unknown> {
  try {
    const { file, metadata } = readSopsFile(Buffer.from(text), format);
    const dataKey = metadata === null ? null : await unwrapDataKey(metadata, [{ identity }]);
    if (metadata === null || dataKey === null) return "for others";
    const recipients = metadata.age.map(({ recipient }) => recipient);
    const { mac, macOnlyEncrypted } = metadata;
    // What was to be signed anew is: only a MAC that there was none of is passed over.
    const plaintext = decryptFile(file, metadata, dataKey, { ignoreMac: mac === null });
    const data = readData(plaintextBytes(file, plaintext).toString(), format);
    return { data, recipients, selection: effectiveSelection(metadata), macOnlyEncrypted };
  } catch (error) {
    if (error instanceof SopsError) return error.message;
    throw error;
  }
}
