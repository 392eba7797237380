/**
 * Answers a question about files, some of which are named only in others: it is asked again, each time
 * with the files that it lacked, until it lacks none.
 *
 * @param question asks for files by name; gets nothing for one that was not read yet, or is not there
 * @param readAll reads the files of some names, as far as they are there; not called without a name
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
