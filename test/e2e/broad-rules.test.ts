import test from "ava";
import { scaffolded, secret, type Scaffolded } from "./scaffolded.ts";

/** Creation rules as public repositories have them: for much more than what their users encrypt. */
const RULES: Readonly<Record<string, string>> = {
  "for a tree, as cluster templates have it": String.raw`path_regex: kubernetes/.*\.ya?ml`,
  "for everything, as in Flux's guide": "path_regex: .*.yaml",
  "without a pattern": "mac_only_encrypted: true",
};

const READABLE: Readonly<Record<string, string>> = {
  "kubernetes/apps/web/settings.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  CLUSTER: main\n",
  "kubernetes/apps/web/externalsecret.yaml":
    "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: web\nspec:\n  data:\n    - secretKey: a\n      remoteRef:\n        key: web\n",
  "kubernetes/apps/web/helmrelease.yaml":
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: web\nspec:\n  values:\n    config:\n      data:\n        a: b\n  valuesFrom:\n    - kind: Secret\n      name: web\n",
  "kubernetes/apps/web/ks.yaml":
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: web\nspec:\n  path: ./kubernetes/apps/web\n  postBuild:\n    substitute:\n      data: b\n",
  "kubernetes/apps/web/helm/values.yaml": "config:\n  data:\n    a: b\n",
  "kubernetes/apps/web/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - settings.yaml\n",
};

const WHERE_SECRETS_ARE = [
  "kubernetes/apps/web/db.sops.yaml",
  "kubernetes/apps/web/db.yaml",
  "kubernetes/apps/web/all.yaml",
];

function withRules(repository: Scaffolded, rule: string): void {
  const recipient = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  repository.write(
    ".sops.yaml",
    `creation_rules:\n  - ${rule}\n    encrypted_regex: ^(data|stringData)$\n    age: ${recipient}\n`,
  );
  repository.must("add", ".sops.yaml");
  repository.must("commit", "-qm", "Rules of one's own");
  for (const [path, text] of Object.entries(READABLE)) repository.write(path, text);
}

for (const [name, rule] of Object.entries(RULES)) {
  test(`rules ${name}: what is no Secret stays as it was written, and a Secret is encrypted`, (t) => {
    const repository = scaffolded(t);
    withRules(repository, rule);
    const config = READABLE["kubernetes/apps/web/settings.yaml"] ?? "";
    for (const path of WHERE_SECRETS_ARE) {
      repository.write(path, secret({ password: "hunter2" }));
    }
    repository.write(
      "kubernetes/apps/web/all.yaml",
      `${config}---\n${secret({ password: "hunter2" })}`,
    );
    repository.must("add", ".");
    const commit = repository.git("commit", "-m", "Everything");
    t.is(commit.status, 0, commit.stderr);
    for (const [path, text] of Object.entries(READABLE)) {
      t.is(repository.must("show", `HEAD:${path}`), text, path);
    }
    for (const path of WHERE_SECRETS_ARE) {
      t.regex(commit.stderr, new RegExp(`encrypted ${path.replaceAll(".", "\\.")}`));
      t.notRegex(repository.must("show", `HEAD:${path}`), /hunter2/);
    }
    t.is(commit.stderr.match(/encrypted /g)?.length, WHERE_SECRETS_ARE.length);
    t.is(repository.must("status", "--porcelain", "-uall"), "");
  });

  test(`rules ${name}: a merge of what is no Secret goes through, and of a Secret does not`, (t) => {
    const repository = scaffolded(t);
    withRules(repository, rule);
    const { must, git } = repository;
    const elsewhere = ["-c", "core.hooksPath=/nowhere"];
    must("switch", "-qc", "side");
    must("add", ".");
    must(...elsewhere, "commit", "-qm", "From elsewhere");
    must("switch", "-q", "main");
    const merge = git("merge", "--no-ff", "-m", "Merge", "side");
    t.is(merge.status, 0, merge.stderr);
    must("switch", "-q", "side");
    repository.write("kubernetes/apps/web/db.yaml", secret({ password: "hunter2" }));
    must("add", ".");
    must(...elsewhere, "commit", "-qm", "A Secret from elsewhere");
    must("switch", "-q", "main");
    const refused = git("merge", "--no-ff", "-m", "Merge", "side");
    t.not(refused.status, 0);
    t.regex(refused.stderr, /web\/db\.yaml {2}plaintext-secret\n {4}it is in plaintext/);
  });
}
