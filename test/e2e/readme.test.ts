import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { blocksOf, commandBlocksOf, paste, standIns } from "./documents.ts";
import { type Scaffolded, scaffolded } from "./scaffolded.ts";

/** Blocks that need a terminal: they are read, not run. */
const NEEDS_TERMINAL = /^stty /;

const { recipient: COLLEAGUE } = await generateKeyPair();

/** On a terminal it asks whether that cluster is meant, and for the token: see prompts.test.ts. */
function withoutQuestions(commands: string): string {
  const answered = commands
    .replace(/^npx flux-sops bootstrap(?: --cluster homelab)?$/m, "$& --yes")
    .replaceAll("age1…theirs…", COLLEAGUE);
  return `GITHUB_TOKEN=t0ken; export GITHUB_TOKEN\n${answered}`;
}

function runAll(
  t: { is: (a: unknown, b: unknown, message?: string) => void },
  repository: Scaffolded,
  blocks: readonly string[],
): void {
  standIns(repository);
  repository.run("git", ["init", "-q", "--bare", join(repository.home, "server.git")]);
  for (const block of blocks) {
    if (NEEDS_TERMINAL.test(block)) continue;
    const { status, stdout, stderr } = paste(
      repository,
      withoutQuestions(block),
      block.includes("--value-stdin") ? '"another horse"' : "",
    );
    t.is(status, 0, `${block}\n${stdout}\n${stderr}`);
  }
}

test("every command of a scaffolded README works when pasted, in order", (t) => {
  const repository = scaffolded(t, { flags: ["--owner", "me"] });
  const blocks = blocksOf(repository.read("README.md"), "sh");
  t.true(blocks.length >= 15, String(blocks.length));
  // The two that belong together share a variable.
  const find = blocks.findIndex((block) => block.startsWith("KEYS="));
  blocks.splice(find, 2, `${blocks[find] ?? ""}${blocks[find + 1] ?? ""}`);
  runAll(t, repository, blocks);
  t.is(repository.must("status", "--porcelain"), "");
  const plain = repository.tool("decrypt", "clusters/homelab/secrets/db.sops.yaml").stdout;
  t.regex(plain, /password: "?another horse"?\n/, "the commands did what the text says");
  t.notRegex(
    repository.must("log", "-p", "--no-textconv", "--all", "--", "clusters"),
    /correct horse|another horse/,
  );
  t.not(
    repository.run("git", ["-C", join(repository.home, "server.git"), "log", "main"]).stdout,
    "",
  );
});

test("by hand, a scaffolded README finds the key of its cluster among those of others", async (t) => {
  const repository = scaffolded(t, { flags: ["--owner", "me"] });
  const [own = ""] = /age1\w+/.exec(repository.read(".sops.yaml")) ?? [];
  for (const name of ["a", "b", "c", "d"]) t.is(repository.tool("new", "cluster", name).status, 0);
  const find = blocksOf(repository.read("README.md"), "sh").find((one) => one.startsWith("KEYS="));
  const { stdout } = paste(repository, find ?? "", "");
  t.is(stdout, `The key of this cluster: ${own}\n`);

  // A person's own key, which stands behind the cluster's, as the README has it.
  let person = await generateKeyPair();
  while (person.recipient > own) person = await generateKeyPair();
  const { recipient, identity } = person;
  const rules = repository.read(".sops.yaml");
  repository.write(".sops.yaml", rules.replaceAll(own, `${own},\n      ${recipient}`));
  const keys = join(repository.home, ".config/sops/age/keys.txt");
  appendFileSync(keys, `# public key: ${recipient}\n${identity}\n`);
  t.is(paste(repository, find ?? "", "").stdout, `The key of this cluster: ${own}\n`);
});

test("every command of the guide works when pasted, in order", (t) => {
  const guide = readFileSync(
    fileURLToPath(new URL("../../docs/guide.md", import.meta.url)),
    "utf8",
  );
  const repository = scaffolded(t, { flags: ["--owner", "me"] });
  const { home, dir } = repository;
  standIns(repository);
  repository.run("git", ["init", "-q", "--bare", join(home, "server.git")]);
  // The one file that the reader has to bring, and the token.
  writeFileSync(join(dir, ".git/info/exclude"), "KEY_OF_THIS_CLUSTER\n");
  writeFileSync(join(dir, "KEY_OF_THIS_CLUSTER"), "");
  const blocks = commandBlocksOf(guide);
  t.is(blocks.filter(({ language }) => language === "sh").length, 10);
  t.is(blocks.filter(({ language }) => language === "console").length, 7);
  for (const { commands } of blocks) {
    const isInit = commands.includes("flux-sops init");
    const { status, stdout, stderr } = paste(
      isInit ? { ...repository, dir: home } : repository,
      withoutQuestions(commands),
      commands.includes("--value-stdin") ? '"another horse"' : "",
    );
    t.is(status, 0, `${commands}\n${stdout}\n${stderr}`);
    if (isInit) t.true(existsSync(join(home, "flux-homelab/clusters/homelab")));
  }
  const made = "clusters/homelab/secrets/shop-cache.sops.yaml";
  t.regex(repository.tool("decrypt", made).stdout, /password: "\w{32}"/);
  t.notRegex(
    repository.must("log", "-p", "--no-textconv", "--all", "--", "clusters"),
    /correct horse|another horse|ghp_example/,
  );
});
