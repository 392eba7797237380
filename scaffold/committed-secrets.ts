import { execFile } from "node:child_process";
import { join } from "node:path";
import { printable } from "../git/escape.ts";
import { isRecord } from "../sops/metadata/metadata-fields.ts";
import type { Scaffolded } from "./carry-out.ts";
import { environmentInFolder } from "./git-in-folder.ts";
import { TOOL_PATH } from "../git/tool-command.ts";

/** A readable secret in a file of an existing repository, or what Flux makes of an encrypted one. */
export interface CommittedSecret {
  readonly path: string;
  readonly rule: string;
  /** 1-based; null where the finding is about the file as a whole. */
  readonly line: number | null;
  readonly message: string;
  readonly fix: readonly string[];
}

const MOST_SHOWN = 20;

/**
 * The readable secrets that an existing repository holds, by its new tool's `check`. Nothing is
 * changed. Empty for a repository that was made just now, and where the tool cannot tell.
 */
export async function committedSecrets({ destination }: Scaffolded): Promise<CommittedSecret[]> {
  if (!destination.isRepository || typeof destination.remembered.cluster === "string") return [];
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [join(destination.directory, TOOL_PATH), "check", "--format", "json"],
      { cwd: destination.directory, env: environmentInFolder(), maxBuffer: 2 ** 28 },
      (_error, stdout) => resolve(stdout),
    );
  });
  let report: unknown;
  try {
    report = JSON.parse(output);
  } catch {
    return [];
  }
  const findings = isRecord(report) && Array.isArray(report["findings"]) ? report["findings"] : [];
  return findings.filter(isRecord).flatMap((finding): CommittedSecret[] => {
    if (finding["severity"] !== "error") return [];
    const { line, fix } = finding;
    return [
      {
        path: String(finding["path"]),
        rule: String(finding["rule"]),
        line: typeof line === "number" ? line : null,
        message: String(finding["message"]),
        fix: Array.isArray(fix) ? fix.map(String) : [],
      },
    ];
  });
}

/** What to do about them; empty where there are none. */
export function committedSecretsMessage(secrets: readonly CommittedSecret[]): string {
  const isOfFlux = ({ rule }: CommittedSecret) => rule === "flux-ciphertext";
  const readable = secrets.filter((secret) => !isOfFlux(secret));
  const ofFlux = secrets.filter(isOfFlux);
  return [
    ...(readable.length === 0
      ? []
      : [
          "",
          "These files of the repository are readable secrets, or broken; they were left as they are:",
          ...listed(readable),
          "Encrypting hides what comes from now on. What was committed stays in the history, so make new",
          "passwords and keys, wherever they are used, once the files are encrypted.",
          "",
        ]),
    ...(ofFlux.length === 0
      ? []
      : ["", "What is encrypted is not all decrypted by Flux:", ...listed(ofFlux), ""]),
  ].join("\n");
}

function listed(secrets: readonly CommittedSecret[]): string[] {
  const shown = secrets.slice(0, MOST_SHOWN);
  return [
    ...shown.flatMap(({ path, line, message, fix }) => [
      `  ${printable(path)}${line === null ? "" : `:${line}`}: ${printable(message)}`,
      ...fix.map((command) => `      ${command}`),
    ]),
    ...(secrets.length > shown.length
      ? [`  and ${secrets.length - shown.length} more: node ${TOOL_PATH} check`]
      : []),
  ];
}
