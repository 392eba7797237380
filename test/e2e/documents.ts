import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { realTool } from "../real-tools.ts";
import { type Ended, type Scaffolded, TOOL } from "./scaffolded.ts";

/** The blocks of a Markdown text in a language, in order. */
export function blocksOf(text: string, language: string): string[] {
  const blocks = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm");
  return [...text.matchAll(blocks)].map((match) => match[1] ?? "");
}

/** A block of commands in a Markdown text. */
export interface CommandBlock {
  readonly language: "sh" | "console";
  /** As to be pasted: of a `console` block the lines after `$ `, with those that go on from them. */
  readonly commands: string;
}

/** The blocks of commands of a Markdown text, in order. */
export function commandBlocksOf(text: string): CommandBlock[] {
  return [...text.matchAll(/^```(sh|console)\n([^]*?)^```/gm)].map(([, language, block = ""]) =>
    language === "sh"
      ? { language, commands: block }
      : {
          language: "console",
          commands: [...block.matchAll(/^\$ ((?:.*\\\n)*.*\n)/gm)].map(([, one]) => one).join(""),
        },
  );
}

/**
 * Programs that a document's commands call and a test cannot have: they do nothing, or what the
 * real ones would do here. kustomize is the real one, where it is installed.
 *
 * @returns a PATH with them in front.
 */
export function standIns(repository: Scaffolded): string {
  const bin = join(repository.home, "bin");
  const kustomize = realTool("kustomize");
  const programs: Readonly<Record<string, string>> = {
    kubectl: `case $* in
  *jsonpath*) printf a2V5;;
  *current-context*) echo lab;;
  *dev/stdin*) cat;;
  *"get secret sops-age -o json"*) echo "Error from server (NotFound)" >&2; exit 1;;
esac`,
    talosctl: ":",
    flux: ":",
    npm: ":",
    // What npx does in the repository, without starting npm.
    npx: `[ "$1" != -p ] || { shift 3; exec node '${TOOL}' "$@"; }
shift; exec node .flux-sops/flux-sops.mjs "$@"`,
    "age-keygen": ":",
    kustomize: kustomize === null ? ":" : `exec '${kustomize}' "$@"`,
    editor: 'sed -i.bak "s/correct horse/better horse/" "$1"; rm -f "$1.bak"',
  };
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return `${bin}:${process.env["PATH"] ?? ""}`;
}

/** Runs a block as pasted into a shell, with a bare repository as the server. */
export function paste(repository: Scaffolded, block: string, input = ""): Ended {
  const { home, dir } = repository;
  return repository.run("sh", ["-ec", block], {
    cwd: dir,
    input,
    env: {
      PATH: `${join(home, "bin")}:${process.env["PATH"] ?? ""}`,
      EDITOR: "editor",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `url.${join(home, "server.git")}.insteadOf`,
      GIT_CONFIG_VALUE_0:
        repository.git("config", "remote.origin.url").stdout.trim() ||
        "https://github.com/me/flux-homelab.git",
    },
  });
}
