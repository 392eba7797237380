import test from "ava";
import { parse } from "yaml";
import { shellCommand } from "../../git/shell-word.ts";
import type { RememberedAnswers } from "../../scaffold/answers/answers.ts";
import { bootstrapCommand } from "../../scaffold/bootstrap-command.ts";
import { renderRepository } from "../../scaffold/render.ts";
import { templateFiles } from "../../scaffold/template-files.ts";
import { parseRuleFile, ruleFor } from "../../sops/creation-rules/creation-rules.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";

const recipient = (await generateKeyPair()).recipient;
const second = (await generateKeyPair()).recipient;

const defaults: RememberedAnswers = {
  cluster: "homelab",
  provider: "github",
  owner: "me",
  repository: "flux-homelab",
  branch: "main",
  host: "github.com",
  url: "",
  example: false,
};

function render(
  part: Partial<RememberedAnswers> = {},
  recipients = [recipient],
  yoRc: string | null = null,
) {
  const files = renderRepository({
    answers: { ...defaults, ...part },
    recipients,
    tool: Buffer.from("tool"),
    version: "1.2.3",
    yoRc,
  });
  return new Map(files.map(({ path, content }) => [path, content.toString()]));
}

const textOf = (files: Map<string, string>, path: string): string => {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not rendered`);
  return text;
};

test("beside what is there, the README does not go by npx, which would ask a registry, nor by husky", (t) => {
  const readme = (scope: "repository" | "joined") => {
    const files = renderRepository({
      ...{ answers: defaults, recipients: [recipient], tool: Buffer.from("tool") },
      ...{ version: "1.2.3", yoRc: null, scope },
    });
    return files.find(({ path }) => path === "README.md")?.content.toString() ?? "";
  };
  const commands = (text: string) => text.match(/^npx flux-sops .*$/gm) ?? [];
  t.true(commands(readme("repository")).length > 5);
  t.deepEqual(commands(readme("joined")), []);
  t.regex(readme("joined"), /^node \.flux-sops\/flux-sops\.mjs edit /m);
  t.notRegex(readme("joined"), /npx flux-sops [a-z]/);
  // Whose hooks they join is not said here: doctor knows.
  t.regex(readme("repository"), /^npm install$/m);
  t.notRegex(readme("joined"), /\.husky|npm install/);
  t.regex(readme("joined"), /^node \.flux-sops\/flux-sops\.mjs doctor --fix$/m);
});

test("the tree is the one of the layout, and every folder exists in git", (t) => {
  t.deepEqual(
    [...render().keys()].filter((path) => path.startsWith("clusters/")),
    [
      "clusters/homelab/apps.yaml",
      "clusters/homelab/apps/kustomization.yaml",
      "clusters/homelab/flux-system/gotk-components.yaml",
      "clusters/homelab/flux-system/gotk-sync.yaml",
      "clusters/homelab/flux-system/kustomization.yaml",
      "clusters/homelab/infrastructure.yaml",
      "clusters/homelab/infrastructure/controllers/kustomization.yaml",
      "clusters/homelab/infrastructure/namespaces/.gitkeep",
      "clusters/homelab/kustomization.yaml",
      "clusters/homelab/namespaces.yaml",
      "clusters/homelab/secrets.yaml",
      "clusters/homelab/secrets/.gitkeep",
    ],
  );
  t.deepEqual(
    [...render().keys()].filter((path) => !path.startsWith("clusters/")),
    [
      ".editorconfig",
      ".flux-sops/build.sh",
      ".flux-sops/flux-sops.mjs",
      ".gitattributes",
      ".github/workflows/flux-sops.yml",
      ".gitignore",
      ".husky/post-checkout",
      ".husky/post-rewrite",
      ".husky/pre-applypatch",
      ".husky/pre-commit",
      ".husky/pre-merge-commit",
      ".husky/pre-push",
      ".husky/prepare-commit-msg",
      ".husky/require-node.sh",
      ".prettierignore",
      ".sops.yaml",
      ".yo-rc.json",
      "README.md",
      "package.json",
      "talos/README.md",
    ],
  );
});

const kustomizeConfiguration = (resources: string[]) => ({
  apiVersion: "kustomize.config.k8s.io/v1beta1",
  kind: "Kustomization",
  resources,
});

function fluxKustomization(
  name: string,
  path: string,
  dependsOn: string | null,
  decryption: boolean,
  timeout: string,
) {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: "flux-system" },
    spec: {
      interval: "10m",
      retryInterval: "1m",
      timeout,
      path: `./clusters/lab-2/${path}`,
      prune: true,
      wait: true,
      sourceRef: { kind: "GitRepository", name: "flux-system" },
      ...(dependsOn === null ? {} : { dependsOn: [{ name: dependsOn }] }),
      ...(decryption ? { decryption: { provider: "sops", secretRef: { name: "sops-age" } } } : {}),
    },
  };
}

const objects: Record<string, unknown> = {
  "kustomization.yaml": kustomizeConfiguration([
    "flux-system",
    "namespaces.yaml",
    "secrets.yaml",
    "infrastructure.yaml",
    "apps.yaml",
  ]),
  "flux-system/kustomization.yaml": kustomizeConfiguration([
    "gotk-components.yaml",
    "gotk-sync.yaml",
  ]),
  "flux-system/gotk-components.yaml": null,
  "flux-system/gotk-sync.yaml": null,
  "namespaces.yaml": fluxKustomization(
    "namespaces",
    "infrastructure/namespaces",
    null,
    false,
    "2m",
  ),
  "secrets.yaml": fluxKustomization("secrets", "secrets", "namespaces", true, "2m"),
  "infrastructure.yaml": fluxKustomization(
    "infrastructure",
    "infrastructure/controllers",
    "secrets",
    true,
    "10m",
  ),
  "apps.yaml": fluxKustomization("apps", "apps", "infrastructure", true, "10m"),
  "infrastructure/controllers/kustomization.yaml": kustomizeConfiguration([]),
  "apps/kustomization.yaml": kustomizeConfiguration([]),
};

for (const [path, expected] of Object.entries(objects)) {
  test(`the object in ${path} is the layout's`, (t) => {
    t.deepEqual(parse(textOf(render({ cluster: "lab-2" }), `clusters/lab-2/${path}`)), expected);
  });
}

