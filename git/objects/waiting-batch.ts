import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";

/** As much as any pipe takes at once, so that neither side can wait for the other. */
const FITS_A_PIPE = 4096;

/** Milliseconds after which nobody is waiting. */
const PATIENCE = 100;

/**
 * A `git cat-file --batch --buffer` that a shell has started: it takes its questions from a named pipe,
 * and its answers come on our standard input, where nothing else comes before their end. Starting a
 * program takes node longer than git takes to answer.
 */
export class WaitingBatch {
  #pipe: string | null;
  readonly #meanwhile: () => void;

  /**
   * @param pipe where git reads, once somebody opens it for writing
   * @param meanwhile what there is to do while git reads
   */
  constructor(pipe: string, meanwhile: () => void) {
    this.#pipe = pipe;
    this.#meanwhile = meanwhile;
  }

  /**
   * Asks everything at once; to be asked once.
   *
   * @param lines one object each, one char per byte, no newline
   * @returns what git has printed, to its end, be it too early or not; null where nobody was waiting, and
   *   nothing was asked
   */
  ask(lines: readonly string[]): Buffer | null {
    const pipe = this.#pipe;
    this.#pipe = null;
    const question = Buffer.from(`${lines.join("\n")}\n`, "latin1");
    if (pipe === null || question.length > FITS_A_PIPE) return null;
    const descriptor = openToWrite(pipe);
    if (descriptor === null) return null;
    try {
      writeSync(descriptor, question);
      unlinkSync(pipe);
    } finally {
      closeSync(descriptor);
    }
    this.#meanwhile();
    return readFileSync(0);
  }
}

/** Null where no named pipe is, or nobody has it open for reading by and by. */
function openToWrite(pipe: string): number | null {
  for (let waited = 0; waited < PATIENCE; waited += 1) {
    try {
      const descriptor = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      if (fstatSync(descriptor).isFIFO()) return descriptor;
      closeSync(descriptor);
      return null;
    } catch (error) {
      // No reader yet: the shell is just about to start git.
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") return null;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return null;
}
