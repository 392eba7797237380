import test from "ava";
import { scaffolded, secret } from "../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";

test("map: which Flux Kustomization decrypts which file, for whom, and what none builds", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "one" }));
  repository.write("talos/talsecret.sops.yaml", "cluster:\n  secret: c2VjcmV0c2VjcmV0c2VjcmV0\n");
  repository.write("clusters/homelab/apps/kustomization.yaml", "resources:\n  - gone.yaml\n");
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add db");
  const recipient = /recipient: (age1\S+)/.exec(repository.read(DB))?.[1] ?? "";
  t.not(recipient, "");

  const text = repository.tool("map");
  t.is(text.status, 0, text.stderr);
  t.true(
    text.stdout.includes(`flux-system/secrets  (clusters/homelab/secrets.yaml:2)
  builds clusters/homelab/secrets, decrypts with the keys in Secret sops-age
    ${DB}  ${recipient.slice(0, 16)}…
`),
    text.stdout,
  );
  t.regex(
    text.stdout,
    /problem: clusters\/homelab\/apps\/kustomization\.yaml:2: gone\.yaml is not here\n/,
  );
  t.regex(
    text.stdout,
    /\nEncrypted, and built by no Flux Kustomization:\n {4}talos\/talsecret\.sops\.yaml {2}age1.*\n4 Flux Kustomizations \(1 without encrypted files not shown\), 2 encrypted files\n$/,
  );

  const report = JSON.parse(repository.tool("map", "--format", "json").stdout) as {
    kustomizations: { name: string; encrypted: unknown[]; decryption: unknown }[];
  };
  t.like(report, {
    version: 1,
    unbuilt: [{ path: "talos/talsecret.sops.yaml", otherKeys: [] }],
    problems: [],
  });
  const secrets = report.kustomizations.find(({ name }) => name === "secrets");
  t.like(secrets, {
    name: "secrets",
    namespace: "flux-system",
    file: "clusters/homelab/secrets.yaml",
    path: "clusters/homelab/secrets",
    decryption: { provider: "sops", secret: "sops-age", from: null },
    encrypted: [{ path: DB, recipients: [recipient] }],
  });
});

test("map: wrong use ends with 2", (t) => {
  const repository = scaffolded(t);
  t.is(repository.tool("map", "--format", "xml").status, 2);
  t.is(
    repository.run("node", [".flux-sops/flux-sops.mjs", "map"], { env: { GIT_DIR: "/nowhere" } })
      .status,
    2,
  );
});
