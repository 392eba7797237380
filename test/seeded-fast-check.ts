// eslint-disable-next-line no-restricted-imports -- this is where it gets its seed
import fc from "fast-check";

/**
 * fast-check with the seed that `npm test` takes from the content of HEAD, so that two runs on one
 * commit try the same, and every commit something else. Without `FLUX_SOPS_SEED`, in `npm run fuzz`
 * for one, each run has its own; a failure prints it.
 */
const seed = process.env["FLUX_SOPS_SEED"];
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });

/** The seed for the n-th test of one property, to spread into what fast-check is asked for. */
export function seedOf(index: number): { readonly seed?: number } {
  return seed === undefined ? {} : { seed: Number(seed) + index };
}

export default fc;
