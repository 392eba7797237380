import test from "ava";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { scaffolded, secret } from "./scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";

/** Secrets in git, and rules for one more recipient, whom a commit asks to be able to read them. */
async function withNewRecipient(t: Parameters<typeof scaffolded>[0], files = [DB]) {
  const repository = scaffolded(t);
  for (const file of files) repository.write(file, secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add db");
  const { recipient } = await generateKeyPair();
  const rules = repository.read(".sops.yaml");
  repository.write(".sops.yaml", rules.replaceAll(/(age1[a-z0-9]+)/g, `$1,${recipient}`));
  repository.must("add", ".sops.yaml");
  const refused = repository.git("commit", "-qm", "Add a recipient");
  if (refused.status !== 1) throw new Error(refused.stderr);
  return { repository, recipient, refused };
}

test("a recipient that is added to .sops.yaml is refused until updatekeys has been run", async (t) => {
  const { repository, recipient, refused } = await withNewRecipient(t);
  t.regex(refused.stderr, /db\.sops\.yaml {2}sops-recipients/);
  t.regex(refused.stderr, /updatekeys --yes clusters\/homelab\/secrets\/db\.sops\.yaml/);

  t.is(repository.tool("updatekeys", "--yes", DB).status, 0);
  repository.must("add", DB);
  const passed = repository.git("commit", "-qm", "Add a recipient");
  t.is(passed.status, 0, passed.stderr);
  t.true(repository.must("show", `HEAD:${DB}`).includes(recipient));
});

test("of several files that lack a recipient, the same two lines mend all", async (t) => {
  const files = ["b c", "it's", "FILE"].map((name) => DB.replace("db", name));
  const { repository, recipient, refused } = await withNewRecipient(t, files);
  t.is(refused.stderr.match(/ {2}sops-recipients$/gm)?.length, 3, refused.stderr);
  const lines = [...refused.stderr.matchAll(/^ {6}(.*)$/gm)].map(([, line = ""]) => line);
  t.is(lines.length, 2, refused.stderr);
  t.is(repository.paste(lines).status, 0);
  t.is(repository.git("commit", "-qm", "Add a recipient").status, 0);
  for (const file of files) t.true(repository.must("show", `HEAD:${file}`).includes(recipient));
});

test("a file that lies decrypted on disk gets a new recipient by git add and git commit, as updatekeys says", async (t) => {
  const { repository, recipient } = await withNewRecipient(t);
  t.is(repository.tool("decrypt", "--in-place", DB).status, 0);
  const { status, stderr } = repository.tool("updatekeys", "--yes", DB);
  t.is(status, 1);
  t.regex(
    stderr,
    /metadata not found; where it lies here decrypted, git add and git commit encrypt it for the recipients/,
  );
  repository.must("add", DB);
  const passed = repository.git("commit", "-qm", "Add a recipient");
  t.is(passed.status, 0, passed.stderr);
  t.true(repository.must("show", `HEAD:${DB}`).includes(recipient));
  t.is(repository.tool("decrypt", DB).stdout, secret({ a: "one" }));
});

test("a change to .sops.yaml that leaves the recipients as they are goes through", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add db");
  repository.write(".sops.yaml", `# a comment\n${repository.read(".sops.yaml")}`);
  repository.must("add", ".sops.yaml");
  t.is(repository.git("commit", "-qm", "Comment").status, 0);
});

test("a nested .sops.yaml that goes away is refused until the files below it have the recipients of the rules above", async (t) => {
  const repository = scaffolded(t);
  const file = "clusters/homelab/secrets/team/db.sops.yaml";
  const { recipient } = await generateKeyPair();
  const rules = `creation_rules:\n  - encrypted_regex: ^stringData$\n    age: ${recipient}\n`;
  repository.write("clusters/homelab/secrets/team/.sops.yaml", rules);
  repository.write(file, secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add db", "--date=2020-01-01T00:00:00Z");
  t.true(repository.must("show", `HEAD:${file}`).includes(recipient));

  repository.must("rm", "-q", "clusters/homelab/secrets/team/.sops.yaml");
  const refused = repository.git("commit", "-qm", "Remove the rules");
  t.is(refused.status, 1);
  t.regex(refused.stderr, /team\/db\.sops\.yaml {2}sops-recipients/);
});
