import type { Document } from "yaml";
import type { Section } from "./candidate/sections.ts";

/** The rule ids of the contract: what leaks as it is … */
export const LEAK_RULES = [
  "plaintext-secret",
  "plaintext-value",
  "age-key",
  "private-key",
  "kubeconfig",
  "talos-secrets",
] as const;

/** … and all others. */
export const RULE_IDS = [
  ...LEAK_RULES,
  "sops-broken",
  "sops-recipients",
  "sops-rule",
  "sops-unsupported",
  "flux-ciphertext",
  "secret-not-valid",
  "inline-credential",
] as const;

export type RuleId = (typeof RULE_IDS)[number];

export type Severity = "error" | "warning";

/**
 * How a finding is mended, in words that do not depend on where the file was found (index,
 * worktree, history). `findings/fix.ts` turns it into commands.
 */
export type Mend =
  /** Keep the file out of the commit; it stays in the worktree. */
  | { readonly kind: "leave-out"; readonly orUnderARule?: UnderARule | null }
  /** Rename the file so that a creation rule takes it; the gate then encrypts it. `to`: repository path. */
  | { readonly kind: "rename"; readonly to: string }
  /** Nothing but an edit by hand helps; `what` says which, in the imperative, without the path. */
  | { readonly kind: "edit"; readonly what: string; readonly orUnderARule?: UnderARule | null }
  /** Commands in which `FILE` stands for the file's quoted name: `sops encrypt -i FILE`. */
  | { readonly kind: "on-file"; readonly commands: readonly string[] }
  /** Commands that are right anywhere in the repository, already quoted. */
  | { readonly kind: "run"; readonly commands: readonly string[] };

/** How a creation rule would take a file that none takes. */
export interface UnderARule {
  /** The repository path at which one takes it. */
  readonly to: string;
  /** Where that rule stands: the repository path of its file, and the 1-based line. */
  readonly rules: string;
  readonly line: number;
  /** The `path_regex` with which it would take the file where it is … */
  readonly pathRegex: string;
  /** … once it has this name, or null where it has it. */
  readonly name: string | null;
}

/** What a rule says about one place in one file. Never holds a value from the file. */
export interface Hit {
  /** 1-based, or null when the whole file is meant. */
  readonly line: number | null;
  /** One sentence without the path and without any secret: what is wrong. */
  readonly message: string;
  readonly mend: Mend;
}

/** A hit together with the rule that made it. */
export interface Finding extends Hit {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** The repository paths of kustomizations that list the file, where its mend gives it another name. */
  readonly listedIn?: readonly string[];
}

/**
 * A file under judgement. Everything beyond `path` and `bytes` is computed on first use
 * and kept. Nothing here throws, whatever the bytes are.
 */
export interface Candidate {
  /** Repository-relative, `/`-separated, decoded as UTF-8 (lossy for hostile names): for rules that look at names. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /**
   * The repository path under which a creation rule would take this file, so that renaming it lets
   * the gate encrypt it; null or missing where there is none. The caller says how: this room knows no
   * creation rules.
   */
  readonly encryptedName?: string | null;
  /**
   * The bytes as text without a byte order mark: UTF-8 or UTF-16. Null where they are neither, or hold
   * NUL. A lone carriage return is a line break in it.
   */
  readonly text: string | null;
  /**
   * `text`, and for bytes that are no valid UTF-8 but hold no NUL the same bytes read as Latin-1: one
   * stray umlaut must not hide a password. Text between NULs has blanks for them. Null only for binary
   * files.
   */
  readonly readable: string | null;
  /** What keywords are looked for in: `bytes`, and UTF-8 made of `text` for a UTF-16 file. */
  readonly searchable: Uint8Array;
  /** `readable` cut at its document markers; each part is parsed only when a rule asks for it. */
  readonly sections: readonly Section[];
  /**
   * The YAML (or JSON) documents of `text`, ranges counted in it, or null where it does not parse as
   * YAML without errors, or is nested too deeply or too long to be parsed at a commit.
   */
  readonly documents: readonly Document.Parsed[] | null;
  /** 1-based line of an offset into `readable` (and so into `text`). */
  lineAt(offset: number): number;
}

/** One leak or one kind of broken file. Its examples stand in `examples/`, its words in `rule-words.ts`. */
export interface Rule {
  readonly id: RuleId;
  readonly severity: Severity;
  /**
   * Words (ASCII, matched as bytes, case matters) of which at least one stands in every file that the
   * rule can hit, unless `paths` names the file; looked for before anything is parsed. They stand in
   * `keywords.ts`, so that a commit without a suspect never loads a rule.
   */
  readonly keywords: readonly string[];
  /** Repository paths that the rule looks at even without a keyword. */
  readonly paths?: RegExp;
  /** Never throws, and never puts a value of the file into a hit. */
  find(candidate: Candidate): Hit[];
}
