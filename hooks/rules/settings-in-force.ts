import { withoutGuesses } from "../../findings/guesses.ts";
import type { AllowedFinding, Settings, Settled } from "../../findings/settings.ts";
import { readBlobMap } from "../../git/objects/blobs.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { readStagedPaths } from "../../git/index/staged-files.ts";
import type { Finding } from "../../findings/finding.ts";
import { SETTINGS_FILE } from "./gate-files.ts";

/**
 * The settings as staged; null where there are none.
 *
 * @throws SettingsError, GitError
 */
export async function stagedSettings(context: GitContext): Promise<Settings | null> {
  const staged = await readStagedPaths(context, [SETTINGS_FILE]);
  return parsed(staged.get(SETTINGS_FILE)?.bytes);
}

/**
 * Settings by the name of their blob; null where there are none.
 *
 * @throws SettingsError, GitError
 */
export async function settingsIn(
  context: GitContext,
  blob: string | null,
): Promise<Settings | null> {
  return blob === null ? null : parsed((await readBlobMap(context, [blob])).get(blob));
}

async function parsed(bytes: Buffer | undefined): Promise<Settings | null> {
  if (bytes === undefined) return null;
  const { parseSettings } = await import("../../findings/settings.ts");
  return parseSettings(bytes.toString("utf8"));
}

/**
 * Applies the settings for a commit that is being made: what they allow is still told, as a warning,
 * so that an entry beside the very secret that it allows does not go unseen.
 */
export async function settleAsWarnings<
  F extends Finding & { readonly path: GitPath; readonly blob: string },
>(settings: Settings | null, findings: readonly F[]): Promise<F[]> {
  return (await settled(settings, findings)).map(({ finding, allowedBy }) =>
    allowedBy === null
      ? finding
      : {
          ...finding,
          severity: "warning" as const,
          message: `${finding.message}; allowed in line ${allowedBy.line} of .flux-sops.yaml`,
          mend: { kind: "run" as const, commands: [] },
        },
  );
}

/** Applies the settings where it was told already: what they allow is left out. */
export async function settleSilently<
  F extends Finding & { readonly path: GitPath; readonly blob?: string | null },
>(
  settings: Settings | null,
  findings: readonly F[],
  used: (entry: AllowedFinding) => void = () => undefined,
): Promise<F[]> {
  return (await settled(settings, findings)).flatMap(({ finding, allowedBy }) => {
    if (allowedBy === null) return [finding];
    used(allowedBy);
    return [];
  });
}

async function settled<
  F extends Finding & { readonly path: GitPath; readonly blob?: string | null },
>(settings: Settings | null, findings: readonly F[]): Promise<Settled<F>[]> {
  if (settings === null) {
    return withoutGuesses(findings.map((finding) => ({ finding, allowedBy: null })));
  }
  const { settle } = await import("../../findings/settings.ts");
  const place = ({ path, blob }: F) => ({ path: pathText(path), blob: blob ?? null });
  return withoutGuesses(settle(settings, findings, place));
}
