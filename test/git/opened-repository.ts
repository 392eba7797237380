import { openRepository, type OpenedRepository } from "../../git/repository/open.ts";
import {
  temporaryRepository,
  type RepositoryOptions,
  type TemporaryRepository,
} from "../temporary-repository.ts";

/** A throwaway repository, as git itself works on it and as this room has opened it. */
export interface Opened extends TemporaryRepository {
  readonly open: OpenedRepository;
}

/** Makes an empty repository, and opens it. */
export async function openedRepository(
  t: Parameters<typeof temporaryRepository>[0],
  options?: RepositoryOptions,
): Promise<Opened> {
  const repository = temporaryRepository(t, options);
  const { dir: cwd, env } = repository;
  return { ...repository, open: await openRepository({ cwd, env }) };
}
