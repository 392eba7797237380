import test, { type ExecutionContext } from "ava";
import { scaffolded } from "./scaffolded.ts";

const FILE = "talos/x.sops.yaml";
const CONFIG = "a: one\nb: hunter2\nc: three\n";
const SELECTION = /unencrypted_suffix: .*/;

/** A repository with an encrypted file that its rule encrypts as a whole. */
function withEncrypted(t: ExecutionContext, content = CONFIG) {
  const repository = scaffolded(t);
  repository.write(FILE, content);
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add x");
  const change = (edit: (text: string) => string) => {
    repository.write(FILE, edit(repository.read(FILE)));
    repository.must("add", FILE);
    return repository.git("commit", "-qm", "Narrow");
  };
  return { repository, change };
}

for (const [what, edit] of [
  ["another value", (text: string) => text.replace(/^b: .*/m, "b: hunter3")],
  ["the same value", (text: string) => text.replace(/^b: .*/m, "b: hunter2")],
  ["under another key", (text: string) => text.replace(/^b: .*/m, "d: hunter2")],
  ["ciphertext", (text: string) => text.replace(/^c: .*/m, "c: four")],
] as const) {
  test(`a selection that was narrowed by hand is refused: ${what} in the place of an encrypted one`, (t) => {
    const { repository, change } = withEncrypted(t);
    const before = repository.must("rev-parse", "HEAD");
    const refused = change((text) => edit(text).replace(SELECTION, "encrypted_regex: ^(a|c)$"));
    t.is(refused.status, 1, refused.stderr);
    t.regex(refused.stderr, /talos\/x\.sops\.yaml:\d+ {2}sops-rule/);
    t.regex(refused.stderr, /put unencrypted_suffix: _unencrypted back/);
    t.regex(refused.stderr, /let its creation rule say so, and stage \.sops\.yaml as well/);
    t.is(repository.must("rev-parse", "HEAD"), before);

    const mended = change((text) =>
      text.replace(/encrypted_regex: .*/, "unencrypted_suffix: _unencrypted"),
    );
    t.is(mended.status, 0, mended.stderr);
    t.notRegex(repository.must("show", `HEAD:${FILE}`), /hunter/);
    t.regex(repository.tool("decrypt", FILE).stdout, /^[bd]: hunter[23]$/m);
  });
}

test("a selection that was narrowed by hand is refused for a comment that was encrypted", (t) => {
  const { change } = withEncrypted(t, `# of the cluster\n${CONFIG}`);
  const refused = change((text) =>
    text.replace(/^#.*/, "# of the cluster").replace(SELECTION, "encrypted_regex: ^(a|b|c)$"),
  );
  t.is(refused.status, 1, refused.stderr);
});

test("a selection that its rule has now, too, is nobody's slip", (t) => {
  const { repository, change } = withEncrypted(t);
  const rules = repository.read(".sops.yaml");
  repository.write(
    ".sops.yaml",
    rules.replace(/^( +)- path_regex: \^talos.*$/m, "$&\n$1  encrypted_regex: ^b$"),
  );
  t.not(repository.read(".sops.yaml"), rules);
  repository.must("add", ".sops.yaml");
  t.is(repository.tool("decrypt", "-i", FILE).status, 0);
  const passed = change((text) => text.replace("three", "four"));
  t.is(passed.status, 0, passed.stderr);
  t.regex(repository.must("show", `HEAD:${FILE}`), /^a: one\nb: ENC\[.*\nc: four$/m);
});
