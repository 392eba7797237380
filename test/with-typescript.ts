/** The argument with which node reads this project's TypeScript, wherever it is started. */
export const WITH_TYPESCRIPT = `--import=${new URL("../scripts/typescript.mjs", import.meta.url).href}`;
