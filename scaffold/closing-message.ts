import { join } from "node:path";
import { printable } from "../git/escape.ts";
import type { Scaffolded } from "./carry-out.ts";
import { changeOf } from "./consent.ts";
import { GENERATED_PATH } from "./plan/generated-files.ts";
import type { HookManager } from "./hook-manager/find.ts";
import { filesToWrite, type PlannedFile } from "./plan/plan.ts";
import type { PreparedScaffold } from "./scaffold.ts";
import { pathFromText } from "../git/path.ts";
import { shellCommand } from "../git/shell-word.ts";
import { withToolCommand } from "../git/tool-command.ts";

/** Where commands are pasted: at the top. */
const TOP = pathFromText("");

/** What a dry run says: every file and what would become of it. */
export function previewMessage(prepared: PreparedScaffold): string {
  const { target, identity, files, force } = prepared;
  const changed = filesToWrite(files, force).filter(
    ({ state, before }) => before !== null && state !== "upgraded",
  );
  return lines([
    `Nothing is written (--dry-run). Into ${printable(target.directory)}:`,
    ...files.map((file) => `  ${fate(file, force)} ${file.path}`),
    ...changed.flatMap((file) => ["", `${file.path}:`, ...changeOf(file)]),
    ...byHandPart(prepared),
    ...(identity.kind === "new"
      ? [`A new age identity would be written to ${printable(identity.file)}.`]
      : []),
  ]);
}

function fate({ state, addTo }: PlannedFile, force: boolean): string {
  const replaces = force && addTo === undefined;
  return {
    new: "new      ",
    unchanged: "unchanged",
    upgraded: "upgrade  ",
    merged: "add to   ",
    edited: replaces ? "replace  " : "keep     ",
    "by-hand": "by hand  ",
    differs: replaces ? "replace  " : "keep     ",
  }[state];
}

function byHandPart({ files }: PreparedScaffold): string[] {
  const open = files.filter(({ state }) => state === "by-hand");
  if (open.length === 0) return [];
  return [
    "Yours to do, since it cannot be added by itself:",
    ...open.map(({ path, byHand }) => `  ${path}: ${byHand ?? ""}`),
  ];
}

/** What is said after scaffolding: what was done, where the key is, what to do next. */
export function closingMessage(done: Scaffolded): string {
  return lines([
    ...filesPart(done),
    ...hooksPart(done),
    ...commitPart(done),
    ...identityPart(done),
    ...nextPart(done),
  ]);
}

