import test from "ava";
import { scaffolded, secret } from "./scaffolded.ts";

const PATH = "clusters/homelab/secrets/db.sops.yaml";

test("secret-not-valid: the gate refuses before it encrypts, and check afterwards", (t) => {
  const repository = scaffolded(t);
  repository.write(PATH, secret({ password: "hunter2", port: "5432" }));
  repository.must("add", "-A");
  const before = repository.state();
  const refused = repository.git("commit", "-qm", "x");
  t.is(refused.status, 1);
  t.regex(
    refused.stderr,
    /db\.sops\.yaml:7 {2}secret-not-valid\n.*the value of port under stringData is no text/,
  );
  t.notRegex(refused.stderr, /5432|hunter2/);
  t.is(repository.state(), before, "nothing changed");

  // Past the gate: encrypted by hand, as a number, which its token still tells.
  const encrypted = repository.tool("encrypt", "-i", PATH);
  t.is(encrypted.status, 0, encrypted.stderr);
  repository.must("add", "-A");
  const again = repository.git("commit", "-qm", "x");
  t.is(again.status, 1);
  t.regex(again.stderr, /db\.sops\.yaml:7 {2}secret-not-valid\n/);
  repository.must("commit", "-qnm", "x");
  const checked = repository.tool("check", "--format", "json");
  t.is(checked.status, 1);
  const { findings } = JSON.parse(checked.stdout) as { findings: { rule: string; line: number }[] };
  t.deepEqual(
    findings.map(({ rule, line }) => [rule, line]),
    [["secret-not-valid", 7]],
  );

  repository.write(PATH, secret({ password: "hunter2", port: "'5432'" }));
  repository.must("add", "-A");
  const done = repository.git("commit", "-qm", "y");
  t.is(done.status, 0, done.stderr);
  t.is(repository.tool("check").status, 0);
  // What was wrong once leaked nothing, and is no business of the history.
  t.is(repository.tool("check", "--history").status, 0);
});

test("secret-not-valid: the gate refuses a number that `set` has put there, and takes the text", (t) => {
  const repository = scaffolded(t);
  repository.write(PATH, secret({ password: "hunter2", port: "'5432'" }));
  repository.must("add", "-A");
  repository.must("commit", "-qm", "x");
  const set = (value: string) => {
    const done = repository.tool("set", PATH, '["stringData"]["port"]', value);
    t.is(done.status, 0, done.stderr);
    repository.must("add", "-A");
    return repository.git("commit", "-qm", "y");
  };
  const refused = set("5433");
  t.is(refused.status, 1);
  t.regex(
    refused.stderr,
    /db\.sops\.yaml:7 {2}secret-not-valid\n.*the value of port under stringData is no text/,
  );
  t.notRegex(refused.stderr, /5433|hunter2/);
  const taken = set('"5433"');
  t.is(taken.status, 0, taken.stderr);
  t.regex(repository.tool("decrypt", PATH).stdout, /^ {2}port: ['"]5433['"]$/m);
});

test("secret-not-valid: of a mapping without its | it is said how it becomes a text", (t) => {
  const repository = scaffolded(t);
  const nested = secret({ password: "hunter2" }) + "  config.yaml:\n    a: secret\n";
  repository.write(PATH, nested);
  repository.must("add", "-A");
  const how = "To mend it, write the value as one text: in quotes, or below a | after its key";
  const refused = repository.git("commit", "-qm", "x");
  t.is(refused.status, 1);
  t.true(refused.stderr.includes(`    ${how}.\n`), refused.stderr);

  t.is(repository.tool("encrypt", "-i", PATH).status, 0);
  repository.must("add", "-A");
  const encrypted = repository.git("commit", "-qm", "x");
  t.is(encrypted.status, 1);
  t.true(encrypted.stderr.includes(`    ${how}, with npx flux-sops edit.\n`), encrypted.stderr);

  repository.write(PATH, nested.replace("config.yaml:", "config.yaml: |"));
  repository.must("add", "-A");
  repository.must("commit", "-qm", "x");
  t.regex(repository.tool("decrypt", PATH).stdout, /^ {2}config\.yaml: \|\n {4}a: secret$/m);
});
