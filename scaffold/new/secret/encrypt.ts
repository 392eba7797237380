import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseDocument } from "yaml";
import { printable } from "../../../git/escape.ts";
import {
  type CreationRule,
  parseRuleFile,
  ruleFor,
} from "../../../sops/creation-rules/creation-rules.ts";
import { unwrapDataKey } from "../../../sops/data-key.ts";
import { decryptFile } from "../../../sops/decrypt.ts";
import { encryptFile, mayReuse, type Previous } from "../../../sops/encrypt.ts";
import { SopsError } from "../../../sops/errors.ts";
import { parseFile } from "../../../sops/format.ts";
import { findIdentities } from "../../../sops/age/identities.ts";
import { readSopsFile } from "../../../sops/sops-file.ts";
import { ScaffoldError } from "../../errors.ts";
import { rememberedKeyFile } from "../../commit/commit.ts";

/** The rule that takes a new file, and how its YAML is to be indented. */
interface RuleInForce {
  readonly rule: CreationRule;
  readonly yamlIndent: number | null;
}

/**
 * The creation rule for a Secret's file that is not there yet: of the nearest `.sops.yaml` above it.
 *
 * @param path relative to the repository, with `/`.
 * @throws ScaffoldError `environment` where there is none that this tool can encrypt by.
 */
export function ruleInForce(directory: string, path: string): RuleInForce {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const config = folder === "." ? ".sops.yaml" : `${folder}/.sops.yaml`;
    if (existsSync(join(directory, config))) {
      try {
        const file = parseRuleFile(readFileSync(join(directory, config), "utf8"));
        if (file.rules !== null) {
          const rule = ruleFor(file, folder === "." ? path : path.slice(folder.length + 1));
          if (rule !== null && rule.foreign.length === 0 && rule.recipients.length > 0) {
            return { rule, yamlIndent: file.indents.yaml };
          }
          throw new ScaffoldError(
            "environment",
            rule !== null && rule.foreign.length > 0
              ? `the rule for ${printable(path)} in ${printable(config)} has keys that only sops can encrypt to: write the file and use sops encrypt`
              : `no rule in ${printable(config)} encrypts ${printable(path)} to an age recipient: add one and run this again`,
          );
        }
      } catch (error) {
        if (!(error instanceof SopsError)) throw error;
        throw new ScaffoldError(
          "environment",
          `${error.placeIn(printable(config))}: ${error.message}; mend it and run this again`,
        );
      }
    }
    if (folder === ".") break;
  }
  throw new ScaffoldError(
    "environment",
    `there is no .sops.yaml with creation rules for ${printable(path)}: run npx -p generator-flux-sops flux-sops init, or add one`,
  );
}

/** An encrypted file that is there, opened with a key of this machine. */
export interface OpenedFile {
  readonly plaintext: string;
  readonly previous: Previous;
}

/** @returns null where it is not encrypted, is damaged, or no key of this machine opens it. */
export async function openFile(
  directory: string,
  path: string,
  environment: NodeJS.ProcessEnv,
): Promise<OpenedFile | null> {
  try {
    const { file, metadata } = readSopsFile(readFileSync(join(directory, path)), "yaml");
    if (metadata === null) return null;
    const keyFile = await rememberedKeyFile(directory);
    const { pairs } = await findIdentities({ environment, keyFile });
    const dataKey = await unwrapDataKey(metadata, pairs);
    if (dataKey === null) return null;
    return {
      plaintext: decryptFile(file, metadata, dataKey),
      previous: { file, metadata, dataKey },
    };
  } catch (error) {
    if (error instanceof SopsError || (error as NodeJS.ErrnoException).code !== undefined)
      return null;
    throw error;
  }
}

/**
 * Encrypts a Secret in memory. Values that an earlier version has keep their ciphertext, where its
 * readers are readers still.
 *
 * @throws ScaffoldError `environment` where the rule would encrypt the names as well: Flux could not
 *   read them.
 */
export async function encryptSecret(
  path: string,
  plaintext: string,
  { rule, yamlIndent }: RuleInForce,
  previous: Previous | null,
): Promise<Buffer> {
  const reusable = previous !== null && mayReuse(previous.metadata, rule.recipients);
  const { text } = await encryptFile(parseFile(plaintext, "yaml", yamlIndent), rule, {
    previous: reusable ? previous : null,
  });
  const document = parseDocument(text);
  const isReadable =
    document.get("kind") === "Secret" &&
    !String(document.getIn(["metadata", "name"])).startsWith("ENC[");
  const before = parseDocument(plaintext);
  const values = ["stringData", "data"].flatMap((field) =>
    Object.entries((before.toJS() as Record<string, Record<string, string>>)[field] ?? {}).map(
      ([key, value]) => ({ at: [field, key], value }),
    ),
  );
  const isEncrypted = values.every(
    ({ at, value }) => value === "" || String(document.getIn(at)).startsWith("ENC["),
  );
  if (!isReadable || !isEncrypted) {
    throw new ScaffoldError(
      "environment",
      `the rule for ${printable(path)} in .sops.yaml must encrypt the values of a Secret and nothing else: give it encrypted_regex: ^(data|stringData)$`,
    );
  }
  return Buffer.from(text);
}
