import { printable } from "../../git/escape.ts";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
import { type GitPath, pathText } from "../../git/path.ts";
import { shellCommand, shellPath } from "../../git/shell-word.ts";
import { probesOf } from "../../scaffold/new/cluster-folders.ts";
import { GIVE_KEY, heldKeys, SOPS_AGE } from "../cluster/sops-age.ts";
import { diagnoseApplied } from "./applied-ciphertext.ts";
import { type Diagnosis, note, ok, someOf, wrong } from "./diagnosis.ts";
import type { Encryption, RuleEntry } from "./encrypted-files.ts";
import { isNotFound, itemsOf, type Kubectl } from "../cluster/kubectl.ts";
import { decryptionProblem } from "./flux-messages.ts";

const WHERE = `the Secret ${SOPS_AGE.name} in ${SOPS_AGE.namespace}`;

/**
 * Can the cluster open what is encrypted for it, does Flux say so, and has it? The private keys that are read for
 * that stay in this process's memory.
 *
 * @param cluster names the folder clusters/NAME; null where there are no such folders, and all rules count.
 * @param prefix where the user stands: see Repository.
 */
export async function diagnoseCluster(
  encryption: Encryption,
  cluster: string | null,
  kubectl: Kubectl,
  prefix: GitPath,
): Promise<Diagnosis[]> {
  const listed = kubectl(["get", "kustomizations.kustomize.toolkit.fluxcd.io", "-A", "-o", "json"]);
  if (listed.kind === "missing") {
    return [wrong("kubectl is not on PATH", "install it: https://kubernetes.io/docs/tasks/tools/")];
  }
  if (listed.kind === "failed") {
    return /the server doesn't have a resource type/.test(listed.complaint)
      ? [wrong("Flux is not in this cluster", cluster === null ? INSTALL : giveKey(cluster))]
      : [
          wrong(
            `kubectl: ${printable(listed.complaint)}`,
            "kubectl config get-contexts; or --context NAME",
          ),
        ];
  }
  return [
    ...(await clusterKeys(encryption, cluster, kubectl, prefix)),
    ...kustomizations(listed.data),
    ...diagnoseApplied(kubectl),
  ];
}

const INSTALL = "flux bootstrap, see https://fluxcd.io/flux/installation/";

/** bootstrap knows the clusters that were scaffolded. */
function giveKey(cluster: string | null): string {
  return cluster === null
    ? GIVE_KEY
    : shellCommand(["npx", "flux-sops", "bootstrap", "--cluster", cluster]);
}

function giveAnother(cluster: string | null): string {
  return cluster === null
    ? "make the Secret again, with the private key as its entry age.agekey"
    : giveKey(cluster);
}

