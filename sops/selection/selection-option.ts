/** The six options of which a rule or a file has at most one. */
export const SELECTION_OPTIONS = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
] as const;

export type SelectionOption = (typeof SELECTION_OPTIONS)[number];

/** Which values of a document are encrypted. */
export interface Selection {
  readonly option: SelectionOption;
  readonly pattern: string;
}

/** What holds when nothing is said. */
export const DEFAULT_SELECTION: Selection = {
  option: "unencrypted_suffix",
  pattern: "_unencrypted",
};

/** Whether two selections are the same option with the same pattern. */
export function isSameSelection(one: Selection, other: Selection): boolean {
  return one.option === other.option && one.pattern === other.pattern;
}
