import { Command, Option } from "commander";
import { printable } from "../../git/escape.ts";
import { GitError } from "../../git/errors.ts";
import { displayTextPath, pathText } from "../../git/path.ts";
import { openRepository } from "../../git/repository/open.ts";
import { parseArguments } from "../arguments/parse.ts";
import { complain } from "../terminal/complain.ts";
import { unstagedRules } from "../../hooks/rules/unstaged-rules.ts";
import { counted } from "../../hooks/words.ts";
import {
  type EncryptedEntry,
  type Encryption,
  readEncryption,
  type RuleEntry,
} from "../doctor/encrypted-files.ts";
import { examples } from "../arguments/examples.ts";
import { complainOfConflicts } from "../in-conflict.ts";

/** `flux-sops keys list [--format text|json]`: the recipients of every rule, and of its files. */
export async function keysList(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops keys list")
    .description(
      "say which public keys can read what: by creation rule, and by encrypted file, of all files to 5 MiB that are staged or committed",
    )
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(Object.keys(FORMATS))
        .default("text" as const),
    )
    .addHelpText(
      "after",
      examples("npx flux-sops keys list", "npx flux-sops keys list --format json"),
    );
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const format = command.opts()["format"] as keyof typeof FORMATS;
  try {
    const repository = await openRepository({ cwd: process.cwd(), env: process.env });
    const encryption = await readEncryption(repository);
    process.stdout.write(FORMATS[format](encryption));
    complainOfConflicts(encryption.conflicts);
    for (const sentence of await unstagedRules(repository)) complain(sentence);
    for (const { file, line, problem } of encryption.broken) {
      complain(`${displayTextPath(file)}${line === null ? "" : `:${line}`}: ${problem}`);
    }
    return encryption.broken.length === 0 ? 0 : 2;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    complain(error.message);
    return 2;
  }
}

const FORMATS = { text, json } as const;

/** Who can read something: public keys of age, and kinds of others. */
interface Readers {
  readonly recipients: readonly string[];
  readonly otherKeys: readonly string[];
}

function text(encryption: Encryption): string {
  const { rules, files, names } = encryption;
  const named = (readers: Readers | null) =>
    readersLines(readers).map((key) => `${key}${nameOf(names, key)}`);
  const lines = rules.flatMap((entry) => {
    const wanted = readersOfRule(entry);
    return [
      `${displayTextPath(entry.file)}:${entry.rule.line}  ${patternWords(entry)}`,
      ...named(wanted).map((line) => `  ${line}`),
      ...filesOf(encryption, entry).map((file) => `    ${file.shown}${unlike(file, wanted)}`),
    ];
  });
  const ruleless = filesOf(encryption, null);
  if (ruleless.length > 0) {
    lines.push(
      "Encrypted, and taken by no rule:",
      ...ruleless.flatMap((file) => [
        `    ${file.shown}`,
        ...named(readersOfFile(file)).map((line) => `      ${line}`),
      ]),
    );
  }
  lines.push(`${counted(rules.length, "rule")}, ${counted(files.length, "encrypted file")}`);
  return `${lines.join("\n")}\n`;
}

function json(encryption: Encryption): string {
  const fileOf = (file: EncryptedEntry) => ({
    path: pathText(file.path),
    ...(readersOfFile(file) ?? NOBODY),
  });
  return `${JSON.stringify({
    version: 1,
    rules: encryption.rules.map((entry) => ({
      file: entry.file,
      line: entry.rule.line,
      pathRegex: entry.rule.pathRegex,
      ...readersOfRule(entry),
      files: filesOf(encryption, entry).map(fileOf),
    })),
    withoutRule: filesOf(encryption, null).map(fileOf),
    names: Object.fromEntries(encryption.names),
  })}\n`;
}

const NOBODY: Readers = { recipients: [], otherKeys: [] };

function filesOf({ files }: Encryption, entry: RuleEntry | null): EncryptedEntry[] {
  return files.filter(({ rule }) => rule === entry);
}

function readersOfRule({ rule }: RuleEntry): Readers {
  return { recipients: rule.recipients, otherKeys: rule.foreign };
}

/** Null where its `sops` block cannot be read. */
function readersOfFile({ metadata }: EncryptedEntry): Readers | null {
  return metadata === null
    ? null
    : {
        recipients: metadata.age.map(({ recipient }) => recipient),
        otherKeys: metadata.foreign,
      };
}

function nameOf(names: ReadonlyMap<string, string>, key: string): string {
  const name = names.get(key);
  return name === undefined ? "" : `  ${printable(name)}`;
}

function readersLines(readers: Readers | null): string[] {
  if (readers === null) return ["(its sops block cannot be read)"];
  const all = [...readers.recipients, ...readers.otherKeys];
  return all.length === 0 ? ["nobody"] : all.map(printable);
}

/** How the recipients of a file are not those of its rule; nothing where they are. */
function unlike(file: EncryptedEntry, wanted: Readers): string {
  const readers = readersOfFile(file);
  if (readers === null) return "  (its sops block cannot be read)";
  const [theirs, ours] = [readersLines(readers), readersLines(wanted)];
  const more = theirs.filter((one) => !ours.includes(one));
  const less = ours.filter((one) => !theirs.includes(one));
  const parts = [
    ...(more.length === 0 ? [] : [`also ${more.join(", ")}`]),
    ...(less.length === 0 ? [] : [`not ${less.join(", ")}`]),
  ];
  return parts.length === 0 ? "" : `  (${parts.join("; ")})`;
}

function patternWords({ rule }: RuleEntry): string {
  return rule.pathRegex === "" ? "(every file)" : printable(rule.pathRegex);
}
