import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { printable } from "../../git/escape.ts";
import { parseRuleFile } from "../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../sops/errors.ts";
import { planIdentity } from "../recipients/identity.ts";
import { writeIdentity } from "../recipients/write-identity.ts";
import { ScaffoldError } from "../errors.ts";
import {
  type FileGenerator,
  type GeneratorRequest,
  type PreparedFiles,
  valueOf,
} from "./generator.ts";
import { wouldHide } from "./folder-list.ts";
import { insertRules } from "../addition/insert-rules.ts";
import { labelProblem } from "../kubernetes-names.ts";
import { planFiles, type WantedFile } from "../plan/plan.ts";
import { recipientsProblem, splitRecipients } from "../answers/recipients.ts";
import { renderTree } from "../render.ts";
import { rememberedKeyFile, rememberKeyFile } from "../commit/commit.ts";
import { withRememberedSchemas } from "../schema-comment.ts";
import { shellText } from "../../git/shell-word.ts";
import { withToolFromHere } from "../../git/tool-command.ts";
import { rulesForFurther } from "../wanted-rules.ts";
import { isWrittenByFlux } from "../plan/written-by-flux.ts";

/** `flux-sops new cluster NAME` */
export const clusterGenerator: FileGenerator = {
  kind: "cluster",
  description: "a further cluster, with its own key, rules and folder",
  nameMessage: "Name of the cluster",
  nameProblem: labelProblem,
  options: [
    {
      flag: "recipients",
      value: "KEYS",
      description: "public keys made elsewhere (age1…,age1…); no private key is made then",
    },
    {
      flag: "age-key-file",
      value: "FILE",
      description: "private key file to append the new key to (default: that of the repository)",
    },
  ],
  examples: ["new cluster staging", "new cluster staging --recipients age1… --dry-run"],
  prepare: prepareCluster,
};

async function prepareCluster(request: GeneratorRequest): Promise<PreparedFiles> {
  const { directory, name, environment } = request;
  const given = valueOf(request, "recipients") ?? "";
  const problem = recipientsProblem(given);
  if (problem !== null) throw new ScaffoldError("usage", `--recipients ${problem}`);
  const rules = readRules(directory);
  const present = recipientsOfCluster(rules, name);
  if (present === null) refuseFolderOfAnother(directory, name);
  else refuseOtherRecipients(directory, name, present, splitRecipients(given));
  const remembered = await rememberedKeyFile(directory);
  const ageKeyFile = valueOf(request, "age-key-file") ?? "";
  const identity = await planIdentity(
    {
      directory,
      recipients: splitRecipients(given),
      ageKeyFile: ageKeyFile === "" && present === null && given === "" ? remembered : ageKeyFile,
      rememberedKeyFile: remembered,
      present,
      ownKey: true,
    },
    environment,
  );
  const force = request.options.has("force");
  const wanted = withRememberedSchemas(
    directory,
    renderTree("repository", { cluster: name, example: false }, name, `clusters/`),
  ).filter(({ path }) => !wouldHide(directory, path));
  const text = insertRules(rules, rulesForFurther(name, identity.recipients));
  if (text === null) {
    throw new ScaffoldError(
      "environment",
      `.sops.yaml has no list of creation_rules that can be added to: add rules for ^clusters/${name}/ before those that take its files, and run this again`,
    );
  }
  const talos: WantedFile[] = existsSync(join(directory, "talos"))
    ? [{ path: `talos/${name}/.gitkeep`, content: Buffer.alloc(0), mode: 0o644 }]
    : [];
  const ruleFile: WantedFile = {
    path: ".sops.yaml",
    content: Buffer.from(text),
    mode: 0o644,
    mayReplace: () => true,
  };
  // What has been edited since stays.
  const files = planFiles(directory, [...wanted, ...talos, ruleFile]).filter(
    (file) => !isWrittenByFlux(file) && (force || file.state !== "differs"),
  );
  const isNew = identity.kind === "new";
  return {
    directory,
    files,
    ...(isNew
      ? {
          before: async () => {
            writeIdentity(identity, name, directory);
            if (ageKeyFile !== "" && remembered === "") {
              await rememberKeyFile(directory, identity.file);
            }
          },
        }
      : {}),
    notes: [],
    whenWritten: isNew
      ? [
          `The private key of cluster ${name} is new, in ${printable(identity.file)}: BACK IT UP NOW.`,
          ...(hasSharedRules(rules)
            ? [
                `Nobody else can read what its rules will encrypt. To let a key in: npx flux-sops keys add KEY --beside ${identity.pair.recipient}`,
              ]
            : []),
          `Once this is committed and pushed, point kubectl at the cluster, and run npx flux-sops bootstrap --cluster ${name}.`,
        ]
      : [],
    subject: `Add cluster ${name}`,
  };
}

/**
 * Refuses the folder of another cluster: what Flux builds there would be built otherwise, and what is
 * encrypted there would be for another key.
 */
function refuseFolderOfAnother(directory: string, name: string): void {
  const folder = join(directory, "clusters", name);
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder || readdirSync(folder).length === 0) return;
  throw new ScaffoldError(
    "usage",
    `clusters/${name} is there already, and no rule in .sops.yaml is its own: name a cluster that is new`,
  );
}

/**
 * Refuses recipients other than those that its rules have: the rules stay, and what is encrypted by
 * them.
 */
function refuseOtherRecipients(
  directory: string,
  name: string,
  present: readonly string[],
  given: readonly string[],
): void {
  if (given.every((one) => present.includes(one))) return;
  const folder = shellText(relative(process.cwd(), join(directory, "clusters", name)) || ".");
  const message = `cluster ${name} is there already, and its rules in .sops.yaml name other keys: change them there, then run npx flux-sops updatekeys -y ${folder}`;
  throw new ScaffoldError("usage", withToolFromHere(message, directory));
}

function readRules(directory: string): string {
  const path = join(directory, ".sops.yaml");
  if (!existsSync(path)) {
    throw new ScaffoldError(
      "environment",
      `${printable(directory)} has no .sops.yaml: run npx -p generator-flux-sops flux-sops init first`,
    );
  }
  const bytes = readFileSync(path);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new ScaffoldError(
    "environment",
    `${printable(path)} is no UTF-8: save it as that, and run this again`,
  );
}

/** Whether several people, or a person and a cluster, read what is there: they may expect to read what is new, too. */
function hasSharedRules(text: string): boolean {
  return (parseRuleFile(text).rules ?? []).some(({ recipients }) => recipients.length > 1);
}

/** The recipients of a cluster's own rules; null where it has none yet. */
function recipientsOfCluster(text: string, name: string): string[] | null {
  try {
    const { rules } = parseRuleFile(text);
    const own = (rules ?? []).filter(({ pathRegex }) =>
      rulesForFurther(name, []).some((rule) => rule.pathRegex === pathRegex),
    );
    return own.length === 0 ? null : [...new Set(own.flatMap(({ recipients }) => recipients))];
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new ScaffoldError(
      "environment",
      `${error.placeIn(".sops.yaml")}: ${error.message}; mend it and run this again`,
    );
  }
}