test("the example adds an app, its namespace, and nothing that lists itself twice", (t) => {
  const files = render({ example: true });
  const added = [...files.keys()].filter((path) => !render().has(path));
  t.deepEqual(added, [
    "clusters/homelab/apps/demo/deployment.yaml",
    "clusters/homelab/apps/demo/kustomization.yaml",
    "clusters/homelab/apps/demo/service.yaml",
    "clusters/homelab/infrastructure/namespaces/demo.yaml",
  ]);
  t.deepEqual(
    parse(textOf(files, "clusters/homelab/apps/kustomization.yaml")),
    kustomizeConfiguration(["demo"]),
  );
});

test("which rule takes which path", (t) => {
  const file = parseRuleFile(textOf(render(), ".sops.yaml"));
  t.is(file.indents.yaml, 2);
  t.is(file.rules?.length, 3);
  const index = (path: string) => {
    const rule = ruleFor(file, path);
    return rule === null ? null : (file.rules?.indexOf(rule) ?? null);
  };
  const [talos, whole, values] = [0, 1, 2];
  const expected: Record<string, number | null> = {
    "talos/secrets.sops.yaml": talos,
    "talos/nodes/one.sops.yml": talos,
    "talos/patch.yaml": null,
    "x/talos/secrets.sops.yaml": null,
    "clusters/homelab/apps/web/app.sops.env": whole,
    "clusters/homelab/apps/web/app.sops.ini": whole,
    "clusters/homelab/apps/web/config.sops.json": whole,
    "clusters/homelab/apps/web/notes.sops.txt": whole,
    "clusters/homelab/apps/web/tls.sops.key": whole,
    "clusters/homelab/secrets/dump.sops.tar.gz": whole,
    "clusters/homelab/secrets/db.sops.yaml": values,
    "clusters/homelab/secrets/db.sops.yml": values,
    "clusters/homelab/secrets/db.yaml": values,
    "clusters/homelab/secrets/deep/er/db.yml": values,
    "clusters/homelab/apps/web/web.sops.yaml": values,
    "clusters/homelab/web.sops.yml": values,
    "clusters/homelab/apps/web/web.yaml": null,
    "clusters/homelab/secrets/README.md": null,
    "clusters/homelab/secrets/.gitkeep": null,
    "clusters/homelab2/secrets/db.yaml": null,
    "x/clusters/homelab/secrets/db.yaml": null,
    "other.sops.yaml": null,
  };
  t.deepEqual(
    Object.fromEntries(Object.keys(expected).map((path) => [path, index(path)])),
    expected,
  );
});

