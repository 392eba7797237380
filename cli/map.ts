import { Command, Option } from "commander";
import { printable } from "../git/escape.ts";
import { encryptedFile } from "../findings/sops/encrypted-file.ts";
import type { EncryptedFile } from "../sops/encrypted-file.ts";
import type { FluxKustomization } from "../flux/flux-kustomization.ts";
import { fluxMap } from "../flux/flux-map.ts";
import type { Problem, ProblemKind } from "../flux/problem.ts";
import { GitError } from "../git/errors.ts";
import { displayTextPath } from "../git/path.ts";
import { openRepository } from "../git/repository/open.ts";
import { parseArguments } from "./arguments/parse.ts";
import { complain } from "./terminal/complain.ts";
import { counted } from "../hooks/words.ts";
import { examples } from "./arguments/examples.ts";
import { complainOfConflicts } from "./in-conflict.ts";
import { stagedFiles } from "./staged-files.ts";

/** `flux-sops map [--format text|json]`: which Flux Kustomization decrypts which file, for whom. */
export async function map(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops map")
    .description(
      "show which Flux Kustomization decrypts which file, and who can read it: of all files to 5 MiB that are staged or committed",
    )
    .addOption(
      new Option("--format <format>", "how to print it")
        .choices(Object.keys(FORMATS))
        .default("text" as const),
    )
    .addHelpText("after", examples("npx flux-sops map", "npx flux-sops map --format json"));
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const format = command.opts()["format"] as keyof typeof FORMATS;
  try {
    const repository = await openRepository({ cwd: process.cwd(), env: process.env });
    const files = await stagedFiles(repository);
    const { kustomizations, problems } = fluxMap(files);
    const encrypted = new Map<string, EncryptedFile>();
    for (const path of files.paths) {
      const found = encryptedFile(path, files.read(path) ?? Buffer.alloc(0));
      if (found !== null) encrypted.set(path, found);
    }
    process.stdout.write(FORMATS[format]({ kustomizations, problems, encrypted }));
    complainOfConflicts(files.conflicts);
    return 0;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    complain(error.message);
    return 2;
  }
}

interface Mapped {
  readonly kustomizations: readonly FluxKustomization[];
  readonly problems: readonly Problem[];
  /** All encrypted files, by path. */
  readonly encrypted: ReadonlyMap<string, EncryptedFile>;
}

const FORMATS = { text, json } as const;

function text({ kustomizations, problems, encrypted }: Mapped): string {
  const lines: string[] = [];
  let untold = 0;
  for (const kustomization of kustomizations) {
    const files = encryptedOf(kustomization, encrypted);
    const told = kustomization.problems.filter(({ kind }) => kind !== "remote-resource");
    const setsDecryption = kustomization.decryption !== null && kustomization.parent === null;
    if (files.length + told.length === 0 && !setsDecryption) {
      untold += 1;
      continue;
    }
    lines.push(
      `${nameOf(kustomization)}  (${displayTextPath(kustomization.file)}:${kustomization.line})`,
      `  ${sourceWords(kustomization)}, ${decryptionWords(kustomization)}`,
      ...files.map((path) => `    ${displayTextPath(path)}  ${readersWords(encrypted.get(path))}`),
      ...told.map((problem) => `    ${problemWords(problem)}`),
    );
  }
  const unbuilt = unbuiltOf(kustomizations, encrypted);
  if (unbuilt.length > 0) {
    lines.push(
      "Encrypted, and built by no Flux Kustomization:",
      ...unbuilt.map(
        (path) => `    ${displayTextPath(path)}  ${readersWords(encrypted.get(path))}`,
      ),
    );
  }
  lines.push(...problems.map(problemWords));
  const rest = untold === 0 ? "" : ` (${untold} without encrypted files not shown)`;
  lines.push(
    `${counted(kustomizations.length, "Flux Kustomization")}${rest}, ${counted(encrypted.size, "encrypted file")}`,
  );
  return `${lines.join("\n")}\n`;
}

