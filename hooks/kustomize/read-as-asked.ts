/**
 * Answers a question about files of which some are named only in others: it is asked again with all that it
 * lacked, until it lacks nothing.
 *
 * @param question what it reads is none until it was read, and where there is nothing of that name
 * @param readAll reads those of some names that there are; not called where nothing is asked for
 */
export async function readAsAsked<Answer, Name extends string>(
  question: (read: (name: Name) => readonly Buffer[]) => Answer,
  readAll: (names: readonly Name[]) => Promise<ReadonlyMap<Name, Buffer | readonly Buffer[]>>,
): Promise<Answer> {
  const known = new Map<Name, readonly Buffer[]>();
  for (;;) {
    const lacking = new Set<Name>();
    const answer = question((name) => {
      const contents = known.get(name);
      if (contents === undefined) lacking.add(name);
      return contents ?? [];
    });
    if (lacking.size === 0) return answer;
    const found = await readAll([...lacking]);
    for (const name of lacking) known.set(name, [found.get(name) ?? []].flat());
  }
}
