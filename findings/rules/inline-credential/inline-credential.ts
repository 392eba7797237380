import type { Document } from "yaml";
import { readAnyObject } from "./any-object.ts";
import { readConfigMaps } from "./config-map.ts";
import { readContainers } from "./container.ts";
import { readFakeSecretStore } from "./fake-secret-store.ts";
import { readHelmValues } from "./helm-values.ts";
import { readJsonPatches } from "./json-patch.ts";
import { findNotesAbove } from "./note-above.ts";
import { Reading } from "./reading.ts";
import { findSecretCommands } from "./secret-command.ts";
import { readSecretTemplate } from "./secret-template.ts";
import { findInSettings } from "./settings.ts";
import { findInSource } from "./source.ts";
import { findTokens, isComment } from "./tokens.ts";
import { readVariables } from "./variables.ts";
import { mayHoldCredential } from "../../credential/credential-gate.ts";
import { isSchema } from "../../candidate/documents.ts";
import {
  isForTests,
  isProseOrCode,
  isSample,
  isSecretsFile,
  isSettingsFile,
  isTemplate,
  isValuesFile,
  isYaml,
} from "../../candidate/file-kind.ts";
import type { Candidate, Hit, Rule } from "../../finding.ts";
import { CREDENTIAL_FILE_PATHS } from "../../candidate/credential-file-kind.ts";
import { KEYWORDS } from "../../prefilter/keywords.ts";
import { Mappings } from "../../candidate/nodes.ts";
import type { Section } from "../../candidate/sections.ts";

/** Kinds that other rules are for, but for their templates. Told before parsing. */
const OTHER_KINDS =
  /^kind: ?["']?(?:Secret|SecretList|ExternalSecret|SealedSecret|ClusterExternalSecret)\b/m;
const TEMPLATE = /^[ ]+template:/m;

/**
 * What is found, as a guess by name and value: literal passwords and tokens (each in a file beside this one) in
 * - `values` of a HelmRelease, Helm values files, `valuesInline` of a kustomization, `valuesContent` of k3s's
 *   HelmChart, values and parameters of an Argo CD Application;
 * - a container's `env` and arguments (`--password=…`), `machine.env` and the `environment` of an
 *   ExtensionServiceConfig in Talos;
 * - a ConfigMap and a configMapGenerator's literals, also in lines of a file kept in one;
 * - `postBuild.substitute` of a Flux Kustomization;
 * - JSON patches of anything;
 * - the fake provider of an External Secrets store, and the template of an ExternalSecret or a SealedSecret;
 * - settings of programs (TOML, INI, properties, JSON, HCL, YAML), and objects of any other kind: there only
 *   values that look drawn at random;
 * - arguments of `kubectl create secret` and `flux create secret` in scripts;
 * - comments above all else in an encrypted file;
 * - in prose, programs, comments, and what is no YAML: tokens that their issuers made to be known by their shape.
 *
 * A name that may also be that of a Secret (`secret`, `appKey`) counts where the value is drawn at random for sure.
 * Empty values, variables and templates, names of Secrets and keys (`existingSecret`,
 * `passwordKey: admin-password`), switches and placeholders are none. URLs and connection
 * strings with a password in them are, tokens of a known shape, hashes of passwords, and what an `Authorization`
 * header holds, wherever they stand.
 */
export const inlineCredential: Rule = {
  id: "inline-credential",
  severity: "warning",
  keywords: KEYWORDS["inline-credential"],
  find,
};

function find(candidate: Candidate): Hit[] {
  const { path, readable } = candidate;
  // Where a name alone has to tell, a sample and what tests need would look the same.
  const isMeant = !isSample(path) && !isForTests(path);
  if (isProseOrCode(path)) return isMeant ? findInSource(candidate) : [];
  const hits: Hit[] = findSecretCommands(readable ?? "");
  hits.push(...findNotesAbove(candidate));
  const isTelling = isMeant && !isTemplate(path);
  if (isTelling && isSettingsFile(path)) hits.push(...findInSettings(candidate));
  const isAnyObject = isTelling && !CREDENTIAL_FILE_PATHS.test(path);
  for (const section of candidate.sections) {
    const { words } = section;
    const isOther = OTHER_KINDS.test(words);
    if (!mayHoldCredential(words) || (isOther && !TEMPLATE.test(words))) continue;
    if (isSchema(section)) continue;
    // What is no YAML is read by no other part of this rule.
    if (section.documents === null && isMeant) {
      const before = candidate.lineAt(section.offset) - 1;
      hits.push(...findTokens(section.text, () => true, before));
    }
    for (const document of section.documents ?? []) {
      const found = isOther
        ? findInTemplate(section, document)
        : findInDocument(section, document, path, isAnyObject);
      hits.push(...found);
    }
  }
  // Last, so that what has a name is reported by its name.
  const isReadAsYaml = isYaml(path) || CREDENTIAL_FILE_PATHS.test(path);
  if (isMeant) hits.push(...findTokens(readable ?? "", isReadAsYaml ? isComment : () => true));
  return hits;
}

function findInTemplate(section: Section, document: Document.Parsed): Hit[] {
  const reading = new Reading(section, new Mappings(document));
  readSecretTemplate(reading, document.contents);
  return reading.hits;
}

function findInDocument(
  section: Section,
  document: Document.Parsed,
  path: string,
  isAnyObject: boolean,
): Hit[] {
  const reading = new Reading(section, new Mappings(document));
  const root = document.contents;
  const kind = reading.mappings.textAt(root, "kind");
  readHelmValues(reading, root, kind, isValuesFile(path));
  readConfigMaps(reading, root, kind);
  readVariables(reading, root, kind);
  if (kind !== null && kind !== "HelmRelease") readContainers(reading, root);
  readFakeSecretStore(reading, root);
  readJsonPatches(reading, root);
  if (isAnyObject) readAnyObject(reading, root, kind, isSecretsFile(path));
  return reading.hits;
}
