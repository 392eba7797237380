import { createInterface } from "node:readline";

/** Asks for a line of input and waits for it; false where none can come. */
export async function enter(question: string): Promise<boolean> {
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin });
  try {
    const { done } = await lines[Symbol.asyncIterator]().next();
    if (done === true) process.stderr.write("\n");
    return done !== true;
  } finally {
    lines.close();
  }
}
