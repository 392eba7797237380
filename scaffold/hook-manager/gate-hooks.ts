/** The hooks that look at what is committed or pushed, in the order of their importance. */
export const GATE_HOOKS = [
  "pre-commit",
  "prepare-commit-msg",
  "pre-push",
  "pre-merge-commit",
  "pre-applypatch",
  "post-rewrite",
] as const;
export type GateHook = (typeof GATE_HOOKS)[number];

/** Those that git tells something on standard input. */
export const READ_INPUT: readonly GateHook[] = ["pre-push", "post-rewrite"];
