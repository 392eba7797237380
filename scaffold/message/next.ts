import { join } from "node:path";
import { shellCommand } from "../../git/shell-word.ts";
import type { Scaffolded } from "../carry-out.ts";
import { filesToWrite } from "../plan/plan.ts";
import { commandsAtTop } from "./commands-at-top.ts";

const WITHOUT_RECIPIENTS =
  "No rule in .sops.yaml names an age key: encrypt with sops before you commit, which refuses a Secret that is not.";

/** What to do next; of an upgrade, what is still to be done. */
export function nextPart(done: Scaffolded): string[] {
  const { destination, answers, files, force, scope, hooks, identity } = done;
  if (filesToWrite(files, force).length === 0) return [];
  const first = hooks.on
    ? []
    : [
        hooks.isPartly === true
          ? "Turn the other hooks on, as said above: until then merges and pushes may go by unseen."
          : "Turn the hooks on, as said above: until then git commit encrypts nothing and refuses nothing.",
      ];
  if (typeof (destination.remembered as Record<string, unknown>)["version"] === "string") {
    // After an upgrade there are no first steps to tell.
    return first.length === 0 ? [] : ["", ...first];
  }
  const hasRecipients = identity.recipients.length > 0;
  if (scope === "gate") {
    return [
      "",
      ...first,
      "Flux builds this repository already, so nothing was added to what it builds.",
      hasRecipients
        ? "Name a file with a Secret NAME.sops.yaml, git add it, git commit: it is encrypted."
        : WITHOUT_RECIPIENTS,
      ...keyForFlux(done),
    ];
  }
  const hasGuide = files.some(({ path, state }) => path === "README.md" && state !== "differs");
  const steps = [
    `${shellCommand(["cd", destination.directory])}${hasGuide ? " and read README.md: it is the guide to this repository." : ""}`,
    ...first,
    hasRecipients
      ? `Write a Secret to ${join("clusters", answers.cluster, "secrets")}/NAME.sops.yaml, git add it, git commit.`
      : WITHOUT_RECIPIENTS,
    hasGuide
      ? "Push it and bootstrap Flux; README.md has the commands."
      : "Push it and bootstrap Flux: npx flux-sops bootstrap.",
  ];
  return [
    "",
    "Next:",
    ...steps.map((step, index) => `  ${index + 1}. ${commandsAtTop(step, destination)}`),
  ];
}

/** If Flux was there before, it does not have a new key, and bootstrap is not run again. */
function keyForFlux({ destination, identity }: Scaffolded): string[] {
  if (identity.kind !== "new") return [];
  const grep = ["grep", "-A", "1", `public key: ${identity.pair.recipient}`, identity.file];
  const key = `${shellCommand(grep)} | grep '^AGE-SECRET-KEY-'`;
  const kubectl = "kubectl -n flux-system";
  const check = "npx flux-sops check says which";
  return [
    "Flux cannot read it yet. Before you push one, give the cluster the key, this one alone:",
    `  ${key} | ${kubectl} create secret generic sops-age --from-file=age.agekey=/dev/stdin`,
    `and each Flux Kustomization that builds one a spec.decryption, with sops-age as its secretRef: ${commandsAtTop(check, destination)}`,
    // A Secret made again with this key alone would open nothing of what is encrypted by now.
    ...(destination.encryptedTo.size === 0
      ? []
      : [
          "Where one has that already, keep the Secret that it names, and the keys in it, and add this one (here to sops-age):",
          `  ${key} | sed 's/.*/{"stringData":{"flux-sops.agekey":"&"}}/' | ${kubectl} patch secret sops-age --patch-file=/dev/stdin`,
        ]),
  ];
}
