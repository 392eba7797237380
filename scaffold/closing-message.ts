import { join } from "node:path";
import { printable } from "./errors.ts";
import { filesToWrite, type PlannedFile } from "./plan.ts";
import type { PreparedScaffold, Scaffolded } from "./scaffold.ts";
import { shellCommand } from "../git/shell-word.ts";

/** What a dry run says: every file and what would become of it. */
export function previewMessage(prepared: PreparedScaffold): string {
  const { target, identity, files, force } = prepared;
  return lines([
    `Nothing is written (--dry-run). Into ${printable(target.directory)}:`,
    ...files.map((file) => `  ${fate(file, force)} ${file.path}`),
    ...(identity.kind === "new"
      ? [`A new age identity would be written to ${printable(identity.file)}.`]
      : []),
  ]);
}

function fate({ state }: PlannedFile, force: boolean): string {
  if (state === "differs") return force ? "replace  " : "keep     ";
  return { new: "new      ", unchanged: "unchanged", upgraded: "upgrade  " }[state];
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

function filesPart({ target, files, force, installed }: Scaffolded): string[] {
  const place = printable(target.directory);
  const written = filesToWrite(files, force);
  const kept = files.filter(({ state }) => state === "differs" && !force);
  const count = (state: PlannedFile["state"]) =>
    written.filter((file) => file.state === state).length;
  const parts = [
    count("new") > 0 ? `${count("new")} new` : "",
    count("upgraded") > 0 ? `${count("upgraded")} upgraded` : "",
    count("differs") > 0 ? `${count("differs")} replaced` : "",
  ].filter((part) => part !== "");
  return [
    written.length === 0 ? `${place}: nothing to change.` : `${place}: ${parts.join(", ")} files.`,
    ...(kept.length === 0
      ? []
      : [
          `Kept as they are, though the scaffold would write them differently (--force replaces them):`,
          ...kept.map(({ path }) => `  ${path}`),
        ]),
    ...(installed === false
      ? [
          "npm install did not finish; the hooks work without it. Run it later for lint-staged and prettier.",
        ]
      : []),
  ];
}

function hooksPart({ hooks }: Scaffolded): string[] {
  return hooks.on
    ? ["The hooks are on: git commit encrypts Secrets and refuses plaintext."]
    : [`THE HOOKS ARE NOT ON, plaintext would be committed: ${hooks.reason}.`];
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

function identityPart({ identity, answers }: Scaffolded): string[] {
  switch (identity.kind) {
    case "new":
      return [
        "",
        `The private key of cluster ${answers.cluster} is new and in this file only:`,
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

function nextPart({ target, answers, files, force }: Scaffolded): string[] {
  if (filesToWrite(files, force).length === 0) return [];
  return [
    "",
    "Next:",
    `  1. ${shellCommand(["cd", target.directory])} and read README.md: it is the guide to this repository.`,
    `  2. Write a Secret to ${join("clusters", answers.cluster, "secrets")}/NAME.sops.yaml, git add it, git commit.`,
    "  3. Push it and bootstrap Flux; README.md has the commands.",
  ];
}

function lines(parts: readonly string[]): string {
  return `${parts.join("\n")}\n`;
}
