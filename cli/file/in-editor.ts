import { spawn } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { printable } from "../../git/escape.ts";
import { shellText } from "../../git/shell-word.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import type { StoreFile } from "../../sops/store.ts";
import { complain } from "../terminal/complain.ts";
import { ended, ENDING_SIGNALS } from "../exit/ended.ts";
import { enter } from "../terminal/enter.ts";
import { SOPS_EXIT } from "../exit/codes.ts";
import { ExitError } from "../exit/error.ts";
import { isNothing } from "./nothing-in-it.ts";
import { privateFile, type PrivateFile } from "./private-file.ts";

/** What is to be edited. */
export interface Text {
  readonly plaintext: Buffer;
  /** Of the editor's file. */
  readonly name: string;
  readonly format: Format;
  readonly indent: number | null;
}

/**
 * Editors that end at once while their window stays open, unless told to wait. What is typed there would be lost,
 * or saved in plaintext where nobody takes it away any more.
 */
const WINDOWED =
  /^\s*(?:(?:env|exec|command)\s+|[A-Za-z_]\w*=\S*\s+)*(?:"(?:[^"]*\/)?|'(?:[^']*\/)?|(?:\S*\/)?)(?:code|code-insiders|codium|cursor|subl|zed|atom)["']?(?=\s|$)/;
const WAITS = /\s(?:--wait|-[a-zA-Z]*w[a-zA-Z]*)(?=\s|$)/;

/**
 * Lets the user edit a plaintext, until it parses and can be encrypted. It is in a file of mode 0600 in
 * a folder of mode 0700, in memory where the machine has such a place, and is gone on every way out.
 *
 * @returns what `encrypt` makes of what was typed.
 */
export async function edited<Encrypted>(
  { plaintext, name, format, indent }: Text,
  encrypt: (typed: StoreFile) => Promise<Encrypted>,
): Promise<Encrypted> {
  let temporary: PrivateFile | null = null;
  let isInEditor = false;
  const onSignal = (signal: NodeJS.Signals) => {
    // As in git: a terminal sends these to both, and what they mean is the editor's to say.
    if (isInEditor && (signal === "SIGINT" || signal === "SIGQUIT")) return;
    temporary?.remove();
    process.removeListener(signal, onSignal);
    process.kill(process.pid, signal);
  };
  // From before the plaintext is written until it is gone: a signal in between could leave it there.
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  try {
    temporary = privateFile(name, plaintext);
    for (;;) {
      isInEditor = true;
      await runEditor(temporary.path);
      isInEditor = false;
      const typed = leftBehind(temporary.path);
      if (typed.equals(plaintext)) {
        throw new ExitError(SOPS_EXIT.fileHasNotBeenModified, "nothing was changed");
      }
      try {
        // It may be that the editor had no room to write.
        if (typed.length === 0 || isNothing(typed, format)) {
          throw new SopsError("syntax", "nothing is left in the file");
        }
        const { file, metadata } = readSopsFile(typed, format, indent);
        if (metadata !== null) throw new SopsError("syntax", "sops is a reserved key");
        return await encrypt(file);
      } catch (error) {
        if (!(error instanceof SopsError)) throw error;
        const place = [error.line, error.column].filter((part) => part !== null).join(":");
        complain(`${place === "" ? "" : `line ${place}: `}${error.message}`);
        await enterToGoOn();
      }
    }
  } finally {
    temporary?.remove();
    for (const signal of ENDING_SIGNALS) process.removeListener(signal, onSignal);
  }
}

/** The text in an editor's file; some editors make another file, and some remove it. */
function leftBehind(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new ExitError(
      SOPS_EXIT.couldNotReadInputFile,
      "the editor has left no file behind: nothing was changed",
    );
  }
}

async function runEditor(file: string): Promise<void> {
  const editor = process.env["SOPS_EDITOR"] || process.env["EDITOR"] || anyEditor();
  if (editor === null) {
    throw new ExitError(
      SOPS_EXIT.noEditorFound,
      "there is no editor: set EDITOR, or install vim, nano or vi",
    );
  }
  if (WINDOWED.test(editor) && !WAITS.test(editor)) {
    throw new ExitError(
      SOPS_EXIT.noEditorFound,
      `${printable(editor)} does not wait until its window is closed, and what is typed there would be lost: SOPS_EDITOR=${shellText(`${editor} --wait`)} before the command`,
    );
  }
  // As git does it: the variable may hold arguments. The shell in between must not end before the
  // editor.
  const line = `trap : INT QUIT; ${editor} "$@"`;
  const status = await ended(() =>
    spawn("/bin/sh", ["-c", line, editor, file], { stdio: "inherit" }),
  );
  if (status !== 0) {
    throw new ExitError(
      SOPS_EXIT.noEditorFound,
      `the editor ended with status ${status}: nothing was changed`,
    );
  }
}

function anyEditor(): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const name of ["vim", "nano", "vi"]) {
    for (const folder of folders) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return name;
      } catch {
        // Not here.
      }
    }
  }
  return null;
}

/** Without somebody to press Enter the edit cannot go on, and must not be taken either. */
async function enterToGoOn(): Promise<void> {
  if (await enter("Press Enter to return to the editor, or Ctrl-C to give up the edit. ")) return;
  throw new ExitError(SOPS_EXIT.generic, "the edit was given up: nothing was changed");
}
