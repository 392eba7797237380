import { hooksByHand, type AddedHooks } from "./by-hand.ts";
import { JOINED_HOOKS as FOLDER } from "./find.ts";
import {
  appendAtEnd,
  appendTo,
  readYaml,
  valueAt,
  type YamlLines,
  type YamlText,
} from "../addition/yaml-insertion.ts";

/**
 * Adds our hooks to the configuration of pre-commit.
 *
 * @see https://pre-commit.com/#repository-local-hooks
 */
export function addToPreCommit(text: string): AddedHooks {
  if (text.includes(FOLDER)) return text;
  const yaml = readYaml(text);
  const added = yaml === null ? null : appendTo(text, valueAt(yaml.root, ["repos"]), PRE_COMMIT);
  if (yaml === null || added === null) {
    return hooksByHand("its list of repos cannot be added to", `sh -e ${FOLDER}/HOOK, last`);
  }
  return withDefaults(added, yaml);
}

/**
 * What a plain `pre-commit install` turns on, in every clone. Hooks without stages of their own would
 * then run at each of these stages, and until now they ran at commits alone: so that stays their
 * default.
 *
 * @see https://pre-commit.com/#pre-commit-configyaml---top-level
 */
function withDefaults(added: string, { text, root }: YamlText): string {
  if (root.has("default_install_hook_types")) return added;
  const hasStages = /^\s*(?:- +)?(?:default_)?stages:/m.test(text);
  const whole = appendAtEnd(added, [
    `default_install_hook_types: [${PRE_COMMIT_TYPES.join(", ")}]`,
    ...(hasStages ? [] : ["default_stages: [pre-commit]"]),
  ]);
  return readYaml(whole) === null ? added : whole;
}

/** The hooks of ours that pre-commit can run. */
export const PRE_COMMIT_TYPES = [
  "pre-commit",
  "prepare-commit-msg",
  "pre-push",
  "pre-merge-commit",
] as const;

/** pre-commit reads what git tells itself, and hands it on in the environment. */
const PRE_COMMIT: YamlLines = [
  "- repo: local",
  "  hooks:",
  ...preCommitHook("pre-commit", `sh -e ${FOLDER}/pre-commit`),
  ...preCommitHook("pre-merge-commit", `sh -e ${FOLDER}/pre-merge-commit`),
  ...preCommitHook(
    "prepare-commit-msg",
    `sh -c 'sh -e ${FOLDER}/prepare-commit-msg "$0" "$PRE_COMMIT_COMMIT_MSG_SOURCE" "$PRE_COMMIT_COMMIT_OBJECT_NAME"'`,
    true,
  ),
  ...preCommitHook(
    "pre-push",
    // pre-commit names no commits if the remote has nothing of the history yet.
    `sh -c 'to=\${PRE_COMMIT_TO_REF:-$(git rev-parse "$PRE_COMMIT_LOCAL_BRANCH")}; echo "$PRE_COMMIT_LOCAL_BRANCH $to $PRE_COMMIT_REMOTE_BRANCH \${PRE_COMMIT_FROM_REF:-${"0".repeat(40)}}" | sh -e ${FOLDER}/pre-push "$PRE_COMMIT_REMOTE_NAME" "$PRE_COMMIT_REMOTE_URL"'`,
  ),
];

function preCommitHook(stage: string, entry: string, takesFile = false): string[] {
  return [
    `    - id: flux-sops-${stage}`,
    `      name: flux-sops ${stage}`,
    `      entry: ${entry}`,
    "      language: system",
    "      always_run: true",
    // Otherwise it hides what a hook says that lets the commit through.
    "      verbose: true",
    ...(takesFile ? [] : ["      pass_filenames: false"]),
    `      stages: [${stage}]`,
  ];
}