test("each rule names every recipient, signs what is encrypted only, and the last one the values", (t) => {
  const { rules } = parseRuleFile(textOf(render({}, [recipient, second]), ".sops.yaml"));
  for (const rule of rules ?? []) {
    t.deepEqual(rule.recipients, [recipient, second]);
    t.true(rule.macOnlyEncrypted);
  }
  t.deepEqual(
    rules?.map(({ selection }) => selection),
    [null, null, { option: "encrypted_regex", pattern: "^(data|stringData)$" }],
  );
});

const bootstrap: readonly [Partial<RememberedAnswers>, string, string | null][] = [
  [{}, "flux bootstrap github --owner=me --repository=flux-homelab --branch=main --path=clusters/homelab --personal", "GITHUB_TOKEN"],
  [{ host: "ghe.example.org", owner: "" }, "flux bootstrap github --hostname=ghe.example.org --owner=OWNER --repository=flux-homelab --branch=main --path=clusters/homelab --personal", "GITHUB_TOKEN"],
  [{ provider: "gitlab", host: "gitlab.com", owner: "a/b" }, "flux bootstrap gitlab --owner=a/b --repository=flux-homelab --branch=main --path=clusters/homelab", "GITLAB_TOKEN"],
  [{ provider: "forgejo", host: "git.example.org" }, "flux bootstrap gitea --hostname=git.example.org --owner=me --repository=flux-homelab --branch=main --path=clusters/homelab --personal --token-auth", "GITEA_TOKEN"],
  [{ provider: "git", host: "", url: "https://h/r.git" }, "flux bootstrap git --url=https://h/r.git --username=USER --token-auth --branch=main --path=clusters/homelab", "GIT_PASSWORD"],
  [{ provider: "git", host: "", url: "ssh://git@h/r.git", branch: "it's" }, "flux bootstrap git --url=ssh://git@h/r.git --private-key-file=KEY_FILE '--branch=it'\\''s' --path=clusters/homelab", null],
]; // prettier-ignore

for (const [part, command, tokenVariable] of bootstrap) {
  test(`bootstrap: ${command}`, (t) => {
    const answers = { ...defaults, ...part };
    const { words, tokenVariable: token } = bootstrapCommand(answers);
    t.is(shellCommand(words), command);
    t.is(token, tokenVariable);
    const readme = textOf(render(part), "README.md");
    t.true(readme.includes(words.slice(0, 3).join(" ")));
    for (const word of words.slice(3)) t.true(readme.includes(`  ${shellCommand([word])}`), word);
    t.is(readme.includes("--personal"), words.includes("--personal"));
    t.is(readme.includes(`export ${token}`), token !== null);
  });
}

