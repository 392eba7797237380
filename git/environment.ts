/** The environment of a call to git. */
export function childEnvironment(
  env: Readonly<NodeJS.ProcessEnv>,
  { filters = false }: { readonly filters?: boolean },
): NodeJS.ProcessEnv {
  const child: NodeJS.ProcessEnv = {
    ...env,
    // Objects as they will be pushed, not as refs/replace shows them here (git-replace(1)).
    GIT_NO_REPLACE_OBJECTS: "1",
    // What only reads waits for nobody; what writes takes its locks all the same (git(1)).
    GIT_OPTIONAL_LOCKS: "0",
  };
  if (!filters) child["LC_ALL"] = "C";
  return child;
}

/**
 * The environment without what ties git to the repository at hand (git(1), "The Git Repository"):
 * for calls in another one.
 */
export function withoutRepository(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const ties = new Set([
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
  ]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ties.has(name)));
}

/** The same place, looking at another index file. */
export function withIndexFile<C extends { readonly env: Readonly<NodeJS.ProcessEnv> }>(
  context: C,
  indexFile: string,
): C {
  return { ...context, env: { ...context.env, GIT_INDEX_FILE: indexFile } };
}
