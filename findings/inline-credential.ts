import type { Node } from "yaml";
import { isMap, isScalar, isSeq } from "yaml";
import {
  holdsUnnamedCredential,
  isCredentialName,
  isCredentialValue,
  isCredentialVariable,
  isRandomValue,
  isStrongValue,
  isVagueCredential,
  mayHoldCredential,
  mayHoldUnnamed,
} from "./credential.ts";
import { credentialLines } from "./credential-lines.ts";
import { isSchema } from "./documents.ts";
import {
  isForTests,
  isProseOrCode,
  isSample,
  isSettingsFile,
  isTemplate,
  isValuesFile,
} from "./file-kind.ts";
import type { Candidate, Hit, Mend, Rule } from "./finding.ts";
import { CREDENTIAL_FILE_PATHS, KEYWORDS } from "./keywords.ts";
import type { Entry } from "./nodes.ts";
import { Mappings, scalarText, startOf, walk } from "./nodes.ts";
import type { Section } from "./sections.ts";
import { findSecretCommands } from "./secret-command.ts";
import { shownName } from "./wording.ts";

/** Kinds that are none of this rule's business, told before parsing. */
const OTHER_KINDS =
  /^kind: ?["']?(?:Secret|SecretList|ExternalSecret|SealedSecret|ClusterExternalSecret)\b/m;

/** What stands below these names keys and Secrets, or says how to make a secret. */
const REFERENCES =
  /^(?:.*secretKeyRef|.*secretRef|valueFrom|valuesFrom|remoteRef|existingSecret.*|secretKeys?|keyMapping|.*KeyMapping|secretMappings?|annotations|labels|encrypted|.*Selector)$/i;

/**
 * What is found, as a guess by name and value: literal passwords and tokens in
 * - `values` of a HelmRelease, Helm values files, `valuesInline` of a kustomization, `valuesContent` of k3s's
 *   HelmChart, values and parameters of an Argo CD Application;
 * - a container's `env` and arguments (`--password=…`), `machine.env` and the `environment` of an
 *   ExtensionServiceConfig in Talos;
 * - a ConfigMap and a configMapGenerator's literals, also in lines of a file kept in one;
 * - `postBuild.substitute` of a Flux Kustomization;
 * - JSON patches of anything;
 * - the fake provider of an External Secrets store;
 * - settings of programs (TOML, INI, properties, JSON, HCL, YAML), and objects of any other kind: there only
 *   values that look drawn at random;
 * - arguments of `kubectl create secret` and `flux create secret` in scripts (`secret-command.ts`).
 *
 * A name that may also be that of a Secret (`secret`, `appKey`) counts where the value is drawn at random for sure.
 * Empty values, variables and templates, names of Secrets and keys (`existingSecret`,
 * `passwordKey: admin-password`), switches and placeholders are none. URLs with a password in them
 * are, and tokens of a known shape, wherever they stand.
 */
export const inlineCredential: Rule = {
  id: "inline-credential",
  severity: "warning",
  title: "literal password or token in Helm values, env, a ConfigMap or postBuild.substitute",
  why:
    "It is readable in the repository and, being no Secret, in the cluster too. Keep it in an " +
    "encrypted Secret and refer to it: valuesFrom, secretKeyRef, substituteFrom.",
  keywords: KEYWORDS["inline-credential"],
  binary: false,
  find,
};

function find(candidate: Candidate): Hit[] {
  const { path, readable } = candidate;
  if (isProseOrCode(path)) return [];
  const hits: Hit[] = findSecretCommands(readable ?? "");
  // Where a name alone has to tell, a sample and what tests need would look the same.
  const isTelling = !isSample(path) && !isForTests(path) && !isTemplate(path);
  if (isTelling && isSettingsFile(path)) hits.push(...inSettings(candidate));
  for (const section of candidate.sections) {
    if (!mayHoldCredential(section.words) || OTHER_KINDS.test(section.words)) continue;
    if (isSchema(section)) continue;
    for (const document of section.documents ?? []) {
      const reader = new Reader(section, new Mappings(document), isValuesFile(path));
      hits.push(...reader.read(document.contents));
      if (isTelling && !CREDENTIAL_FILE_PATHS.test(path)) {
        hits.push(...reader.readOther(document.contents));
      }
    }
  }
  return hits;
}

function inSettings({ path, readable }: Candidate): Hit[] {
  if (readable === null || !mayHoldCredential(readable)) return [];
  const isAlwaysQuoted = /\.(?:toml|tf|hcl)$/i.test(path);
  return credentialLines(readable, isStrongValue, isAlwaysQuoted).map(({ line, name }) => ({
    line: line + 1,
    message: `settings may hold a readable credential: ${shownName(name)}`,
    mend: USE_SOURCE,
  }));
}

/** Other rules say what is secret in these. */
const OTHER_ROOTS = ["machine", "trustdinfo", "certs", "contexts", "auths"];

/** What every operation of a JSON patch has. */
const OPERATION = /\bop["'\\]*\s*:/;

/** Where a container has its arguments. */
const ARGUMENTS = /^(?:args|command)$/;

/** What an argument names that is read from a file. */
const FILE = /\.(?:crt|json|key|pem|txt|ya?ml)$/;

/** In a Secret, and in a machine configuration of Talos. */
const OTHER_PATHS = /^\/(?:stringData|machine|cluster)(?:\/|$)/;

/** Reads one document. */
class Reader {
  readonly #section: Section;
  readonly #mappings: Mappings;
  readonly #isValuesFile: boolean;
  readonly #hits: Hit[] = [];
  readonly #seen = new Set<Node>();
  #isValue = isCredentialValue;

  constructor(section: Section, mappings: Mappings, isValues: boolean) {
    this.#section = section;
    this.#mappings = mappings;
    this.#isValuesFile = isValues;
  }

  read(root: Node | null): Hit[] {
    const mappings = this.#mappings;
    const kind = mappings.textAt(root, "kind");
    if (kind === null && this.#isValuesFile) this.#values(root, USE_VALUES_FROM);
    if (kind === "HelmRelease") this.#values(mappings.at(root, "spec", "values"), USE_VALUES_FROM);
    if (kind === "HelmChart" || kind === "HelmChartConfig") {
      this.#valuesInText(mappings.at(root, "spec", "valuesContent"));
      this.#values(mappings.at(root, "spec", "set"), USE_EXISTING_SECRET);
    }
    if (kind === "Application") this.#argoSources(mappings.at(root, "spec"));
    if (kind === "ApplicationSet") this.#argoSources(mappings.at(root, "spec", "template", "spec"));
    if (kind === "ConfigMap") this.#configMap(mappings.at(root, "data"));
    if (kind === "ExtensionServiceConfig") {
      this.#assignments(
        mappings.at(root, "environment"),
        "an ExtensionServiceConfig",
        USE_ENCRYPTED,
      );
    }
    this.#substitutions(mappings.at(root, "spec", "postBuild", "substitute"));
    for (const generator of mappings.items(mappings.at(root, "configMapGenerator"))) {
      this.#assignments(mappings.at(generator, "literals"), "a configMapGenerator", USE_GENERATOR);
    }
    for (const chart of mappings.items(mappings.at(root, "helmCharts"))) {
      this.#values(mappings.at(chart, "valuesInline"), USE_VALUES_FROM);
    }
    if (kind !== null && kind !== "HelmRelease") this.#containers(root);
    for (const entry of mappings.entries(mappings.at(root, "machine", "env"))) {
      this.#entry(entry, true, "machine.env", USE_ENCRYPTED);
    }
    this.#fakeStore(mappings.at(root, "spec", "provider", "fake", "data"));
    if (OPERATION.test(this.#section.words)) this.#patches(root);
    return this.#hits;
  }

  /** What is left of a document: objects of any kind, settings that are YAML or JSON. */
  readOther(root: Node | null): Hit[] {
    const before = this.#hits.length;
    if (mayHoldUnnamed(this.#section.words)) this.#unnamed(root);
    const kind = this.#mappings.textAt(root, "kind");
    const isTalos = this.#mappings.textAt(root, "apiVersion") === "v1alpha1";
    const isOthers = OTHER_ROOTS.some((name) => this.#mappings.entry(root, name) !== null);
    if (kind !== "Config" && !isTalos && !isOthers) {
      this.#isValue = isStrongValue;
      this.#values(root, USE_SOURCE, kind === null ? "settings" : "an object");
    }
    return this.#hits.slice(before);
  }

  /** Tokens and URLs that tell by themselves what they are. */
  #unnamed(root: Node | null): void {
    for (const { node, key } of walk(root)) {
      const text = isScalar(node) ? scalarText(node) : "";
      // In more lines than one it is a file.
      if (!text.trimEnd().includes("\n") && holdsUnnamedCredential(text)) {
        this.#hit(startOf(node) ?? 0, "a value", key ?? "", USE_SOURCE);
      }
    }
  }

  /** @see https://external-secrets.io/latest/provider/fake/ */
  #fakeStore(data: Node | null): void {
    for (const item of this.#mappings.items(data)) {
      const value = this.#mappings.entry(item, "value");
      const values = this.#mappings.entries(this.#mappings.at(item, "valueMap"));
      const name = this.#mappings.textAt(item, "key") ?? "";
      const first = [...(value === null ? [] : [value]), ...values].find(
        (one) => isScalar(one.value) && isStrongValue(scalarText(one.value)),
      );
      if (first !== undefined) this.#hit(first.offset, "a fake secret store", name, USE_SECRET);
    }
  }

  #hit(offset: number, what: string, name: string, mend: Mend): void {
    this.#hits.push({
      line: this.#section.lineAt(offset),
      message: `${what} may hold a readable credential: ${shownName(name)}`,
      mend,
    });
  }

  /** Helm values, and whatever is read like them: any key at any depth. */
  #values(root: Node | null, mend: Mend, what = "a Helm value"): void {
    const open: { node: Node | null; isEnv: boolean }[] = [{ node: root, isEnv: false }];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      const node = this.#mappings.resolve(step.node);
      if (node === null || isScalar(node) || this.#seen.has(node)) continue;
      this.#seen.add(node);
      this.#namedValue(node, what, mend);
      for (const entry of this.#mappings.entries(node)) {
        const isReference = REFERENCES.test(entry.key);
        if (isReference && !isRandomScalar(entry.value)) continue;
        if (isScalar(entry.value)) this.#valueOrFile(entry, step.isEnv, what, mend);
        else {
          this.#valueBelow(entry, step.isEnv, what, mend);
          open.push({ node: entry.value, isEnv: /env|^(?:secret|configmap)s?$/i.test(entry.key) });
        }
        if (ARGUMENTS.test(entry.key)) {
          this.#arguments(this.#mappings.items(entry.value), what, mend);
        }
        if (/^env(?:ironment)?$/.test(entry.key)) this.#assignments(entry.value, what, mend);
      }
      for (const item of this.#mappings.items(node)) open.push({ node: item, isEnv: false });
    }
  }

  /** Values of a chart that stand as text in another object. */
  #valuesInText(text: Node | null): void {
    const section = isScalar(text) ? this.#section.embedded.get(text) : undefined;
    for (const document of section?.documents ?? []) {
      if (section === undefined) continue;
      const reader = new Reader(section, new Mappings(document), true);
      reader.#values(document.contents, USE_EXISTING_SECRET);
      this.#hits.push(...reader.#hits);
    }
  }

  /** @see https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ */
  #argoSources(spec: Node | null): void {
    const sources = [
      this.#mappings.at(spec, "source"),
      ...this.#mappings.items(this.#mappings.at(spec, "sources")),
    ];
    for (const source of sources) {
      const helm = this.#mappings.at(source, "helm");
      this.#valuesInText(this.#mappings.at(helm, "values"));
      this.#values(this.#mappings.at(helm, "valuesObject"), USE_EXISTING_SECRET);
      this.#values(this.#mappings.at(helm, "parameters"), USE_EXISTING_SECRET);
    }
  }

  /** JSON patches (RFC 6902): a list of operations, or one below `patch`, there as text too. */
  #patches(root: Node | null): void {
    for (const operation of this.#mappings.items(root)) this.#operation(operation);
    for (const { node, key } of walk(root)) {
      if (key !== "patch") continue;
      if (isMap(node)) this.#operation(node);
      const section = isScalar(node) ? this.#section.embedded.get(node) : undefined;
      for (const document of section?.documents ?? []) {
        if (section === undefined) continue;
        const reader = new Reader(section, new Mappings(document), false);
        for (const operation of reader.#mappings.items(document.contents)) {
          reader.#operation(operation);
        }
        this.#hits.push(...reader.#hits);
      }
    }
  }

  #operation(node: Node): void {
    const path = this.#mappings.textAt(node, "path") ?? "";
    const value = this.#mappings.entry(node, "value");
    if (value === null || this.#mappings.entry(node, "op") === null || OTHER_PATHS.test(path))
      return;
    const keys = path.split("/");
    if (keys.some((key) => REFERENCES.test(key)) && !isRandomScalar(value.value)) return;
    if (keys.some((key) => ARGUMENTS.test(key))) {
      const items = isScalar(value.value) ? [value.value] : this.#mappings.items(value.value);
      this.#arguments(items, "a JSON patch", USE_SECRET_KEY_REF);
    } else if (!isScalar(value.value)) this.#values(value.value, USE_SOURCE, "a JSON patch");
    else this.#entry({ ...value, key: keys.at(-1) ?? "" }, false, "a JSON patch", USE_SOURCE);
  }

  #entry(entry: Entry, isVariable: boolean, what: string, mend: Mend): void {
    const value = isScalar(entry.value) ? scalarText(entry.value) : "";
    if (this.#isCredential(entry.key, value, isVariable)) {
      this.#hit(entry.offset, what, entry.key, mend);
    }
  }

  #isCredential(name: string, value: string, isVariable: boolean): boolean {
    const isNamed = isVariable ? isCredentialVariable(name) : isCredentialName(name);
    return (
      (isNamed && this.#isValue(value)) ||
      isVagueCredential(name, value) ||
      holdsUnnamedCredential(value)
    );
  }

  /** `{name: DB_PASSWORD, value: …}`, as containers have their environment. */
  #namedValue(node: Node, what: string, mend: Mend): void {
    if (!isMap(node)) return;
    const name = this.#mappings.textAt(node, "name");
    const value = this.#mappings.entry(node, "value");
    if (name === null || value === null || !isScalar(value.value)) return;
    this.#entry({ ...value, key: name }, true, what, mend);
  }

  /** `DB_PASSWORD: {value: …}`, as a chart may have its environment. */
  #valueBelow({ key, value }: Entry, isVariable: boolean, what: string, mend: Mend): void {
    const below = this.#mappings.entry(value, "value");
    if (isScalar(below?.value)) this.#entry({ ...below, key }, isVariable, what, mend);
  }

  /** `env:` lists wherever they stand: pod templates are in Deployments, CronJobs, and in custom kinds. */
  #containers(root: Node | null): void {
    for (const { node, key } of walk(root)) {
      if (!isSeq(node)) continue;
      if (ARGUMENTS.test(key ?? "")) {
        this.#arguments(this.#mappings.items(node), "a container's argument", USE_SECRET_KEY_REF);
      }
      if (key !== "env") continue;
      for (const item of this.#mappings.items(node)) {
        this.#namedValue(item, "a container's env", USE_SECRET_KEY_REF);
      }
    }
  }

  /** `--password=…`, or the value as the argument behind it. */
  #arguments(items: readonly Node[], what: string, mend: Mend): void {
    let flag = "";
    for (const item of items) {
      const text = isScalar(item) ? scalarText(item) : "";
      const written = flag === "" || text.startsWith("-") ? text : `${flag}=${text}`;
      flag = /^--[A-Za-z][\w.-]*$/.test(text) ? text : "";
      const [, name = "", value = ""] = /^--?([A-Za-z][\w.-]*)=(\S+)$/.exec(written) ?? [];
      if (isCredentialName(name) && isStrongValue(value) && !FILE.test(value)) {
        this.#hit(startOf(item) ?? 0, what, name, mend);
      }
    }
  }

  #substitutions(node: Node | null): void {
    for (const entry of this.#mappings.entries(node)) {
      this.#entry(entry, true, "postBuild.substitute", USE_SUBSTITUTE_FROM);
    }
  }

  /** A list of `NAME=value`. */
  #assignments(list: Node | null, what: string, mend: Mend): void {
    for (const item of this.#mappings.items(list)) {
      if (!isScalar(item)) continue;
      const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(scalarText(item)) ?? [];
      if (this.#isCredential(name, value, true)) {
        this.#hit(startOf(item) ?? 0, what, name, mend);
      }
    }
  }

  #configMap(data: Node | null): void {
    for (const entry of this.#mappings.entries(data)) {
      this.#valueOrFile(entry, true, "a ConfigMap", USE_SECRET);
    }
  }

  #valueOrFile(entry: Entry, isVariable: boolean, what: string, mend: Mend): void {
    const value = isScalar(entry.value) ? scalarText(entry.value) : "";
    if (value.trimEnd().includes("\n")) this.#file(entry, value, what, mend);
    else this.#entry(entry, isVariable, what, mend);
  }

  /** The lines `password = …` and `password: …` of a file that stands as a value. */
  #file(entry: Entry, text: string, what: string, mend: Mend): void {
    const isLiteralBlock = isScalar(entry.value) && entry.value.type === "BLOCK_LITERAL";
    const keyLine = this.#section.lineAt(entry.offset);
    for (const { line, name } of credentialLines(text, this.#isValue)) {
      this.#hits.push({
        line: isLiteralBlock ? keyLine + 1 + line : keyLine,
        message: `${what} may hold a readable credential: ${shownName(name)} in ${shownName(entry.key)}`,
        mend,
      });
    }
  }
}

