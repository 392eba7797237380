/**
 * Says how far a command is, on one line of a terminal that is gone at the end; nowhere else. Whatever
 * is said meanwhile begins where the line does, and is longer.
 *
 * @returns what to call when one more is done.
 */
export function progress(name: string, total: number): () => void {
  const { stderr } = process;
  if (total < 20 || !stderr.isTTY) return () => undefined;
  let done = 0;
  let shown = -Infinity;
  return () => {
    done += 1;
    const now = performance.now();
    if (done < total && now - shown < 100) return;
    shown = now;
    stderr.write(done === total ? "\u001b[K" : `${name}: ${done} of ${total}\r`);
  };
}
