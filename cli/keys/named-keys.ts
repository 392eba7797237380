import { printable } from "../../git/escape.ts";

/** Keys in a sentence, each with whose it is, where that is known: `age1… (Ann's laptop), age1…`. */
export function namedKeys(keys: readonly string[], names: ReadonlyMap<string, string>): string {
  return keys
    .map((key) => {
      const name = names.get(key);
      return printable(name === undefined ? key : `${key} (${name})`);
    })
    .join(", ");
}
