import test from "ava";
import { generateKeyPair } from "../../sops/identity.ts";
import { scaffolded, secret } from "./scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";

test("a recipient that is added to .sops.yaml is refused until updatekeys has been run", async (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add db");
  const { recipient } = await generateKeyPair();
  const rules = repository.read(".sops.yaml");
  repository.write(".sops.yaml", rules.replaceAll(/(age1[a-z0-9]+)/g, `$1,${recipient}`));
  repository.must("add", ".sops.yaml");
  const refused = repository.git("commit", "-qm", "Add a recipient");
  t.is(refused.status, 1, refused.stderr);
  t.regex(refused.stderr, /db\.sops\.yaml {2}sops-recipients/);
  t.regex(refused.stderr, /updatekeys --yes clusters\/homelab\/secrets\/db\.sops\.yaml/);

  t.is(repository.tool("updatekeys", "--yes", DB).status, 0);
  repository.must("add", DB);
  const passed = repository.git("commit", "-qm", "Add a recipient");
  t.is(passed.status, 0, passed.stderr);
  t.true(repository.must("show", `HEAD:${DB}`).includes(recipient));
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
