import { isScalar } from "yaml";
import { decodeAround } from "../../candidate/base64.ts";
import { candidateOf } from "../../candidate/candidate.ts";
import { linesOfDiff } from "./diff-lines.ts";
import { isSchema } from "../../candidate/documents.ts";
import { withoutEscapes } from "../../candidate/escapes.ts";
import { isDiff, isProseOrCode, isTemplate } from "../../candidate/file-kind.ts";
import type { Candidate, Hit } from "../../finding.ts";
import { SECRET_BASE64 } from "../../prefilter/keywords.ts";
import { linesOf } from "../../candidate/positions.ts";
import { isPublicValue } from "../../credential/public-value.ts";
import { secretLines } from "./secret-lines.ts";
import type { Section } from "../../candidate/sections.ts";
import { terraformSecrets } from "./terraform-secret.ts";
import { WordSearch } from "../../prefilter/word-search.ts";
import { shownName } from "../../wording.ts";
import { commentedOut } from "./commented-out.ts";
import { inSection } from "./documents.ts";
import { mayHoldValues } from "./may-hold-values.ts";
import { EDIT_NESTED } from "./mends.ts";

/**
 * Kubernetes Secrets with readable values, wherever a repository holds them: documents of a file,
 * items of a List, generators, patches, annotations, manifests inside other objects, and text that is
 * no YAML.
 */
export function findSecrets(candidate: Candidate): Hit[] {
  if (isDiff(candidate.path)) {
    const lines = linesOfDiff(candidate.readable ?? "");
    if (lines !== null) return inDiff(lines);
    // As kustomize takes one: a part of a manifest.
  } else if (isProseOrCode(candidate.path)) return [];
  return [
    ...inFile(candidate),
    ...commentedOut(candidate),
    ...insideBase64(candidate),
    ...inTerraform(candidate),
  ];
}

function inTerraform(candidate: Candidate): Hit[] {
  return terraformSecrets(candidate.readable ?? "").map(({ offset, key }) => ({
    line: candidate.lineAt(offset),
    message: `Terraform is to make a Secret with a readable value: ${shownName(key)}`,
    mend: { kind: "edit", what: "put a sensitive variable in the value's place" },
  }));
}

function inFile(candidate: Candidate): Hit[] {
  const hits: Hit[] = [];
  for (const section of candidate.sections) {
    if (!mayHoldValues(section) || isSchema(section)) continue;
    const found = isText(section) ? byLine(candidate, section) : [];
    hits.push(...(found.length > 0 ? found : inSection(candidate, section)));
  }
  return hits;
}

/** No YAML, or to YAML one long scalar, as a line of words is with compact JSON below it. */
function isText({ documents }: Section): boolean {
  return documents === null || documents.every(({ contents }) => isScalar(contents));
}

function byLine(candidate: Candidate, section: Section): Hit[] {
  const isPublic = isTemplate(candidate.path) ? isPublicValue : undefined;
  return secretLines(section.words, isPublic).map(({ line, key }) => ({
    line: section.lineAt(section.offset) + line,
    message: `a Secret in text that is no YAML holds a readable value under ${shownName(key)}`,
    mend: {
      kind: "edit",
      what: "put a variable in the value's place, or make it a YAML file that a creation rule encrypts",
    },
  }));
}

function inDiff(lines: string): Hit[] {
  return secretLines(withoutEscapes(lines)).map(({ line, key }) => ({
    line: line + 1,
    message: `a patch shows a Secret with a readable value under ${shownName(key)}`,
    mend: { kind: "leave-out" },
  }));
}

/** So much base64 is looked into behind each place where a Secret begins … */
const BASE64_AFTER = 16 * 1024;
/** … and so often: more of them were put there to waste time. */
const MOST_IN_BASE64 = 50;

const IN_BASE64 = new WordSearch(
  SECRET_BASE64.map(({ text, phase }) => ({ word: text, means: phase })),
);

/** Whole manifests as base64: `binaryData` of a ConfigMap, files in a cloud-init configuration. */
function insideBase64({ searchable }: Candidate): Hit[] {
  const found = IN_BASE64.places(searchable, MOST_IN_BASE64);
  const places = found.filter(({ at, means }) => {
    const { text } = decodeAround(searchable, at, means, BASE64_AFTER);
    return inFile(candidateOf("", Buffer.from(text, "latin1"))).length > 0;
  });
  return linesOf(
    searchable,
    places.map(({ at }) => at),
  ).map((line) => ({
    line,
    message: "the base64 of a Kubernetes Secret with readable values",
    mend: EDIT_NESTED,
  }));
}
