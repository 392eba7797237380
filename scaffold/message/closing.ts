import { printable } from "../../git/escape.ts";
import type { Scaffolded } from "../carry-out.ts";
import type { HookManager } from "../hook-manager/find.ts";
import { filesToWrite, type PlannedFile } from "../plan/plan.ts";
import { byHandPart } from "./by-hand.ts";
import { commandsAtTop } from "./commands-at-top.ts";
import { nextPart } from "./next.ts";
import { foreignPart, openKeysPart, readersPart } from "./readers.ts";
import { titled } from "./titled.ts";

/** What is said after scaffolding: what was done, where the key is, what to do next. */
export function closingMessage(done: Scaffolded): string {
  const lines = [
    ...filesPart(done),
    ...hooksPart(done),
    ...commitPart(done),
    ...identityPart(done),
    ...nextPart(done),
  ];
  return `${lines.join("\n")}\n`;
}

function filesPart(done: Scaffolded): string[] {
  const { destination, files, force } = done;
  const place = printable(destination.directory);
  const written = filesToWrite(files, force);
  const kept = files.filter(({ state }) => state === "differs" && !force);
  const count = (state: PlannedFile["state"]) =>
    written.filter((file) => file.state === state).length;
  const parts = [
    count("new") > 0 ? `${count("new")} new` : "",
    count("upgraded") > 0 ? `${count("upgraded")} upgraded` : "",
    count("merged") > 0 ? `${count("merged")} added to` : "",
    count("differs") + count("edited") > 0 ? `${count("differs") + count("edited")} replaced` : "",
  ].filter((part) => part !== "");
  return [
    written.length === 0 ? `${place}: nothing to change.` : `${place}: ${parts.join(", ")} files.`,
    ...(destination.outer === null
      ? []
      : [
          `It is a repository of its own: that around it, ${printable(destination.outer)}, takes no file of it. To have it there, run this at its top.`,
        ]),
    ...(kept.length === 0
      ? []
      : [
          "Kept as they are, though the scaffold would write them differently (--force replaces them, and all",
          "else that you changed in files of the scaffold; --force --dry-run shows what that takes away):",
          ...kept.map(({ path }) => `  ${path}`),
        ]),
    ...named(written, ["differs", "edited"], "Replaced:"),
    ...named(written, ["upgraded"], "Brought up to date:"),
    ...named(written, ["merged"], "Added to, every line of yours kept (git diff shows it):"),
    ...byHandPart(done),
    ...readersPart(done),
    ...openKeysPart(done),
    ...foreignPart(done),
    ...installationPart(done),
  ];
}

function installationPart({ installation }: Scaffolded): string[] {
  const failure = installation?.failure ?? null;
  if (failure === null) return [];
  return [
    `npm install did not finish${failure === "" ? "" : ` (${failure})`}; the hooks work without it. Run it later for lint-staged and prettier.`,
  ];
}

function named(
  files: readonly PlannedFile[],
  states: readonly PlannedFile["state"][],
  title: string,
): string[] {
  const paths = files.filter(({ state }) => states.includes(state)).map(({ path }) => `  ${path}`);
  return titled(title, paths);
}

function hooksPart({ hooks, manager, destination, identity }: Scaffolded): string[] {
  if (hooks.on) {
    const through = manager.kind === "husky" ? "" : `, run by ${programOf(manager)}`;
    const encrypts = identity.recipients.length > 0 ? "encrypts Secrets and " : "";
    return [
      `The hooks are on${through}: git commit ${encrypts}refuses plaintext.`,
      ...(hooks.insteadOf === undefined
        ? []
        : [
            `Your own in ${printable(hooks.insteadOf)} do not run here: git runs those of one folder. Call from .husky/ what you want of them.`,
          ]),
    ];
  }
  const state =
    hooks.isPartly === true
      ? "NOT ALL HOOKS ARE ON, merges and pushes may go by unseen"
      : "THE HOOKS ARE NOT ON, plaintext would be committed";
  return [
    `${state}: ${commandsAtTop(hooks.reason, destination)}.`,
    ...(hooks.lines ?? []).map((line) => `  ${line}`),
  ];
}

function programOf(manager: HookManager): string {
  if (manager.kind === "folder") return "what is in " + printable(manager.folder);
  return manager.kind === "other" ? manager.name : manager.kind;
}

function commitPart({ commit }: Scaffolded): string[] {
  switch (commit.kind) {
    case "committed":
      return [`Committed: ${commit.subject}.`];
    case "pending":
      return [`Not committed yet (${commit.reason}). Then run:`, `  ${commit.command}`];
    case "left":
      return [
        "Nothing was committed in your repository. When you have looked at it:",
        `  ${commit.command}`,
      ];
    case "clean":
      return [];
  }
}

function identityPart({ identity, answers, scope }: Scaffolded): string[] {
  switch (identity.kind) {
    case "new":
      return [
        "",
        `The private key of ${scope === "gate" ? "this repository" : `cluster ${answers.cluster}`} is new and in this file only:`,
        `  ${printable(identity.file)}`,
        "BACK IT UP NOW, in a password manager or on paper. Without it, nothing that is encrypted in",
        "this repository can ever be read again, and no new cluster can be set up from it.",
      ];
    case "present":
      return ["", `The private key is in ${printable(identity.file)}; keep a backup of it.`];
    case "elsewhere":
      return identity.recipients.length === 0
        ? []
        : [
            "",
            "The private key is not in the key files of this machine: commits encrypt without it, but",
            "reading, and changing a single value of an encrypted file, need it here.",
          ];
  }
}