function filesPart(done: Scaffolded): string[] {
  const { target, files, force } = done;
  const place = printable(target.directory);
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
    ...(target.outer === null
      ? []
      : [
          `It is a repository of its own: that around it, ${printable(target.outer)}, takes no file of it. To have it there, run this at its top.`,
        ]),
    ...(kept.length === 0
      ? []
      : [
          "Kept as they are, though the scaffold would write them differently (--force replaces them, and all",
          "else that you changed in files of the scaffold; --force --dry-run shows what that takes away):",
          ...kept.map(({ path }) => `  ${path}`),
        ]),
    ...named(written, "upgraded", "Brought up to date:"),
    ...named(written, "merged", "Added to, every line of yours kept (git diff shows it):"),
    ...byHandPart(done),
    ...readersPart(done),
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

/** Whom rules that are added let read is easily overlooked among those that were there. */
function readersPart({ files, identity, answers, target }: Scaffolded): string[] {
  const rules = files.find(({ path }) => path === RULES_PATH);
  const readers = [...target.encryptedTo.values()].flat();
  const isAsBefore = identity.recipients.every((one) => readers.includes(one));
  if (rules?.state === "new" && isAsBefore && answers.recipients.length === 0) {
    return [
      `What the rules in ${RULES_PATH} encrypt, these keys can read, as what is encrypted already:`,
      ...identity.recipients.flatMap((one) => [`  ${one}`, `    as ${filesFor(one, target)}`]),
      ...(identity.recipients.length > 1
        ? ["Take one out of the rules that is for a test alone."]
        : []),
    ];
  }
  if (rules?.state === "unchanged") {
    const unknown = answers.recipients.filter((one) => !rules.content.includes(one));
    return unknown.length === 0
      ? []
      : [
          `The rules in ${RULES_PATH} take all files already, and name others than these keys: add them there by hand.`,
          ...unknown.map((one) => `  ${one}`),
        ];
  }
  if (rules?.state !== "merged" || identity.recipients.length === 0) return [];
  return [
    `What the rules added to ${RULES_PATH} encrypt, these keys can read:`,
    ...identity.recipients.map((one) => `  ${one}`),
  ];
}

/** New rules take files for PGP or a cloud's keys, too, since they are for all. */
function foreignPart({ files, target }: Scaffolded): string[] {
  if (files.find(({ path }) => path === RULES_PATH)?.state !== "new") return [];
  const kindsOf = (all: readonly string[]) => all.filter((one) => !one.startsWith("age1"));
  const theirs = [...target.encryptedTo].filter(([, all]) => kindsOf(all).length > 0);
  if (theirs.length === 0) return [];
  const kinds = new Set(theirs.flatMap(([, all]) => kindsOf(all)));
  return [
    `Encrypted already, to keys of another kind (${[...kinds].join(", ")}), which the new rules in ${RULES_PATH} do not name:`,
    ...theirs.slice(0, SHOWN).map(([path]) => `  ${printable(path)}`),
    ...(theirs.length > SHOWN ? [`  and ${theirs.length - SHOWN} more`] : []),
    "For them to keep their keys, put a rule with these above the others.",
  ];
}

/** More files than these are only counted. */
const SHOWN = 5;

/** One of the files that a key opens, and how many more there are: it may be there for a test alone. */
function filesFor(recipient: string, { encryptedTo }: Scaffolded["target"]): string {
  const paths = [...encryptedTo].flatMap(([path, all]) => (all.includes(recipient) ? [path] : []));
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
  return `${printable(paths[0] ?? "")}${more}`;
}

const RULES_PATH = ".sops.yaml";

function named(
  files: readonly PlannedFile[],
  state: PlannedFile["state"],
  title: string,
): string[] {
  // The record of what was generated is of no interest to anybody.
  const paths = files
    .filter((file) => file.state === state && file.path !== GENERATED_PATH)
    .map(({ path }) => `  ${path}`);
  return paths.length === 0 ? [] : [title, ...paths];
}

function hooksPart({ hooks, manager, target, identity }: Scaffolded): string[] {
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
    `${state}: ${withToolCommand(hooks.reason, { cwd: target.directory, prefix: TOP })}.`,
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

function nextPart(done: Scaffolded): string[] {
  const { target, answers, files, force, scope, hooks, identity } = done;
  if (filesToWrite(files, force).length === 0) return [];
  const first = hooks.on
    ? []
    : [
        hooks.isPartly === true
          ? "Turn the other hooks on, as said above: until then merges and pushes may go by unseen."
          : "Turn the hooks on, as said above: until then git commit encrypts nothing and refuses nothing.",
      ];
  if (typeof (target.remembered as Record<string, unknown>)["version"] === "string") {
    // Of an upgrade: what comes next came long ago.
    return first.length === 0 ? [] : ["", ...first];
  }
  if (scope === "gate") {
    return [
      "",
      ...first,
      "Flux builds this repository already, so nothing was added to what it builds.",
      identity.recipients.length > 0
        ? "Name a file with a Secret NAME.sops.yaml, git add it, git commit: it is encrypted."
        : `No rule in ${RULES_PATH} names an age key: encrypt with sops before you commit, which refuses a Secret that is not.`,
      ...keyForFlux(done),
    ];
  }
  const hasGuide = files.some(({ path, state }) => path === "README.md" && state !== "differs");
  const steps = [
    `${shellCommand(["cd", target.directory])}${hasGuide ? " and read README.md: it is the guide to this repository." : ""}`,
    ...first,
    `Write a Secret to ${join("clusters", answers.cluster, "secrets")}/NAME.sops.yaml, git add it, git commit.`,
    hasGuide
      ? "Push it and bootstrap Flux; README.md has the commands."
      : "Push it and bootstrap Flux: npx flux-sops bootstrap.",
  ];
  return [
    "",
    "Next:",
    ...steps.map(
      (step, index) =>
        `  ${index + 1}. ${withToolCommand(step, { cwd: target.directory, prefix: TOP })}`,
    ),
  ];
}

/** Where Flux was before, nobody has given it a key, and bootstrap is not run again. */
function keyForFlux({ target, identity }: Scaffolded): string[] {
  if (identity.kind !== "new") return [];
  const grep = ["grep", "-A", "1", `public key: ${identity.pair.recipient}`, identity.file];
  const kubectl =
    "kubectl -n flux-system create secret generic sops-age --from-file=age.agekey=/dev/stdin";
  const check = "npx flux-sops check says which";
  return [
    "Flux cannot read it yet. Before you push one, give the cluster the key, this one alone:",
    `  ${shellCommand(grep)} | grep '^AGE-SECRET-KEY-' | ${kubectl}`,
    `and each Flux Kustomization that builds one a spec.decryption, with sops-age as its secretRef: ${withToolCommand(check, { cwd: target.directory, prefix: TOP })}`,
  ];
}

function lines(parts: readonly string[]): string {
  return `${parts.join("\n")}\n`;
}
