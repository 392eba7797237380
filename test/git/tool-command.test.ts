import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { pathFromText } from "../../git/path.ts";
import { TOOL_PATH, withToolCommand } from "../../git/tool-command.ts";

const OWN = JSON.stringify({ private: true, bin: { "flux-sops": TOOL_PATH } });

const CASES: readonly [
  title: string,
  files: Readonly<Record<string, string>>,
  prefix: string,
  command: string,
][] = [
  ["a scaffolded repository", { [TOOL_PATH]: "", "package.json": OWN }, "", "npx flux-sops"],
  ["in a folder of it", { [TOOL_PATH]: "", "package.json": OWN }, "a/b/", "npx flux-sops"],
  [
    "in a folder with a package.json of its own",
    { [TOOL_PATH]: "", "package.json": OWN, "a/package.json": "{}" },
    "a/b/",
    `node ../../${TOOL_PATH}`,
  ],
  [
    "a package.json that names no such program",
    { [TOOL_PATH]: "", "package.json": '{"private":true}' },
    "",
    `node ${TOOL_PATH}`,
  ],
  [
    "a package.json that is none",
    { [TOOL_PATH]: "", "package.json": "null" },
    "",
    `node ${TOOL_PATH}`,
  ],
  ["without a package.json, in a folder", { [TOOL_PATH]: "" }, "a/b/", `node ../../${TOOL_PATH}`],
  ["without the tool", { "package.json": OWN }, "", "npx -p generator-flux-sops flux-sops"],
];

for (const [title, files, prefix, command] of CASES) {
  test(`this tool in a command, where npx would not go to a registry: ${title}`, (t) => {
    const cwd = mkdtempSync(join(tmpdir(), "flux-sops-"));
    t.teardown(() => {
      rmSync(cwd, { recursive: true });
    });
    mkdirSync(join(cwd, "a/b"), { recursive: true });
    mkdirSync(join(cwd, ".flux-sops"));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    t.is(
      withToolCommand("npx flux-sops map; npx flux-sops check", {
        cwd,
        prefix: pathFromText(prefix),
      }),
      `${command} map; ${command} check`,
    );
  });
}
