import { LEAK_RULES, type Finding } from "./finding.ts";
import type { Settled } from "./settings.ts";

const LEAKS: ReadonlySet<string> = new Set(LEAK_RULES);

/**
 * Without the guesses about lines of which it is known that they leak. Of what an entry lets through that is not
 * known: the same line may hold something else, all of a file in JSON for one.
 */
export function withoutGuesses<F extends Finding & { readonly path: string }>(
  settled: readonly Settled<F>[],
): Settled<F>[] {
  const placeOf = ({ path, line }: F) => `${String(line)} ${path}`;
  const known = new Set(
    settled.flatMap(({ finding, allowedBy }) =>
      allowedBy === null && LEAKS.has(finding.rule) ? [placeOf(finding)] : [],
    ),
  );
  return settled.filter(
    ({ finding }) => finding.rule !== "inline-credential" || !known.has(placeOf(finding)),
  );
}
