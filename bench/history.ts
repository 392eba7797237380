// `npm run bench`, last part: `check --history` on a generated repository of 20,000 commits beside
// `git cat-file --batch-all-objects --batch` and `gitleaks git`; `check --all` on 10,000 files beside
// `gitleaks dir`. Most commits are a bot's, as in real repositories.
import { join } from "node:path";
import { realTool } from "../test/installed-tools.ts";
import { inPlace, TOOL, type Place } from "./place.ts";
import { report, sideBySide, timed } from "./timing.ts";

const COMMITS = 20_000;
const FILES = 10_000;
const RUNS = 3;

function release(app: number, version: number): string {
  const values = Array.from(
    { length: 30 },
    (_, line) => `    option${line}:\n      enabled: true\n      size: ${app + line}Mi\n`,
  );
  return (
    `# yaml-language-server: $schema=https://example.com/helmrelease.json\n` +
    `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: app${app}\nspec:\n` +
    `  valuesFrom:\n    - kind: Secret\n      name: app${app}-values\n  values:\n` +
    `    image:\n      repository: ghcr.io/example/app${app}\n      tag: 1.${version}.0\n` +
    `    existingSecret: app${app}-secret\n    serviceAccount:\n      create: true\n${values.join("")}`
  );
}

function configMap(number: number): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c${number}\ndata:\n  LOG_LEVEL: info\n  URL: https://example.com/${number}\n`;
}

/** A stream for `git fast-import`: first all files in one commit, then one change a commit. */
function* stream(
  commits: number,
  files: readonly [path: string, text: string][],
): Generator<string> {
  const commit = (subject: string) =>
    `commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata ${subject.length}\n${subject}\n`;
  const file = (path: string, text: string) =>
    `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  yield commit("Begin");
  for (const [path, text] of files) yield file(path, text);
  for (let number = 1; number < commits; number += 1) {
    const app = number % 200;
    yield commit(`Update app${app}`) + file(`apps/app${app}/release.yaml`, release(app, number));
  }
}

function repository(
  { folder, env }: Place,
  name: string,
  commits: number,
  files: readonly [string, string][],
): string {
  const cwd = join(folder, name);
  timed("git", ["init", "-q", "-b", "main", cwd], { cwd: folder, env });
  timed("git", ["fast-import", "--quiet"], {
    cwd,
    env,
    input: [...stream(commits, files)].join(""),
  });
  // Packed as a clone is: fast-import leaves chains of deltas that every reader pays for.
  timed("git", ["repack", "-adfq"], { cwd, env });
  timed("git", ["reset", "-q", "--hard"], { cwd, env });
  return cwd;
}

/** What another program does, and how many times its time ours may take. */
interface Other {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly most: number;
}

/** Ours beside the others. */
function compare(
  what: string,
  { env }: Place,
  cwd: string,
  args: readonly string[],
  others: readonly Other[],
): void {
  const [ours = NaN, ...theirs] = sideBySide(RUNS, [
    () => timed("node", [TOOL, ...args], { cwd, env }),
    ...others.map((other) => () => timed(other.program, other.args, { cwd, env })),
  ]);
  for (const [index, { name, most }] of others.entries()) {
    report(what, ours, name, theirs[index] ?? NaN, most);
  }
}

function byGitleaks(program: string, command: "git" | "dir"): Other {
  const args = [command, "--no-banner", "--exit-code", "0", "."];
  return { name: `gitleaks ${command}`, program, args, most: 1 / 3 };
}

await inPlace((place) => {
  const gitleaks = realTool("gitleaks");
  if (gitleaks === null) console.log("gitleaks is not installed: nothing to compare with");
  const apps = Array.from({ length: 200 }, (_, app): [string, string] => [
    `apps/app${app}/release.yaml`,
    release(app, 0),
  ]);
  compare(
    "check --history, 20,000 commits",
    place,
    repository(place, "history", COMMITS, apps),
    ["check", "--history"],
    [
      {
        name: "git cat-file",
        program: "git",
        args: ["cat-file", "--batch-all-objects", "--batch"],
        most: 3,
      },
      ...(gitleaks === null ? [] : [byGitleaks(gitleaks, "git")]),
    ],
  );
  const many = Array.from({ length: FILES }, (_, number): [string, string] => [
    `clusters/c${number % 50}/f${number}.yaml`,
    number % 10 === 0 ? release(number, 0) : configMap(number),
  ]);
  if (gitleaks !== null) {
    compare(
      "check --all, 10,000 files",
      place,
      repository(place, "files", 1, many),
      ["check", "--all"],
      [byGitleaks(gitleaks, "dir")],
    );
  }
});
