import { printable } from "../../git/escape.ts";
import { changeOf } from "../consent.ts";
import { filesToWrite, type PlannedFile } from "../plan/plan.ts";
import type { PreparedScaffold } from "../scaffold.ts";
import { byHandPart } from "./by-hand.ts";

/** What a dry run says: every file and what would become of it. */
export function previewMessage(prepared: PreparedScaffold): string {
  const { destination, identity, files, force } = prepared;
  const changed = filesToWrite(files, force).filter(
    ({ state, before }) => before !== null && state !== "upgraded",
  );
  const lines = [
    `Nothing is written (--dry-run). Into ${printable(destination.directory)}:`,
    ...files.map((file) => `  ${fate(file, force)} ${file.path}`),
    ...changed.flatMap((file) => ["", `${file.path}:`, ...changeOf(file)]),
    ...byHandPart(prepared),
    ...(identity.kind === "new"
      ? [`A new age identity would be written to ${printable(identity.file)}.`]
      : []),
  ];
  return `${lines.join("\n")}\n`;
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
