import { join } from "node:path";
import test from "ava";
import { scaffolded, type Scaffolded } from "./scaffolded.ts";

/** What an object under `generators:` names is a Secret, as what a secretGenerator names is. */

const APP = "clusters/homelab/apps/web";
const KUSTOMIZATION = `${APP}/kustomization.yaml`;
const OBJECT = `${APP}/generators/web.yaml`;
const ENV = `${APP}/web.env`;
const HARMLESS_LOOKING = "MODE=wombat-7731-quartz\n";

const GENERATORS = "generators: [generators/web.yaml]\n";

const generator = (kind: string, ...lines: string[]) =>
  ["apiVersion: builtin", `kind: ${kind}`, "metadata: { name: web }", ...lines, ""].join("\n");

const OF_ENV = generator("SecretGenerator", "envs: [web.env]");

/** A commit of long ago: one of the same author in the same second could be one that is amended. */
function committed(repository: Scaffolded, ...flags: string[]): void {
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add", "--date=2020-01-01T00:00:00Z", ...flags);
}

test("all in one commit: the files are refused, and what is printed has them encrypted", (t) => {
  const repository = scaffolded(t);
  repository.write(KUSTOMIZATION, GENERATORS);
  const object = generator("SecretGenerator", "envs: [web.env]", "files:", "- a=settings/b.conf");
  repository.write(OBJECT, object);
  repository.write(ENV, HARMLESS_LOOKING);
  repository.write(`${APP}/settings/b.conf`, HARMLESS_LOOKING);
  repository.must("add", ".");
  const before = repository.state();
  const ended = repository.git("commit", "-qm", "Add web");
  t.not(ended.status, 0);
  t.regex(
    ended.stderr,
    /^ {2}clusters\/homelab\/apps\/web\/web\.env {2}plaintext-secret\n.*generators\/web\.yaml makes a Secret of it \(SecretGenerator\)/m,
  );
  t.regex(
    ended.stderr,
    /write web\.sops\.env under envs: in a secretGenerator: of kustomization\.yaml instead/,
  );
  t.regex(
    ended.stderr,
    /settings\/b\.conf {2}plaintext-secret\n.*\n.*write a=settings\/b\.sops\.conf/m,
  );
  t.is(repository.state(), before);

  repository.must("mv", ENV, `${APP}/web.sops.env`);
  repository.must("mv", `${APP}/settings/b.conf`, `${APP}/settings/b.sops.conf`);
  repository.write(
    KUSTOMIZATION,
    `${GENERATORS}secretGenerator: [{ name: web, envs: [web.sops.env] }]\n`,
  );
  repository.write(OBJECT, generator("SecretGenerator", "files:", "- a=settings/b.sops.conf"));
  committed(repository);
  t.regex(repository.must("show", `HEAD:${APP}/settings/b.sops.conf`), /ENC\[AES256_GCM,/);
  const check = repository.tool("check");
  t.is(check.status, 0, check.stdout);
});

test("whichever of the three comes last is refused, where it stands", (t) => {
  const repository = scaffolded(t);
  const files: Record<string, string> = {
    [KUSTOMIZATION]: GENERATORS,
    [OBJECT]: OF_ENV,
    [ENV]: HARMLESS_LOOKING,
  };
  const refused = {
    [KUSTOMIZATION]: `${KUSTOMIZATION}:1`,
    [OBJECT]: `${OBJECT}:4`,
    [ENV]: ENV,
  };
  for (const [last = "", place = ""] of Object.entries(refused)) {
    for (const [name, content] of Object.entries(files)) {
      if (name !== last) repository.write(name, content);
    }
    committed(repository);
    repository.write(last, files[last] ?? "");
    repository.must("add", ".");
    const ended = repository.git("commit", "-qm", "Complete it");
    t.not(ended.status, 0, last);
    t.true(ended.stderr.includes(`  ${place}  plaintext-secret\n`), ended.stderr);
    repository.must("rm", "-rq", "--cached", APP);
    repository.run("rm", ["-r", APP]);
    repository.must("commit", "-qm", "Remove it");
  }
});

test("what is committed past the gate is found by check, and refused by push", (t) => {
  const repository = scaffolded(t);
  const remote = join(repository.dir, "../remote.git");
  repository.run("git", ["init", "-q", "--bare", remote]);
  repository.must("remote", "add", "origin", remote);
  repository.write(ENV, HARMLESS_LOOKING);
  // In a folder with a kustomization of its own, and another generator beside it.
  repository.write(KUSTOMIZATION, "generators: [generators]\n");
  repository.write(`${APP}/generators/kustomization.yaml`, "resources: [other.yaml]\n");
  const other = generator("ConfigMapGenerator", "envs: [web.env]");
  repository.write(`${APP}/generators/other.yaml`, other);
  committed(repository);
  repository.must("push", "-q", "origin", "main");
  t.is(repository.tool("check").status, 0);

  repository.write(`${APP}/generators/other.yaml`, `${other}---\n${OF_ENV}`);
  repository.must("add", ".");
  for (const flags of [["--staged"], [ENV], [`${APP}/generators`]]) {
    const found = repository.tool("check", ...flags);
    t.is(found.status, 1);
    t.true(found.stdout.startsWith(`${ENV}  plaintext-secret\n`), found.stdout);
  }
  committed(repository, "-n");
  const checked = repository.tool("check");
  t.is(checked.status, 1);
  t.true(checked.stdout.startsWith(`${ENV}  plaintext-secret\n`), checked.stdout);
  const pushed = repository.git("push", "-q", "origin", "main");
  t.not(pushed.status, 0);
  const place = `${APP}/generators/other.yaml:9  plaintext-secret`;
  t.true(pushed.stderr.includes(place), pushed.stderr);
});

test("generators of other kinds, plugins and encrypted files are left alone", (t) => {
  const repository = scaffolded(t);
  const lines = ["files: [web.env]", "envs: [web.env]"];
  repository.write(ENV, HARMLESS_LOOKING);
  repository.write(`${APP}/token.sops.txt`, "wombat-7731-quartz\n");
  const encrypted = generator("SecretGenerator", "files: [token.sops.txt, gone.txt, ../../../..]");
  repository.write(
    OBJECT,
    [
      generator("ConfigMapGenerator", ...lines),
      generator("HelmChartInflationGenerator", "valuesFile: web.env"),
      generator("ksops", ...lines).replace("builtin", "viaduct.ai/v1"),
      generator("SecretGenerator", ...lines).replace("builtin", "example.org/v1"),
      encrypted,
    ].join("---\n"),
  );
  repository.write(KUSTOMIZATION, GENERATORS);
  committed(repository);
  t.is(repository.tool("check").status, 0);
});
