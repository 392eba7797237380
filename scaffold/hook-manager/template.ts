import type { WantedFile } from "../plan/plan.ts";
import { templateFiles } from "../template-files.ts";

/** What the hooks source, from beside them. */
export const SOURCED = "require-node.sh";

/** A file of our hooks, as the scaffold has it. */
export function hookFile(path: string, name: string): WantedFile {
  const template = templateFiles().get(`repository/.husky/${name}.ejs`);
  if (template === undefined) throw new Error(`there is no template of the hook ${name}`);
  return { path, content: Buffer.from(template), mode: 0o644 };
}