async function clusterKeys(
  encryption: Encryption,
  cluster: string | null,
  kubectl: Kubectl,
  prefix: GitPath,
): Promise<Diagnosis[]> {
  const got = kubectl([
    ...["-n", SOPS_AGE.namespace, "get", "secret", SOPS_AGE.name],
    ...["-o", "json"],
  ]);
  if (got.kind !== "got") {
    const complaint = got.kind === "failed" ? got.complaint : "";
    return got.kind === "failed" && isNotFound(got)
      ? [wrong(`${WHERE} is missing: Flux cannot decrypt`, giveKey(cluster))]
      : [note(`kubectl may not read ${WHERE}: ${printable(complaint)}`, "ask who may")];
  }
  const { recipients: held, unusable } = await heldKeys(got.data);
  const problems = unusable.map(({ entry, why }) =>
    wrong(
      `${WHERE}: the entry ${printable(entry)} cannot be used (${why}), and Flux refuses all of it then`,
      "make the Secret again without it",
    ),
  );
  if (held.size === 0 && problems.length === 0) {
    problems.push(
      wrong(
        `${WHERE} has no entry that ends in .agekey: Flux reads no other`,
        giveAnother(cluster),
      ),
    );
  }
  const rules = rulesOf(encryption, cluster);
  const opens = (recipients: readonly string[]) => recipients.some((one) => held.has(one));
  const closed = rules.filter(({ rule }) => rule.recipients.length > 0 && !opens(rule.recipients));
  const folder = cluster === null ? "" : `clusters/${cluster}/`;
  const files = encryption.files.filter(
    ({ path, metadata }) =>
      pathText(path).startsWith(folder) &&
      metadata !== null &&
      metadata.foreign.length === 0 &&
      !opens(metadata.age.map(({ recipient }) => recipient)),
  );
  const wordFor = ({ path }: { readonly path: GitPath }) => shellPath(path, prefix);
  const known = new Set(rules.flatMap(({ rule }) => rule.recipients));
  const unused = [...held].filter((recipient) => !known.has(recipient));
  const found = [
    ...problems,
    ...closed.map(({ file, rule }) =>
      wrong(
        `${WHERE} has no key for what the rule in line ${String(rule.line)} of ${printable(file)} encrypts: it has ${held.size === 0 ? "none" : someOf([...held])}, the rule names ${someOf(rule.recipients)}`,
        `${giveAnother(cluster)}; or name its key in the rule, then npx flux-sops updatekeys -y .`,
      ),
    ),
    ...(closed.length > 0 || files.length === 0
      ? []
      : [
          wrong(
            `${WHERE} has no key for ${someOf(files.map(({ shown }) => shown))}`,
            ["npx flux-sops updatekeys -y --", ...files.slice(0, 3).map(wordFor)].join(" "),
          ),
        ]),
  ];
  if (found.length === 0) found.push(ok(`${WHERE} opens what is encrypted for this cluster`));
  if (unused.length > 0) {
    found.push(
      note(
        `${WHERE} has a key that no rule of this cluster names: ${someOf(unused)}`,
        "where nothing needs it any more, leave it out when you make the Secret again",
      ),
    );
  }
  return found;
}

/** The rules that take a cluster's files. */
function rulesOf({ rules }: Encryption, cluster: string | null): RuleEntry[] {
  if (cluster === null) return [...rules];
  const own = rules.filter(({ file }) => file === ".sops.yaml");
  const taken = probesOf(cluster).map((path) => own.find(({ rule }) => rule.matches(path)));
  return [...new Set(taken.filter((rule) => rule !== undefined))];
}

/** What Flux could not decrypt when it last tried. */
function kustomizations(list: unknown): Diagnosis[] {
  const items = itemsOf(list);
  const failed: Diagnosis[] = [];
  let others = 0;
  for (const item of items) {
    const { metadata, spec, status } = item;
    const message = notReadyMessage(status);
    if (message === null || (isRecord(spec) && spec["suspend"] === true)) continue;
    const { name, namespace } = isRecord(metadata) ? metadata : {};
    const problem = decryptionProblem(message, isRecord(spec) && isRecord(spec["decryption"]));
    if (problem === null) {
      others += 1;
      continue;
    }
    const full = `${printable(String(namespace))}/${printable(String(name))}`;
    failed.push(
      wrong(
        `Flux Kustomization ${full}: ${problem.what}`,
        `${problem.remedy}; then ${shellCommand(["flux", "-n", String(namespace), "reconcile", "kustomization", String(name), "--with-source"])}`,
      ),
    );
  }
  const found =
    failed.length > 0
      ? failed
      : [ok(`none of ${String(items.length)} Flux Kustomizations failed to decrypt`)];
  if (others === 0) return found;
  return [
    ...found,
    note(
      others === 1
        ? "a Flux Kustomization is not ready for other reasons"
        : `${String(others)} Flux Kustomizations are not ready for other reasons`,
      "flux get kustomizations --all-namespaces --status-selector ready=false",
    ),
  ];
}

/** The message of the condition Ready, where it is False. */
function notReadyMessage(status: unknown): string | null {
  const conditions =
    isRecord(status) && Array.isArray(status["conditions"]) ? status["conditions"] : [];
  const ready = conditions
    .filter(isRecord)
    .find(({ type, status: state }) => type === "Ready" && state === "False");
  return ready === undefined ? null : String(ready["message"] ?? "");
}
