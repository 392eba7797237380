import { credentialFileKind } from "./credential-file-kind.ts";

/** What a file is for, judged by its name alone. */

const YAML = /\.(?:ya?ml|json)$/i;

const PROSE = /\.(?:md|markdown|mdx|adoc|asciidoc|asc|rst|textile|org|html?|tex)$/i;

const PROGRAM =
  /\.(?:go|rs|py|rb|java|kt|scala|groovy|gradle|c|h|cc|cpp|hpp|cs|swift|php|lua|pl|ts|tsx|mts|cts|js|jsx|mjs|cjs)$/i;

const OTHER_SOURCE =
  /\.(?:vue|svelte|css|scss|sql|snap|map|lock|patch|diff|rej|ipynb|proto|rego|cel|svg|xml)$/i;

const DIFF = /\.(?:patch|diff|rej)$/i;

const TEMPLATE_ENDING = /\.(?:j2|jinja2?|tpl|tmpl|gotmpl|template|ejs|erb|mustache|hbs)$/i;

const SAMPLE_ENDING = /\.(?:example|sample|dist)$/i;

const TEMPLATES = /(?:^|\/)(?:templates|tmpl)\//i;

const SAMPLE =
  /(?:^|[./_-])(?:example|examples|sample|samples|template|dist|tmpl|defaults)(?:[./_-]|$)/i;

/** `values.schema.json`; not what stands in the folder of a schema registry. */
const SCHEMA = /(?:^|[./_-])schema\.(?:json|ya?ml)$/i;

const VALUES = /(?:^|\/)(?:[^/]*[._-])?values(?:[._-][^/]*)?\.ya?ml$/i;

const SECRETS =
  /(?:^|\/)(?:secrets?(?:[._-][^/]*)?|(?:[^/]*[._-])?(?:secrets?|sops|enc)(?:\.[^/]*)?)\.(?:ya?ml|json)$/i;

/**
 * Operators and their objects, which are about secrets and hold none; unless the name says so:
 * `secrets.sealed-secrets.yaml`.
 */
const ABOUT_SECRETS =
  /(?:^|\/)(?!secrets?\.|[^/]*\.(?:sops|enc)\.[^/.]+$)(?:[^/]*[._-])?(?:external|sealed)[._-]?secrets?[^/]*$/i;

/** Workflows have permissions that are named like secrets: `id-token: write`. */
const WORKFLOW = /(?:^|\/)workflows\/[^/]+$/;

/** Of programs, of systemd's units and Podman's, which are written alike, of NUT. */
const SETTINGS =
  /\.(?:toml|ini|conf|cfg|cnf|properties|tf|hcl|nix|jsonc|json5|gitmodules|nmconnection|service|container|pod)$|(?:^|\/)upsd\.users$/i;

const SCRIPT =
  /\.(?:sh|bash|zsh|fish|just)$|(?:^|\/)(?:\.[a-z_]*(?:rc|profile|history)|\.?[Jj]ustfile|(?:[^/]*\.)?(?:Dockerfile|Containerfile|Makefile))$/;

/** Of Ansible, as INI. */
const INVENTORY = /(?:^|\/)(?:hosts|inventory)$/;

/** By folder, and programs by their names: `app_test.go`, `app.spec.ts`. `values.test.yaml` is for an environment. */
const TESTS =
  /(?:^|\/)(?:tests?|testdata|fixtures|__tests__|node_modules|vendor)\/|(?:_test\.(?:go|py|rb|rs)|[._](?:test|spec)\.[cm]?[jt]sx?|(?:^|\/)test_[^/]*\.py)$/i;

/** Markdown and the like, and source code: a manifest in there is an example, not configuration. */
export function isProseOrCode(path: string): boolean {
  return PROSE.test(path) || PROGRAM.test(path) || OTHER_SOURCE.test(path);
}

/** YAML, or JSON, which is YAML as well. */
export function isYaml(path: string): boolean {
  return YAML.test(path);
}

/** In a program what has no quotes is computed. */
export function isProgram(path: string): boolean {
  return PROGRAM.test(path);
}

/** A patch of other files. */
export function isDiff(path: string): boolean {
  return DIFF.test(path);
}

/** Helm, Jinja and other templates: a value with an expression in it gets its secret from there. */
export function isTemplate(path: string): boolean {
  return TEMPLATE_ENDING.test(path) || TEMPLATES.test(path);
}

/** By its last ending, whatever stands before: `secret.sops.yaml.j2` is of what another file is made. */
export function isModel(path: string): boolean {
  return TEMPLATE_ENDING.test(path) || SAMPLE_ENDING.test(path);
}

/** `.env.example` and the like; a schema has examples and defaults. */
export function isSample(path: string): boolean {
  return SAMPLE.test(path) || SCHEMA.test(path);
}

/** Settings of a program that are no YAML: TOML, INI, properties, HCL, Nix, JSON with comments, what a shell reads. */
export function isSettingsFile(path: string): boolean {
  return SETTINGS.test(path) || isScript(path) || INVENTORY.test(path);
}

/** What a shell reads, or something much like one. */
export function isScript(path: string): boolean {
  return SCRIPT.test(path);
}

/** Made for tests, or by others. */
export function isForTests(path: string): boolean {
  return TESTS.test(path);
}

const AMONG_SECRETS =
  /(?:^|\/)\.?secrets?\/(?:[^/]+\/)*(?!README|Makefile|Dockerfile|\.git)[^/]+$/i;

const NO_SECRET = /\.(?:ya?ml|age|gpg|pgp|pub|crt|sh|bash|zsh|fish)$|\.sops\.[^/]+$/i;

/** In a folder `secrets`, of an ending that holds data and is not YAML's. */
export function isAmongSecrets(path: string): boolean {
  if (!AMONG_SECRETS.test(path) || NO_SECRET.test(path)) return false;
  return !isProseOrCode(path) && !isModel(path) && !isSample(path);
}

/** A Helm values file: `values.yaml`, `values-prod.yaml`, `grafana.values.yaml`. */
export function isValuesFile(path: string): boolean {
  return VALUES.test(path);
}

/**
 * Of nothing but secrets: `secrets.yaml` of Home Assistant, ESPHome and helm-secrets, `secrets.prod.yaml`, and what is
 * named as sops users name what they encrypt: `node0.sops.yml`, `db.enc.json`, `prod.secret.values.yaml`.
 */
export function isSecretsFile(path: string): boolean {
  return SECRETS.test(path) && !WORKFLOW.test(path) && !ABOUT_SECRETS.test(path);
}

/**
 * All of a path that matters to any rule, as one word: two paths with the same word are judged alike.
 */
export function kindOfFile(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return [
    isProseOrCode(path),
    isTemplate(path),
    isSample(path),
    isValuesFile(path),
    isSecretsFile(path),
    TESTS.test(path),
    credentialFileKind(path),
    /[._-]?keys?(?:\.txt)?$/i.test(name),
    /\.sops\.[^/]+$/.test(name),
    name.slice(name.lastIndexOf(".") + 1).toLowerCase(),
  ].join();
}
