// Builds what is published: the tool, run by plain node, and dist/generators/NAME/index.js (what
// `yo flux-sops:NAME` loads). The tool is a few files, each whole in itself: dist/flux-sops.cjs, where
// it starts, and the parts that are loaded when they are wanted. They are CommonJS: node comes up a
// quarter sooner when it need not load its loader of modules, and these run at every commit.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { appendFile, chmod, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

/** `scaffold/template-files.ts` reads templates/ from disk; in a bundle the files travel inside it. */
const embedTemplates = {
  name: "embed-templates",
  setup(build) {
    build.onLoad({ filter: /scaffold[\\/]template-files\.ts$/ }, async () => {
      const folder = join(root, "templates");
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = {};
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        files[relative(folder, path).split(sep).join("/")] = await readFile(path, "utf8");
      }
      const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
      return {
        contents: `export function templateFiles() { return new Map(Object.entries(${JSON.stringify(sorted)})); }`,
        loader: "js",
      };
    });
  },
};

/**
 * husky copies a script that lies beside its module, which a bundle has no more: the copy is written
 * from the text instead. And it empties each file before it writes it: where the disk is full by then, a
 * hook that was at work would be an empty file, which git takes for a hook that has no objection. All else
 * is husky's own.
 */
const WRITE_WHOLE = `const w = (file, content, options) => {
  const beside = file + '.flux-sops.tmp'
  try {
    f.writeFileSync(beside, content, options)
    f.renameSync(beside, file)
  } catch (error) {
    f.rmSync(beside, { force: true })
    throw error
  }
}`;

const embedHusky = {
  name: "embed-husky",
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/]husky[\\/]index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const script = await readFile(join(path, "../husky"), "utf8");
      const copy = "f.copyFileSync(new URL('husky', import.meta.url), _('h'))";
      const imported = "import f, { readdir, writeFileSync as w } from 'fs'";
      if (!source.includes(copy) || !source.includes(imported)) {
        throw new Error("husky has changed: see embedHusky in build.mjs");
      }
      return {
        contents: source
          .replace(copy, () => `w(_('h'), ${JSON.stringify(script)})`)
          .replace(imported, () => `import f from 'fs'\n${WRITE_WHOLE}`),
        loader: "js",
      };
    });
  },
};

/**
 * Takes the build of `yaml` that is meant for bundlers. The one for Node prints every token that it
 * parses, secrets included, when the environment says LOG_TOKENS.
 */
const quietYaml = {
  name: "quiet-yaml",
  setup(build) {
    build.onResolve({ filter: /^yaml$/ }, () => ({
      path: join(root, "node_modules/yaml/browser/dist/index.js"),
    }));
  },
};

const shared = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  minify: true,
  // The licenses of what is bundled stand at the end of each file, whole: see licenses().
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  absWorkingDir: root,
  define: { FLUX_SOPS_VERSION: JSON.stringify(version) },
  plugins: [quietYaml, embedTemplates, embedHusky],
};

await rm(join(root, "dist"), { recursive: true, force: true });

/** What is big and seldom wanted is a file of its own, and required from there. */
const PARTS = [
  "hooks/commit/nothing-to-do.ts",
  "cli/decrypt-one.ts",
  "hooks/rules/rules-in-force.ts",
  "cli/hook.ts",
  "cli/en-and-decrypt.ts",
  "cli/check.ts",
  "cli/commands.ts",
  "sops/age/hybrid.ts",
];

/** Packages that several parts have in common. */
const PACKAGES = ["yaml", "re2js"];

/** Written when all others are. */
const OWN_OBJECTS = "hooks/own-objects.ts";

const separateParts = {
  name: "separate-parts",
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) => {
      const source = relative(root, join(resolveDir, path)).split(sep).join("/");
      if (kind !== "dynamic-import" || ![...PARTS, OWN_OBJECTS].includes(source)) {
        return undefined;
      }
      return { path: `./${basename(source, ".ts")}.cjs`, external: true };
    });
  },
};

