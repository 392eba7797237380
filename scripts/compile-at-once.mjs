// V8 reads over a function when its file is loaded, and once more, to compile it, when it is called
// first. A function in parentheses it compiles the first time (v8.dev/blog/preparser). So those that a
// usual run calls are put in parentheses: decrypting one file has a twentieth less to do beside node's start.
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

/**
 * Rewrites some built files: the functions at their top level that a run of them calls become
 * `var name=(function name(){…})`, before all else, as a declaration would be.
 *
 * @param files paths of CommonJS files that begin with "use strict"
 * @param run starts node on them, with the environment that it is given beside its own
 */
export async function compileAtOnce(files, run) {
  const folder = await mkdtemp(join(tmpdir(), "flux-sops-build-"));
  try {
    await run({ NODE_V8_COVERAGE: folder });
    const scripts = await ranScripts(folder);
    for (const file of files) {
      const called = scripts.get(pathToFileURL(file).href);
      if (called === undefined) throw new Error(`${file} did not run`);
      await writeFile(file, inParentheses(await readFile(file, "utf8"), called));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** By address: where the functions begin that were called (the form of NODE_V8_COVERAGE). */
async function ranScripts(folder) {
  const called = new Map();
  for (const name of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, name), "utf8"));
    for (const { url, functions } of result) {
      const starts = functions
        .filter(({ ranges: [whole] }) => whole.count > 0)
        .map(({ ranges: [whole] }) => whole.startOffset);
      called.set(url, new Set([...(called.get(url) ?? []), ...starts]));
    }
  }
  return called;
}

function inParentheses(text, called) {
  const source = ts.createSourceFile("built.js", text, ts.ScriptTarget.Latest);
  const [strict, first] = source.statements;
  if (strict?.getText(source) !== '"use strict";' || first === undefined) {
    throw new Error('a built file does not begin with "use strict"');
  }
  const functions = source.statements.filter(
    (one) => ts.isFunctionDeclaration(one) && called.has(one.getStart(source)),
  );
  if (functions.length === 0) throw new Error("a built file calls none of its functions");
  const variables = functions.map((one) => `${one.name.text}=(${one.getText(source)})`);
  let rest = "";
  let at = first.getStart(source);
  for (const one of functions) {
    rest += text.slice(at, one.getStart(source));
    at = one.end;
  }
  rest += text.slice(at);
  return `${text.slice(0, first.getStart(source))}var ${variables.join(",")};${rest}`;
}
