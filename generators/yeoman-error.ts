import { isExplained } from "../scaffold/errors.ts";

/** yo ends with an error's `code` as its exit status, which has to be a number. */
export async function asYeomanError(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!isExplained(error)) throw error;
    throw Object.assign(new Error(error.message), { code: 2 });
  }
}
