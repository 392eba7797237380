import type { Document } from "yaml";
import { conflictLine } from "../../sops/text/conflict-markers.ts";
import { isTemplate } from "./file-kind.ts";
import type { Candidate } from "../finding.ts";
import type { Section } from "./sections.ts";

export interface FoundDocument {
  readonly section: Section;
  readonly document: Document.Parsed;
}

/**
 * Whether a part of a file is a CustomResourceDefinition and nothing else: it describes every field there
 * is, at great length, and holds none.
 */
export function isSchema(section: Section): boolean {
  const { words } = section;
  if (!/^kind: *["']?CustomResourceDefinition\b/m.test(words)) return false;
  // A script with several here-documents, a file with a forgotten `---`.
  return words.match(/^["']?kind["']?\s*:/gm)?.length === 1;
}

/** YAML or JSON by its name. What a parser makes of a part of a script means nothing. */
const MANIFEST = /\.(?:ya?ml|json)$|config$/i;

/**
 * The documents of a part of a file. Those of a manifest also where there are errors in them: Kubernetes' reader of YAML
 * takes some of what the parser here does not, and what a slip has broken is there to be read all the same.
 */
export function documentsOf({ path }: Candidate, section: Section): readonly Document.Parsed[] {
  if (section.documents !== null) return section.documents;
  const isManifest = section.holder === null && MANIFEST.test(path) && !isTemplate(path);
  // Of a conflict that a merge has left, each side is looked at for itself.
  return isManifest && conflictLine(section.words) === null ? (section.trees ?? []) : [];
}

/**
 * The documents of a file, and those that stand as values inside them (in ConfigMaps, patches,
 * annotations), as far as they parse.
 *
 * @param gate only text that it matches is parsed; it must match whatever the caller looks for.
 */
export function* eachDocument(
  candidate: Candidate,
  gate: Pick<RegExp, "test">,
): Generator<FoundDocument> {
  const open: Section[] = candidate.sections.toReversed();
  for (let section = open.pop(); section !== undefined; section = open.pop()) {
    if (!gate.test(section.words) || isSchema(section)) continue;
    for (const document of documentsOf(candidate, section)) yield { section, document };
    for (const embedded of section.embedded.values()) open.push(embedded);
  }
}
