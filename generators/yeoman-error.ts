import { isExplained, isInterruption } from "../scaffold/errors.ts";

/** What shells report for Ctrl-C. */
const INTERRUPTED = 130;

/**
 * yo prints an error's message, and ends with its `code` as the exit status, which has to be a number.
 * Nothing has been written before the last answer.
 */
export async function asYeomanError(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    // Before the message it prints all arguments again, into a log maybe, and a value may be among them.
    process.argv.splice(2);
    if (isInterruption(error)) {
      // The very error: Yeoman has handed it on before it came here.
      throw Object.assign(error, { message: "stopped; nothing was written", code: INTERRUPTED });
    }
    if (!isExplained(error)) throw error;
    throw Object.assign(new Error(error.message), { code: 2 });
  }
}
