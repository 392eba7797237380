/**
 * Answers a question about files of which some are named only in others: it is asked again with all that it
 * lacked, until it lacks nothing.
 *
 * @param question what it reads is null until it was read, and where there is nothing of that name
 * @param readAll reads those of some names that there are; not called where nothing is asked for
 */
export async function readAsAsked<Answer, Name extends string>(
  question: (read: (name: Name) => Buffer | null) => Answer,
  readAll: (names: readonly Name[]) => Promise<ReadonlyMap<Name, Buffer>>,
): Promise<Answer> {
  const known = new Map<Name, Buffer | null>();
  for (;;) {
    const lacking = new Set<Name>();
    const answer = question((name) => {
      const bytes = known.get(name);
      if (bytes === undefined) lacking.add(name);
      return bytes ?? null;
    });
    if (lacking.size === 0) return answer;
    const found = await readAll([...lacking]);
    for (const name of lacking) known.set(name, found.get(name) ?? null);
  }
}
