// Node's loader of modules, taught TypeScript. It drops the types (scripts/check.mjs looks at them) and
// keeps the result under node_modules/.cache, named by what it was made from.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const cache = new URL("../node_modules/.cache/typescript/", import.meta.url);

/** https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export async function load(url, context, nextLoad) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return nextLoad(url, context);
  const text = readFileSync(new URL(url));
  const name = createHash("sha256").update(url).update("\0").update(text).digest("hex");
  const kept = new URL(`${name}.js`, cache);
  let source;
  try {
    source = readFileSync(kept, "utf8");
  } catch {
    source = await translated(text.toString(), fileURLToPath(url));
    mkdirSync(cache, { recursive: true });
    // Others may read it meanwhile: whole, or not at all.
    const own = new URL(`${name}.${process.pid}`, cache);
    writeFileSync(own, source);
    renameSync(own, kept);
  }
  return { format: "module", source, shortCircuit: true };
}

async function translated(text, file) {
  const { transformSync } = await import("esbuild");
  return transformSync(text, {
    loader: "ts",
    target: "node20",
    sourcemap: "inline",
    sourcefile: file,
  }).code;
}
