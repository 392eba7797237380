import { spawnSync } from "node:child_process";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
import { withoutKeys } from "./without-keys.ts";

/** What kubectl answered. */
export type Answer =
  | { readonly kind: "got"; readonly data: unknown }
  /** `complaint` is its last line on standard error. */
  | { readonly kind: "failed"; readonly complaint: string }
  | { readonly kind: "missing" };

/** Whether kubectl has asked the cluster, which has no such object. */
export function isNotFound({ complaint }: Extract<Answer, { kind: "failed" }>): boolean {
  return /NotFound|not found/.test(complaint);
}

/** Asks kubectl for JSON. */
export type Kubectl = (args: readonly string[]) => Answer;

const MOST_BYTES = 2 ** 28;

/** The objects of a list that kubectl printed; none where it is no list. */
export function itemsOf(list: unknown): Record<string, unknown>[] {
  return isRecord(list) && Array.isArray(list["items"]) ? list["items"].filter(isRecord) : [];
}

/** @param context kubectl's context; null for the current one. */
export function kubectlIn(context: string | null): Kubectl {
  const at = context === null ? [] : [`--context=${context}`];
  return (args) => {
    const { error, status, stdout, stderr } = spawnSync(
      "kubectl",
      [...at, "--request-timeout=20s", ...args],
      {
        encoding: "utf8",
        env: withoutKeys(),
        stdio: ["ignore", "pipe", "pipe"],
        maxBuffer: MOST_BYTES,
      },
    );
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return { kind: "missing" };
    if (status !== 0) {
      const lines = (stderr ?? "").trim().split("\n");
      return { kind: "failed", complaint: lines.at(-1) || "it failed without a word" };
    }
    try {
      return { kind: "got", data: JSON.parse(stdout) };
    } catch {
      // Not the error of JSON.parse, which quotes what it read.
      return { kind: "failed", complaint: "it printed no JSON" };
    }
  };
}
