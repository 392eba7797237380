import { symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { Range } from "../../../git/history/range.ts";
import { HistoryLog } from "../../../git/history/log.ts";
import { pathFromText } from "../../../git/path.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { pastSources } from "../../../hooks/history/past-sources.ts";
import { temporaryRepository, type TemporaryRepository } from "../../temporary-repository.ts";

const KUSTOMIZATION = "app/kustomization.yaml";
const NAMES_IT = "secretGenerator: [{ name: a, envs: [a.env] }]\n";
const NAMES_ANOTHER = "secretGenerator: [{ name: a, envs: [a.sops.env] }]\n";
const OBJECT = "apiVersion: builtin\nkind: SecretGenerator\nmetadata: { name: a }\nenvs: [a.env]\n";

type Files = Readonly<Record<string, string | null>>;

function commit(repository: TemporaryRepository, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    if (content === null) repository.must("rm", "-q", name);
    else repository.write(name, content);
  }
  repository.must("add", ".");
  repository.must("commit", "-q", "--allow-empty", "-m", "Change");
}

/** What was named of `app/a.env` at any time, be it in a range alone, and is a secret: all but what says `none`. */
async function contentsNamed(
  { dir, env }: TemporaryRepository,
  range: Range | null = null,
): Promise<string[]> {
  const repository = await openRepository({ cwd: dir, env });
  const log = new HistoryLog(repository, range);
  await log.read(() => undefined);
  const sources = await pastSources(repository, log, [pathFromText(KUSTOMIZATION)], ({ bytes }) =>
    bytes.includes("none") ? null : true,
  );
  return sources
    .filter(({ source }) => source.path === pathFromText("app/a.env"))
    .map(({ source }) => source.bytes.toString().trim())
    .sort();
}

const HISTORIES: readonly (readonly [string, readonly Files[], readonly string[]])[] = [
  [
    "both in one commit, then another file in its place",
    [
      { [KUSTOMIZATION]: NAMES_IT, "app/a.env": "A=1\n" },
      { [KUSTOMIZATION]: NAMES_ANOTHER, "app/a.env": null },
    ],
    ["A=1"],
  ],
  [
    "the file first: it is named in the state that the kustomization found",
    [
      { "app/a.env": "A=0\n" },
      { "app/a.env": "A=1\n" },
      { [KUSTOMIZATION]: NAMES_IT },
      { "app/a.env": "A=2\n" },
      { [KUSTOMIZATION]: null },
      { "app/a.env": "A=3\n" },
    ],
    ["A=1", "A=2"],
  ],
  [
    "a file that was replaced when it was named, and one that came when it was not any more",
    [
      { "app/a.env": "A=1\n" },
      { [KUSTOMIZATION]: NAMES_ANOTHER },
      { [KUSTOMIZATION]: null, "app/a.env": "A=2\n" },
    ],
    [],
  ],
  [
    "an object, of which the kustomization and the file know nothing",
    [
      { [KUSTOMIZATION]: "generators: [g]\n", "app/g/kustomization.yaml": "resources: [a.yaml]\n" },
      { "app/a.env": "A=1\n" },
      { "app/a.env": "A=2\n" },
      { "app/g/a.yaml": OBJECT },
      { "app/g/a.yaml": null },
      { "app/a.env": "A=3\n" },
    ],
    ["A=2"],
  ],
];

for (const [title, commits, contents] of HISTORIES) {
  test(`files that were named at any time: ${title}`, async (t) => {
    const repository = temporaryRepository(t);
    for (const files of commits) commit(repository, files);
    t.deepEqual(await contentsNamed(repository), contents);
  });
}

test("files that were named at any time: what was no secret before and after is none", async (t) => {
  const repository = temporaryRepository(t);
  for (const content of ["none\n", "A=1\n", "none again\n"]) {
    commit(repository, { [KUSTOMIZATION]: NAMES_IT, "app/a.env": content });
  }
  t.deepEqual(await contentsNamed(repository), ["A=1"]);
});

test("files that were named in a range: what names it, or it itself, may be older than the range", async (t) => {
  for (const [older, newer] of [
    [{ "app/a.env": "A=1\n" }, { [KUSTOMIZATION]: NAMES_IT }],
    [{ [KUSTOMIZATION]: NAMES_IT }, { "app/a.env": "A=1\n" }],
  ]) {
    const repository = temporaryRepository(t);
    const heads = [older, newer, { "README.md": "a\n" }].map((files) => {
      commit(repository, files ?? {});
      return repository.must("rev-parse", "HEAD");
    });
    const range = { include: heads.slice(2), exclude: heads.slice(0, 1), remote: false } as const;
    t.deepEqual(await contentsNamed(repository, range), ["A=1"]);
  }
});

test("files that were named at any time: two branches that brought a half each", async (t) => {
  const repository = temporaryRepository(t);
  commit(repository, { "README.md": "a\n" });
  repository.must("switch", "-qc", "side");
  commit(repository, { "app/a.env": "A=1\n" });
  repository.must("switch", "-q", "main");
  commit(repository, { [KUSTOMIZATION]: NAMES_IT });
  t.deepEqual(await contentsNamed(repository), []);
  repository.must("merge", "-q", "--no-ff", "-m", "Merge", "side");
  repository.must("branch", "-qD", "side");
  t.deepEqual(await contentsNamed(repository), ["A=1"]);
  commit(repository, { "README.md": "b\n" });
  commit(repository, { "app/a.env": null });
  t.deepEqual(await contentsNamed(repository), ["A=1"]);
});

test("files that were named at any time: git stores no more of a symbolic link than where it leads", async (t) => {
  const repository = temporaryRepository(t);
  const link = join(repository.dir, "app/a.env");
  commit(repository, { [KUSTOMIZATION]: NAMES_IT });
  symlinkSync("b.env", link);
  commit(repository, { "app/b.env": "B=1\n" });
  t.deepEqual(await contentsNamed(repository), []);
  // The same content, as a file: as such it counts.
  unlinkSync(link);
  commit(repository, { "app/a.env": "b.env" });
  t.deepEqual(await contentsNamed(repository), ["b.env"]);
  unlinkSync(link);
  symlinkSync("b.env", link);
  commit(repository, {});
  t.deepEqual(await contentsNamed(repository), ["b.env"]);
});

test("a secret in plaintext that is named many times is not judged each time", async (t) => {
  const repository = temporaryRepository(t);
  const names = `secretGenerator: [{ name: a, envs: [${"a.env, ".repeat(20)}] }]\n`;
  commit(repository, { [KUSTOMIZATION]: names, "app/a.env": "A=1\n" });
  const { dir, env } = repository;
  const log = new HistoryLog(await openRepository({ cwd: dir, env }));
  await log.read(() => undefined);
  let judged = 0;
  const isPlaintext = () => (judged += 1) > 0;
  await pastSources({ cwd: dir, env }, log, [pathFromText(KUSTOMIZATION)], isPlaintext);
  t.is(judged, 2);
});
