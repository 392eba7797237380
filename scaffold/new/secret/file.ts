import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseDocument } from "yaml";
import { printable } from "../../../git/escape.ts";
import { withToolFromHere } from "../../../git/tool-command.ts";
import { encryptSecret, openFile, ruleInForce } from "./encrypt.ts";
import { ScaffoldError } from "../../errors.ts";
import { listInFolder } from "../folder-list.ts";
import type { GeneratorRequest } from "../generator.ts";
import { namespaceNeed } from "../namespace-file.ts";
import type { WantedFile } from "../../plan/plan.ts";
import { secretManifest } from "./manifest.ts";
import {
  addValue,
  type GeneratedKey,
  looksGenerated,
  randomText,
  type SecretValues,
} from "./sources.ts";
import { requireValid, type SecretType } from "./types.ts";

interface WantedSecret {
  readonly name: string;
  readonly namespace: string;
  readonly type: SecretType;
  readonly values: SecretValues;
  readonly generated: readonly GeneratedKey[];
}

/**
 * The encrypted file of a Secret, and the Namespace that it needs. Where the same Secret is there
 * already, its file stays as it is.
 *
 * @throws ScaffoldError where another one is there, unless `--force` was given.
 */
export async function secretFiles(
  request: GeneratorRequest,
  cluster: string,
  wanted: WantedSecret,
): Promise<{ readonly files: WantedFile[]; readonly notes: string[] }> {
  const { directory, environment } = request;
  const { name, namespace, type } = wanted;
  const force = request.options.has("force");
  const path = pathOf(directory, cluster, name, namespace);
  const rule = ruleInForce(directory, path);
  const isThere = existsSync(join(directory, path));
  const opened = isThere ? await openFile(directory, path, environment) : null;
  const values: SecretValues = new Map(wanted.values);
  for (const { key, length } of wanted.generated) {
    const known = opened === null || force ? null : textAt(opened.plaintext, key);
    const kept = known !== null && looksGenerated(Buffer.from(known), length) ? known : null;
    addValue(values, key, Buffer.from(kept ?? randomText(length)));
  }
  if (values.size === 0 && type.keys.length === 0) {
    throw new ScaffoldError(
      "usage",
      "the Secret has no values: give some with --from-literal-stdin, --from-file, --from-env-file or --generate",
    );
  }
  requireValid(type, wanted, values);
  const plaintext = secretManifest({ name, namespace, type: type.name }, values);
  let content: Buffer;
  if (opened?.plaintext === plaintext) content = readFileSync(join(directory, path));
  else if (isThere && !force) {
    throw new ScaffoldError(
      "usage",
      withToolFromHere(
        `${printable(path)} is there already: change it with npx flux-sops edit, or replace it with --force`,
        directory,
      ),
    );
  } else content = await encryptSecret(path, plaintext, rule, opened?.previous ?? null);
  const list = listInFolder(directory, posix.dirname(path), posix.basename(path));
  const need = await namespaceNeed(directory, cluster, namespace);
  return {
    files: [
      { path, content, mode: 0o644, mayReplace: () => force },
      ...(list === null ? [] : [list]),
      ...need.files,
    ],
    notes: need.note === null ? [] : [need.note],
  };
}

/**
 * A Secret of the same name in another namespace gets a file name with its namespace.
 *
 * @throws ScaffoldError `usage` where other Secrets have both names.
 */
function pathOf(directory: string, cluster: string, name: string, namespace: string): string {
  const folder = `clusters/${cluster}/secrets`;
  const path = `${folder}/${name}.sops.yaml`;
  if (!holdsAnother(join(directory, path), name, namespace)) return path;
  const longer = `${folder}/${name}.${namespace}.sops.yaml`;
  if (!holdsAnother(join(directory, longer), name, namespace)) return longer;
  throw new ScaffoldError(
    "usage",
    `${printable(path)} and ${printable(longer)} hold other Secrets than ${name} in namespace ${namespace}: rename one of the two, and run this again`,
  );
}

function holdsAnother(file: string, name: string, namespace: string): boolean {
  if (!existsSync(file)) return false;
  const present = parseDocument(readFileSync(file, "utf8"));
  if (present.errors.length > 0) return false;
  const differs = (field: string, wanted: string) => {
    const theirs = present.getIn(["metadata", field]);
    return typeof theirs === "string" && theirs !== wanted;
  };
  return differs("name", name) || differs("namespace", namespace);
}

function textAt(plaintext: string, key: string): string | null {
  const value: unknown = parseDocument(plaintext).getIn(["stringData", key]);
  return typeof value === "string" ? value : null;
}