const separatePackages = {
  name: "separate-packages",
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(?:${PACKAGES.join("|")})$`) }, ({ path }) => ({
      path,
      namespace: "separate-package",
    }));
    // Loaded when something of it is used first: few patterns need RE2.
    build.onLoad({ filter: /.*/, namespace: "separate-package" }, async ({ path }) => {
      const getters = Object.keys(await import(path))
        // The whole of a CommonJS package has two names, the second since Node 23.
        .filter((name) => name !== "default" && name !== "module.exports")
        .map((name) => `get ${name}() { return load().${name}; }`);
      return {
        contents: `let loaded;\nconst load = () => (loaded ??= require("./${path}.cjs"));\nmodule.exports = {\n${getters.join(",\n")}\n};`,
        loader: "js",
      };
    });
    build.onResolve({ filter: /\.cjs$/, namespace: "separate-package" }, ({ path }) => ({
      path,
      external: true,
    }));
  },
};

const madeBy = `// flux-sops ${version}, MIT licensed. Made by generator-flux-sops; run the generator again to upgrade.`;

/** One file of the tool, whole but for what the others have. */
async function buildPart(name, entry, plugins, firstLine = "") {
  const part = await build({
    ...shared,
    ...entry,
    format: "cjs",
    supported: { "dynamic-import": false },
    define: { ...shared.define, "import.meta.dirname": "__dirname" },
    plugins: [...plugins, ...shared.plugins],
    outfile: `dist/${name}.cjs`,
    banner: { js: `${firstLine}${madeBy}` },
  });
  await addLicenses(part.metafile);
}

const separate = [separateParts, separatePackages];
await buildPart("flux-sops", { entryPoints: ["cli/main.ts"] }, separate, "#!/usr/bin/env node\n");
for (const source of PARTS) {
  await buildPart(basename(source, ".ts"), { entryPoints: [source] }, separate);
}
for (const name of PACKAGES) {
  const contents = `export * from ${JSON.stringify(name)};`;
  await buildPart(name, { stdin: { contents, resolveDir: root } }, []);
}
await chmod(join(root, "dist/flux-sops.cjs"), 0o755);

/** What people type, and earlier hooks call. */
await writeFile(
  join(root, "dist/flux-sops.mjs"),
  `#!/usr/bin/env node\n${madeBy}\nimport "./flux-sops.cjs";\n`,
  { mode: 0o755 },
);

/** Their names as git gives them: gitformat-loose(5). */
async function ownObjects() {
  const files = (await readdir(join(root, "dist"))).sort();
  const contents = await Promise.all(files.map((name) => readFile(join(root, "dist", name))));
  return ["sha1", "sha256"].flatMap((format) =>
    contents.map((content) =>
      createHash(format).update(`blob ${content.length}\0`).update(content).digest("hex"),
    ),
  );
}
await writeFile(
  join(root, `dist/${basename(OWN_OBJECTS, ".ts")}.cjs`),
  `${madeBy}\nexports.OWN_OBJECTS = new Set(${JSON.stringify(await ownObjects(), null, 1)});\n`,
);

const generators = (await readdir(join(root, "generators"), { withFileTypes: true })).filter(
  (entry) => entry.isDirectory(),
);
const adapters = await build({
  ...shared,
  entryPoints: Object.fromEntries(
    generators.map(({ name }) => [`${name}/index`, `generators/${name}/generator.ts`]),
  ),
  format: "esm",
  outdir: "dist/generators",
  external: ["yeoman-generator"],
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
await addLicenses(adapters.metafile);

/** Appends the licenses of the packages inside each built file, as these ask for. */
async function addLicenses({ outputs }) {
  for (const [file, { inputs }] of Object.entries(outputs)) {
    const packages = new Set(
      Object.keys(inputs)
        .map((path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[0])
        .filter((folder) => folder !== undefined),
    );
    if (packages.size === 0) continue;
    const byText = new Map();
    for (const folder of [...packages].sort()) {
      const { name, version } = JSON.parse(
        await readFile(join(root, folder, "package.json"), "utf8"),
      );
      const license = (await readdir(join(root, folder))).find((entry) =>
        /^licen[cs]e/i.test(entry),
      );
      if (license === undefined) throw new Error(`${name} has no license file to pass on`);
      const text = (await readFile(join(root, folder, license), "utf8")).trim();
      byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
    }
    const notices = [...byText].map(([text, names]) => `${names.join(", ")}:\n\n${text}`);
    const comment = notices.join("\n\n").replaceAll("*/", "* /");
    await appendFile(join(root, file), `\n/* Contains these packages.\n\n${comment}\n*/\n`);
  }
}
