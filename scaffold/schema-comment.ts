import type { WantedFile } from "./plan/plan.ts";
import { remembersSchemas } from "./destination/yo-rc.ts";

/** Where editors find the schema of what is generated, by the start of its `apiVersion`. */
const SCHEMAS: readonly (readonly [apiVersion: string, schema: string])[] = [
  ["kustomize.config.k8s.io/", "https://json.schemastore.org/kustomization"],
  [
    "kustomize.toolkit.fluxcd.io/",
    "https://raw.githubusercontent.com/fluxcd-community/flux2-schemas/main/kustomization-kustomize-v1.json",
  ],
];

/**
 * A manifest with a comment before it that tells YAML editors its schema; others stay as they are.
 *
 * @see https://github.com/redhat-developer/yaml-language-server ("Using inlined schema")
 */
export function withSchemaComment(content: Buffer): Buffer {
  const text = content.toString("utf8");
  const isOf = (apiVersion: string) => `\n${text}`.includes(`\napiVersion: ${apiVersion}`);
  const schema = SCHEMAS.find(([apiVersion]) => isOf(apiVersion))?.[1];
  if (schema === undefined) return content;
  return Buffer.from(`# yaml-language-server: $schema=${schema}\n${text}`);
}

/** What is added to a repository later has the comments too, where its answers ask for them. */
export function withRememberedSchemas(
  directory: string,
  files: readonly WantedFile[],
): readonly WantedFile[] {
  if (!remembersSchemas(directory)) return files;
  return files.map((file) => ({ ...file, content: withSchemaComment(file.content) }));
}