test("no template is left with an unrendered or undefined part, and none is lost", (t) => {
  for (const provider of ["github", "gitlab", "forgejo", "git"] as const) {
    const url = provider === "git" ? "https://h.example/r.git" : "";
    for (const [path, text] of render({ provider, url, example: true })) {
      if (path === ".flux-sops/flux-sops.mjs") continue;
      t.notRegex(text, /<%|%>|undefined|\[object|__cluster__|&#\d+;|&quot;/, path);
      t.true(text === "" || /[^\n]\n$/.test(text), `${path} ends with one newline`);
      t.notRegex(text, /[ \t]$/m, path);
    }
  }
  for (const path of templateFiles().keys())
    t.regex(
      path,
      /^(repository|example|addition|workload|renovate|tasks|ci\/(github|gitlab|forgejo))\/.+\.ejs$/,
    );
});

test("pre-commit: needs node, and runs the tool", (t) => {
  t.regex(
    textOf(render(), ".husky/pre-commit"),
    /^\. "\$\{0%\/\*\}\/require-node\.sh"\n[^]* node \.flux-sops\/flux-sops\.cjs hook pre-commit --seen \$\$ \|\| status=\$\?\n[^]* exit "\$status"\n\)\n$/,
  );
});

test("package.json: private, our tool as its bin, no failing install without husky", (t) => {
  const manifest = JSON.parse(textOf(render({ repository: "Flux_Lab" }), "package.json")) as Record<
    string,
    unknown
  >;
  t.is(manifest["name"], "flux_lab");
  t.is(manifest["private"], true);
  t.deepEqual(manifest["bin"], { "flux-sops": ".flux-sops/flux-sops.mjs" });
  t.like(manifest["scripts"], { prepare: "husky || true" });
});

test(".yo-rc.json: the answers, no keys, beside what other generators wrote", (t) => {
  const other = JSON.stringify({
    "generator-other": { a: 1 },
    "generator-flux-sops": { stale: true },
  });
  const whole = JSON.parse(textOf(render({}, [recipient], other), ".yo-rc.json")) as unknown;
  t.deepEqual(whole, {
    "generator-other": { a: 1 },
    "generator-flux-sops": {
      version: "1.2.3",
      cluster: "homelab",
      provider: "github",
      owner: "me",
      repository: "flux-homelab",
      branch: "main",
      host: "github.com",
      example: false,
    },
  });
});

test(".yo-rc.json keeps its layout, and every byte where nothing in it changes", (t) => {
  const text = (present: string | null) => textOf(render({}, [recipient], present), ".yo-rc.json");
  const tabbed = text('{\n\t"generator-other": { "a": 1 }\n}\n');
  t.regex(tabbed, /^\{\n\t"generator-other": \{\n\t\t"a": 1\n\t\},\n\t"generator-flux-sops": \{\n/);
  const onOneLine = JSON.stringify(JSON.parse(text(null)));
  t.is(text(onOneLine), onOneLine);
});

test("README names no recipient: it must not change with the keys", (t) => {
  t.is(textOf(render(), "README.md"), textOf(render({}, [second]), "README.md"));
});

test("schemas, Renovate and tasks only where they are wanted, and nothing else changes", (t) => {
  const [without, all] = [render(), render({ schemas: true, renovate: true, tasks: true })];
  t.deepEqual(
    [...all.keys()].filter((path) => !without.has(path)),
    ["mise.toml", "renovate.json"],
  );
  const comment = /^# yaml-language-server: \$schema=https:.*\n/;
  const commented = [...all].filter(([, text]) => comment.test(text)).map(([path]) => path);
  t.deepEqual(
    commented,
    [...without].filter(([, text]) => /^kind: Kustomization$/m.test(text)).map(([path]) => path),
  );
  t.is(commented.length, 8);
  for (const [path, text] of without) {
    if (path === ".yo-rc.json") continue;
    t.is(all.get(path)?.replace(comment, ""), text, path);
  }
  t.regex(textOf(all, "clusters/homelab/apps.yaml"), /flux2-schemas/);
  t.regex(textOf(all, "clusters/homelab/apps/kustomization.yaml"), /schemastore\.org/);
  t.regex(textOf(all, ".yo-rc.json"), /"schemas": true,\s*"renovate": true,\s*"tasks": true/);
  const renovate = JSON.parse(textOf(all, "renovate.json")) as { ignorePaths: string[] };
  t.true(renovate.ignorePaths.includes("**/*.sops.*"));
  t.regex(textOf(all, "mise.toml"), /^\[tasks\.check\]$/m);
});
