/** Why no key was added or removed. Nothing was changed. */
export class KeysRefusal extends Error {
  override readonly name = "KeysRefusal";
  /** Sentences for the user, without their full stops; commands name the tool `npx flux-sops`. */
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join("; "));
    this.reasons = reasons;
  }
}
