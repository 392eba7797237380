import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { realTool, testWith } from "../real-tools.ts";
import { isWhole, objectsIn, reconciled, secretsAreThose } from "./reconciled.ts";
import { type Scaffolded, scaffolded } from "./scaffolded.ts";
import { variants } from "./variants.ts";

const CI_FILES: Readonly<Record<string, string>> = {
  github: ".github/workflows/flux-sops.yml",
  gitlab: ".gitlab-ci.yml",
  forgejo: ".forgejo/workflows/flux-sops.yml",
};

function build(repository: Scaffolded) {
  const path = `${dirname(realTool("kustomize") ?? "")}:${process.env["PATH"] ?? ""}`;
  // Told where to look for folders, cd prints the one that it has found.
  return repository.run("sh", [".flux-sops/build.sh"], { env: { PATH: path, CDPATH: "." } });
}

for (const [title, flags] of variants) {
  testWith("kustomize", "flux-build")(
    `${title}: reconciles, is clean, and has the CI of its provider`,
    (t) => {
      const repository = scaffolded(t, { flags });
      const built = build(repository);
      t.is(built.status, 0, built.stdout + built.stderr);
      t.is(built.stdout.match(/^ok /gm)?.length, flags.includes("--example") ? 7 : 4);

      const provider = flags[flags.indexOf("--provider") + 1] ?? "";
      const name = flags.includes("--provider") ? provider : "github";
      for (const [other, file] of Object.entries(CI_FILES)) {
        t.is(existsSync(join(repository.dir, file)), other === name, file);
      }
      const file = CI_FILES[name];
      const commands = file === undefined ? [] : commandsOf(parse(repository.read(file)));
      t.is(commands.length, file === undefined ? 0 : name === "gitlab" ? 4 : 3);
      for (const command of commands.filter((one) => / check --all/.test(one))) {
        const checked = repository.run("sh", ["-ec", command]);
        t.is(checked.status, 0, checked.stdout + checked.stderr);
      }
      const checked = repository.tool("check");
      t.is(checked.status, 0, checked.stdout);
      t.is(repository.must("status", "--porcelain"), "");

      const isExample = flags.includes("--example");
      const flux = reconciled(repository, flags.includes("edge-2") ? "edge-2" : "homelab");
      isWhole(t, flux);
      t.deepEqual(objectsIn(flux), {
        "flux-system": ["apps", "infrastructure", "namespaces", "secrets"].map(
          (child) => `Kustomization/flux-system/${child}`,
        ),
        namespaces: isExample ? ["Namespace/demo"] : [],
        secrets: isExample ? ["Secret/demo/demo"] : [],
        infrastructure: [],
        apps: isExample ? ["Deployment/demo/demo", "Service/demo/demo"] : [],
      });
      if (isExample) secretsAreThose(t, repository, flux.get("secrets"));
    },
  );
}

testWith("kustomize")("build.sh sees every file of many, and takes a folder as Flux does", (t) => {
  const repository = scaffolded(t);
  // More names than xargs gives to one tar.
  for (let index = 0; index < 700; index += 1) {
    repository.write(`aaa/${String(index).padStart(230, "x")}`, "");
  }
  const path = "clusters/homelab/infrastructure/namespaces";
  const object = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n";
  repository.write(`${path}/a/b/kustomization.yaml`, "resources: [ns.yaml]\n");
  repository.write(`${path}/a/b/ns.yaml`, object);
  for (const [folder, list] of [
    ["c", "kustomization.yml"],
    ["d", "Kustomization"],
  ] as const) {
    repository.write(`${path}/${folder}/${list}`, "resources: [ns.yaml]\n");
    repository.write(`${path}/${folder}/ns.yaml`, object.replace("a\n", `${folder}\n`));
  }
  repository.write(`${path}/.sops.yaml`, repository.read(".sops.yaml"));
  const flux = (folder: string, source: string) =>
    `kind: Kustomization\nspec:\n  path: ${folder}\n  sourceRef:\n    kind: GitRepository\n    name: ${source}\n`;
  repository.write("more/ns.yaml", object);
  repository.write(
    "clusters/homelab/more.yaml",
    `${flux('"./more" # ours', "flux-system")}---\n${flux("./theirs", "podinfo")}`,
  );
  repository.must("add", "-A");
  const built = build(repository);
  t.is(built.status, 0, built.stdout + built.stderr);
  t.is(built.stdout.match(/^ok /gm)?.length, 9, built.stdout);
  t.regex(built.stdout, /^ok {6}more$/m);
  t.regex(built.stdout, /^skipped theirs: its source is not flux-system, this repository$/m);
  repository.write(`${path}/wrong.yaml`, object);
  const before = build(repository);
  t.is(before.status, 0, before.stdout);
  t.true(before.stdout.includes(`skipped ${path}/wrong.yaml: git add it first\n`), before.stdout);
  repository.must("add", "-A");
  const twice = build(repository);
  t.is(twice.status, 1);
  t.regex(
    twice.stdout,
    /^FAILED {2}clusters\/homelab\/infrastructure\/namespaces\n.*already registered/m,
  );
});

/** The shell commands of a pipeline's only job, in order. */
function commandsOf(pipeline: unknown): string[] {
  const { jobs, ...whole } = pipeline as {
    jobs?: { check: { steps: { run?: string; uses?: string }[] } };
    permissions?: unknown;
    "flux-sops"?: { script: string[] };
  };
  if (jobs === undefined) return whole["flux-sops"]?.script ?? [];
  return jobs.check.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
}

test("GitHub: the token may only read, every action is pinned to a commit, and no run is cancelled", (t) => {
  const repository = scaffolded(t);
  const workflow = parse(repository.read(CI_FILES["github"] ?? "")) as {
    permissions: unknown;
    jobs: { check: { permissions?: unknown; steps: { uses?: string }[] } };
  };
  t.deepEqual(workflow.permissions, { contents: "read" });
  t.false("concurrency" in workflow, "the commits of a cancelled run are looked at by no other");
  t.is(workflow.jobs.check.permissions, undefined);
  const used = workflow.jobs.check.steps.flatMap(({ uses }) => uses ?? []);
  t.true(used.length > 0);
  for (const action of used) t.regex(action, /@[0-9a-f]{40}$/);
});

test("GitLab: no run is cancelled, be it one that waits for a runner", (t) => {
  const repository = scaffolded(t, { flags: ["--provider", "gitlab"] });
  t.like(parse(repository.read(CI_FILES["gitlab"] ?? "")), {
    workflow: { auto_cancel: { on_new_commit: "none" } },
  });
});

testWith("kustomize")("the build names what does not build, and fails", (t) => {
  const repository = scaffolded(t, { flags: ["--example"] });
  repository.write(
    "clusters/homelab/apps/kustomization.yaml",
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [demo, lost]\n",
  );
  // A folder without a kustomization.yaml is built as Flux does it: every YAML file.
  repository.write("clusters/homelab/secrets/values.yaml", "replicas: 1\n");
  repository.must("add", "--intent-to-add", "clusters");
  const { status, stdout } = build(repository);
  t.is(status, 1);
  t.regex(stdout, /FAILED {2}clusters\/homelab\/apps\n.*lost/);
  t.regex(stdout, /FAILED {2}clusters\/homelab\/secrets\n/);
  t.regex(stdout, /ok {6}clusters\/homelab\/apps\/demo\n/);
});
