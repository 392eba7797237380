import { isScalar } from "yaml";
import type { Candidate } from "./finding.ts";
import { Mappings, scalarText, startOf } from "./nodes.ts";

/** A file that a kustomization's generator reads. */
export interface GeneratorFile {
  readonly generator: "secretGenerator" | "configMapGenerator";
  readonly field: "files" | "envs";
  /** As written, relative to the kustomization's folder. */
  readonly path: string;
  /**
   * The key in the generated object: kustomize-controller decrypts `files` in the format that the
   * key's ending implies, not the file's. Null for `envs`.
   */
  readonly key: string | null;
  /** 1-based. */
  readonly line: number;
}

/**
 * The files that a kustomization's generators name. What a secretGenerator names is a Secret's
 * content: such a file in plaintext is a leak, whatever it is called.
 *
 * @see ParseFileSource in kustomize's api/kv/kv.go
 */
export function generatorFiles(candidate: Candidate): GeneratorFile[] {
  const found: GeneratorFile[] = [];
  for (const section of candidate.sections) {
    if (!/\b(?:secretGenerator|configMapGenerator)\b/.test(section.text)) continue;
    for (const document of section.documents ?? []) {
      const mappings = new Mappings(document);
      for (const generator of ["secretGenerator", "configMapGenerator"] as const) {
        for (const item of mappings.items(mappings.at(document.contents, generator))) {
          const envs = mappings.items(mappings.at(item, "envs"));
          const env = mappings.at(item, "env");
          if (env !== null) envs.push(env);
          const files = mappings.items(mappings.at(item, "files"));
          for (const [field, nodes] of [
            ["files", files],
            ["envs", envs],
          ] as const) {
            for (const node of nodes) {
              if (!isScalar(node)) continue;
              const line = section.lineAt(startOf(node) ?? 0);
              found.push({ generator, field, line, ...source(scalarText(node), field) });
            }
          }
        }
      }
    }
  }
  return found;
}

/** `PATH`, or `KEY=PATH` under `files`. */
function source(text: string, field: "files" | "envs"): { key: string | null; path: string } {
  if (field === "envs") return { key: null, path: text };
  const equals = text.indexOf("=");
  const path = text.slice(equals + 1);
  const key = equals === -1 ? path.slice(path.lastIndexOf("/") + 1) : text.slice(0, equals);
  return { key, path };
}
