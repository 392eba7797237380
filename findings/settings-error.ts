/** A `.flux-sops.yaml` that cannot be used; `message` names the line. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  /** @param what in a few words, without a value from the file */
  constructor(line: number, what: string) {
    super(`.flux-sops.yaml:${line}: ${what}`);
  }
}