function json({ kustomizations, problems, encrypted }: Mapped): string {
  const fileOf = (path: string) => {
    const metadata = encrypted.get(path)?.metadata ?? null;
    return {
      path,
      recipients: metadata?.age.map(({ recipient }) => recipient) ?? [],
      otherKeys: metadata?.foreign ?? [],
    };
  };
  return `${JSON.stringify({
    version: 1,
    kustomizations: kustomizations.map((kustomization) => {
      const { name, namespace, file, line, source, decryption, isSuspended, parent } =
        kustomization;
      return {
        name,
        namespace,
        file,
        line,
        parent: parent === null ? null : nameOf(parent),
        suspended: isSuspended,
        path: source.kind === "this-repository" ? source.folder : null,
        source: source.kind === "this-repository" ? null : source.what,
        decryption,
        encrypted: encryptedOf(kustomization, encrypted).map(fileOf),
        problems: kustomization.problems,
      };
    }),
    unbuilt: unbuiltOf(kustomizations, encrypted).map(fileOf),
    problems,
  })}\n`;
}

/** The encrypted files that one builds, each once. */
function encryptedOf({ files }: FluxKustomization, encrypted: Mapped["encrypted"]): string[] {
  const paths = files.map(({ path }) => path).filter((path) => encrypted.has(path));
  return [...new Set(paths)].sort();
}

function unbuiltOf(
  kustomizations: readonly FluxKustomization[],
  encrypted: Mapped["encrypted"],
): string[] {
  const built = new Set(kustomizations.flatMap(({ files }) => files.map(({ path }) => path)));
  return [...encrypted.keys()].filter((path) => !built.has(path)).sort();
}

function nameOf({ namespace, name }: FluxKustomization): string {
  return printable(namespace === null ? name : `${namespace}/${name}`);
}

function sourceWords({ source }: FluxKustomization): string {
  switch (source.kind) {
    case "this-repository":
      return `builds ${source.folder === "" ? "the whole repository" : displayTextPath(source.folder)}`;
    case "elsewhere":
      return `builds from ${printable(source.what)}, which is not this repository`;
    case "unresolved":
      return `builds ${printable(source.what)}, whose variables are not known here`;
  }
}

function decryptionWords({ decryption, isSuspended }: FluxKustomization): string {
  const suspended = isSuspended ? ", suspended" : "";
  if (decryption === null) return `does not decrypt${suspended}`;
  const { provider, secret, from } = decryption;
  const how = provider === "sops" ? "decrypts" : `has an unknown provider ${printable(provider)}`;
  const keys =
    secret === null ? "the controller's own keys" : `the keys in Secret ${printable(secret)}`;
  const patch = from === null ? "" : `, set by a patch in ${displayTextPath(from)}`;
  return `${how} with ${keys}${patch}${suspended}`;
}

const SHOWN_OF_RECIPIENT = 16;

function readersWords(file: EncryptedFile | undefined): string {
  const metadata = file?.metadata ?? null;
  if (metadata === null) return "(its sops block cannot be read)";
  const readers = metadata.age.map(({ recipient }) =>
    recipient.length > SHOWN_OF_RECIPIENT
      ? `${printable(recipient.slice(0, SHOWN_OF_RECIPIENT))}…`
      : printable(recipient),
  );
  return [...readers, ...metadata.foreign].join(", ");
}

const PROBLEMS: Readonly<Record<ProblemKind, (about: string) => string>> = {
  unreadable: () => "cannot be read as YAML",
  "missing-path": (about) => `there is no folder ${about}`,
  "missing-resource": (about) => `${about} is not here`,
  "remote-resource": (about) => `${about} is on another server`,
  "several-kustomizations": (about) => `${about} has more than one kustomization`,
  "flux-object-as-kustomization": () =>
    "a Flux Kustomization, in a file that kustomize takes for its own",
  cycle: (about) => `${about} lists itself in the end`,
  "too-deep": (about) => `${about} is nested too deeply to be followed`,
  "too-many": (about) => `more than ${about} Flux Kustomizations: the rest is not followed`,
  "unknown-variable": (about) => `the value of a variable in ${about} is not here`,
};

function problemWords({ kind, file, line, about }: Problem): string {
  const place = line === null ? displayTextPath(file) : `${displayTextPath(file)}:${line}`;
  return `problem: ${place}: ${PROBLEMS[kind](printable(about))}`;
}
