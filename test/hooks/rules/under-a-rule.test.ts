import test from "ava";
import { inspectCommitted } from "../../../hooks/inspect-committed.ts";
import { RulesInForce } from "../../../hooks/rules/rules-in-force.ts";
import { rulesFor } from "../../../scaffold/wanted-rules.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";

const { recipient } = await generateKeyPair();
const SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  a: hunter2\n";

function ruleFile(...patterns: readonly string[]): string {
  const rules = patterns.map(
    (pattern) =>
      `  - path_regex: ${pattern}\n    encrypted_regex: ^(data|stringData)$\n    age: ${recipient}\n`,
  );
  return `creation_rules:\n${rules.join("")}`;
}

const SCAFFOLDED = `creation_rules:\n${rulesFor("home", [recipient])
  .flatMap(({ lines }) => lines)
  .map((line) => `  ${line}\n`)
  .join("")}`;

async function said(path: string, text: string, files: Readonly<Record<string, string>>) {
  const rules = new RulesInForce(
    new Map(Object.entries(files).map(([folder, file]) => [folder, Buffer.from(file)])),
  );
  const { findings } = await inspectCommitted({ path, rules }, Buffer.from(text), () =>
    Promise.resolve([]),
  );
  return findings.flatMap(({ finding: { mend } }) =>
    mend.kind === "leave-out" || mend.kind === "edit" ? [mend.orUnderARule] : [],
  );
}

test("a Secret outside every rule: where one takes it, and the rule to copy for where it is", async (t) => {
  t.deepEqual(await said("apps/web/db.yaml", SECRET, { "": SCAFFOLDED }), [
    {
      to: "clusters/home/secrets/db.yaml",
      rules: ".sops.yaml",
      line: 13,
      pathRegex: String.raw`^apps/web/.*\.sops\.ya?ml$`,
      name: "db.sops.yaml",
    },
  ]);
  const [top] = await said("db.yml", SECRET, { "": SCAFFOLDED });
  t.is(top?.pathRegex, String.raw`^[^/]*\.sops\.ya?ml$`);
});

test("a file whose name says that it is encrypted: said once", async (t) => {
  const found = await said("apps/db.sops.yaml", SECRET, { "": SCAFFOLDED });
  t.deepEqual(
    found.map((one) => one?.to),
    ["clusters/home/secrets/db.sops.yaml", undefined],
  );
  t.is(found[0]?.name, null);
  const [variables] = await said("apps/a.sops.env", "A=b\n", { "": SCAFFOLDED });
  t.is(variables?.to, "clusters/home/secrets/a.sops.env");
  t.is(variables?.pathRegex, String.raw`^apps/.*\.sops\.env$`);
});

test("the rule for the folder nearest to the file's own, and a folder of secrets beside it before all", async (t) => {
  const rules = ruleFile("^clusters/a/secrets/", "^clusters/b/secrets/", "^apps/web/secrets/");
  for (const [path, to] of [
    ["clusters/b/web/db.yaml", "clusters/b/secrets/db.yaml"],
    ["apps/web/db.yaml", "apps/web/secrets/db.yaml"],
    ["db.yaml", "clusters/a/secrets/db.yaml"],
  ] as const) {
    t.is((await said(path, SECRET, { "": rules }))[0]?.to, to, path);
  }
  const [beside] = await said("apps/db.yaml", SECRET, {
    "": ruleFile("(^|/)secrets/[^/]*\\.yaml$"),
  });
  t.is(beside?.to, "apps/secrets/db.yaml");
});

test("below another folder's .sops.yaml, the paths and the pattern are of that", async (t) => {
  const [found] = await said("k8s/apps/db.yaml", SECRET, { "k8s/": ruleFile("^flux/") });
  t.is(found?.to, "k8s/flux/secrets/db.yaml");
  t.is(found?.rules, "k8s/.sops.yaml");
  t.is(found?.pathRegex, String.raw`^apps/.*\.sops\.ya?ml$`);
});

test("a rule that encrypts a Secret as a whole, or to nobody, is none to go under", async (t) => {
  const whole = `creation_rules:\n  - path_regex: ^talos/\n    age: ${recipient}\n`;
  const nobody = "creation_rules:\n  - path_regex: ^talos/\n    encrypted_regex: ^data$\n";
  for (const files of [{ "": whole }, { "": nobody }, {}]) {
    t.deepEqual(await said("apps/db.yaml", SECRET, files), [null]);
  }
});

test("nothing of the kind is said of keys, of credentials, or where renaming is enough", async (t) => {
  for (const [path, text] of [
    ["apps/.env", "TOKEN=hunter2secret99\n"],
    ["clusters/home/apps/db.yaml", SECRET],
  ] as const) {
    const found = await said(path, text, { "": SCAFFOLDED });
    t.true(
      found.every((one) => one === undefined),
      path,
    );
  }
});
