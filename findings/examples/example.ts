/** Of a rule, or of a part of one. */
export interface Examples {
  /** Files that the rule must hit, with the lines it must name. */
  readonly hits: readonly Example[];
  /** Files that it must not hit. */
  readonly misses: readonly Example[];
}

export interface Example {
  readonly path: string;
  /**
   * Placeholders such as `{{AGE_KEY}}` and `{{PEM_RSA}}` are replaced at test time by freshly made
   * keys, so that no key stands in this repository. `placeholders` in `test/findings/keys.ts` lists
   * them; in a line that is indented, every line of the replacement is.
   */
  readonly content: string;
  /** For `hits`: the expected lines. */
  readonly lines?: readonly (number | null)[];
}
