import { join } from "node:path";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { testWith } from "../real-tools.ts";
import { isWhole, keyFileOf, objectsIn, reconciled, secretsAreThose } from "./reconciled.ts";
import { scaffolded, type Scaffolded } from "./scaffolded.ts";

function statuses(built: ReturnType<typeof reconciled>): Record<string, string> {
  return Object.fromEntries([...built].map(([name, { status }]) => [name, status]));
}

/** What `flux bootstrap` writes over the two empty files, as far as a build is concerned. */
function bootstrap(repository: Scaffolded, cluster: string): void {
  const place = `clusters/${cluster}/flux-system`;
  repository.write(
    `${place}/gotk-components.yaml`,
    "---\n# Flux Version: v2.8.0\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: flux-system\n",
  );
  repository.write(
    `${place}/gotk-sync.yaml`,
    `---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m0s
  ref:
    branch: main
  secretRef:
    name: flux-system
  url: ssh://git@github.com/me/lab
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m0s
  path: ./clusters/${cluster}
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
`,
  );
}

testWith("flux-build")("Flux: as bootstrap leaves it, the root applies itself and Flux", (t) => {
  const repository = scaffolded(t, { flags: ["--example"] });
  const before = objectsIn(reconciled(repository, "homelab"));
  bootstrap(repository, "homelab");
  const built = reconciled(repository, "homelab");
  isWhole(t, built);
  const { "flux-system": root, ...others } = objectsIn(built);
  t.deepEqual(
    root,
    [
      ...(before["flux-system"] ?? []),
      "GitRepository/flux-system/flux-system",
      "Kustomization/flux-system/flux-system",
      "Namespace/flux-system",
    ].sort(),
  );
  t.like(before, others);
});

testWith("flux-build")(
  "Flux: without the right key only secrets fail, and what waits for them",
  async (t) => {
    const repository = scaffolded(t, { flags: ["--example"] });
    const { identity } = await generateKeyPair();
    repository.write("../other.agekey", `${identity}\n`);
    repository.write("../bad.agekey", "AGE-SECRET-KEY-1\n");
    const files = { missing: null, wrong: "other.agekey", bad: "bad.agekey" };
    const errors: Record<string, string | undefined> = {};
    for (const [title, file] of Object.entries(files)) {
      const options = file === null ? {} : { keyFile: join(repository.home, "..", file) };
      const built = reconciled(repository, "homelab", options);
      t.deepEqual(
        statuses(built),
        {
          "flux-system": "built",
          namespaces: "built",
          secrets: "failed",
          infrastructure: "waiting",
          apps: "waiting",
        },
        title,
      );
      errors[title] = built.get("secrets")?.error;
    }
    t.is(errors["missing"], 'secrets "sops-age" not found');
    t.regex(errors["wrong"] ?? "", /decryption failed for .*\/demo': .*cannot get sops data key/);
    t.regex(errors["bad"] ?? "", /failed to import/);
    t.notRegex(errors["bad"] ?? "", /AGE-SECRET-KEY-1/);
  },
);

testWith("flux-build")(
  "Flux: what the generators add reconciles, each cluster with its key",
  (t) => {
    const repository = scaffolded(t);
    repository.write("../blob", Buffer.of(0, 255, 1));
    const secrets = [
      ["bin", "--namespace", "a", "--from-file", `k=${join(repository.home, "..", "blob")}`],
      ["reg", "--docker-username", "u", "--docker-password", "p"],
      ["login", "--type", "basic-auth", "--from-literal", "username=u", "--generate", "password"],
      [
        "hard",
        "--from-literal",
        "a=pa$$w ${x} 'q' \"d\"",
        "--from-literal",
        "n=0123",
        "--namespace=a",
      ],
    ];
    for (const args of secrets) {
      const done = repository.tool("new", "secret", ...args);
      t.is(done.status, 0, done.stderr);
    }
    for (const args of [
      ["workload", "web", "--generate", "api-key"],
      ["workload", "two", "--namespace", "web", "--image", "nginx", "--without-secret"],
      ["cluster", "prod"],
      ["workload", "shop", "--cluster", "prod", "--generate", "token"],
    ]) {
      const done = repository.tool("new", ...args);
      t.is(done.status, 0, done.stderr);
    }
    const built = reconciled(repository, "homelab");
    isWhole(t, built);
    t.deepEqual(objectsIn(built), {
      "flux-system": ["apps", "infrastructure", "namespaces", "secrets"].map(
        (child) => `Kustomization/flux-system/${child}`,
      ),
      namespaces: ["Namespace/a", "Namespace/web"],
      secrets: [
        "Secret/a/bin",
        "Secret/a/hard",
        "Secret/default/login",
        "Secret/default/reg",
        "Secret/web/web",
      ],
      infrastructure: [],
      apps: ["Deployment/web/two", "Deployment/web/web", "Service/web/two", "Service/web/web"],
    });
    secretsAreThose(t, repository, built.get("secrets"));

    const prod = reconciled(repository, "prod");
    isWhole(t, prod);
    t.deepEqual(objectsIn(prod)["secrets"], ["Secret/shop/shop"]);
    secretsAreThose(t, repository, prod.get("secrets"));

    // The key of the first cluster opens nothing of the second.
    const [first = ""] =
      /^AGE-SECRET-KEY-.*$/m.exec(repository.run("cat", [keyFileOf(repository)]).stdout) ?? [];
    repository.write("../first.agekey", `${first}\n`);
    const keyFile = join(repository.home, "..", "first.agekey");
    t.is(statuses(reconciled(repository, "prod", { keyFile }))["secrets"], "failed");
    isWhole(t, reconciled(repository, "homelab", { keyFile }));
  },
);
