/** What ends a command for one file, with a status of its own; the message is for the user, as it is. */
export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
