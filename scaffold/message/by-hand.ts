import type { PreparedScaffold } from "../scaffold.ts";
import { titled } from "./titled.ts";

/** What is left to the user, and why. */
export function byHandPart({ files }: PreparedScaffold): string[] {
  const open = files.filter(({ state }) => state === "by-hand");
  return titled(
    "Yours to do, since it cannot be added by itself:",
    open.map(({ path, byHand }) => `  ${path}: ${byHand ?? ""}`),
  );
}