function isRandomScalar(value: Node | null): boolean {
  return isScalar(value) && isRandomValue(scalarText(value));
}

const USE_VALUES_FROM: Mend = {
  kind: "edit",
  what: "move the value to an encrypted Secret and name that under valuesFrom",
};
const USE_EXISTING_SECRET: Mend = {
  kind: "edit",
  what: "move the value to an encrypted Secret and let the chart use that (existingSecret or the like)",
};
const USE_SECRET_KEY_REF: Mend = {
  kind: "edit",
  what: "move the value to an encrypted Secret and use valueFrom.secretKeyRef",
};
const USE_SUBSTITUTE_FROM: Mend = {
  kind: "edit",
  what: "move the value to an encrypted Secret and name that under substituteFrom",
};
const USE_SECRET: Mend = {
  kind: "edit",
  what: "move the value from the ConfigMap to an encrypted Secret",
};
const USE_GENERATOR: Mend = {
  kind: "edit",
  what: "move the value to an encrypted env file and name that in a secretGenerator under envs:",
};
const USE_ENCRYPTED: Mend = {
  kind: "edit",
  what: "keep the document in a file that a creation rule encrypts as a whole",
};
const USE_SOURCE: Mend = {
  kind: "edit",
  what: "take the value from a variable or an encrypted Secret, or keep the file where a creation rule encrypts it",
};
