import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** node's own functions, whatever stands in their places meanwhile. */
export const nodeFs: typeof fs = { ...fs };

/**
 * Does something while functions of node:fs are other ones, for whoever has imported them by name too: a system
 * that fails where no test can have it fail. Tests that do so run one after the other.
 */
export async function withOtherFs<T>(
  others: Partial<typeof fs>,
  run: () => T | Promise<T>,
): Promise<T> {
  Object.assign(fs, others);
  syncBuiltinESMExports();
  try {
    return await run();
  } finally {
    for (const name of Object.keys(others)) Reflect.set(fs, name, Reflect.get(nodeFs, name));
    syncBuiltinESMExports();
  }
}

/** An error as node:fs throws it. */
export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made to fail`), { code });
}

/** In the place of a function of node:fs that fails. */
export function failing(code: string): () => never {
  return () => {
    throw systemError(code);
  };
}

/** The modes that files have, with all rights to give away, when something writes to them. */
export async function modesWhileWritten(run: () => unknown): Promise<number[]> {
  const modes: number[] = [];
  const umask = process.umask(0);
  try {
    await withOtherFs(
      {
        writeFileSync: (file, ...rest) => {
          modes.push(nodeFs.fstatSync(file as number).mode & 0o777);
          nodeFs.writeFileSync(file, ...rest);
        },
      },
      run,
    );
  } finally {
    process.umask(umask);
  }
  return modes;
}
